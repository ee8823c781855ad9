"""Finding plates: our own network, which marks the middle of each plate and gives its four corners.

How it was trained and measured, and what it must not be used for: models/detector/CARD.md.
"""

from collections.abc import Iterator
from typing import Final, TypeAlias

import cv2
import numpy as np

from platewarden.recognition.geometry import box_around
from platewarden.recognition.models import PLATE_DETECTION, Network
from platewarden.recognition.types import Detection, FloatArray, Frame

STRIDE_PX: Final = 8
"""Pixels of the network's input to a cell of its output, both ways."""

MULTIPLE_PX: Final = 32
"""The network takes sides that are multiples of this."""

LONG_SIDE_PX: Final = 1024
"""Size at which a frame is looked at: a plate a person can read is at least 28 pixels wide then."""

MIN_CONFIDENCE: Final = 0.3
"""Scores below this are no plate; between this and 0.55, where most are none, the reader decides."""

MAX_PLATES: Final = 64
"""No more are reported of one frame; the surest are."""

_GREY: Final = 114
_SPREAD: Final = 58.0
"""Grey level that the network sees as 0, and the levels above it that it sees as 1."""

_LEVELS: Final = ((np.arange(256) - _GREY) / _SPREAD).astype(np.float32)
_HALF: Final = 0.5

_MAX_CELLS: Final = 1024
"""Cells that are weighed at all, the best; a plate has some ten of them."""

_SAME_PLATE: Final = 0.4
"""Two answers whose boxes overlap so much (intersection over union) are about one plate."""

_SAME_VIEW: Final = 0.7
"""Answers that overlap so much are averaged."""

_INSIDE: Final = 0.8
"""An answer that lies in a surer one by this share is a part of that plate, not another one."""

_MAX_ENLARGEMENT: Final = 2.0
"""Small pictures are shown at most this much larger than they are."""

_WIDEST_PX: Final = 384
"""The network was trained on plates up to 300 pixels wide; what it says of much wider ones is a guess."""

_COARSE: Final = 0.3125
"""Share of the first look's size at which plates are sought that fill the frame."""

_COARSE_LEAST_PX: Final = 80
"""Narrower ones are seen better at the first look."""

_LARGE: Final = 2.2
"""Frames longer than this many `long_side_px` are looked at a third time, twice as large, in tiles."""

_TILE_OVERLAP_PX: Final = 192
"""Plates up to this wide lie whole in one tile at least; wider ones are seen at the first look."""

_STRIP: Final = 3.0
"""A frame so many times as long as wide, or high, is looked at part by part along its length, too."""

_PART: Final = 2.0
_PART_OVERLAP: Final = 0.5
"""Length of a part, and of what two of them share, in shares of the short side."""

_MOST_PARTS: Final = 32
"""The longest strips are cut into longer parts."""

_Answers: TypeAlias = tuple[FloatArray, FloatArray]
"""Corners, (n, 4, 2), and scores, (n,), 0-1."""


class PlateDetector:
    """Every plate in a frame, of any state or country (implements `Detector`)."""

    def __init__(
        self, *, long_side_px: int = LONG_SIDE_PX, threads: int = 0, network: Network | None = None
    ) -> None:
        """Look at frames with their long side at *long_side_px*.

        Args:
            long_side_px: Smaller is faster and misses smaller plates.
            threads: Threads for one frame; 0 means one a core.
            network: Instead of the one that this release carries.

        Raises:
            ModelError: The model is missing or altered.
        """
        self._network = network or Network(PLATE_DETECTION, threads=threads)
        self._long_side_px = long_side_px

    def detect(self, frame: Frame) -> list[Detection]:
        """Return the plates in *frame*, (H, W, 3) uint8 BGR, surest first, at most `MAX_PLATES`.

        Raises:
            ModelError: The network failed.
        """
        ratio = self._ratio(frame)
        answers = [
            _of_width(self._look(frame, ratio), 0, _WIDEST_PX / ratio),
            _of_width(self._look(frame, ratio * _COARSE), _COARSE_LEAST_PX / (ratio * _COARSE), np.inf),
        ]
        if max(frame.shape[:2]) > _LARGE * self._long_side_px:
            answers += self._look_closer(frame, 2 * ratio)
        if max(frame.shape[:2]) > _STRIP * min(frame.shape[:2]):
            answers += self._look_along(frame)
        corners, scores = (np.concatenate(parts) for parts in zip(*answers, strict=True))
        return [_detection(plate, score) for plate, score in distinct(corners, scores)[:MAX_PLATES]]

    def _ratio(self, frame: Frame) -> float:
        return float(min(_MAX_ENLARGEMENT, self._long_side_px / max(frame.shape[:2])))

    def _look(self, frame: Frame, ratio: float) -> _Answers:
        """Return what is seen in *frame* at *ratio* of its size, in pixels of the frame."""
        batch, scale = to_batch(frame, ratio)
        corners, scores = candidates(self._network.run(batch)[0], MIN_CONFIDENCE)
        return corners / scale, scores

    def _look_closer(self, frame: Frame, ratio: float) -> Iterator[_Answers]:
        """Look at *frame* at *ratio* of its size, part by part."""
        side, overlap = int(self._long_side_px / ratio), int(_TILE_OVERLAP_PX / ratio)
        for top in _starts(frame.shape[0], side, overlap):
            for left in _starts(frame.shape[1], side, overlap):
                tile = frame[top : top + side, left : left + side]
                yield self._look_at_part(tile, (left, top), ratio)

    def _look_along(self, frame: Frame) -> Iterator[_Answers]:
        """Look at *frame*, a strip, part by part, each as large as if it were a frame of its own."""
        height, width = frame.shape[:2]
        short, long = min(height, width), max(height, width)
        side = int(max(_PART * short, long / _MOST_PARTS / (1 - _PART_OVERLAP / _PART)))
        for start in _starts(long, side, int(side * _PART_OVERLAP / _PART)):
            left, top = (start, 0) if width > height else (0, start)
            part = frame[top : top + side, left : left + side]
            yield self._look_at_part(part, (left, top), self._ratio(part))

    def _look_at_part(self, part: Frame, at: tuple[int, int], ratio: float) -> _Answers:
        """Return what is wholly in *part*, whose top left is *at* (x, y) in the frame, looked at at *ratio*."""
        corners, scores = _whole(self._look(part, ratio), part, STRIDE_PX / ratio)
        return corners + np.array(at, np.float32), scores


def to_batch(frame: Frame, ratio: float) -> tuple[FloatArray, FloatArray]:
    """Return *frame* at *ratio* of its size as the network takes it, and the exact ratios, x and y.

    What is missing to multiples of `MULTIPLE_PX` is added, grey, at the right and the foot.
    """
    height, width = frame.shape[:2]
    wide, high = max(1, round(width * ratio)), max(1, round(height * ratio))
    # Averaging over areas costs five times as much as interpolating, and gains nothing above a half.
    kind = cv2.INTER_LINEAR if ratio > _HALF else cv2.INTER_AREA
    resized = (
        frame if (wide, high) == (width, height) else cv2.resize(frame, (wide, high), interpolation=kind)
    )
    padded = cv2.copyMakeBorder(
        resized, 0, -high % MULTIPLE_PX, 0, -wide % MULTIPLE_PX, cv2.BORDER_CONSTANT, value=(_GREY,) * 3
    )
    batch = np.stack([cv2.LUT(plane, _LEVELS) for plane in cv2.split(padded)])[None]
    return batch, np.array([wide / width, high / height], np.float32)


def candidates(output: FloatArray, least: float) -> _Answers:
    """Return what the cells say that score *least* or more, in pixels of the input, the best first.

    Args:
        output: (9, h, w): the score before the sigmoid, then the corners' x and y from the cell's middle.
        least: 0-1.
    """
    logits = output[0]
    rows, columns = np.nonzero(logits >= np.log(least / (1 - least)))
    values = logits[rows, columns]
    best = np.argsort(-values, kind="stable")[:_MAX_CELLS]
    rows, columns = rows[best], columns[best]
    middles = (np.stack([columns, rows], axis=1).astype(np.float32) + 0.5) * STRIDE_PX
    corners = output[1:, rows, columns].T.reshape(-1, 4, 2) + middles[:, None]
    return corners, 1 / (1 + np.exp(-values[best]))


def distinct(corners: FloatArray, scores: FloatArray) -> list[tuple[FloatArray, float]]:
    """Return one (corners, score) a plate, surest first, of many answers to each.

    Args:
        corners: (n, 4, 2).
        scores: (n,), 0-1.
    """
    found: list[tuple[FloatArray, float]] = []
    order = np.argsort(-scores, kind="stable")
    corners, scores = corners[order], scores[order]
    boxes = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
    left = np.ones(len(scores), bool)
    for place in range(len(scores)):
        if left[place]:
            likeness, inside = _overlaps(boxes[place], boxes)
            alike = (likeness >= _SAME_VIEW) & left
            alike[place] = True
            weights = (scores[alike] ** 2)[:, None, None]
            merged = (corners[alike] * weights).sum(axis=0) / weights.sum()
            found.append((merged.astype(np.float32), float(scores[place])))
            left &= (likeness < _SAME_PLATE) & (inside < _INSIDE)
    return found


def _of_width(answers: _Answers, least: float, most: float) -> _Answers:
    """Return those of *answers* whose box is between *least* and *most* wide."""
    corners, scores = answers
    widths = np.ptp(corners[..., 0], axis=1)
    kept = (widths >= least) & (widths <= most)
    return corners[kept], scores[kept]


def _whole(answers: _Answers, tile: Frame, margin: float) -> _Answers:
    """Return those of *answers* that keep a *margin* from the edges of *tile*: others are cut, perhaps."""
    corners, scores = answers
    far = np.array([tile.shape[1] - margin, tile.shape[0] - margin], np.float32)
    kept = ((corners >= margin) & (corners <= far)).all(axis=(1, 2))
    return corners[kept], scores[kept]


def _overlaps(box: FloatArray, boxes: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return intersection over union of *box* with each of *boxes*, (n, 4), and the share of each inside it."""
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    common = np.clip(high - low, 0, None).prod(axis=1)
    areas = np.maximum((boxes[:, 2:] - boxes[:, :2]).prod(axis=1), 1e-6)
    area = float((box[2:] - box[:2]).prod())
    return common / (area + areas - common), common / areas


def _starts(length: int, side: int, overlap: int) -> list[int]:
    """Return where tiles of *side* begin that cover *length*, evenly, with *overlap* or more in common."""
    if length <= side:
        return [0]
    many = int(np.ceil((length - overlap) / (side - overlap)))
    return [round(start) for start in np.linspace(0, length - side, many)]


def _detection(corners: FloatArray, confidence: float) -> Detection:
    return Detection(box_around(corners), corners, confidence)
