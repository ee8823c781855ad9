"""Signals about when people search: off shift, at hours that are not theirs, in their first days."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Final

from platewarden.auditing.attention import by_key
from platewarden.auditing.facts import QueryFact, ShiftFact, Window
from platewarden.auditing.signals import Signal, SignalKind, plural, signal
from platewarden.auditing.statistics import at_least, discoveries, rate_of_others
from platewarden.policy.parameters import Parameters

HOURS: Final = 24
_LONGEST_GAP: Final = timedelta(days=14)
"""Between two shifts of a person who starts them as a rule; longer ago they are not said to keep shifts."""


def of_habits(window: Window, parameters: Parameters) -> Iterator[Signal]:
    """Yield the signals of this module."""
    yield from _off_shift(window, parameters)
    yield from _unusual_hours(window, parameters)
    yield from _first_days(window, parameters)


class _Shifts:
    """The shifts of one person, with the tolerance before and after each."""

    def __init__(self, shifts: Sequence[ShiftFact], tolerance: timedelta) -> None:
        self._spans = sorted((shift.started_at - tolerance, shift.ended_at + tolerance) for shift in shifts)
        self._starts = [start for start, _ in self._spans]

    def knows(self, row: QueryFact) -> bool:
        """Whether shifts are kept about the time of *row*: one before and one after it, not too far apart."""
        place = bisect_right(self._starts, row.asked_at)
        around = self._spans[max(place - 1, 0) : place + 1]
        gaps = [later - earlier for (earlier, _), (later, _) in pairwise(around)]
        return self.covers(row) or (bool(gaps) and max(gaps) <= _LONGEST_GAP)

    def covers(self, row: QueryFact) -> bool:
        """Whether *row* lies in a shift."""
        place = bisect_right(self._starts, row.asked_at)
        return any(end >= row.asked_at for _, end in self._spans[max(place - 3, 0) : place])


def _off_shift(window: Window, parameters: Parameters) -> Iterator[Signal]:
    tolerance = parameters.minutes("audit.off_shift_minutes")
    least = parameters.integer("audit.off_shift_searches")
    shifts: dict[str, list[ShiftFact]] = {}
    for shift in window.shifts:
        shifts.setdefault(shift.person, []).append(shift)
    off: dict[str, list[QueryFact]] = {}
    known: Counter[str] = Counter()
    for (person,), rows in by_key(window.queries, "asked_by").items():
        kept = _Shifts(shifts.get(person, ()), tolerance)
        judged = [row for row in rows if kept.knows(row)]
        known[person], off[person] = len(judged), [row for row in judged if not kept.covers(row)]
    whole = (sum(map(len, off.values())), known.total())
    rates = {person: rate_of_others((len(rows), known[person]), whole) for person, rows in off.items()}
    chances = {
        person: at_least(len(rows), known[person], rates[person])
        for person, rows in off.items()
        if known[person]
    }
    for person in sorted(discoveries(chances, parameters.integer("audit.false_discovery_percent") / 100)):
        rows = off[person]
        if len(rows) >= least and rows[-1].asked_at >= window.focus_from:
            words = (
                f"{len(rows)} of {plural(known[person], 'search', 'searches')} within {window.days} days were made off "
                f"shift; among everybody else who keeps shifts {rates[person]:.0%} are."
            )
            yield signal(SignalKind.OFF_SHIFT, person, rows, words, strength=1 - chances[person])


def usual_hours(hours: Sequence[int], percent: int) -> frozenset[int]:
    """Return the shortest run of hours of the day, around midnight if need be, that holds *percent* of *hours*."""
    counts = Counter(hours)
    for length in range(1, HOURS + 1):
        for start in range(HOURS):
            run = frozenset((start + step) % HOURS for step in range(length))
            if sum(counts[hour] for hour in run) * 100 >= percent * len(hours):
                return run
    return frozenset(range(HOURS))


def _unusual_hours(window: Window, parameters: Parameters) -> Iterator[Signal]:
    percent, history = (parameters.integer(f"audit.window_{name}") for name in ("percent", "history"))
    least = parameters.integer("audit.off_shift_searches")
    outside: dict[str, list[QueryFact]] = {}
    made: dict[str, int] = {}
    for (person,), rows in by_key(window.queries, "asked_by").items():
        before = [row for row in rows if row.asked_at < window.focus_from]
        fresh = rows[len(before) :]
        if len(before) < history or not fresh:
            continue
        usual = usual_hours([row.asked_at.astimezone(window.zone).hour for row in before], percent)
        outside[person] = [row for row in fresh if row.asked_at.astimezone(window.zone).hour not in usual]
        made[person] = len(fresh)
    chances = {
        person: at_least(len(rows), made[person], 1 - percent / 100) for person, rows in outside.items()
    }
    for person in sorted(discoveries(chances, parameters.integer("audit.false_discovery_percent") / 100)):
        if len(outside[person]) >= least:
            words = (
                f"{len(outside[person])} of {plural(made[person], 'search', 'searches')} lie outside the hours in "
                f"which {percent} % of this person's earlier ones were made."
            )
            strength = 1 - chances[person]
            yield signal(SignalKind.UNUSUAL_HOURS, person, outside[person], words, strength=strength)


def _first_days(window: Window, parameters: Parameters) -> Iterator[Signal]:
    fresh = parameters.days("audit.new_user_days")
    since = {person.id: person.since for person in window.people}
    for (person,), rows in by_key(window.focused, "asked_by").items():
        began = since.get(person)
        own = [row for row in rows if began and row.asked_at < began + fresh]
        if own:
            words = f"The first {fresh.days} days of this person: {plural(len(own), 'search', 'searches')}."
            yield signal(SignalKind.FIRST_DAYS, person, own, words, strength=len(own))
