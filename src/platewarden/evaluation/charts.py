"""Figures as pictures: which characters are confused, what confidence is worth."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from platewarden.evaluation.confidence import Bin, Coverage, Point, Reliability
from platewarden.evaluation.drawing import BLUE, FAINT, GRID, INK, RED, WHITE, Canvas, Colour
from platewarden.evaluation.texts import NOTHING, Pair

_CELL: Final = 34
_TOTAL: Final = 66
"""Width of a cell of the matrix, and of one of its totals."""

_TELLING: Final = 0.1
"""The precision of fewer plates than this share says next to nothing, and may fall below the chart."""


@dataclass(frozen=True, slots=True)
class Axes:
    """Where the plane of a chart lies on its canvas, and which values its edges stand for."""

    canvas: Canvas
    left: int
    top: int
    width: int
    height: int
    x_range: tuple[float, float]
    y_range: tuple[float, float]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where the value (x, y) lies on the canvas; values outside are moved to the edge."""
        return (
            self.left + self.width * _along(x, self.x_range),
            self.top + self.height * (1 - _along(y, self.y_range)),
        )

    def draw_levels(self, name: str) -> None:
        """Draw the lines across with their numbers, and the name of the upright axis."""
        for y in self._steps(self.y_range):
            start = self.at(self.x_range[0], y)
            self.canvas.line(start, (self.left + self.width, start[1]), GRID)
            self.canvas.text((start[0] - 10, start[1]), f"{y:.2f}", size=13, colour=FAINT, align=1)
        self.canvas.upright_text((22, self.top + self.height / 2), name)

    def draw_columns(self, name: str) -> None:
        """Draw the upright lines with their numbers, and the name of the level axis."""
        for x in self._steps(self.x_range):
            start = self.at(x, self.y_range[0])
            self.canvas.line(start, (start[0], self.top), GRID)
            self.canvas.text((start[0], start[1] + 16), f"{x:.2f}", size=13, colour=FAINT, align=0.5)
        self.canvas.text((self.left + self.width / 2, self.top + self.height + 42), name, align=0.5)

    def _steps(self, span: tuple[float, float]) -> list[float]:
        return [span[0] + (span[1] - span[0]) * step / 5 for step in range(6)]


def coverage_chart(curve: Sequence[Point], coverages: Sequence[Coverage]) -> Canvas:
    """Return precision against coverage as the threshold falls, with the wanted precisions marked."""
    canvas = Canvas(900, 600)
    canvas.text((80, 34), "Precision against coverage", size=20)
    canvas.text((80, 62), "as reads of less and less confidence are accepted", size=14, colour=FAINT)
    lowest = min((point.precision.value for point in curve if point.coverage.value >= _TELLING), default=0.5)
    axes = Axes(canvas, 80, 90, 780, 430, (0.0, 1.0), (min(0.9, int(lowest * 10) / 10), 1.0))
    axes.draw_levels("right of those accepted")
    axes.draw_columns("plates accepted without a second look")
    places = [axes.at(point.coverage.value, point.precision.value) for point in curve]
    for start, end in pairwise(places):
        canvas.line(start, end, BLUE, 2)
    for coverage in coverages:
        _mark(axes, coverage)
    missed = ", ".join(f"{coverage.wanted:.0%}" for coverage in coverages if coverage.point is None)
    if missed:
        canvas.text((860, 62), f"not reached: {missed}", size=14, colour=RED, align=1)
    return canvas


def reliability_chart(found: Reliability) -> Canvas:
    """Return for groups of reads of like confidence what was said of them, and how many are right."""
    canvas = Canvas(900, 620)
    canvas.text((80, 34), "Is confidence to be relied on?", size=20)
    canvas.text(
        (80, 62),
        "bar: mean confidence of a group of reads; dot: how many of them are right, with the 95 % Wilson interval; "
        f"error {found.error:.3f}",
        size=13,
        colour=FAINT,
    )
    lowest = min((min(group.mean, group.right.interval[0]) for group in found.bins), default=0.0)
    across, up = (0.0, max(1.0, float(len(found.bins)))), (min(0.9, int(lowest * 10) / 10), 1.0)
    axes = Axes(canvas, 80, 90, 780, 430, across, up)
    axes.draw_levels("said, and right")
    for number, group in enumerate(found.bins):
        _group(axes, number + 0.5, group)
    canvas.text((470, 596), "reads, least confident first: confidence from and to, number", align=0.5)
    return canvas


def _group(axes: Axes, place: float, group: Bin) -> None:
    low, high = group.right.interval
    canvas, middle = axes.canvas, axes.at(place, group.right.value)
    canvas.line(axes.at(place - 0.3, group.mean), axes.at(place + 0.3, group.mean), FAINT, 3)
    canvas.line(axes.at(place, low), axes.at(place, high), BLUE, 2)
    canvas.dot(middle, BLUE)
    foot = axes.at(place, axes.y_range[0])
    for down, text in ((16, f"{group.low:.3f}"), (33, f"{group.high:.3f}"), (52, str(group.right.whole))):
        canvas.text((foot[0], foot[1] + down), text, size=12, colour=FAINT, align=0.5)


def confusion_matrix(confusions: Counter[Pair]) -> Canvas:
    """Return what was read (columns) for what is there (rows), for every character that was ever confused."""
    marks = _confused_marks(confusions)
    side = len(marks) * _CELL
    canvas = Canvas(max(620, 110 + side + 2 * _TOTAL + 20), 140 + side + _CELL + 30)
    right, total = sum(count for (a, b), count in confusions.items() if a == b), confusions.total()
    canvas.text((24, 32), "Characters confused", size=20)
    canvas.text(
        (24, 60),
        f"{right} of {total} characters right; shown are those ever taken for another. "
        f"Rows: what is there, columns: what was read",
        size=13,
        colour=FAINT,
    )
    if not marks:
        canvas.text((24, 110), "None was confused.", size=14)
    for number, mark in enumerate(marks):
        _row(canvas, number, mark, marks, confusions)
    for number, mark in enumerate(marks):
        _foot(canvas, number, mark, marks, confusions)
    return canvas


def _along(value: float, span: tuple[float, float]) -> float:
    low, high = span
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _mark(axes: Axes, coverage: Coverage) -> None:
    canvas, point = axes.canvas, coverage.point
    if point is None:
        return
    at = axes.at(point.coverage.value, point.precision.value)
    canvas.dot(at, RED)
    label = f"{coverage.wanted:.0%}: {point.coverage.value:.1%} accepted from {point.threshold:.3f}"
    ends = at[0] > axes.left + axes.width * 0.6
    # The curve falls to the right: above it on the right, below it on the left, nothing is in the way.
    beside = (at[0] - 10, at[1] + 14) if ends else (at[0] + 10, at[1] - 12)
    canvas.text(beside, label, size=13, colour=RED, align=float(ends))


def _confused_marks(confusions: Counter[Pair]) -> list[str]:
    wrong = {mark for pair in confusions if pair[0] != pair[1] for mark in pair}
    return sorted(wrong, key=lambda mark: (mark == NOTHING, mark.isalpha(), mark))


def _row(canvas: Canvas, number: int, mark: str, marks: Sequence[str], confusions: Counter[Pair]) -> None:
    """Draw the row of the character *mark*: name, cells, how many there are, how many of them are right."""
    middle = 140 + (number + 0.5) * _CELL
    canvas.text((90, middle), _name(mark, "extra"), align=1)
    total = sum(count for (truth, _), count in confusions.items() if truth == mark)
    for place, other in enumerate(marks):
        count = confusions[mark, other]
        left, top = 100 + place * _CELL, 140 + number * _CELL
        fill = _shade(count, total, right=mark == other != NOTHING)
        canvas.box((left + 1, top + 1), (left + _CELL, top + _CELL), fill)
        if count:
            light = sum(fill) < 380  # noqa: PLR2004 - dark cells take light figures
            canvas.text(
                (left + _CELL / 2, middle),
                str(count),
                size=12,
                colour=WHITE if light else INK,
                align=0.5,
            )
    end = 100 + len(marks) * _CELL
    canvas.text((end + _TOTAL - 14, middle), str(total), size=12, colour=FAINT, align=1)
    share = f"{confusions[mark, mark] / total:.1%}" if mark != NOTHING and total else "-"
    canvas.text((end + 2 * _TOTAL - 14, middle), share, size=12, align=1)


def _foot(canvas: Canvas, number: int, mark: str, marks: Sequence[str], confusions: Counter[Pair]) -> None:
    """Draw the head of the column of *mark*, and at its foot how often it was read."""
    middle, end = 100 + (number + 0.5) * _CELL, 140 + len(marks) * _CELL
    canvas.text((middle, 124), _name(mark, "lost"), size=14 if mark else 11, align=0.5)
    read = sum(count for (_, other), count in confusions.items() if other == mark)
    canvas.text((middle, end + _CELL / 2), str(read), size=12, colour=FAINT, align=0.5)
    if number == 0:
        canvas.text((90, end + _CELL / 2), "read", size=12, colour=FAINT, align=1)
        right_of = 100 + len(marks) * _CELL
        canvas.text((right_of + _TOTAL - 14, 124), "there are", size=12, colour=FAINT, align=1)
        canvas.text((right_of + 2 * _TOTAL - 14, 124), "right", size=12, colour=FAINT, align=1)


def _name(mark: str, nothing: str) -> str:
    return nothing if mark == NOTHING else mark


def _shade(count: int, total: int, *, right: bool) -> Colour:
    """Return the colour of a cell: the redder, the more of a character's occurrences went wrong that way."""
    if right:
        return (226, 236, 222)
    if not count:
        return (248, 246, 244)
    depth = min(1.0, 0.25 + 3 * count / max(1, total))
    pale, deep = (222, 222, 252), RED
    blue, green, red = (round(a + (b - a) * depth) for a, b in zip(pale, deep, strict=True))
    return blue, green, red
