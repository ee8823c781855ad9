"""The faint pictures behind the serial of a plate."""

from collections.abc import Callable
from typing import Final, TypeAlias

import cv2
import numpy as np

from platewarden.rendering.colours import Floats, Picture, bgr, lay
from platewarden.rendering.designs import Design

_Painter: TypeAlias = Callable[[int, np.random.Generator], Picture]

_FAINT: Final = 0.5
"""Opacity of the scenery: the serial must stay easy to read over it."""


def paint_scenery(pixels: Floats, design: Design, rng: np.random.Generator) -> None:
    """Paint what *design* shows behind its serial into *pixels*, (h, 2h, 3) float32, below its upper band."""
    if design.scenery:
        height = pixels.shape[0]
        mask = _PAINTERS[design.scenery](height, rng)
        if design.band:
            mask[: round(0.235 * height)] = 0
        lay(pixels, mask, bgr(design.scenery_ink), _FAINT)


def _blank(height: int) -> Picture:
    return np.zeros((height, 2 * height), np.uint8)


def _ridge(height: int, rng: np.random.Generator, level: float, swing: float) -> Floats:
    """Return the outline of a range of hills, closed along the foot of the plate, (n, 2) pixels."""
    x = np.linspace(0, 2 * height, 14, dtype=np.float32)
    y = (level + swing * rng.uniform(-1, 1, 14).astype(np.float32)) * height
    foot = np.array([(2 * height, height), (0, height)], np.float32)
    return np.concatenate([np.stack([x, y], axis=1), foot]).astype(np.float32)


def _hills(height: int, rng: np.random.Generator) -> Picture:
    mask = _blank(height)
    for level, tone in ((0.55, 90), (0.7, 160), (0.83, 240)):
        outline = _ridge(height, rng, level, 0.07).astype(np.int32)
        cv2.fillPoly(mask, [outline], tone, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), height / 90), np.uint8)


def _waves(height: int, rng: np.random.Generator) -> Picture:
    mask = _blank(height)
    x = np.linspace(0, 2 * height, 60)
    for level in (0.35, 0.5, 0.65, 0.8):
        y = (level + 0.04 * np.sin(x / height * 6 + rng.uniform(0, 6))) * height
        line = np.stack([x, y], axis=1).astype(np.int32)
        cv2.polylines(
            mask, [line], isClosed=False, color=200, thickness=max(1, height // 16), lineType=cv2.LINE_AA
        )
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), height / 60), np.uint8)


def _rays(height: int, rng: np.random.Generator) -> Picture:
    mask = _blank(height)
    heart = (round(rng.uniform(0.6, 1.4) * height), round(0.95 * height))
    for angle in np.linspace(0.05, np.pi - 0.05, 12):
        spread = np.array([angle - 0.06, angle + 0.06])
        far = np.stack(
            [heart[0] + np.cos(spread) * 3 * height, heart[1] - np.sin(spread) * 3 * height], axis=1
        )
        cv2.fillPoly(mask, [np.concatenate([[heart], far]).astype(np.int32)], 150, cv2.LINE_AA)
    return mask


def _fade(height: int, rng: np.random.Generator) -> Picture:
    depth = rng.uniform(0.8, 1.2)
    column = np.clip(np.linspace(255, -120, height) * depth, 0, 255).astype(np.uint8)
    return np.repeat(column[:, None], 2 * height, axis=1)


_PAINTERS: Final[dict[str, _Painter]] = {"hills": _hills, "waves": _waves, "rays": _rays, "fade": _fade}
