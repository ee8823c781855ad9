"""Finding lines of text: the PP-OCRv6 detection network.

The network paints, at the size of its input, how likely each pixel lies in the (shrunken) core of a line of
text; boxes come from the outlines of that map, grown back by the amount the training shrank them ("Real-time
Scene Text Detection with Differentiable Binarization", Liao et al. 2020, section 3.3).
"""

from typing import Final

import cv2
import numpy as np

from platewarden.recognition.geometry import box_around, clockwise_from_top_left
from platewarden.recognition.models import TEXT_DETECTION, Network, to_input
from platewarden.recognition.types import Detection, FloatArray, Frame

STRIDE_PX: Final = 32
"""The network takes sides that are multiples of this."""

PIXEL_THRESHOLD: Final = 0.3
LINE_THRESHOLD: Final = 0.5
GROW_RATIO: Final = 1.6
"""Area / perimeter times this is what a core is grown by on each side."""

MIN_CORE_PX: Final = 3
MAX_LINES: Final = 200


class TextLineDetector:
    """Every line of text in a frame, whatever it says (implements `Detector`)."""

    def __init__(self, *, long_side_px: int = 960, threads: int = 0, network: Network | None = None) -> None:
        """Look at frames with their long side at *long_side_px*, enlarged or reduced.

        Raises:
            ModelError: The model is missing or altered.
        """
        self._network = network or Network(TEXT_DETECTION, threads=threads)
        self._long_side_px = long_side_px

    def detect(self, frame: Frame) -> list[Detection]:
        """Return the lines of text in *frame*, (H, W, 3) uint8 BGR.

        Raises:
            ModelError: The network failed.
        """
        resized = _resize(frame, self._long_side_px)
        heat = self._network.run(to_input(resized)[None])[0, 0]
        scale = np.array([frame.shape[1] / resized.shape[1], frame.shape[0] / resized.shape[0]], np.float32)
        return [
            Detection(box_around(corners * scale), corners * scale, confidence)
            for corners, confidence in lines_in(heat)
        ]

    def at(self, long_side_px: int) -> "TextLineDetector":
        """Return a detector with the same network that looks at another size."""
        return TextLineDetector(long_side_px=long_side_px, network=self._network)


def lines_in(heat: FloatArray) -> list[tuple[FloatArray, float]]:
    """Return corners, (4, 2) clockwise from top left in pixels of *heat*, and confidence of each line.

    Args:
        heat: (h, w) float32, 0-1: how likely each pixel lies in the core of a line.
    """
    mask = cv2.dilate((heat > PIXEL_THRESHOLD).astype(np.uint8), np.ones((2, 2), np.uint8))
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = (_line(heat, outline) for outline in outlines[:MAX_LINES])
    return [line for line in found if line is not None]


def _line(heat: FloatArray, outline: np.ndarray) -> tuple[FloatArray, float] | None:
    centre, (width, height), angle = cv2.minAreaRect(outline)
    if min(width, height) < MIN_CORE_PX:
        return None
    core = cv2.boxPoints((centre, (width, height), angle))
    confidence = _mean_inside(heat, core)
    if confidence < LINE_THRESHOLD:
        return None
    grow = GROW_RATIO * width * height / (2 * (width + height))
    corners = cv2.boxPoints((centre, (width + 2 * grow, height + 2 * grow), angle))
    return clockwise_from_top_left(corners), confidence


def _mean_inside(heat: FloatArray, corners: np.ndarray) -> float:
    height, width = heat.shape
    left, top = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, [width - 1, height - 1])
    right, bottom = np.clip(np.ceil(corners.max(axis=0)).astype(int), 0, [width - 1, height - 1])
    mask = np.zeros((bottom - top + 1, right - left + 1), np.uint8)
    cv2.fillPoly(mask, [(corners - [left, top]).astype(np.int32)], 1)
    return float(cv2.mean(heat[top : bottom + 1, left : right + 1], mask)[0])


def _resize(frame: Frame, long_side_px: int) -> Frame:
    height, width = frame.shape[:2]
    ratio = long_side_px / max(height, width)
    wide = max(STRIDE_PX, round(width * ratio / STRIDE_PX) * STRIDE_PX)
    high = max(STRIDE_PX, round(height * ratio / STRIDE_PX) * STRIDE_PX)
    kind = cv2.INTER_AREA if ratio < 1 else cv2.INTER_LINEAR
    resized: Frame = cv2.resize(frame, (wide, high), interpolation=kind)
    return resized
