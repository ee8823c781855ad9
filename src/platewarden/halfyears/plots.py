"""The report's drawings, as SVG that a page and a PDF both take: in one ink, so that they print in black and white.

Every drawing stands beside a table with the same numbers, and has a sentence for those who do not see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

from platewarden.halfyears.figures import Figures

WIDTH: Final = 640
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ROW: Final = 20
_LABELS: Final = 190
_INK: Final = "currentColor"


@dataclass(frozen=True, slots=True)
class Drawing:
    """One drawing: its SVG, and what it shows in words."""

    svg: str
    alt: str


def drawings_of(figures: Figures) -> dict[str, Drawing]:
    """Return the drawings of a report by their names."""
    return {
        "weeks": _weeks(figures["weeks"]),
        "grid": _grid(figures["grid"]),
        "people": _people(figures["people"]),
        "purposes": _shares(figures["purposes"], "Searches by purpose"),
        "areas": _shares(figures["areas"][:12], "Searches by place asked for"),
    }


def _weeks(weeks: Sequence[Sequence[Any]]) -> Drawing:
    height, floor, left = 130, 104, 36
    top = max((count for _, count in weeks), default=0) or 1
    step = (WIDTH - left - 8) / max(len(weeks), 1)
    sparse = -(-len(weeks) // 9) or 1
    parts = [_line(left, floor, WIDTH - 8, floor), _text(left - 6, 16, str(top), anchor="end")]
    parts.append(_text(left - 6, floor, "0", anchor="end"))
    for place, (monday, count) in enumerate(weeks):
        tall = (floor - 12) * count / top
        x = left + step * place
        parts.append(_rect(x + step * 0.15, floor - tall, step * 0.7, tall))
        if place % sparse == 0:
            parts.append(_text(x + step / 2, floor + 16, monday[2:], anchor="middle"))
    busiest = max(weeks, key=lambda week: week[1], default=("", 0))
    alt = f"Searches by week. Most, {busiest[1]}, in the week from {busiest[0]}." if weeks else "No searches."
    return Drawing(_svg(height, parts), alt)


def _grid(grid: Sequence[Sequence[int]]) -> Drawing:
    """Hours across, days down: the darker the more; the busiest and every other cell's count is in the table."""
    left, top, cell = 40, 18, 24.5
    most = max((count for row in grid for count in row), default=0) or 1
    parts = [_text(left + cell * (hour + 0.5), 12, str(hour), anchor="middle") for hour in range(0, 24, 3)]
    for day, row in enumerate(grid):
        y = top + day * _ROW
        parts.append(_text(left - 6, y + 14, _DAYS[day], anchor="end"))
        for hour, count in enumerate(row):
            x = left + hour * cell
            parts.append(_rect(x + 0.5, y + 0.5, cell - 1, _ROW - 1, opacity=0.04 + 0.86 * count / most))
    day, hour = max(((d, h) for d in range(7) for h in range(24)), key=lambda at: grid[at[0]][at[1]])
    alt = f"Searches by day of the week and hour. Most, {grid[day][hour]}, on {_DAYS[day]} from {hour}:00."
    return Drawing(_svg(top + 7 * _ROW + 6, parts), alt)


def _people(people: Sequence[dict[str, Any]]) -> Drawing:
    """Each person's count as a dot, their peers' range as a line with the middle one marked."""
    shown = [person for person in people if person["searches"]][:14]
    most = max([1, *(person["searches"] for person in shown), *(person["high"] or 0 for person in shown)])

    def x(count: float) -> float:
        return float(_LABELS + (WIDTH - _LABELS - 20) * count / most)

    parts = []
    for place, person in enumerate(shown):
        y = 12 + place * _ROW
        parts.append(_text(0, y + 4, f"{person['ref']} {person['name']}"[:30]))
        if person["high"] is not None:
            parts.append(_line(x(person["low"]), y, x(person["high"]), y, width=5, opacity=0.25))
            parts.append(_line(x(person["middle"]), y - 5, x(person["middle"]), y + 5))
        parts.append(f'<circle cx="{x(person["searches"]):.1f}" cy="{y}" r="4.5" fill="{_INK}"/>')
    y = 12 + len(shown) * _ROW
    parts += [_text(x(0), y + 6, "0", anchor="middle"), _text(x(most), y + 6, str(most), anchor="middle")]
    above = [person["ref"] for person in shown if person["is_above"]]
    alt = "Searches by person beside the range of others in the same role."
    alt += f" Above it: {', '.join(above)}." if above else " Nobody is above it."
    return Drawing(_svg(y + 14, parts), alt)


def _shares(rows: Sequence[dict[str, Any]], title: str) -> Drawing:
    """Each share as a bar, its interval as a line across the end."""
    left = 345
    parts, wide = [], WIDTH - left - 70
    for place, row in enumerate(rows):
        y = 4 + place * _ROW
        low, high = left + wide * row["low"], left + wide * row["high"]
        parts.append(_text(0, y + 13, row["label"]))
        parts.append(_rect(left, y + 3, wide * row["value"], 12, opacity=0.55))
        parts.append(_line(low, y + 9, high, y + 9))
        parts.append(_text(WIDTH, y + 13, f"{row['part']}, {row['percent']}", anchor="end"))
    told = "; ".join(f"{row['label']} {row['part']}, {row['percent']}" for row in rows)
    return Drawing(_svg(8 + len(rows) * _ROW, parts), f"{title}: {told}.")


def _svg(height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" '
        f'font-family="Libertinus Serif, serif" font-size="11.5">{"".join(parts)}</svg>'
    )


def _rect(x: float, y: float, width: float, height: float, *, opacity: float = 0.7) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" '
        f'fill="{_INK}" fill-opacity="{opacity:.2f}"/>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, *, width: float = 1.2, opacity: float = 1.0) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{_INK}" stroke-width="{width:g}" stroke-opacity="{opacity:g}"/>'
    )


def _text(x: float, y: float, words: str, *, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{_INK}" text-anchor="{anchor}">{escape(words)}</text>'
