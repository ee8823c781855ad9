"""The state of registration of a plate straightened, from the lines of words on it.

Names, slogans and web addresses decide; the serial, the colours and the county say nothing here.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from platewarden.recognition.geometry import cut_line, line_size, trim_across
from platewarden.recognition.reader import LineReader
from platewarden.recognition.state import MIN_CONFIDENCE, StateGuess, guess_of, heard, weigh
from platewarden.recognition.text_lines import TextLineDetector
from platewarden.recognition.types import FloatArray, Frame

LONG_SIDE_PX: Final = 256
"""Size at which lines of text are looked for; at 384 two plates in a hundred more are named, for twice the time."""

BANDS: Final = (((0.08, 0.27), (0.12, 0.31)), ((0.74, 0.92), (0.79, 0.97)))
"""Between which shares of the height, margin included, names and slogans stand: at the top, then at the foot.

Each place is read twice, since a line cut through is not read: letters stand at a different height on every design.
"""

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

        The lines found on the plate are read first; only if they do not decide, the top is read where names stand, line
        found or not, and then the foot.

        Args:
            plate: The plate straightened, (h, w, 3) uint8 BGR, w about twice h.
            surroundings: The same plate with a margin of a few per cent around it, straightened likewise: names
                stand close to the edge, and corners are found a few per cent wrong. Without it, *plate* is used.

        Raises:
            ModelError: A network failed, which is never the same as "unknown".
        """
        whole = plate if surroundings is None else surroundings
        places = [_together(lines) for lines in self._found_lines(whole)]
        for place, bands in zip((_TOP, _FOOT), BANDS, strict=True):
            if weigh(places)[:-1].max() >= MIN_CONFIDENCE:
                break
            places[place] += self._heard_in(whole, bands)
        return guess_of(weigh(places))

    def _found_lines(self, whole: Frame) -> list[list[npt.NDArray[np.float64]]]:
        """Return what was heard in each line found at the top, in the middle and at the foot of *whole*."""
        found: list[list[npt.NDArray[np.float64]]] = [[], [], []]
        for line in self._lines.detect(whole):
            corners = trim_across(line.corners, _TRIM)
            along, across = line_size(corners)
            if across > _TALLEST * whole.shape[0] or along < _SHORTEST * across:
                continue
            scores = heard(self._reader.spell(cut_line(whole, corners)))
            if scores is not None:
                found[_place(corners, whole.shape[0])].append(scores)
        return found

    def _heard_in(self, whole: Frame, bands: Sequence[tuple[float, float]]) -> list[npt.NDArray[np.float64]]:
        """Return what is heard in those of *bands* of *whole* in which anything is."""
        height, width = whole.shape[:2]
        left, right = (round(share * width) for share in _ACROSS)
        cuts = [whole[round(top * height) : round(foot * height), left:right] for top, foot in bands]
        scores = [heard(self._reader.spell(cut)) for cut in cuts if cut.size]
        return [each for each in scores if each is not None]


def _together(lines: Sequence[npt.NDArray[np.float64]]) -> list[npt.NDArray[np.float64]]:
    """Return the lines of one place as one look at it: each state has there the line that speaks best for it."""
    return [np.asarray(np.max(lines, axis=0), np.float64)] if lines else []


def _place(corners: FloatArray, height: int) -> int:
    middle = float(corners[:, 1].mean()) / height
    return _TOP if middle < _UPPER else _FOOT if middle > _LOWER else _MIDDLE
