"""A pinhole camera over a street.

The world is in metres: x to the right, y up from the road, z away from the camera, which stands over the origin.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from platewarden.rendering.colours import Floats

PLATE_WIDTH_M = 0.305
"""Twelve inches."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera that looks along z and a little down.

    Attributes:
        focal_px: Focal length in pixels.
        centre_px: Where its axis meets the picture.
        height_m: Height above the road.
        pitch_rad: How far it looks down.
        roll_rad: How far it is turned about its axis, clockwise.
    """

    focal_px: float
    centre_px: tuple[float, float]
    height_m: float
    pitch_rad: float = 0.0
    roll_rad: float = 0.0

    def project(self, points: Any) -> Floats:
        """Return where world *points*, (..., 3) metres, appear: (..., 2) float32 pixels; z must be positive."""
        matrix, eye = _lens(self)
        seen = (np.asarray(points, np.float64) - eye) @ matrix
        return np.asarray(seen[..., :2] / np.maximum(seen[..., 2:], 0.05), np.float32)

    @property
    def horizon_px(self) -> float:
        """Height of the horizon in the middle of the picture, pixels from the top; may be outside it."""
        return self.centre_px[1] - self.focal_px * float(np.tan(self.pitch_rad))


@dataclass(frozen=True, slots=True)
class Stance:
    """Where a vehicle stands: the middle of its near end on the road, and how far it is turned (radians)."""

    x_m: float
    z_m: float
    yaw_rad: float = 0.0

    def world(self, local: Any) -> Floats:
        """Return *local* points, (..., 3) metres (across, up, depth from the near end), in the world."""
        sine, cosine = math.sin(self.yaw_rad), math.cos(self.yaw_rad)
        turn = np.array([(cosine, 0.0, -sine), (0.0, 1.0, 0.0), (sine, 0.0, cosine)])
        return np.asarray(np.asarray(local, np.float64) @ turn + (self.x_m, 0.0, self.z_m), np.float32)


@lru_cache(maxsize=64)
def _lens(camera: Camera) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the matrix that takes a point, seen from the camera, to (x z, y z, z) in pixels; and where it stands."""
    sine, cosine = math.sin(camera.pitch_rad), math.cos(camera.pitch_rad)
    turn, steady = math.sin(camera.roll_rad), math.cos(camera.roll_rad)
    looks = np.array([(1, 0, 0), (0, -cosine, -sine), (0, -sine, cosine)])
    rolled = np.array([(steady, turn, 0), (-turn, steady, 0), (0, 0, 1)])
    x, y = camera.centre_px
    film = np.array([(camera.focal_px, 0, 0), (0, camera.focal_px, 0), (x, y, 1)])
    return looks @ rolled @ film, np.array([0.0, camera.height_m, 0.0])
