"""The fingerprint of a view: where edges run in it and in which direction, coarsely, and how far two of them agree.

A view is parted into 48 by 27 cells; of each is kept how strong edges of six directions are in it, in sixteen steps. A
cell of a picture 1280 pixels wide is 27 pixels, more than a number plate is high: from a fingerprint one can draw where
the kerb and the roofs run, and no face, no plate and nobody's gait. Brightness, colour and texture are not in it.

The idea to describe a picture by directions of its edges is that of N. Dalal and B. Triggs, "Histograms of oriented
gradients for human detection", 2005; the measuring of the bounds is `python -m benchmarks.views`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from platewarden.recognition.types import Frame

Grey = npt.NDArray[np.uint8]
Cells = npt.NDArray[np.float32]

COLUMNS: Final = 48
ROWS: Final = 27
DIRECTIONS: Final = 6
BYTES: Final = COLUMNS * ROWS * DIRECTIONS // 2
SIZE_WH: Final = (8 * COLUMNS, 8 * ROWS)
"""Pixels of the picture that a fingerprint is taken of."""

_STEPS: Final = 15
_STRONG: Final = 0.5
"""From here on a cell counts in full."""

_FLAT: Final = 0.02
_TILES: Final = (4, 3)
"""Parts across and down that are looked for one by one: what stands before some of them hides no move."""

_REACH: Final = 8
"""Cells in each direction in which a part is looked for: a sixth of the width."""

_FOUND: Final = 0.45
"""How well a part must agree where it agrees best (1: the same), to count as found."""

_LEAST_TILE: Final = 0.25
"""A part with less of the structure than this share of what is usual says nothing."""

FIT_LEAST: Final = 0.4
"""If less of the structure than this is found anywhere near, it is another view, or something stands before it."""

SHIFT_MOST: Final = 0.015
"""A view that has shifted further than this, in widths of the picture, is another."""

LEAST_CONTRAST: Final = 3.0
"""Grey levels a pixel: below, it is night, or fog, and nothing can be said."""

LEAST_STRUCTURE: Final = 0.08
"""Share of a view in which edges must be: a bare road looks the same wherever one stands."""


class View(StrEnum):
    """What a look says."""

    UNKNOWN = "unknown"
    FITS = "fits"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """Strength of edges by row, column and direction: (27, 48, 6) float32, 0-1; and how strong they were at all.

    `contrast` is 0 in one that was sent: what counts of the reference is its shape.
    """

    cells: Cells
    contrast: float = 0.0

    @property
    def structure(self) -> float:
        """In which share of the view there are edges of one direction more than of others."""
        return float((_weights(_shapes(self.cells)[1]) >= _STRONG / 2).mean())

    def encode(self) -> bytes:
        """Return it in `BYTES` bytes: two steps a byte, by row, column and direction."""
        steps = np.rint(np.sqrt(self.cells) * _STEPS).astype(np.uint8).reshape(-1, 2)
        return bytes(steps[:, 0] << 4 | steps[:, 1])

    @classmethod
    def decode(cls, data: bytes) -> "Fingerprint":
        """Return what `encode` made *data* of.

        Raises:
            ValueError: It has another length.
        """
        if len(data) != BYTES:
            raise ValueError(f"a fingerprint has {BYTES} bytes; these are {len(data)}")
        both = np.frombuffer(data, np.uint8)
        steps = np.stack([both >> 4, both & 15], axis=-1).reshape(ROWS, COLUMNS, DIRECTIONS)
        return cls(_as_cells((steps / _STEPS) ** 2))


@dataclass(frozen=True, slots=True)
class Fit:
    """How far a view agrees with another.

    Attributes:
        share: Share of the structure of the reference that is found in the view, there or near, 0-1.
        shift: By how much what is found has shifted, in widths of the picture: the median of its parts.
    """

    share: float
    shift: float


def small_grey(picture: Frame) -> Grey:
    """Return *picture* in grey and small, `SIZE_WH`: all that is kept of it between two looks."""
    small = cv2.resize(picture, SIZE_WH, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)


def fingerprint_of(grey: Grey) -> Fingerprint:
    """Return the fingerprint of *grey*: (216, 384) uint8, as `small_grey` makes it."""
    smooth = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 1.0)
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3)
    down = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3)
    strength = cv2.magnitude(across, down) / 8
    turn = np.mod(np.arctan2(down, across), np.pi) * (DIRECTIONS / np.pi)
    first = np.floor(turn).astype(np.int32)
    beyond = turn - first
    layers = []
    for direction in range(DIRECTIONS):
        share = (first % DIRECTIONS == direction) * (1 - beyond)
        share += ((first + 1) % DIRECTIONS == direction) * beyond
        layer = cv2.GaussianBlur(strength * share.astype(np.float32), (0, 0), 4.0)
        layers.append(cv2.resize(layer, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA))
    cells = np.stack(layers, axis=-1).astype(np.float32)
    contrast = float(np.percentile(cells.sum(axis=-1), 95))
    steps = np.rint(np.sqrt(np.clip(cells / (contrast + 1e-6), 0, 1)) * _STEPS)
    return Fingerprint(_as_cells((steps / _STEPS) ** 2), contrast)


def judge(reference: Fingerprint, view: Fingerprint) -> tuple[View, Fit | None]:
    """Say whether *view* is what *reference* shows, and how far they agree; nothing where either shows too little."""
    if view.contrast < LEAST_CONTRAST or min(reference.structure, view.structure) < LEAST_STRUCTURE:
        return View.UNKNOWN, None
    fit = compare(reference, view)
    is_there = fit.share >= FIT_LEAST and fit.shift <= SHIFT_MOST
    return View.FITS if is_there else View.DIFFERS, fit


def compare(reference: Fingerprint, view: Fingerprint) -> Fit:
    """Return how much of *reference* is found in *view*, and how far away.

    Each of twelve parts is looked for on its own, up to a sixth of the width away; a part before which a vehicle
    stands is not found, and says nothing of a shift.
    """
    shape, strength = _shapes(reference.cells)
    weights = _weights(strength)
    by_tile = _by_tile(weights)
    agreement = _agreement(shape, weights, _shapes(view.cells)[0]) / np.maximum(by_tile, 1e-6)
    shifts, found, whole = [], 0.0, 0.0
    for row, column in np.argwhere(by_tile >= _LEAST_TILE * by_tile.mean()):
        surface, weight = _as_cells(agreement[:, :, row, column]), float(by_tile[row, column])
        whole += weight
        if surface.max() >= _FOUND:
            found += weight
            shifts.append(_peak(surface))
    return Fit(found / whole if whole else 0.0, float(np.median(shifts)) if shifts else 1.0)


def _as_cells(values: npt.ArrayLike) -> Cells:
    return np.asarray(values, np.float32)


def _shapes(cells: Cells) -> tuple[Cells, Cells]:
    """Return what is peculiar to each cell, of length 1 at most, and how strong it is there."""
    peculiar = cells - cells.mean(axis=-1, keepdims=True)
    strength = np.linalg.norm(peculiar, axis=-1)
    return peculiar / (strength[..., None] + _FLAT), strength


def _weights(strength: Cells) -> Cells:
    return np.minimum(strength, _STRONG)


def _by_tile(values: Cells) -> Cells:
    """Return the sums of *values* (27, 48) by part: (3, 4)."""
    across, down = _TILES
    sums: Cells = values.reshape(down, ROWS // down, across, COLUMNS // across).sum(axis=(1, 3))
    return sums


def _agreement(shape: Cells, weights: Cells, other: Cells) -> Cells:
    """Return how well each part agrees at each shift: (17, 17, 3, 4), shifts down and across, the middle none."""
    span = 2 * _REACH + 1
    wide = np.zeros((ROWS + 2 * _REACH, COLUMNS + 2 * _REACH, DIRECTIONS), np.float32)
    wide[_REACH:-_REACH, _REACH:-_REACH] = other
    agreement = np.zeros((span, span, _TILES[1], _TILES[0]), np.float32)
    for down in range(span):
        for across in range(span):
            shifted = wide[down : down + ROWS, across : across + COLUMNS]
            agreement[down, across] = _by_tile((shape * shifted).sum(axis=-1) * weights)
    return agreement


def _peak(surface: Cells) -> float:
    """Return how far from the middle *surface* (17, 17) is highest, between cells too, in widths of the picture."""
    down, across = (int(place) for place in np.unravel_index(int(surface.argmax()), surface.shape))
    exact = (
        down - _REACH + _between(surface[:, across], down),
        across - _REACH + _between(surface[down], across),
    )
    return float(np.hypot(*exact)) / COLUMNS


def _between(line: Cells, top: int) -> float:
    """Return where between cells the parabola through the highest of *line* and its neighbours is highest."""
    if not 0 < top < len(line) - 1:
        return 0.0
    bend = float(line[top - 1] - 2 * line[top] + line[top + 1])
    return 0.5 * float(line[top - 1] - line[top + 1]) / bend if bend < 0 else 0.0
