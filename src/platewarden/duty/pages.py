"""What the duty page shows, put together for its template."""

from collections.abc import Iterable
from dataclasses import dataclass

from platewarden.cameras.models import Area
from platewarden.duty.models import Shift


@dataclass(frozen=True, slots=True)
class Watch:
    """One person on duty, with the names of their areas."""

    shift: Shift
    areas: str


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is on duty for what, and which areas nobody has signed on for."""

    watches: list[Watch]
    uncovered: list[str]


def roster_of(shifts: Iterable[Shift], areas: Iterable[Area]) -> Roster:
    """Return the roster of *shifts* over *areas*."""
    names = {area.code: area.name for area in areas}
    held = list(shifts)
    watches = [Watch(shift, ", ".join(names.get(code, code) for code in shift.areas)) for shift in held]
    signed_on = names.keys() if any(not shift.areas for shift in held) else {a for s in held for a in s.areas}
    return Roster(watches, [name for code, name in names.items() if code not in signed_on])
