"""What the weekly reviews leave to a report: which were done and when, what they said, and what is open still."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db.models import Prefetch

from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.auditing.weeks import Week
from platewarden.audits.models import Mark, Remedy, ReviewItem, ReviewWeek
from platewarden.halfyears.material import Opened, Reviewed
from platewarden.policy.audits import RemedyKind, Verdict, review_due_at

_WHERE: Final = "Reviews, week {}"


def reviews_of(agency_id: int, begins_at: datetime, ends_at: datetime, *, now: datetime) -> list[Reviewed]:
    """Return every week that ended between *begins_at* and *ends_at*, from the one on in which the agency began."""
    opened = {week.week: week for week in _weeks(agency_id)}
    parameters, found = parameters_at(now), []
    week = Week.of(max(begins_at, _began_at(agency_id, now)))
    while week.ends_at <= min(ends_at, now):
        due_at = review_due_at(week.ends_at, parameters=parameters)
        if (review := opened.get(week)) is not None:
            found.append(_reviewed(review, due_at))
        elif due_at <= now:
            found.append(Reviewed(week.name, due_at))
        week = week.next
    return found


def looked_at(agency_id: int, begins_at: datetime, ends_at: datetime) -> Mapping[int, str]:
    """Return what was said last of each entry that was under review, in words."""
    said: dict[int, str] = {}
    for review in _weeks(agency_id):
        if review.week.ends_at > begins_at and review.week.begins_at < ends_at:
            for item in review.items.all():
                verdict = _last(item)
                words = Verdict(verdict.verdict).name.lower() if verdict else "waits for a mark"
                said.update(dict.fromkeys(item.entries, words))
    return said


def open_at(agency_id: int, ends_at: datetime) -> list[Opened]:
    """Return what is open of the weeks that began before *ends_at*: nothing of it is left unsaid."""
    found = []
    for review in _weeks(agency_id):
        if review.week.begins_at >= ends_at:
            continue
        where = _WHERE.format(review.week.name)
        if not hasattr(review, "closing"):
            found.append(Opened("The week is not closed", review.opened_at, where))
        found += [one for item in review.items.all() for one in _open_of(item, where)]
    return sorted(found, key=lambda one: one.since)


def _open_of(item: ReviewItem, where: str) -> Sequence[Opened]:
    mark = _last(item)
    if mark is None:
        return ()
    place = f"{where}, item {item.place}"
    if mark.verdict == Verdict.QUESTION:
        answered = hasattr(mark, "explanation")
        return (
            Opened(
                "An explanation that nobody has decided on" if answered else "A question without an answer",
                mark.marked_at,
                place,
            ),
        )
    undone = (remedy for remedy in mark.remedies.all() if not hasattr(remedy, "done"))
    return [
        Opened(f"Ordered, not done: {RemedyKind(remedy.kind).value}", remedy.ordered_at, place)
        for remedy in undone
    ]


def _reviewed(review: ReviewWeek, due_at: datetime) -> Reviewed:
    verdicts = [_last(item) for item in review.items.all()]
    closing = getattr(review, "closing", None)
    counts = Counter(Verdict(mark.verdict) for mark in verdicts if mark is not None)
    return Reviewed(
        review.week.name,
        due_at,
        closing.closed_at if closing else None,
        is_opened=True,
        seed=bytes(review.seed).hex(),
        seed_size=review.seed_size,
        marks={verdict.value: counts[verdict] for verdict in Verdict if counts[verdict]},
        waiting=sum(mark is None for mark in verdicts),
    )


def _weeks(agency_id: int) -> list[ReviewWeek]:
    marks = Mark.objects.select_related("explanation").order_by("pk")
    remedies = Remedy.objects.select_related("done")
    return list(
        ReviewWeek.objects.filter(agency_id=agency_id)
        .select_related("closing")
        .prefetch_related(
            "items",
            Prefetch("items__marks", queryset=marks),
            Prefetch("items__marks__remedies", queryset=remedies),
        )
        .order_by("monday")
    )


def _last(item: ReviewItem) -> Mark | None:
    marks = list(item.marks.all())
    return marks[-1] if marks else None


def _began_at(agency_id: int, now: datetime) -> datetime:
    first = User.objects.filter(agency_id=agency_id).order_by("created_at").first()
    return first.created_at if first else now
