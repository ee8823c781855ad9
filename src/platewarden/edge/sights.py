"""The best sights of one plate during a pass: few, sharp, spread over time, and small to keep."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import cv2
import numpy as np

from platewarden.edge.sources import VideoFrame
from platewarden.edge.tracking import EDGE_PX
from platewarden.recognition.geometry import cut_box, grow_box
from platewarden.recognition.types import Box, Detection, Frame

MAX_SIGHTS: Final = 6
"""More looks than these change no answer, and each costs time."""

APART_S: Final = 0.08
"""Of sights closer in time than this one is kept: neighbours share their blur."""

_BIG_PX: Final = 160
"""A plate wider than this is read no better for being wider."""

_MEASURE: Final = (96, 48)
"""Size, in pixels, at which the sharpness of plates is compared."""

_EVEN: Final = 8.0
"""Grey levels: contrast below this is grain."""

_VEHICLE_WIDTHS: Final = (4.0, 5.0, 2.0)
"""Around the best sight so much is kept, in plate widths: to either side, above, below. A vehicle fits into it."""

_PLATE_WIDTHS: Final = (0.5, 0.5, 0.5)
"""And so much around the others."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """One plate in one frame, cut out.

    Attributes:
        picture: The part of the frame around the plate; of the best sight with the vehicle.
        detection: The plate, in pixels of `picture`.
        quality: How well it can probably be read; to compare only.
        seen_at: When, aware, UTC.
        at_s: Seconds since the video began.
        index: Number of the frame.
    """

    picture: Frame
    detection: Detection
    quality: float
    seen_at: datetime
    at_s: float
    index: int

    def trimmed(self) -> "Sight":
        """Return it without the vehicle."""
        picture, detection = _cut(self.picture, self.detection, _PLATE_WIDTHS)
        return Sight(picture, detection, self.quality, self.seen_at, self.at_s, self.index)


class Sights:
    """Keeps the best sights of a plate, at most `MAX_SIGHTS`."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: list[Sight] = []

    def __len__(self) -> int:
        return len(self._kept)

    def best_first(self) -> list[Sight]:
        """Return the kept sights; only the first has the vehicle."""
        return list(self._kept)

    def offer(self, frame: VideoFrame, detection: Detection) -> None:
        """Keep the plate that *detection* found in *frame* if it is whole and among the best seen so far."""
        if _is_cut_off(detection.box_xyxy, frame.picture):
            return
        value = quality(frame.picture, detection)
        rival = self._rival(frame.at_s)
        if rival is not None and rival.quality >= value:
            return
        others = [sight for sight in self._kept if sight is not rival]
        is_best = all(value > sight.quality for sight in others)
        picture, moved = _cut(frame.picture, detection, _VEHICLE_WIDTHS if is_best else _PLATE_WIDTHS)
        sight = Sight(picture, moved, value, frame.seen_at, frame.at_s, frame.index)
        if is_best and others:
            others[0] = others[0].trimmed()
        self._kept = sorted([*others, sight], key=lambda kept: -kept.quality)[:MAX_SIGHTS]

    def _rival(self, at_s: float) -> Sight | None:
        """Return the sight that another one of *at_s* would replace: the one close in time, or the worst of all."""
        close = min(self._kept, key=lambda sight: abs(sight.at_s - at_s), default=None)
        if close is not None and abs(close.at_s - at_s) < APART_S:
            return close
        return self._kept[-1] if len(self._kept) == MAX_SIGHTS else None


def quality(picture: Frame, detection: Detection) -> float:
    """Return how well the plate that *detection* found in *picture* can probably be read: sharp, large, surely a plate.

    Sharpness is the mean square of the steepness across the characters over that of the contrast, at one size for
    all plates, so that neither a dark picture nor a far plate counts twice. (Not the mean steepness: however blurred
    an edge is, it climbs as high.)
    """
    grey = cv2.cvtColor(cut_box(picture, detection.box_xyxy), cv2.COLOR_BGR2GRAY)
    even = cv2.GaussianBlur(cv2.resize(grey, _MEASURE, interpolation=cv2.INTER_AREA), (3, 3), 0)
    steepness = float(np.mean(np.square(cv2.Sobel(even, cv2.CV_32F, 1, 0, scale=0.125))))
    sharpness = steepness / (float(np.var(even)) + _EVEN**2)
    width = detection.box_xyxy[2] - detection.box_xyxy[0]
    return sharpness * min(1.0, width / _BIG_PX) * detection.confidence


def _is_cut_off(box: Box, picture: Frame) -> bool:
    height, width = picture.shape[:2]
    left, top, right, bottom = box
    return min(left, top) < EDGE_PX or right > width - EDGE_PX or bottom > height - EDGE_PX


def _cut(picture: Frame, detection: Detection, widths: tuple[float, float, float]) -> tuple[Frame, Detection]:
    """Return a copy of what lies around *detection*, and the detection in it."""
    box = detection.box_xyxy
    side, above, below = (share * (box[2] - box[0]) for share in widths)
    left, top, right, bottom = grow_box(box, x_px=side, y_px=max(above, below), frame=picture)
    bottom = min(bottom, box[3] + below)
    top = max(top, box[1] - above)
    cut = cut_box(picture, (left, top, right, bottom)).copy()
    origin = np.array([int(left), int(top)], np.float32)
    moved = (box[0] - origin[0], box[1] - origin[1], box[2] - origin[0], box[3] - origin[1])
    left, top, right, bottom = (float(value) for value in moved)
    return cut, Detection((left, top, right, bottom), detection.corners - origin, detection.confidence)
