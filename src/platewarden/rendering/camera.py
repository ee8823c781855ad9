"""A pinhole camera over a street.

The world is in metres: x to the right, y up from the road, z away from the camera, which stands over the origin.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

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
        world = np.asarray(points, np.float64)
        down, away = self.height_m - world[..., 1], world[..., 2]
        sine, cosine = np.sin(self.pitch_rad), np.cos(self.pitch_rad)
        depth = np.maximum(away * cosine + down * sine, 0.05)
        u, v = world[..., 0] / depth, (down * cosine - away * sine) / depth
        turn, steady = np.sin(self.roll_rad), np.cos(self.roll_rad)
        x = self.centre_px[0] + self.focal_px * (u * steady - v * turn)
        y = self.centre_px[1] + self.focal_px * (u * turn + v * steady)
        return np.stack([x, y], axis=-1).astype(np.float32)

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
        points = np.asarray(local, np.float64)
        sine, cosine = np.sin(self.yaw_rad), np.cos(self.yaw_rad)
        across, up, depth = points[..., 0], points[..., 1], points[..., 2]
        x = self.x_m + across * cosine + depth * sine
        z = self.z_m + depth * cosine - across * sine
        return np.stack([x, up, z], axis=-1).astype(np.float32)
