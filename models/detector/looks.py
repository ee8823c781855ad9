"""What light, weather, lens, sensor and file do to a whole piece of a picture."""

from typing import Final

import cv2
import numpy as np

from platewarden.rendering import degrade
from platewarden.rendering.colours import Floats, Picture

LIGHTS: Final = ("day", "dusk", "night", "infrared")
_ODDS: Final = (0.76, 0.08, 0.08, 0.08)


def random_light(rng: np.random.Generator) -> str:
    """Return one of `LIGHTS`, most often day."""
    return str(rng.choice(LIGHTS, p=_ODDS))


def darkened(picture: Picture, rng: np.random.Generator, light: str) -> Picture:
    """Return the surroundings as they are in *light*, before a plate that throws light back is laid on them."""
    if light == "day":
        return picture
    low, high = {"dusk": (0.35, 0.7), "night": (0.08, 0.4), "infrared": (0.1, 0.8)}[light]
    factor = float(rng.uniform(low, high))
    bent = 255 * (np.arange(256, dtype=np.float32) / 255) ** float(rng.uniform(1.0, 1.6)) * factor
    dark = np.asarray(cv2.LUT(picture, bent.astype(np.uint8)), np.uint8)
    return degrade.infrared(dark, rng, 1.0) if light == "infrared" else dark


def dimmed(picture: Picture, rng: np.random.Generator, light: str) -> Picture:
    """Return *picture* somewhat darker, so that a plate that is in it already stays visible."""
    if light == "day":
        return picture
    dim = np.asarray((picture * float(rng.uniform(0.35, 1.0))).astype(np.uint8), np.uint8)
    return degrade.infrared(dim, rng, 1.0) if light == "infrared" else dim


def plate_brightness(rng: np.random.Generator, light: str, around: float) -> float:
    """Return the mean grey level of a plate in *light* whose surroundings have the mean *around*."""
    if light == "day":
        return float(np.clip(around * rng.uniform(0.7, 1.6) + rng.uniform(0, 40), 35, 222))
    if light == "dusk":
        return float(rng.uniform(45, 190))
    return float(rng.uniform(40, 130) if rng.random() < 0.35 else rng.uniform(130, 238))


def photographed(picture: Picture, rng: np.random.Generator, light: str, *, plate_px: float) -> Picture:
    """Return *picture* as a camera delivers it.

    Args:
        picture: (s, s, 3) uint8 BGR.
        rng: Source of what happens.
        light: One of `LIGHTS`.
        plate_px: Width of the smallest plate that is to be found still: nothing smears more than a third of it.
    """
    if rng.random() < 0.2:
        picture = _coarsened(picture, rng, plate_px)
    picture = _blurred(picture, rng, plate_px)
    if light in {"night", "dusk"} and rng.random() < 0.6:
        picture = _with_lamps(picture, rng)
    if rng.random() < 0.04:
        picture = degrade.rain(picture, rng, float(rng.uniform(0.2, 0.9)))
    picture = _exposed(picture, rng)
    if light == "infrared" or rng.random() < 0.05:
        picture = np.asarray(
            cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR), np.uint8
        )
    odds, most = (0.25, 0.35) if light == "day" else (0.6, 0.6)
    if rng.random() < odds:
        picture = degrade.noise(picture, rng, float(rng.uniform(0.05, most)))
    return degrade.compression(picture, rng, float(rng.uniform(0, 1))) if rng.random() < 0.4 else picture


def _coarsened(picture: Picture, rng: np.random.Generator, plate_px: float) -> Picture:
    """Return *picture* as if enlarged from a smaller one, as digital zoom does."""
    least = min(0.95, max(0.4, 14 / plate_px))
    ratio = float(rng.uniform(least, 1.0))
    small = cv2.resize(picture, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def _blurred(picture: Picture, rng: np.random.Generator, plate_px: float) -> Picture:
    kind = rng.random()
    if kind < 0.14:
        reach = float(rng.uniform(2, max(2.5, min(16, plate_px / 4))))
        return np.asarray(cv2.filter2D(picture, -1, _streak(reach, float(rng.normal(0, 0.35)))), np.uint8)
    if kind < 0.32:
        spread = float(rng.uniform(0.4, max(0.6, min(3.0, plate_px / 28))))
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), spread), np.uint8)
    return picture


def _streak(reach: float, angle: float) -> Floats:
    half = int(np.ceil(reach / 2))
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    dx, dy = reach / 2 * np.cos(angle), reach / 2 * np.sin(angle)
    start, end = (round(half - dx), round(half - dy)), (round(half + dx), round(half + dy))
    cv2.line(kernel, start, end, 1.0, 1)
    return np.asarray(kernel / kernel.sum(), np.float32)


def _with_lamps(picture: Picture, rng: np.random.Generator) -> Picture:
    """Return *picture* with headlamps or street lamps shining into the lens."""
    size = picture.shape[0]
    glare = np.zeros((size // 4, size // 4, 3), np.float32)
    for _ in range(int(rng.integers(1, 4))):
        at = int(rng.integers(0, size // 4)), int(rng.integers(0, size // 4))
        tint = np.array([rng.uniform(0.6, 1), rng.uniform(0.8, 1), 1.0]) * rng.uniform(150, 500)
        cv2.circle(glare, at, int(rng.integers(1, 5)), tuple(tint.tolist()), -1)
    glare = cv2.GaussianBlur(glare, (0, 0), float(rng.uniform(0.8, 4))) * float(rng.uniform(1, 2))
    spread = cv2.resize(glare, (size, size))
    return np.asarray(np.clip(picture + spread, 0, 255), np.uint8)


def _exposed(picture: Picture, rng: np.random.Generator) -> Picture:
    """Return *picture* with another exposure, contrast, gamma and white balance."""
    ramp = np.arange(256, dtype=np.float32) / 255
    curve = ramp ** float(np.exp(rng.normal(0, 0.22)))
    curve = (curve - 0.45) * float(rng.uniform(0.65, 1.3)) + 0.45 + float(rng.uniform(-0.1, 0.13))
    tint = rng.uniform(0.86, 1.14, 3) if rng.random() < 0.5 else np.ones(3)
    table = np.clip(curve[:, None] * tint[None, :] * 255, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(picture, table[None]), np.uint8)
