"""Signals by comparison with colleagues: how much is searched, taken away, and comes to nothing."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from platewarden.auditing.attention import by_key, is_unfollowed, share_of_chance
from platewarden.auditing.facts import QueryFact, Window
from platewarden.auditing.signals import Signal, SignalKind, plural, signal
from platewarden.auditing.statistics import discoveries, newly_beyond, robust_z, upper_tail
from platewarden.policy.parameters import Parameters


@dataclass(frozen=True, slots=True)
class _Measure:
    """Something that people are compared by."""

    kind: SignalKind
    count: Callable[[Sequence[QueryFact]], int]
    least: str
    what: str


_MEASURES: Final = (
    _Measure(SignalKind.VOLUME, len, "audit.volume_least", "searches"),
    _Measure(
        SignalKind.COPIES,
        lambda rows: sum(row.copies for row in rows),
        "audit.copies_least",
        "files and prints",
    ),
)


def of_volumes(window: Window, parameters: Parameters) -> Iterator[Signal]:
    """Yield the signals of this module."""
    for measure in _MEASURES:
        yield from _beyond_peers(measure, window, parameters)
    yield from _nothing_followed(window, parameters)


def _beyond_peers(measure: _Measure, window: Window, parameters: Parameters) -> Iterator[Signal]:
    """Compare everybody with those of the same role; where too few have it, nobody is compared."""
    rows = {person: own for (person,), own in by_key(window.focused, "asked_by").items()}
    counts = {person.id: measure.count(rows.get(person.id, [])) for person in window.people}
    chances, peers_of = {}, {}
    for person in window.people:
        peers = [
            counts[other.id] for other in window.people if other.role == person.role and other.id != person.id
        ]
        if len(peers) >= parameters.integer("audit.least_peers"):
            peers_of[person.id] = peers
            chances[person.id] = upper_tail(robust_z(counts[person.id], peers))
    for person_id in sorted(discoveries(chances, share_of_chance(parameters))):
        if counts[person_id] < parameters.integer(measure.least):
            continue
        peers = peers_of[person_id]
        words = (
            f"{counts[person_id]} {measure.what} between {window.focus_from:%Y-%m-%d} and {window.ends_at:%Y-%m-%d}; "
            f"the middle one of {len(peers)} colleagues of the same role made {median(peers):g}."
        )
        concerned = rows[person_id] if measure.kind is SignalKind.VOLUME else _copied(rows[person_id])
        yield signal(measure.kind, person_id, concerned, words, strength=robust_z(counts[person_id], peers))


def _copied(rows: Sequence[QueryFact]) -> list[QueryFact]:
    return [row for row in rows if row.copies]


def _nothing_followed(window: Window, parameters: Parameters) -> Iterator[Signal]:
    """Compare how many of a person's cases came to nothing with everybody else's, once there was time for it."""
    wait = parameters.days("audit.follow_days")
    ripe = [row for row in window.queries if row.asked_at < window.ends_at - wait and row.case_number]
    earlier = [row for row in ripe if row.asked_at < window.focus_from - wait]
    found = newly_beyond(
        _barren_cases(earlier),
        _barren_cases(ripe),
        least=parameters.integer("audit.follow_least"),
        share=share_of_chance(parameters),
    )
    for person, one in found.items():
        words = (
            f"Nothing was recorded under {one.successes} of {plural(one.trials, 'case number')} that this person "
            f"searched under within {window.days} days; among everybody else that is so of {one.rate:.0%}."
        )
        own = by_key([row for row in ripe if row.asked_by == person], "case_number").values()
        rows = [row for case in own if is_unfollowed(case) for row in case]
        yield signal(SignalKind.NOTHING_FOLLOWED, person, rows, words, strength=1 - one.chance)


def _barren_cases(rows: Sequence[QueryFact]) -> dict[str, tuple[int, int]]:
    """Return by person under how many case numbers nothing was recorded, and out of how many."""
    barren: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for (person, _), case in by_key(rows, "asked_by", "case_number").items():
        whole[person] += 1
        barren[person] += is_unfollowed(case)
    return {person: (barren[person], count) for person, count in whole.items()}
