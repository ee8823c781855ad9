"""What the portal says of sharing, audits, releases and requests: how they stand now, with small counts withheld."""

from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Max

from platewarden.accounts.models import Agency
from platewarden.audits.duties import duties_at as review_duties
from platewarden.audits.models import ReviewWeek, WeekClosing
from platewarden.halfyears.duties import duties_at as report_duties
from platewarden.halfyears.models import AuditReport
from platewarden.policy.parameters import Parameters
from platewarden.policy.transparency import next_month, table_shown
from platewarden.records.figures import figures_of_month as requests_of_month
from platewarden.releases.figures import figures_of_month as releases_of_month
from platewarden.sharing.models import AgreementVersion, Suspension
from platewarden.sharing.standing import public_agreements, version_in_force

COUNTED = ("received", "answered", "overdue")
"""Of records requests."""


def oversight_facts(agency_id: int, *, parameters: Parameters, now: datetime) -> dict[str, Any]:
    """Return counts of agreements, reviews and reports, which are of agencies and papers, and of requests.

    > TPR-1: measured, never typed in, with small counts withheld

    Requests and releases are people's: they are told of the last quarter that is over, which never changes, and only
    where they are not few.
    """
    weeks = ReviewWeek.objects.filter(agency_id=agency_id)
    quarter = _last_quarter(now.astimezone(UTC).date())
    threshold = parameters.integer("transparency.small_count")
    reports = AuditReport.objects.filter(agency_id=agency_id, signed_at__isnull=False, corrected_by=None)
    return {
        "agreements": {
            "in_force": len(_in_force(now)),
            "suspended": Suspension.objects.filter(lifted_at=None).values("agency").distinct().count(),
            "list": _agreements(now),
        },
        "reviews": {
            "closed": weeks.filter(closing__isnull=False).count(),
            "waiting": weeks.filter(closing=None).count(),
        },
        "reports": {
            "signed": reports.count(),
            "received": reports.filter(received_at__isnull=False).count(),
        },
        "records": _records(agency_id, quarter, threshold),
        "releases": _releases(agency_id, quarter, threshold),
    }


def _in_force(now: datetime) -> list[AgreementVersion]:
    found = (version_in_force(partner.pk, now=now) for partner in Agency.objects.filter(is_owner=False))
    return [version for version in found if version]


def _agreements(now: datetime) -> list[dict[str, Any]]:
    """Return with whom agreements are in force, for what, and until which day (UTC); no place and nobody's name.

    > SHR-1: under an agreement that two people opened and that expires
    """
    return [
        {
            "agency": agreement.agency,
            "purposes": list(agreement.purposes),
            "cameras": agreement.cameras,
            "reach_days": agreement.reach_days,
            "since": agreement.since.astimezone(UTC).date().isoformat(),
            "until": agreement.until.astimezone(UTC).date().isoformat(),
            "is_suspended": agreement.is_suspended,
        }
        for agreement in public_agreements(now=now)
    ]


def _records(agency_id: int, quarter: date, threshold: int) -> dict[str, Any]:
    """Count the requests of a *quarter* that is over; each count is told by itself or withheld."""
    found = [requests_of_month(agency_id, month) for month in _months(quarter)]
    sums = {name: sum(counts[name] for counts in found) for name in COUNTED}
    return {"quarter": _name(quarter)} | {
        name: table_shown({name: count}, threshold=threshold).total for name, count in sums.items()
    }


def _releases(agency_id: int, quarter: date, threshold: int) -> dict[str, Any]:
    """Count the releases asked for, approved and denied in a *quarter* that is over, whatever agency asked.

    What was asked is withheld as well where an answer is, or where what is left of it without the answers is small:
    it would tell that by subtraction.
    """
    found = [releases_of_month(agency_id, month) for month in _months(quarter)]
    asked, approved, denied = (
        sum(sum(counts[step].values()) for counts in found) for step in ("asked", "approved", "denied")
    )
    answers = {"approved": approved, "denied": denied}
    shown = table_shown(answers | {"rest": abs(asked - approved - denied)}, threshold=threshold)
    return {
        "quarter": _name(quarter),
        "asked": table_shown({"asked": asked}, threshold=threshold).total
        if shown.total is not None
        else None,
        **{name: shown.parts[name] for name in answers},
    }


def _months(quarter: date) -> list[date]:
    second = next_month(quarter)
    return [quarter, second, next_month(second)]


def _name(quarter: date) -> str:
    return f"{quarter.year}-Q{quarter.month // 3 + 1}"


def _last_quarter(today: date) -> date:
    """Return the first day of the quarter before the one that *today* is in."""
    month = 3 * ((today.month - 1) // 3) + 1
    return date(today.year - 1, 10, 1) if month == 1 else date(today.year, month - 3, 1)


def audit_days(agency_id: int, *, now: datetime) -> dict[str, tuple[datetime | None, datetime | None]]:
    """Return when the weekly review and the report were done last, and when each is due, by clause."""
    closings = WeekClosing.objects.filter(week__agency_id=agency_id)
    reports = AuditReport.objects.filter(agency_id=agency_id)
    return {
        "AUD-1": (closings.aggregate(Max("closed_at"))["closed_at__max"], _first("AUD-1", now)),
        "AUD-2": (reports.aggregate(Max("signed_at"))["signed_at__max"], _first("AUD-2", now)),
    }


def _first(clause: str, now: datetime) -> datetime | None:
    owed = review_duties(now) if clause == "AUD-1" else report_duties(now)
    return min((duty.due_at for duty in owed if duty.clause == clause and duty.due_at), default=None)


def agreement_days(*, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return when a second person opened an agreement last, and when the first of those in force ends."""
    opened = AgreementVersion.objects.filter(is_opened=True).aggregate(Max("decided_at"))["decided_at__max"]
    return opened, min((version.ends_at for version in _in_force(now)), default=None)
