"""A half-year of searches on the ledger, with misuse planted among them, and its report at every step."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
from pypdf import PdfReader

from platewarden.accounts.models import User
from platewarden.halfyears.actions import build_report, check_report, sign_report
from platewarden.halfyears.models import AuditReport
from platewarden.policy.halfyears import Period
from tests.audits.scenes import searched
from tests.cast import Cast, train

PERIOD = Period(date(2027, 1, 1), date(2027, 7, 1))
LATER = datetime(2027, 7, 12, 14, tzinfo=UTC)
"""When the period is over, and its report is not overdue yet."""

CONCLUSION = "One person's searches of one vehicle are put before the Undersheriff; the rest is in order."
_BEGIN = datetime(2027, 1, 4, 15, tzinfo=UTC)
_REASONS = ("Van seen behind the burgled feed store", "Car left the scene of a crash on Mill Street")


def half_year(cast: Cast, owner: psycopg.Connection[Any]) -> None:
    """Five investigators at work; Ivan looks for one vehicle on twenty evenings, and for two more besides.

    Everybody else's searches are each of another vehicle under another number.
    """
    people = [cast.ivan, *(_colleague(cast, number) for number in range(4))]
    plan: list[tuple[datetime, User, str, str, str]] = []
    for place, person in enumerate(people):
        for nth in range(8):
            at = _BEGIN + timedelta(days=21 * nth + place, minutes=place)
            plan.append((at, person, f"KA{place}{nth}821", f"2027-00{place}{nth}11", _REASONS[nth % 2]))
    for plate, times, every in (("EXX1001", 20, 8), ("MUM2002", 9, 15), ("DAD3003", 6, 22)):
        for nth in range(times):
            at = _BEGIN + timedelta(days=every * nth + 2, hours=10, minutes=every)
            plan.append((at, cast.ivan, plate, "2027-000777", "Tip about a theft, following up"))
    for at, person, plate, case, reason in sorted(plan, key=lambda one: one[0]):
        searched(owner, person, at, plate=plate, case=case, reason=reason)


def _colleague(cast: Cast, number: int) -> User:
    user = User.objects.create(
        agency=cast.agency,
        username=f"colleague{number}",
        full_name=f"Colleague {number}",
        created_at=_BEGIN - timedelta(days=30),
    )
    user.grants.create(role="investigator", granted_at=user.created_at, granted_by="tests")
    train(user, now=LATER)
    cast.people[user.username] = user
    return user


def built(cast: Cast, **more: Any) -> AuditReport:
    """The report of the half-year, drawn up by Tom."""
    return build_report(period=PERIOD, actor=cast.actor("tom"), now=LATER, **more)


def checked(cast: Cast, **more: Any) -> AuditReport:
    """The same with Tom's conclusion."""
    report = built(cast, **more)
    return check_report(report=report, conclusion=CONCLUSION, actor=cast.actor("tom"), now=LATER)


def signed(cast: Cast, **more: Any) -> AuditReport:
    """The same, signed and delivered."""
    return sign_report(report=checked(cast, **more), actor=cast.actor("tom"), now=LATER)


def pages_of(pdf: bytes) -> list[str]:
    """What each page of a PDF says, blanks folded."""
    pages = (page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return [" ".join(page.replace("\u200b", "").split()) for page in pages]
