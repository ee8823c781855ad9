"""What the pages of a case show: its records one page at a time, its holds, the searches under its number."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from platewarden.accounts.models import User
from platewarden.cases.copies import open_copy
from platewarden.cases.models import Case, CaseRead, CaseReport, Hold, PreservedHit
from platewarden.cases.register import entries_of, numbers_of
from platewarden.cases.sealing import open_facts
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import ImageUnavailable
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody
from platewarden.policy.actor import Actor, Role
from platewarden.policy.use import Purpose, stated_purpose
from platewarden.reads.days import day_of
from platewarden.reads.models import Read

PAGE_RECORDS: Final = 50
"""Records on one page of a case; each page is a look of its own."""

HISTORY: Final = 40
"""Entries of a case that its page lists; the ledger has all of them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One case in the list of cases."""

    number: str
    case: Case | None


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a case as its page lists it; plate and state are empty where the copy cannot be opened.

    Attributes:
        kept: The hit or the read.
        is_hit: Whether it is a hit.
        facts: What it says: plate as read, state, camera, place, time; None where its copy cannot be opened.
    """

    kept: PreservedHit | CaseRead
    is_hit: bool
    facts: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Search:
    """One search that was made under the case's number, from the ledger."""

    entry: int
    at: datetime
    by: str
    purpose: str
    reason: str
    plate: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a hold that is asked for would keep, in counts: whoever decides over it sees no read.

    Attributes:
        asked: How many reads it names.
        left: How many of them are still kept.
        days: How many of those each capture day (UTC) has.
        cameras: How many each camera has, by name.
    """

    asked: int
    left: int
    days: list[tuple[date, int]]
    cameras: list[tuple[str, int]]


def lines_of(actor: Actor) -> list[Line]:
    """Return the cases that *actor* works on; for supervisors and administrators all that are open here, too."""
    own = numbers_of(actor.name)
    cases = Case.objects.filter(agency_id=actor.agency_id)
    if not actor.has(Role.SUPERVISOR, Role.ADMINISTRATOR):
        cases = cases.filter(number__in=own)
    known = {case.number: case for case in cases.order_by("-opened_at")}
    return [Line(number, known.get(number)) for number in dict.fromkeys([*own, *known])]


def records_of(case: Case, *, page: int) -> tuple[list[CaseRead], list[PreservedHit]]:
    """Return the reads and hits of the page *page*, from 1, of a case: hits first, then reads by time."""
    first = (page - 1) * PAGE_RECORDS
    hits = list(case.hits.order_by("pk")[first : first + PAGE_RECORDS])
    before = max(0, first - case.hits.count())
    reads = case.reads.select_related("hold")[before : before + PAGE_RECORDS - len(hits)]
    return list(reads), hits


def opened(reads: list[CaseRead], hits: list[PreservedHit]) -> list[Record]:
    """Return *reads* and *hits* with what they say; the look must be on the ledger already."""
    return [
        *(Record(hit, is_hit=True, facts=_facts(hit)) for hit in hits),
        *(Record(read, is_hit=False, facts=_facts(read)) for read in reads),
    ]


def _facts(kept: PreservedHit | CaseRead) -> dict[str, Any] | None:
    try:
        if isinstance(kept, CaseRead):
            facts = open_facts(kept)
            return facts | {"seen_at": datetime.fromisoformat(facts["seen_at"])}
        hit = open_copy(kept).hit
    except (KeyUnavailable, ImageUnavailable, OSError):
        return None
    return {
        "plate_as_read": hit.plate_as_read,
        "state": hit.state,
        "seen_at": hit.seen_at,
        "camera": hit.camera_name,
        "place": hit.place,
    }


def searches_of(case: Case) -> list[Search]:
    """Return the searches under the number of *case*, the newest first."""
    asked = entries_of(case.number, [Kind.QUERY_ASKED])
    names = dict(User.objects.values_list("username", "full_name"))
    return [_search(body, names) for body in asked]


def _search(body: LedgerBody, names: dict[str, str]) -> Search:
    details = body.content["details"]
    purpose: Purpose | None = stated_purpose(str(details.get("purpose", "")))
    return Search(
        entry=body.pk,
        at=body.leaf.at,
        by=names.get(body.actor or "", body.actor or ""),
        purpose=purpose.label if purpose else "",
        reason=str(details.get("reason", "")),
        plate=str(details.get("plate", "")),
    )


def history_of(case: Case) -> list[LedgerBody]:
    """Return the latest entries that name the case, the newest first."""
    return list(entries_of(case.number)[:HISTORY])


def reports_of(case: Case) -> list[CaseReport]:
    """Return the reports that the case keeps, the newest first."""
    return list(case.reports.all())


def preview_of(hold: Hold, *, since: datetime) -> Preview:
    """Return what *hold* would keep now, of reads captured at *since* or later."""
    wanted = list(hold.wanted.filter(seen_at__gte=since))
    return preview_of_reads(
        list(
            Read.objects.select_related("camera").filter(
                agency_id=hold.case.agency_id,
                seen_at__in=[each.seen_at for each in wanted],
                id__in=[each.read_id for each in wanted],
            )
        ),
        asked=hold.wanted.count(),
    )


def preview_of_reads(reads: list[Read], *, asked: int) -> Preview:
    """Return in counts what a hold of *reads* keeps."""
    by_day = Counter(day_of(read.seen_at) for read in reads)
    by_camera = Counter(read.camera.name for read in reads)
    return Preview(asked, len(reads), sorted(by_day.items()), by_camera.most_common())
