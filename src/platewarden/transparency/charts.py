"""The portal's drawings: positions for the template, which draws them as SVG; each has a table beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

WIDTH: Final = 640
HEIGHT: Final = 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 8, 12, 28


@dataclass(frozen=True, slots=True)
class Mark:
    """One month, in user units from the top left.

    Attributes:
        label: The month.
        x: Middle of its column.
        left: Left edge of its bar.
        y: Where the value stands; the floor where it is withheld.
        height: Of the bar.
        low: Where the interval ends below; equal to *high* where there is none.
        high: Where it ends above.
        is_withheld: Whether there is no value to draw.
        is_labelled: Whether there is room to name the month.
    """

    label: str
    x: float
    left: float
    y: float
    height: float
    low: float
    high: float
    is_withheld: bool
    is_labelled: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """One drawing."""

    marks: list[Mark]
    guides: list[tuple[float, str]]
    bar: float
    width: int = WIDTH
    height: int = HEIGHT
    floor: float = HEIGHT - _BOTTOM
    left: int = _LEFT
    right: int = WIDTH - _RIGHT


def bars(months: Sequence[dict[str, Any]], value_of: Callable[[dict[str, Any]], int | None]) -> Chart:
    """Return bars of a count by month."""
    values = [value_of(month) for month in months]
    top = _round_up(max((value for value in values if value is not None), default=0))
    guides = [(_y(share), f"{round(top * share):,}") for share in (0.0, 0.5, 1.0)]
    shares = [None if value is None else value / top for value in values]
    return _chart(months, [(share, share, share) for share in shares], guides)


def shares(months: Sequence[dict[str, Any]], name: str) -> Chart:
    """Return dots with intervals of the share *name* by month."""
    taken = [month[name] for month in months]
    points = [(each["share"], each["low"], each["high"]) if each else (None, None, None) for each in taken]
    top = max((high for _, _, high in points if high is not None), default=1.0)
    scale = next(limit for limit in (0.1, 0.25, 0.5, 1.0) if top <= limit)
    guides = [(_y(share), f"{100 * scale * share:g} %") for share in (0.0, 0.5, 1.0)]
    scaled = [tuple(None if value is None else value / scale for value in point) for point in points]
    return _chart(months, scaled, guides)


def _chart(
    months: Sequence[dict[str, Any]],
    points: Sequence[tuple[float | None, ...]],
    guides: list[tuple[float, str]],
) -> Chart:
    step = (WIDTH - _LEFT - _RIGHT) / max(len(months), 1)
    bar = round(min(step * 0.6, 44), 1)
    sparse = -(-len(months) // 8)
    marks = []
    for place, (month, (value, low, high)) in enumerate(zip(months, points, strict=True)):
        x, y = _LEFT + step * (place + 0.5), _y(value or 0.0)
        marks.append(
            Mark(
                label=month["month"],
                x=round(x, 1),
                left=round(x - bar / 2, 1),
                y=y,
                height=round(_y(0.0) - y, 1),
                low=_y(low or 0.0),
                high=_y(high or 0.0),
                is_withheld=value is None,
                is_labelled=(len(months) - 1 - place) % max(sparse, 1) == 0,
            )
        )
    return Chart(marks, guides, bar)


def _y(share: float) -> float:
    return round(_TOP + (1 - share) * (HEIGHT - _TOP - _BOTTOM), 1)


def _round_up(value: int) -> int:
    """Return the least of 1, 2, 5, 10, 20, ... times two that is at least *value*: the axis ends at a round count."""
    limit = 10
    while limit < value:
        limit = limit * 2 if str(limit)[0] in "15" else limit * 5 // 2
    return limit
