"""What light, weather, lens, sensor and compression do to a plate of a given size, for training.

Rougher and quicker than `platewarden.rendering.degrade`, which serves pictures for people.
"""

import random
from typing import Final

import cv2
import numpy as np

from platewarden.rendering.colours import Picture

_WIDTHS: Final = (32, 36, 40, 44, 48, 52, 56, 60, 65, 70, 76, 83, 90, 100, 112, 128, 160, 240)
"""Widths in pixels that plates have in frames, drawn evenly: most are small."""

_LEAST_WIDTH: Final = 30


def worn(plate: Picture, rng: random.Random) -> Picture:
    """Return *plate*, (h, 2h, 3) uint8 BGR, as a camera sees it and a detector cuts it out: (h', w', 3).

    It stands a little askew in its surroundings, as after straightening by corners that are not quite right.
    """
    numbers = np.random.default_rng(rng.getrandbits(32))
    wide = rng.choice(_WIDTHS)
    seen = _placed(plate, wide, rng, numbers)
    seen = _lit(seen, rng, numbers)
    seen = _blurred(seen, wide, rng)
    seen += numbers.normal(0, rng.uniform(0, 9), seen.shape)
    return _compressed(np.clip(seen, 0, 255).astype(np.uint8), rng)


def rephotographed(crop: Picture, rng: random.Random) -> Picture:
    """Return a real *crop*, (h, w, 3) uint8 BGR, seen once more in other light, smaller and less sharp."""
    numbers = np.random.default_rng(rng.getrandbits(32))
    height, width = crop.shape[:2]
    askew = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    target = askew + numbers.uniform(-0.03, 0.03, (4, 2)).astype(np.float32) * (width, height)
    target[:, 1] += (target[:, 0] - width / 2) * np.float32(rng.gauss(0, 0.04))
    matrix = cv2.getPerspectiveTransform(askew, target.astype(np.float32))
    seen = cv2.warpPerspective(crop, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE).astype(
        np.float32
    )
    seen = (seen - 128) * rng.uniform(0.6, 1.25) + 128 + rng.uniform(-40, 35)
    if rng.random() < 0.4:
        seen *= numbers.uniform(0.88, 1.12, 3).astype(np.float32)
    if rng.random() < 0.15:
        seen[:] = seen.mean(2, keepdims=True)
    if rng.random() < 0.6:
        narrow = min(_LEAST_WIDTH, width)
        seen = _resized(seen, int(narrow * (width / narrow) ** rng.random()))
    seen = _blurred(seen, seen.shape[1], rng, share=0.5)
    seen += numbers.normal(0, rng.uniform(0, 7), seen.shape)
    return _compressed(np.clip(seen, 0, 255).astype(np.uint8), rng)


def _placed(plate: Picture, wide: int, rng: random.Random, numbers: np.random.Generator) -> np.ndarray:
    """Return *plate* about *wide* pixels wide, askew, (h, w, 3) float32."""
    height, width = plate.shape[:2]
    fine = 2 if wide < 110 else 1
    out = (wide * fine, max(12, round(wide * fine * rng.uniform(0.44, 0.56))))
    reach = rng.choice((0.01, 0.02, 0.04, 0.07))
    target = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    target += numbers.uniform(-reach, reach, (4, 2)).astype(np.float32)
    target[:, 1] += (target[:, 0] - 0.5) * np.float32(rng.gauss(0, 0.05))
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, (target * out).astype(np.float32))
    # Shrinking in one step would skip rows: halve first.
    while width > 2.2 * out[0]:
        plate, width, height = cv2.pyrDown(plate), (width + 1) // 2, (height + 1) // 2
        source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        matrix = cv2.getPerspectiveTransform(source, (target * out).astype(np.float32))
    border = cv2.BORDER_CONSTANT if rng.random() < 0.7 else cv2.BORDER_REPLICATE
    beyond = numbers.integers(0, 220, 3).tolist()
    placed = cv2.warpPerspective(plate, matrix, out, borderMode=border, borderValue=beyond)
    if fine == 2:
        placed = cv2.resize(placed, (wide, max(8, out[1] // 2)), interpolation=cv2.INTER_AREA)
    return placed.astype(np.float32)


def _lit(seen: np.ndarray, rng: random.Random, numbers: np.random.Generator) -> np.ndarray:
    """Lay shadow, glare, dirt and the colour of the light on *seen*."""
    height, width = seen.shape[:2]
    if rng.random() < 0.35:
        seen *= np.linspace(rng.uniform(0.4, 1), rng.uniform(0.6, 1.4), width, dtype=np.float32)[
            None, :, None
        ]
    if rng.random() < 0.2:
        line = np.linspace(0, 1, height, dtype=np.float32)[:, None] * rng.uniform(
            -1, 1
        ) * width + rng.uniform(0, width)
        seen[np.arange(width)[None, :] > line] *= rng.uniform(0.35, 0.8)
    if rng.random() < 0.12:
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        away = (np.arange(width)[None, :] - x) ** 2 + ((np.arange(height)[:, None] - y) * 1.5) ** 2
        seen += (rng.uniform(60, 200) * np.exp(-away / (2 * (rng.uniform(0.08, 0.25) * width) ** 2))).astype(
            np.float32
        )[..., None]
    if rng.random() < 0.4:
        dirt = numbers.normal(0, rng.uniform(5, 25), (8, 18)).astype(np.float32)
        seen += cv2.resize(dirt, (width, height))[..., None]
    kind = rng.random()
    if kind < 0.12:
        seen[:] = seen.mean(2, keepdims=True)
    elif kind < 0.2:  # infrared: red ink vanishes, the ground glows
        seen[:] = seen[..., 2:] * 0.8 + seen[..., :1] * 0.2
        seen *= rng.uniform(0.7, 1.3)
    seen = (seen - 128) * rng.uniform(0.45, 1.2) + 128 + rng.uniform(-55, 45)
    if rng.random() < 0.5:
        seen *= numbers.uniform(0.82, 1.18, 3).astype(np.float32)
    return seen


def _blurred(seen: np.ndarray, wide: int, rng: random.Random, share: float = 1.0) -> np.ndarray:
    """Smear by movement or defocus, in proportion to the plate."""
    kind = rng.random()
    if kind < 0.25 * share:
        reach = max(2, round(wide * rng.uniform(0.01, 0.038)))
        kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
        angle = rng.gauss(0, 0.35) if rng.random() < 0.75 else rng.uniform(0, 3.14)
        half = rng.uniform(0.4, 1) * reach
        dx, dy = half * np.cos(angle), half * np.sin(angle)
        cv2.line(
            kernel, (round(reach - dx), round(reach - dy)), (round(reach + dx), round(reach + dy)), 1.0, 1
        )
        return cv2.filter2D(seen, -1, kernel / kernel.sum())
    if kind < 0.65 * share:
        return cv2.GaussianBlur(seen, (0, 0), max(0.3, wide * rng.uniform(0.003, 0.012)))
    return seen


def _resized(seen: np.ndarray, wide: int) -> np.ndarray:
    size = (wide, max(10, round(seen.shape[0] * wide / seen.shape[1])))
    return cv2.resize(seen, size, interpolation=cv2.INTER_AREA)


def _compressed(seen: Picture, rng: random.Random) -> Picture:
    if rng.random() < 0.35:
        return seen
    quality = rng.randint(28, 92)
    return np.asarray(
        cv2.imdecode(cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 1), np.uint8
    )
