"""What the pages of the weekly review show, put together for their templates."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from platewarden.accounts.models import User
from platewarden.audits.actions import Standing, standing_of
from platewarden.audits.facts import Searched, followed_cases, is_followed, looks_at
from platewarden.audits.models import SAMPLE, Mark, ReviewItem, ReviewWeek
from platewarden.cameras.models import Camera
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.audits import Verdict, review_due_at
from platewarden.policy.parameters import Parameters
from platewarden.policy.use import Purpose, stated_purpose

_MARKS: Final = {
    Verdict.COMPLIANT: ("Compliant", "good", "check"),
    Verdict.QUESTION: ("Asked to explain", "notice", "clock"),
    Verdict.VIOLATION: ("Violation", "danger", "warning"),
}
_LOOKS_LAST: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class WeekLine:
    """One week as the list shows it."""

    review: ReviewWeek
    standing: Standing
    due_at: datetime
    is_closed: bool
    is_late: bool

    @property
    def marked(self) -> int:
        """How many items have their mark."""
        return self.standing.items - self.standing.unmarked


def week_line(review: ReviewWeek, *, parameters: Parameters, now: datetime) -> WeekLine:
    """Return *review* as the list and its own page show it."""
    due_at = review_due_at(review.week.ends_at, parameters=parameters)
    is_closed = hasattr(review, "closing")
    return WeekLine(review, standing_of(review), due_at, is_closed, not is_closed and due_at <= now)


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item as the page of its week shows it; what was asked for is not among it."""

    item: ReviewItem
    mark: Mark | None
    is_own: bool

    @property
    def badge(self) -> tuple[str, str, str]:
        """How it stands: words, tone, symbol."""
        if self.mark is None:
            return "Waits", "", ""
        if self.mark.verdict == Verdict.QUESTION and hasattr(self.mark, "explanation"):
            return "Explained", "warning", "clock"
        return _MARKS[Verdict(self.mark.verdict)]


def item_lines(review: ReviewWeek, *, reader_id: str) -> list[ItemLine]:
    """Return the items of *review* in their places; *reader_id* is who looks at them."""
    last = {
        mark.item_id: mark
        for mark in Mark.objects.filter(item__week=review, superseded_by=None).select_related("explanation")
    }
    items = review.items.select_related("person").order_by("place")
    return [ItemLine(item, last.get(item.pk), int(reader_id or 0) in item.people) for item in items]


def is_drawn(line: ItemLine) -> bool:
    """Whether chance has put it there."""
    return line.item.kind == SAMPLE


@dataclass(frozen=True, slots=True)
class BaseRate:
    """How often a signal has been there before: in weeks, for anybody and for this person."""

    weeks: int
    anybody: int
    person: int


def base_rate(item: ReviewItem) -> BaseRate:
    """Return how many of the weeks reviewed before showed the same kind of signal."""
    weeks = ReviewWeek.objects.filter(agency_id=item.week.agency_id, monday__lt=item.week.monday)
    same = ReviewItem.objects.filter(week__in=weeks, kind=item.kind)
    anybody = same.values("week").distinct().count()
    of_person = same.filter(person_id=item.person_id).values("week").distinct().count()
    return BaseRate(weeks.count(), anybody, of_person)


@dataclass(frozen=True, slots=True)
class SearchLine:
    """One search under review, with what was asked for: shown once the look is on the ledger."""

    entry: int
    at: datetime
    person: str
    plate: str
    state: str
    kind: str
    purpose: str
    reason: str
    case: str
    requested_by: str
    images: int
    copies: int
    is_followed: bool
    is_erased: bool


def search_lines(searches: Sequence[Searched], *, now: datetime) -> list[SearchLine]:
    """Return *searches*, whose look is on the ledger, with the looks at their answers and what followed."""
    if not searches:
        return []
    people = dict(User.objects.filter(pk__in={one.person for one in searches}).values_list("pk", "full_name"))
    begins, ends = searches[0].at, searches[-1].at + _LOOKS_LAST
    looks, followed = looks_at(begins, ends), followed_cases(begins, now)
    return [_line(one, people, looks, followed) for one in searches]


def _line(
    one: Searched,
    people: Mapping[int, str],
    looks: Mapping[str, Counter[int]],
    followed: Mapping[str, int],
) -> SearchLine:
    said = one.details
    purpose: Purpose | None = stated_purpose(str(said.get("purpose", "")))
    case = str(said.get("case", ""))
    return SearchLine(
        entry=one.entry,
        at=one.at,
        person=people.get(one.person, ""),
        plate=str(said.get("plate", "")),
        state=str(said.get("state", "")),
        kind=str(said.get("kind", "")).replace("_", " "),
        purpose=purpose.label if purpose else "",
        reason=str(said.get("reason", "")),
        case=case,
        requested_by=str(said.get("requested_by", "")),
        images=looks["images"][one.entry],
        copies=looks["copies"][one.entry],
        is_followed=is_followed(case, one.entry, followed),
        is_erased=not said,
    )


def marks_of(item: ReviewItem) -> list[dict[str, Any]]:
    """Return every mark of *item*, the latest first, with its answer and what was ordered on it."""
    people = ("marked_by", "explanation__given_by")
    marks = item.marks.select_related(*people).prefetch_related("remedies__done__done_by", "remedies__person")
    replaced = {mark.supersedes_id for mark in marks}
    return [
        {
            "mark": mark,
            "badge": _MARKS[Verdict(mark.verdict)],
            "is_replaced": mark.pk in replaced,
            "explanation": getattr(mark, "explanation", None),
            "remedies": [(remedy, getattr(remedy, "done", None)) for remedy in mark.remedies.all()],
        }
        for mark in marks.order_by("-pk")
    ]


def people_of(item: ReviewItem) -> list[User]:
    """Return whose searches *item* is about, whoever made most of them first."""
    people = User.objects.filter(pk__in=item.people).order_by("full_name")
    return sorted(people, key=lambda person: person.pk != item.person_id)


def told_once(lines: Iterable[SearchLine]) -> dict[str, int]:
    """Return how many searches, plates, case numbers and people there are among *lines*."""
    rows = list(lines)
    return {
        "searches": len(rows),
        "plates": len({row.plate for row in rows if row.plate}),
        "cases": len({row.case for row in rows if row.case}),
        "people": len({row.person for row in rows}),
    }


@dataclass(frozen=True, slots=True)
class WayIn:
    """One new way to send as a camera: a credential, or a code by which a device enrols.

    Attributes:
        entry: Number of its entry on the ledger.
        at: When.
        what: What was issued, as the ledger's kind says it.
        who: Who issued it; empty where the entry's body has been erased.
        cameras: For which cameras.
    """

    entry: int
    at: datetime
    what: str
    who: str
    cameras: str


def ways_in(review: ReviewWeek) -> list[WayIn]:
    """Return every new way to send as a camera in the week of *review*, oldest first: each is one person's act.

    > AUD-1: Periodic and random audits and inspections measure whether this policy is kept.
    """
    kinds, week = (Kind.CAMERA_CREDENTIAL_ISSUED, Kind.DEVICE_CODE_ISSUED), review.week
    found = LedgerLeaf.objects.filter(kind__in=kinds, at__gte=week.begins_at, at__lt=week.ends_at)
    names = {f"camera:{pk}": code for pk, code in Camera.objects.values_list("pk", "code")}
    return [_way_in(leaf, names) for leaf in found.select_related("kept_body").order_by("seq")]


def _way_in(leaf: LedgerLeaf, names: Mapping[str, str]) -> WayIn:
    said: Mapping[str, Any] = leaf.body.content if leaf.body else {"actor": {}, "details": {}}
    cameras = ", ".join(said["details"].get("cameras", [])) or names.get(said.get("subject", ""), "not known")
    return WayIn(leaf.seq, leaf.at, leaf.description, said["actor"].get("name", ""), cameras)
