"""What cameras and weather do to a picture.

Each effect takes a picture, (H, W, 3) uint8 BGR, a source of random numbers and a strength from 0 (none) to 1 (as
bad as a camera in service gets), and returns a new picture of the same size.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

import cv2
import numpy as np

from platewarden.rendering.colours import Picture

Effect: TypeAlias = Callable[[Picture, np.random.Generator, float], Picture]


def motion_blur(image: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Smear along one direction, mostly sideways, by up to 1/90 of the width."""
    reach = strength * image.shape[1] / 90
    size = 2 * round(reach / 2) + 1
    if size < 3:
        return image.copy()
    angle = float(rng.normal(0, 0.25))
    kernel = np.zeros((size, size), np.float32)
    half = size // 2
    offset = (half * np.cos(angle), half * np.sin(angle))
    first = (round(half - offset[0]), round(half - offset[1]))
    cv2.line(kernel, first, (round(half + offset[0]), round(half + offset[1])), 1.0, 1)
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()), np.uint8)


def defocus(image: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Blur evenly, with a spread of up to 1/400 of the width."""
    spread = strength * image.shape[1] / 400 * float(rng.uniform(0.8, 1.2))
    return image.copy() if spread < 0.2 else np.asarray(cv2.GaussianBlur(image, (0, 0), spread), np.uint8)


def noise(image: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Add the grain of a sensor: up to 24 grey levels of standard deviation, the same in all colours."""
    if strength <= 0:
        return image.copy()
    height, width = image.shape[:2]
    # One quarter of the grain, laid four times, is told from fresh grain by nobody and takes a quarter of the time.
    quarter = rng.standard_normal(((height + 1) // 2, (width + 1) // 2), dtype=np.float32) * (24 * strength)
    grain = np.tile(np.rint(quarter).astype(np.int16), (2, 2))[:height, :width]
    spread = cv2.merge([grain] * 3)
    return np.asarray(cv2.add(image, spread, dtype=cv2.CV_8U), np.uint8)


def infrared(image: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Take the colour away and darken the corners, as a camera with its own infrared lamp sees."""
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    height, width = image.shape[:2]
    middle = rng.uniform(0.42, 0.58, 2)
    x = (np.linspace(0, 1, width, dtype=np.float32) - middle[0])[None, :]
    y = (np.linspace(0, 1, height, dtype=np.float32) - middle[1])[:, None]
    falloff = 1 - np.clip((x * x + y * y) * 1.3, 0, 0.6)
    lit = grey * falloff[..., None].astype(np.float32)
    return np.asarray(cv2.addWeighted(lit.astype(np.uint8), strength, image, 1 - strength, 0), np.uint8)


def rain(image: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Draw streaks of falling rain and wash the contrast out."""
    height, width = image.shape[:2]
    veil = np.zeros((height, width), np.uint8)
    slant = float(rng.normal(0, 0.15))
    for x, y, length in zip(
        rng.integers(0, width, round(700 * strength)).tolist(),
        rng.integers(0, height, round(700 * strength)).tolist(),
        (rng.uniform(0.015, 0.05, round(700 * strength)) * height).tolist(),
        strict=True,
    ):
        cv2.line(veil, (x, y), (round(x + slant * length), round(y + length)), 120, 1, cv2.LINE_AA)
    streaks = cv2.GaussianBlur(veil, (0, 0), 0.8)[..., None].astype(np.float32) * strength
    grey = image * (1 - 0.18 * strength) + 26 * strength
    return np.asarray(np.clip(grey + streaks, 0, 255), np.uint8)


def compression(image: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Save as JPEG and load again: quality about 95 at strength 0, about 20 at strength 1."""
    quality = round(float(np.clip(95 - 75 * strength + rng.normal(0, 2), 10, 98)))
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


EFFECTS: Final[dict[str, Effect]] = {
    "motion_blur": motion_blur,
    "defocus": defocus,
    "noise": noise,
    "infrared": infrared,
    "rain": rain,
    "compression": compression,
}
"""Every effect by name."""
