"""The state of registration of a plate straightened, from the lines of words on it.

Names, slogans and web addresses decide; the serial, the colours and the county say nothing here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from platewarden.recognition.geometry import cut_line, line_size, trim_across
from platewarden.recognition.plate_design import DESIGN_STATE, design_of
from platewarden.recognition.reader import LineReader
from platewarden.recognition.state import MIN_CONFIDENCE, StateGuess, guess_of, heard, weigh
from platewarden.recognition.text_lines import TextLineDetector
from platewarden.recognition.types import FloatArray, Frame

LONG_SIDE_PX: Final = 256
"""Size at which lines of text are looked for; at 384 two plates in a hundred more are named, for twice the time."""

TOP_BANDS: Final = ((0.08, 0.27), (0.12, 0.31))
FOOT_BANDS: Final = ((0.74, 0.92), (0.79, 0.97))
"""Between which shares of the height, margin included, names and slogans stand.

Each place is read twice where once does not settle it: a line cut through is not read, and letters stand at a different
height on every design.
"""

SETTLED: Final = 0.97
"""When so sure of a state, nothing more is read. One name well read is as sure as that; chosen where it changed none of
the states given (models/state/CARD.md)."""

_ACROSS: Final = (0.14, 0.86)
"""Shares of the width between which they stand; stickers and bolts lie outside."""

_TALLEST: Final = 0.42
"""A line higher than this share of the plate is the serial."""

_SHORTEST: Final = 1.6
"""A line that is not so many times as long as high is a sticker, or nothing."""

_TRIM: Final = 0.1
"""Share of a line's height cut off above and below before reading: detection leaves a margin."""

_TOP, _MIDDLE, _FOOT = range(3)
_UPPER, _LOWER = 0.4, 0.6


class StateReader:
    """Names the state of registration of one plate; holds nothing between plates."""

    def __init__(self, *, threads: int = 0) -> None:
        """Load the networks.

        Args:
            threads: Threads a network may use for one plate; 0 means one a core.

        Raises:
            ModelError: A model is missing or altered.
        """
        self._lines = TextLineDetector(long_side_px=LONG_SIDE_PX, threads=threads)
        self._reader = LineReader(threads=threads)

    def read(self, plate: Frame, *, surroundings: Frame | None = None) -> StateGuess:
        """Return the state of registration of *plate*; an empty code when it is not certain.

        The top is read first, where names stand. What it leaves open, the lines found anywhere on the plate say, and
        after them the foot. Of a plate of New York the lines at the foot are always read: they tell the design.

        Args:
            plate: The plate straightened, (h, w, 3) uint8 BGR, w about twice h.
            surroundings: The same plate with a margin of a few per cent around it, straightened likewise: names
                stand close to the edge, and corners are found a few per cent wrong. Without it, *plate* is used.

        Raises:
            ModelError: A network failed, which is never the same as "unknown".
        """
        whole = plate if surroundings is None else surroundings
        words = _Words()
        for band in _cut_bands(whole, TOP_BANDS):
            if words.sureness() < SETTLED:
                words.hear_band(_TOP, self._reader.spell(band))
        if words.sureness() < SETTLED:
            self._hear_lines(whole, words)
        for band in _cut_bands(whole, FOOT_BANDS):
            if words.sureness() < MIN_CONFIDENCE:
                words.hear_band(_FOOT, self._reader.spell(band))
        guess = guess_of(weigh(words.heard))
        return replace(guess, design=self._design(plate, whole)) if guess.code == DESIGN_STATE else guess

    def _hear_lines(self, whole: Frame, words: "_Words") -> None:
        """Add to *words* the lines found on *whole*, until they settle it; those of one place are one look at it."""
        lines = self._lines_on(whole)
        for place in (_TOP, _FOOT, _MIDDLE):
            if words.sureness() < SETTLED:
                words.hear_lines(place, map(self._reader.spell, lines[place]))

    def _design(self, plate: Frame, whole: Frame) -> str:
        return design_of([self._reader.spell(line) for line in self._lines_on(whole)[_FOOT]], plate)

    def _lines_on(self, whole: Frame) -> list[list[Frame]]:
        """Return the lines found at the top, in the middle and at the foot of *whole*, each cut out."""
        found: list[list[Frame]] = [[], [], []]
        for line in self._lines.detect(whole):
            corners = trim_across(line.corners, _TRIM)
            along, across = line_size(corners)
            if across <= _TALLEST * whole.shape[0] and along >= _SHORTEST * across:
                found[_place(corners, whole.shape[0])].append(cut_line(whole, corners))
        return found


class _Words:
    """What was read on one plate so far."""

    def __init__(self) -> None:
        self.heard: list[list[npt.NDArray[np.float64]]] = [[], [], []]
        """At the top, in the middle and at the foot: what each look there says of the states."""

    def sureness(self) -> float:
        """Return the probability of the likeliest state."""
        return float(weigh(self.heard)[:-1].max())

    def hear_band(self, place: int, band: FloatArray) -> None:
        """Take *band*, read at *place*, as one more look at it."""
        scores = heard(band)
        if scores is not None:
            self.heard[place].append(scores)

    def hear_lines(self, place: int, lines: Iterable[FloatArray]) -> None:
        """Take *lines* found at *place* as one look at it: each state has the line that speaks best for it."""
        scores = [each for line in lines if (each := heard(line)) is not None]
        if scores:
            self.heard[place].append(np.asarray(np.max(scores, axis=0), np.float64))


def _cut_bands(whole: Frame, bands: Sequence[tuple[float, float]]) -> list[Frame]:
    height, width = whole.shape[:2]
    left, right = (round(share * width) for share in _ACROSS)
    cuts = [whole[round(top * height) : round(foot * height), left:right] for top, foot in bands]
    return [cut for cut in cuts if cut.size]


def _place(corners: FloatArray, height: int) -> int:
    middle = float(corners[:, 1].mean()) / height
    return _TOP if middle < _UPPER else _FOOT if middle > _LOWER else _MIDDLE
