"""The share of false hits by month as a small drawing: positions for the template, which draws them as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from platewarden.corrections.rates import Rate

WIDTH: Final = 640
HEIGHT: Final = 180
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 10, 26
_GUIDES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Column:
    """One month: where its dot and the ends of its interval stand, in user units from the top left."""

    label: str
    x: float
    y: float
    low: float
    high: float
    is_empty: bool
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawing: its columns, and the lines that say how much is how high."""

    columns: list[Column]
    guides: list[tuple[float, str]]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def in_words(self) -> str:
        """What the drawing shows, for those who do not see it."""
        said = "; ".join(column.text for column in self.columns if not column.is_empty)
        return f"Share of false hits by month, with 95 % intervals. {said or 'No alert has ended yet'}."


def chart_of(months: Sequence[Rate]) -> Chart:
    """Return the drawing of *months*, the earliest on the left."""
    step = (WIDTH - _LEFT - _RIGHT) / max(len(months), 1)
    columns = [_column(rate, _LEFT + step * (place + 0.5)) for place, rate in enumerate(months)]
    return Chart(columns, [(_y(share), f"{100 * share:.0f} %") for share in _GUIDES])


def _column(rate: Rate, x: float) -> Column:
    low, high = rate.share.interval
    text = f"{rate.label}: {rate.false} of {rate.ended}, {rate.percent}, {rate.interval}"
    return Column(rate.label[2:], round(x, 1), _y(rate.share.value), _y(low), _y(high), rate.ended == 0, text)


def _y(share: float) -> float:
    return round(_TOP + (1 - share) * (HEIGHT - _TOP - _BOTTOM), 1)
