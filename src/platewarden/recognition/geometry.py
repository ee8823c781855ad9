"""Boxes and crops."""

from typing import Final

import cv2
import numpy as np

from platewarden.recognition.types import Box, FloatArray, Frame

MIN_SIDE_PX: Final = 2
"""No crop is smaller than this: a reader needs something to look at."""

MAX_PLATE_PX: Final = 480
"""No straightened plate is wider than this: a reader makes nothing of more."""


def box_around(corners: FloatArray) -> Box:
    """Return the upright box around *corners*, (n, 2)."""
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def line_size(corners: FloatArray) -> tuple[float, float]:
    """Return length along the text and height across it, in pixels, of *corners*: (4, 2) clockwise."""
    along = (np.linalg.norm(corners[1] - corners[0]) + np.linalg.norm(corners[2] - corners[3])) / 2
    across = (np.linalg.norm(corners[3] - corners[0]) + np.linalg.norm(corners[2] - corners[1])) / 2
    return float(along), float(across)


def clockwise_from_top_left(corners: FloatArray) -> FloatArray:
    """Order *corners*, (4, 2), of a line that runs from left to right: top left first, then clockwise."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    left = by_x[:2][np.argsort(by_x[:2, 1], kind="stable")]
    right = by_x[2:][np.argsort(by_x[2:, 1], kind="stable")]
    return np.array([left[0], right[0], right[1], left[1]], np.float32)


def grow_box(box: Box, *, x_px: float, y_px: float, frame: Frame) -> Box:
    """Return *box* with *x_px* more at either side and *y_px* more above and below, kept inside *frame*."""
    height, width = frame.shape[:2]
    left, top, right, bottom = box
    return max(0.0, left - x_px), max(0.0, top - y_px), min(width, right + x_px), min(height, bottom + y_px)


def cut_box(frame: Frame, box: Box) -> Frame:
    """Return the part of *frame* inside *box*, a view of at least `MIN_SIDE_PX` each way."""
    height, width = frame.shape[:2]
    left = int(np.clip(box[0], 0, max(0, width - MIN_SIDE_PX)))
    top = int(np.clip(box[1], 0, max(0, height - MIN_SIDE_PX)))
    right = int(np.clip(np.ceil(box[2]), left + MIN_SIDE_PX, max(width, left + MIN_SIDE_PX)))
    bottom = int(np.clip(np.ceil(box[3]), top + MIN_SIDE_PX, max(height, top + MIN_SIDE_PX)))
    return frame[top:bottom, left:right]


def trim_across(corners: FloatArray, share: float) -> FloatArray:
    """Return *corners*, (4, 2) clockwise from top left, with *share* of the height less above and below."""
    down = ((corners[3] - corners[0]) + (corners[2] - corners[1])) / 2 * np.float32(share)
    return corners + np.array([down, down, -down, -down], np.float32)


def cut_line(frame: Frame, corners: FloatArray) -> Frame:
    """Return the line of text inside *corners*, (4, 2) clockwise from top left, straightened."""
    along, across = line_size(corners)
    width, height = max(MIN_SIDE_PX, round(along)), max(MIN_SIDE_PX, round(across))
    return _warped(frame, corners, width, height)


def grow_corners(corners: FloatArray, share: float) -> FloatArray:
    """Return *corners*, (4, 2), moved away from their middle: *share* of the width and of the height on each side."""
    middle = corners.mean(axis=0)
    return np.asarray(middle + (corners - middle) * np.float32(1 + 2 * share), np.float32)


def straighten(frame: Frame, corners: FloatArray) -> Frame:
    """Return the plate inside *corners*, (4, 2) clockwise from top left, straight on and at its own size.

    The picture has about as many pixels as the plate has in *frame*, `MAX_PLATE_PX` at most along; what lies beyond
    the frame repeats its edge.
    """
    along, across = line_size(corners)
    ratio = min(1.0, MAX_PLATE_PX / max(along, 1.0))
    if ratio < 0.5:  # noqa: PLR2004 - beyond half size pixels would be skipped: shrink the surroundings first
        return _straighten_shrunk(frame, corners, ratio)
    width, height = max(MIN_SIDE_PX, round(along * ratio)), max(MIN_SIDE_PX, round(across * ratio))
    return _warped(frame, corners, width, height)


def covered(first: Box, second: Box) -> float:
    """Return the share of the smaller box that lies in the other, 0-1."""
    return _share(_common(first, second), min(_area(first), _area(second)))


def likeness(first: Box, second: Box) -> float:
    """Return the area both boxes have in common over the area they cover together, 0-1."""
    common = _common(first, second)
    return _share(common, _area(first) + _area(second) - common)


def _straighten_shrunk(frame: Frame, corners: FloatArray, ratio: float) -> Frame:
    """Straighten a very large plate: its surroundings are reduced by whole pixels before it is warped."""
    area = grow_box(box_around(corners), x_px=4, y_px=4, frame=frame)
    part = cut_box(frame, area)
    size = (max(MIN_SIDE_PX, round(part.shape[1] * ratio)), max(MIN_SIDE_PX, round(part.shape[0] * ratio)))
    shrunk = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    scale = np.array([size[0] / part.shape[1], size[1] / part.shape[0]], np.float32)
    moved = (corners - np.floor(np.array(area[:2], np.float32))) * scale
    along, across = line_size(moved)
    return _warped(
        np.asarray(shrunk, np.uint8), moved, max(MIN_SIDE_PX, round(along)), max(MIN_SIDE_PX, round(across))
    )


def _warped(frame: Frame, corners: FloatArray, width: int, height: int) -> Frame:
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    cut: Frame = cv2.warpPerspective(
        frame, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return cut


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _common(first: Box, second: Box) -> float:
    wide = min(first[2], second[2]) - max(first[0], second[0])
    high = min(first[3], second[3]) - max(first[1], second[1])
    return max(0.0, wide) * max(0.0, high)


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0
