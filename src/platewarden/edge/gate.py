"""Which frames are worth recognising, and which part of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from platewarden.recognition.types import Detection, Frame

LONGEST_REST_S: Final = 1.0
"""A scene in which nothing moves is recognised at least so often: the gate may have missed something."""

SHORTEST_REST_S: Final = 1 / 16
"""Of a camera of 25 or 30 frames a second every second one is recognised: sights closer together share their blur, and
a plate in view for half a second is still found six times."""

_SMALL_PX: Final = 160
"""Width of the grey picture that is compared; the grain of a sensor is averaged away in it."""

_CHANGE: Final = 12
"""Grey levels (of 255) by which a pixel of it must change: more than grain and compression do."""

SHARE: Final = 0.0015
"""Share of its pixels that must change: a plate 60 pixels wide in 1280 covers as much."""

_LEAST_AREA: Final = 0.001
_DECIMALS: Final = 4
_CORNER: Final = re.compile(r"\s*(\d*\.?\d+)\s*,\s*(\d*\.?\d+)\s*")

Mask = npt.NDArray[np.uint8]


class RegionError(ValueError):
    """The text describes no region; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Region:
    """The part of the picture in which plates are read: a polygon, corners as shares of width and height, 0-1."""

    corners: tuple[tuple[float, float], ...]

    @classmethod
    def parse(cls, text: str) -> "Region":
        """Return the region written as ``x1,y1;x2,y2;x3,y3...``, to a ten-thousandth.

        Raises:
            RegionError: A corner is not two numbers from 0 to 1, or there are fewer than three.
        """
        corners = []
        for number, part in enumerate(text.strip().strip(";").split(";"), start=1):
            found = _CORNER.fullmatch(part)
            if found is None or not all(0 <= float(value) <= 1 for value in found.groups()):
                raise RegionError(f"corner {number}: give two numbers from 0 to 1, e.g. 0.1,0.5")
            corners.append((round(float(found[1]), _DECIMALS), round(float(found[2]), _DECIMALS)))
        if len(corners) < 3:  # noqa: PLR2004 - a polygon
            raise RegionError("give at least three corners, e.g. 0,0.4;1,0.4;1,1;0,1")
        if _area(corners) < _LEAST_AREA:
            raise RegionError("it covers nothing, or its sides cross: name the corners in turn")
        return cls(tuple(corners))

    @property
    def text(self) -> str:
        """The region as `parse` reads it."""
        return ";".join(f"{x:g},{y:g}" for x, y in self.corners)

    def holds(self, detection: Detection, frame: Frame) -> bool:
        """Whether the middle of *detection* in *frame* lies in the region."""
        height, width = frame.shape[:2]
        left, top, right, bottom = detection.box_xyxy
        middle = ((left + right) / 2 / width, (top + bottom) / 2 / height)
        outline = np.array(self.corners, np.float32)
        return bool(cv2.pointPolygonTest(outline, middle, measureDist=False) >= 0)

    def mask(self, width: int, height: int) -> Mask:
        """Return the region in a picture of that size: (height, width) uint8, 255 inside."""
        drawn = np.zeros((height, width), np.uint8)
        corners = np.array(self.corners) * (width - 1, height - 1)
        cv2.fillPoly(drawn, [np.rint(corners).astype(np.int32)], 255)
        return drawn


@dataclass(frozen=True, slots=True)
class Looking:
    """What of a source is looked at.

    Attributes:
        region: Where plates are read and movement counts; None for the whole picture.
        rest_s: So often at least a frame is looked at though nothing moves.
        share: Of the pixels, 0-1, that must change for one to be looked at sooner.
    """

    region: Region | None = None
    rest_s: float = LONGEST_REST_S
    share: float = SHARE


EVERYTHING: Final = Looking()
"""The whole picture, as the program has it."""


class Gate:
    """Lets a frame through if something moved since the last one that went through, or enough time has passed."""

    def __init__(self, looking: Looking = EVERYTHING) -> None:
        """Look for movement as *looking* says."""
        self._looking = looking
        self._before: tuple[Frame, float] | None = None

    def lets_through(self, picture: Frame, at_s: float) -> bool:
        """Whether *picture*, taken at *at_s*, is to be recognised."""
        if self._before is not None and 0 <= at_s - self._before[1] < SHORTEST_REST_S:
            return False
        grey = _small(picture)
        if self._before is not None and not self._is_due(grey, at_s, *self._before):
            return False
        self._before = grey, at_s
        return True

    def _is_due(self, grey: Frame, at_s: float, before: Frame, before_s: float) -> bool:
        if at_s - before_s >= self._looking.rest_s or grey.shape != before.shape:
            return True
        changed = cv2.threshold(cv2.absdiff(grey, before), _CHANGE, 1, cv2.THRESH_BINARY)[1]
        whole = changed.size
        if self._looking.region is not None:
            mask = self._looking.region.mask(changed.shape[1], changed.shape[0])
            changed, whole = cv2.bitwise_and(changed, changed, mask=mask), max(1, cv2.countNonZero(mask))
        return bool(cv2.countNonZero(changed) >= max(1.0, self._looking.share * whole))


def _small(picture: Frame) -> Frame:
    height, width = picture.shape[:2]
    size = (_SMALL_PX, max(1, round(height * _SMALL_PX / width)))
    small: Frame = cv2.cvtColor(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    return small


def _area(corners: Sequence[tuple[float, float]]) -> float:
    """Return the area within *corners*, as a share of the picture; what is gone round both ways cancels out."""
    following = [*corners[1:], corners[0]]
    return (
        abs(sum(x * down - right * y for (x, y), (right, down) in zip(corners, following, strict=True))) / 2
    )
