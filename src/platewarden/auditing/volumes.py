"""Signals by comparison with colleagues: how much is searched, taken away, and comes to nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from platewarden.auditing.attention import by_key
from platewarden.auditing.facts import QueryFact, Window
from platewarden.auditing.signals import Signal, SignalKind, plural, signal
from platewarden.auditing.statistics import at_least, discoveries, rate_of_others, robust_z, upper_tail
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
    for person_id in sorted(discoveries(chances, parameters.integer("audit.false_discovery_percent") / 100)):
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
    until = window.ends_at - parameters.days("audit.follow_days")
    ripe = [row for row in window.queries if row.asked_at < until and row.case_number]
    cases: dict[str, tuple[int, int]] = {}
    rows_of: dict[str, list[QueryFact]] = {}
    for (person,), rows in by_key(ripe, "asked_by").items():
        by_case = by_key(rows, "case_number").values()
        barren = [case for case in by_case if not any(row.is_followed for row in case)]
        cases[person] = (len(barren), len(by_case))
        rows_of[person] = [row for case in barren for row in case]
    whole = (sum(one for one, _ in cases.values()), sum(every for _, every in cases.values()))
    rates = {person: rate_of_others(own, whole) for person, own in cases.items()}
    chances = {person: at_least(*own, rates[person]) for person, own in cases.items()}
    active = {row.asked_by for row in window.focused}
    for person in sorted(discoveries(chances, parameters.integer("audit.false_discovery_percent") / 100)):
        if person in active:
            barren_cases, of = cases[person]
            words = (
                f"Nothing was recorded under {barren_cases} of {plural(of, 'case number')} that this person searched "
                f"under within {window.days} days; among everybody else that is so of {rates[person]:.0%}."
            )
            strength = 1 - chances[person]
            yield signal(SignalKind.NOTHING_FOLLOWED, person, rows_of[person], words, strength=strength)
