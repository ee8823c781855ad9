"""What the network should say about a batch of samples, cell by cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from models.detector.labels import SIZE_PX, Plate, Sample
from platewarden.recognition.plate_detector import STRIDE_PX
from platewarden.rendering.colours import Floats

_CORE: Final = 0.45
"""Cells whose `heat` is above this belong to a plate."""


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """For a batch of b samples of c x c cells.

    Attributes:
        heat: (b, c, c) float32, 1 in the middle of a plate, falling to 0: how little a high score is held
            against a cell that belongs to no plate.
        weight: (b, c, c) float32, above 0 where a cell belongs to a plate; large plates have many cells, of
            which each counts less.
        boxes: (b, 4, c, c) float32, xyxy pixels from the cell's middle.
        corners: (b, 8, c, c) float32, x and y of each corner, pixels from the cell's middle.
        known: (b, c, c) bool, where `corners` holds corners.
        ignored: (b, c, c) bool, where nothing is claimed.
    """

    heat: Floats
    weight: Floats
    boxes: Floats
    corners: Floats
    known: np.ndarray
    ignored: np.ndarray


def targets_for(samples: Sequence[Sample], *, size_px: int = SIZE_PX) -> Targets:
    """Return the targets for *samples*, pictures of *size_px* squared."""
    cells, many = size_px // STRIDE_PX, len(samples)
    targets = Targets(
        heat=np.zeros((many, cells, cells), np.float32),
        weight=np.zeros((many, cells, cells), np.float32),
        boxes=np.zeros((many, 4, cells, cells), np.float32),
        corners=np.zeros((many, 8, cells, cells), np.float32),
        known=np.zeros((many, cells, cells), bool),
        ignored=np.zeros((many, cells, cells), bool),
    )
    for place, sample in enumerate(samples):
        for box in sample.ignored:
            _ignore(targets.ignored[place], box)
        for plate in sample.plates:
            _mark(targets, place, plate)
    targets.ignored[targets.weight > 0] = False
    return targets


def _middles(cells: int) -> tuple[Floats, Floats]:
    """Return x, (1, c), and y, (c, 1), of the middles of cells, in pixels."""
    along = (np.arange(cells, dtype=np.float32) + 0.5) * STRIDE_PX
    return along[None, :], along[:, None]


def _ignore(ignored: np.ndarray, box: tuple[float, float, float, float]) -> None:
    x, y = _middles(ignored.shape[0])
    left, top, right, bottom = box
    ignored |= (
        (x > left - STRIDE_PX) & (x < right + STRIDE_PX) & (y > top - STRIDE_PX) & (y < bottom + STRIDE_PX)
    )


def _mark(targets: Targets, place: int, plate: Plate) -> None:
    x, y = _middles(targets.heat.shape[1])
    left, top, right, bottom = plate.box
    away_x = (x - (left + right) / 2) / (0.28 * (right - left) + 0.25 * STRIDE_PX)
    away_y = (y - (top + bottom) / 2) / (0.28 * (bottom - top) + 0.25 * STRIDE_PX)
    heat = np.exp(-(away_x**2 + away_y**2) / 2)
    core = heat > _CORE
    core.flat[int(heat.argmax())] = True
    core &= heat >= targets.heat[place] * (targets.weight[place] > 0)
    np.maximum(targets.heat[place], heat, out=targets.heat[place])
    targets.weight[place][core] = 1 / np.sqrt(max(1, core.sum()))
    for index, (edge, middle) in enumerate(((left, x), (top, y), (right, x), (bottom, y))):
        targets.boxes[place, index][core] = np.broadcast_to(edge - middle, core.shape)[core]
    targets.known[place][core] = plate.corners is not None
    if plate.corners is not None:
        for index, value in enumerate(plate.corners.ravel().tolist()):
            offset = np.broadcast_to(value - (y if index % 2 else x), core.shape)
            targets.corners[place, index][core] = offset[core]
