"""What went wrong, to be looked at: pages of crops with truth and read beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2

from platewarden.evaluation.drawing import BLUE, FAINT, GRID, INK, RED, Canvas, Colour, text_width
from platewarden.evaluation.summary import Summary
from platewarden.evaluation.texts import NOTHING, Pair, aligned
from platewarden.recognition.types import Frame

COLUMNS: Final = 4
ROWS: Final = 6
A_PAGE: Final = COLUMNS * ROWS

_CARD: Final = (330, 220)
_PICTURE: Final = (306, 116)
_HEAD: Final = 76
_LETTER: Final = 17
"""Pixels a character of a plate takes: all the same, so that truth and read stand under one another."""


@dataclass(frozen=True, slots=True, eq=False)
class Failure:
    """A plate misread or missed, or something read as one; *truth* is empty for that, *read* if missed."""

    file: str
    truth: str
    read: str
    confidence: float
    note: str
    picture: Frame | None


def failures_of(summary: Summary) -> list[Failure]:
    """Return what went wrong, the most confident first: nobody would have looked twice at those."""
    wrong = [
        Failure(
            plate.file,
            plate.truth.plate,
            plate.read,
            plate.confidence,
            f"{plate.truth.width_px:.0f} px, {plate.light}",
            plate.picture,
        )
        for plate in summary.plates
        if not plate.is_exact
    ]
    wrong += [
        Failure(false.file, "", false.guess.plate, false.guess.confidence, "no such plate", false.picture)
        for photo in summary.photos
        for false in photo.false_plates
    ]
    return sorted(wrong, key=lambda failure: (not failure.read, -failure.confidence, failure.file))


def contact_sheets(failures: Sequence[Failure]) -> list[Canvas]:
    """Return pages of `A_PAGE` of *failures* each, in their order; none where nothing went wrong."""
    pages = [failures[start : start + A_PAGE] for start in range(0, len(failures), A_PAGE)]
    return [_page(page, number, len(pages), len(failures)) for number, page in enumerate(pages, start=1)]


def _page(failures: Sequence[Failure], number: int, pages: int, total: int) -> Canvas:
    rows = -(-len(failures) // COLUMNS)
    canvas = Canvas(COLUMNS * _CARD[0] + 20, _HEAD + rows * _CARD[1] + 10)
    canvas.text((20, 28), f"{total} plates wrong, the most confident first", size=20)
    canvas.text(
        (20, 54),
        f"page {number} of {pages}; above: what is there, below: what was read; zeros are struck through",
        size=13,
        colour=FAINT,
    )
    for place, failure in enumerate(failures):
        x, y = 10 + place % COLUMNS * _CARD[0], _HEAD + place // COLUMNS * _CARD[1]
        _card(canvas, x, y, failure)
    return canvas


def _card(canvas: Canvas, x: int, y: int, failure: Failure) -> None:
    canvas.box((x + 6, y + 6), (x + _CARD[0] - 6, y + _CARD[1] - 6), (250, 248, 246))
    if failure.picture is not None:
        shown = _fitted(failure.picture)
        left = x + 12 + (_PICTURE[0] - shown.shape[1]) // 2
        canvas.picture((left, y + 12 + (_PICTURE[1] - shown.shape[0]) // 2), shown)
    middle = y + 12 + _PICTURE[1]
    _plate(canvas, (x + 14, middle + 18), failure, of_truth=True)
    _plate(canvas, (x + 14, middle + 42), failure, of_truth=False)
    sure = f"{failure.confidence:.3f}" if failure.read else "missed"
    canvas.text((x + _CARD[0] - 14, middle + 18), sure, size=16, align=1)
    canvas.text((x + _CARD[0] - 14, middle + 42), failure.note, size=12, colour=FAINT, align=1)
    canvas.line((x + 14, middle + 58), (x + _CARD[0] - 14, middle + 58), GRID)
    canvas.text((x + 14, middle + 70), _shortened(failure.file), size=11, colour=FAINT)


def _plate(canvas: Canvas, at: tuple[int, int], failure: Failure, *, of_truth: bool) -> None:
    """Write one of both plates, a character a cell, those that differ from the other in red."""
    x, y = at
    for place, pair in enumerate(aligned(failure.truth, failure.read)):
        mark = pair[0 if of_truth else 1]
        if mark != NOTHING:
            _character(canvas, (x + (place + 0.5) * _LETTER, y), mark, _colour(pair, of_truth=of_truth))


def _character(canvas: Canvas, at: tuple[float, float], mark: str, colour: Colour) -> None:
    canvas.text(at, mark, size=20, colour=colour, align=0.5)
    if mark == "0":
        canvas.line((at[0] - 3, at[1] + 5), (at[0] + 3, at[1] - 5), colour)


def _colour(pair: Pair, *, of_truth: bool) -> Colour:
    if pair[0] == pair[1]:
        return INK
    return BLUE if of_truth else RED


def _fitted(picture: Frame) -> Frame:
    ratio = min(_PICTURE[0] / picture.shape[1], _PICTURE[1] / picture.shape[0])
    size = max(1, round(picture.shape[1] * ratio)), max(1, round(picture.shape[0] * ratio))
    shown: Frame = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if ratio < 1 else cv2.INTER_CUBIC)
    return shown


def _shortened(file: str) -> str:
    """Return *file* short enough for a card, its end kept."""
    short = file
    while text_width(short, 11) > _PICTURE[0] - 8:
        short = f"…{short[3:]}" if short.startswith("…") else f"…{short[2:]}"
    return short
