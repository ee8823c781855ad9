"""Reads by hour as bars, with what is usual as a line above or below: places for templates, which draw them as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from platewarden.cameras.health import Counts
from platewarden.policy.silence import HOUR


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour: its bar from *y* down to the floor, and where what is usual lies; None where that is unknown."""

    x: float
    y: float
    height: float
    usual_y: float | None


@dataclass(frozen=True, slots=True)
class Plot:
    """One drawing.

    Attributes:
        bars: The hours, the oldest first.
        bar: Width of a bar.
        step: Width of an hour.
        width: User units.
        height: User units.
        top: How many reads the upper edge stands for.
        days: Where days begin, with their names.
    """

    bars: list[Bar]
    bar: float
    step: float
    width: int
    height: int
    top: int
    days: list[tuple[float, str]]


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day of the week as numbers, for those who do not see the drawing."""

    day: str
    reads: int
    usual: float | None


def plot_of(
    hours: Sequence[tuple[datetime, int, float | None]], zone: ZoneInfo, *, width: int, height: int
) -> Plot:
    """Return the drawing of *hours*: start, reads, what is usual; days begin in *zone*."""
    top = max([1, *(reads for _, reads, _ in hours), *(round(usual) for _, _, usual in hours if usual)])
    step = width / max(len(hours), 1)
    bars, days = [], []
    for place, (hour, reads, usual) in enumerate(hours):
        y = height * (1 - reads / top)
        usual_y = None if usual is None else round(height * (1 - usual / top), 1)
        bars.append(Bar(round(place * step, 2), round(y, 1), round(height - y, 1), usual_y))
        local = hour.astimezone(zone)
        if local.hour == 0:
            days.append((round(place * step, 2), f"{local:%a %d}"))
    return Plot(bars, round(step * 0.8, 2), round(step, 2), width, height, top, days)


def week_of(counts: Counts, *, zone: ZoneInfo, now: datetime) -> list[tuple[datetime, int, float | None]]:
    """Return today and the six days before it in *zone* by whole hours, the oldest first: start, reads, usual."""
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    first = datetime.combine(now.astimezone(zone).date() - timedelta(days=6), time(), tzinfo=zone)
    whole = round((this_hour - first) / HOUR)
    hours = (this_hour - back * HOUR for back in range(whole, 0, -1))
    return [(hour, counts.at(hour), counts.usual(hour)) for hour in hours]


def so_far(counts: Counts, *, now: datetime) -> tuple[datetime, int, float | None]:
    """Return the running hour: start, reads until *now*, and the share of what is usual that would be there by now."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    usual = counts.usual(hour)
    return hour, counts.at(hour), None if usual is None else usual * ((now - hour) / HOUR)


def days_of(hours: Sequence[tuple[datetime, int, float | None]], zone: ZoneInfo) -> list[DayLine]:
    """Return *hours* by day in *zone*, the latest first; what is usual is unknown where it is for any hour."""
    by_day: dict[str, list[tuple[int, float | None]]] = {}
    for hour, reads, usual in hours:
        by_day.setdefault(f"{hour.astimezone(zone):%Y-%m-%d}", []).append((reads, usual))
    lines = []
    for day, found in reversed(by_day.items()):
        known = [usual for _, usual in found if usual is not None]
        usual = sum(known) if len(known) == len(found) else None
        lines.append(DayLine(day, sum(reads for reads, _ in found), usual))
    return lines
