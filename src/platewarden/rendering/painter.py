"""Drawing on a picture what a camera sees of points in the world."""

from typing import Any, Final

import cv2
import numpy as np

from platewarden.rendering.camera import Camera
from platewarden.rendering.colours import Colour, Floats, Picture
from platewarden.rendering.lights import Light

_SUBPIXEL: Final = 4
"""Bits after the binary point in the coordinates that OpenCV is given."""


class Painter:
    """Draws on a picture, in place, what a camera sees of points in the world."""

    def __init__(self, picture: Picture, camera: Camera, light: Light) -> None:
        self.picture, self.camera, self.light = picture, camera, light

    def polygon(self, world: Any, colour: Colour, opacity: float = 1.0) -> None:
        """Fill the polygon of *world* points, (n, 3) metres; outside the picture it is cut off."""
        self.flat_polygon(self.camera.project(world), colour, opacity)

    def flat_polygon(self, points: Any, colour: Colour, opacity: float = 1.0) -> None:
        """Fill the polygon of *points*, (n, 2) pixels."""
        outline = [np.rint(np.clip(points, -16000, 16000) * (1 << _SUBPIXEL)).astype(np.int32)]
        if opacity >= 1:
            cv2.fillPoly(self.picture, outline, colour, cv2.LINE_AA, _SUBPIXEL)
            return
        height, width = self.picture.shape[:2]
        low = np.clip(np.floor(np.min(points, axis=0)).astype(int) - 1, 0, (width, height))
        high = np.clip(np.ceil(np.max(points, axis=0)).astype(int) + 2, 0, (width, height))
        if np.all(high > low):
            part = self.picture[low[1] : high[1], low[0] : high[0]]
            over = part.copy()
            cv2.fillPoly(
                over, [outline[0] - (low << _SUBPIXEL).astype(np.int32)], colour, cv2.LINE_AA, _SUBPIXEL
            )
            part[:] = cv2.addWeighted(over, opacity, part, 1 - opacity, 0)

    def soft_polygon(self, points: Any, softness_px: float, opacity: float) -> None:
        """Darken the polygon of *points*, (n, 2) pixels, by *opacity*, its edge blurred over *softness_px*."""
        shrink, margin = 8, 3 * softness_px
        height, width = self.picture.shape[:2]
        low = np.clip(np.floor(np.min(points, axis=0) - margin).astype(int), 0, (width, height))
        high = np.clip(np.ceil(np.max(points, axis=0) + margin).astype(int), 0, (width, height))
        if not np.all(high > low):
            return
        size = np.maximum(1, (high - low) // shrink)
        mask = np.full((size[1], size[0]), 255, np.uint8)
        outline = np.clip((np.asarray(points) - low) / shrink, -4000, 4000)
        cv2.fillPoly(mask, [outline.astype(np.int32)], 255 * (1 - opacity))
        mask = cv2.GaussianBlur(mask, (0, 0), max(0.5, softness_px / shrink))
        mask = cv2.resize(mask, (high - low).tolist(), interpolation=cv2.INTER_LINEAR)
        part = self.picture[low[1] : high[1], low[0] : high[0]]
        part[:] = cv2.multiply(part, cv2.merge([mask] * 3), scale=1 / 255)

    def line(self, world: Any, colour: Colour, thickness_px: float, *, closed: bool = False) -> None:
        """Draw a line through *world* points, (n, 3) metres."""
        points = np.rint(np.clip(self.camera.project(world), -16000, 16000) * (1 << _SUBPIXEL)).astype(
            np.int32
        )
        cv2.polylines(
            self.picture, [points], closed, colour, max(1, round(thickness_px)), cv2.LINE_AA, _SUBPIXEL
        )

    def lit(self, colour: Colour) -> Colour:
        """Return *colour* as it looks in this light, facing the camera."""
        tone = self.light.ambient * 0.85 + self.light.sun * 0.5
        blue, green, red = (a * b / 255 * tone for a, b in zip(colour, self.light.tint, strict=True))
        return blue, green, red


def _corners() -> tuple[Floats, Floats]:
    """Return points of the unit circle, (20, 2), and the corner of a square that each belongs to."""
    angles = np.concatenate([np.linspace(turn, turn + 1, 5) for turn in range(4)]) * np.pi / 2
    signs = np.repeat([(1, 1), (-1, 1), (-1, -1), (1, -1)], 5, axis=0)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return circle.astype(np.float32), signs.astype(np.float32)


_CIRCLE, _SIGNS = _corners()


def rounded(left: float, top: float, right: float, bottom: float, radius: float) -> Floats:
    """Return a rectangle with round corners, (20, 2); radius in the units of the rest."""
    middle = np.array([(left + right) / 2, (top + bottom) / 2], np.float32)
    inner = np.array([(right - left) / 2 - radius, abs(top - bottom) / 2 - radius], np.float32)
    return np.asarray(middle + _SIGNS * inner + _CIRCLE * np.float32(radius), np.float32)
