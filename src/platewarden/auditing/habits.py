"""Signals about when people search: off shift, at hours that are not theirs, in their first days."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Final

from platewarden.auditing.attention import before, by_key, share_of_chance, tallies
from platewarden.auditing.facts import QueryFact, ShiftFact, Window
from platewarden.auditing.signals import Signal, SignalKind, plural, signal
from platewarden.auditing.statistics import at_least, discoveries, newly_beyond
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
    shifts: dict[str, list[ShiftFact]] = {}
    for shift in window.shifts:
        shifts.setdefault(shift.person, []).append(shift)
    judged: list[QueryFact] = []
    off: list[QueryFact] = []
    for (person,), rows in by_key(window.queries, "asked_by").items():
        kept = _Shifts(shifts.get(person, ()), tolerance)
        known = [row for row in rows if kept.knows(row)]
        judged += known
        off += [row for row in known if not kept.covers(row)]
    found = newly_beyond(
        tallies(before(window, off), before(window, judged)),
        tallies(off, judged),
        least=parameters.integer("audit.off_shift_searches"),
        share=share_of_chance(parameters),
    )
    for person, one in found.items():
        words = (
            f"{one.successes} of {plural(one.trials, 'search', 'searches')} within {window.days} days were made off "
            f"shift; among everybody else who keeps shifts {one.rate:.0%} are."
        )
        rows = [row for row in off if row.asked_by == person]
        yield signal(SignalKind.OFF_SHIFT, person, rows, words, strength=1 - one.chance)


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
        earlier = before(window, rows)
        fresh = rows[len(earlier) :]
        if len(earlier) < history or not fresh:
            continue
        usual = usual_hours([row.asked_at.astimezone(window.zone).hour for row in earlier], percent)
        outside[person] = [row for row in fresh if row.asked_at.astimezone(window.zone).hour not in usual]
        made[person] = len(fresh)
    chances = {
        person: at_least(len(rows), made[person], 1 - percent / 100) for person, rows in outside.items()
    }
    for person in sorted(discoveries(chances, share_of_chance(parameters))):
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
