"""Opening the review of a week: its seed is read off the ledger, its sample drawn, its signals found.

Whoever has a copy of the ledger, without what its entries say, finds the same seed, the same searches and the same
sample: docs/reference/audit-sample.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.auditing.drawing import draw, sample_size
from platewarden.auditing.finding import signals_of
from platewarden.auditing.weeks import Week
from platewarden.audits.facts import ASKED, searches_of, window_of
from platewarden.audits.models import SAMPLE, ReviewItem, ReviewWeek
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import Checkpoint, LedgerLeaf
from platewarden.notices.actions import tell
from platewarden.policy.actor import Actor, Role
from platewarden.policy.audits import review_due_at
from platewarden.policy.notices import NoticeKind

_DRAWN: Final = "Drawn by chance."


def seed_of(week: Week) -> Checkpoint | None:
    """Return the first checkpoint that covers an entry made after *week*; None while there is none.

    > AUD-1: Periodic and random audits and inspections measure whether this policy is kept.

    It covers every search of the week, so it cannot be known before the last of them is made; and it is the first, so
    nobody chooses among several.
    """
    after = LedgerLeaf.objects.filter(at__gte=week.ends_at).order_by("seq").first()
    return Checkpoint.objects.filter(size__gt=after.seq).order_by("size").first() if after else None


def population_of(week: Week) -> list[int]:
    """Return the numbers of the entries with which searches of *week* were asked."""
    made = LedgerLeaf.objects.filter(kind__in=ASKED, at__gte=week.begins_at, at__lt=week.ends_at)
    return list(made.order_by("seq").values_list("seq", flat=True))


def open_due_weeks(*, actor: Actor, now: datetime) -> list[ReviewWeek]:
    """Open every week that is over, from the one after the last that is open; return those opened now."""
    last = ReviewWeek.objects.filter(agency_id=actor.agency_id).order_by("-monday").first()
    first = User.objects.filter(agency_id=actor.agency_id).order_by("created_at").first()
    if first is None:
        return []
    week = last.week.next if last else Week.of(first.created_at)
    opened = []
    while week.ends_at <= now and (review := open_week(week, actor=actor, now=now)):
        opened.append(review)
        week = week.next
    return opened


@transaction.atomic
def open_week(week: Week, *, actor: Actor, now: datetime) -> ReviewWeek | None:
    """Open the review of *week*: draw its sample, find its signals, tell the auditors; None while it has no seed.

    Doing so again returns what is there: nothing is drawn twice.
    """
    known = ReviewWeek.objects.filter(agency_id=actor.agency_id, monday=week.monday).first()
    seed = seed_of(week)
    if known or seed is None:
        return known
    population = population_of(week)
    parameters = parameters_at(now)
    drawn = draw(bytes(seed.root), population, sample_size(len(population), parameters=parameters))
    found = list(_items(drawn, week, now))
    review = ReviewWeek(
        agency_id=actor.agency_id,
        monday=week.monday,
        opened_at=now,
        seed_size=seed.size,
        seed=bytes(seed.root),
        population=len(population),
        drawn=len(drawn),
    )
    review.entry = ledger.append(
        Kind.AUDIT_OPENED,
        actor=actor,
        subject=f"audit:{week.name}",
        details={
            "week": week.name,
            "checkpoint": seed.size,
            "seed": bytes(seed.root).hex(),
            "searches": len(population),
            "drawn": drawn,
            "signals": [item.kind for item in found if item.kind != SAMPLE],
        },
    ).seq
    review.save(force_insert=True)
    for item in found:
        item.week = review
    ReviewItem.objects.bulk_create(found)
    _tell(review, actor, now)
    return review


@dataclass(frozen=True, slots=True)
class _Found:
    """What an item is made of."""

    kind: str
    entries: tuple[int, ...]
    words: str
    person: int


def _items(drawn: Sequence[int], week: Week, now: datetime) -> Iterator[ReviewItem]:
    """Yield the items of *week* in their places: what signals show first, then what was drawn."""
    parameters = parameters_at(now)
    window = window_of(
        begins_at=week.ends_at - max(parameters.days("audit.lookback_days"), week.ends_at - week.begins_at),
        focus_from=week.begins_at,
        ends_at=week.ends_at,
        known_until=now,
    )
    asked_by = {query.entry: int(query.asked_by) for query in window.queries}
    asked_by |= {one.entry: one.person for one in searches_of(drawn) if one.person}
    found = [
        *(
            _Found(one.kind.value, one.entries, one.words, int(one.person))
            for one in signals_of(window, parameters=parameters)
        ),
        *(_Found(SAMPLE, (entry,), _DRAWN, asked_by[entry]) for entry in drawn if entry in asked_by),
    ]
    for place, one in enumerate(found, 1):
        yield ReviewItem(
            place=place,
            kind=one.kind,
            person_id=one.person,
            people=sorted({asked_by[entry] for entry in one.entries}),
            entries=list(one.entries),
            words=one.words,
        )


def _tell(review: ReviewWeek, actor: Actor, now: datetime) -> None:
    due = review_due_at(review.week.ends_at, parameters=parameters_at(now))
    tell(
        kind=NoticeKind.AUDIT_OPENED,
        subject=f"audit:{review}",
        text=f"The searches of week {review} wait for their review, on the page Audits.",
        to_role=Role.AUDITOR,
        actor=actor,
        due_at=due,
        now=now,
        once_key=f"audit:{review}:opened",
    )
