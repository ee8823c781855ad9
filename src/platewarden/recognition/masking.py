"""Masking everything outside a vehicle by geometry: its place is told from where its plate is, and from nothing else.

There is no model of vehicles or persons here (CAP-3). A plate says where its vehicle is and roughly how large; what
lies further away is painted over. It errs towards masking: what is masked too much is in the original. Measured by
``python -m benchmarks.masking``.
"""

from typing import Final

import cv2
import numpy as np

from platewarden.recognition.geometry import box_around
from platewarden.recognition.types import Box, Detection, Frame

ACROSS: Final = 5.0
UP: Final = 3.5
DOWN: Final = 1.5
"""How far a vehicle reaches from the middle of its plate to either side, up and down, in square roots of the
plate's area: so a US plate (2:1) and a long one (4.7:1) on the same car give much the same place."""

GREY: Final = (128, 128, 128)
"""What is painted over the rest; plain, so that nothing of it can be brought back."""

_ALIKE_PX: Final = (96, 48)
"""Size at which two pictures of plates are compared."""


def vehicle_around(plate: Box, frame: Frame) -> Box:
    """Return the part of *frame* that the vehicle with *plate* fills, by geometry; whole pixels inside the frame."""
    height, width = frame.shape[:2]
    left, top, right, bottom = plate
    unit = float(np.sqrt(max(1.0, right - left) * max(1.0, bottom - top)))
    x, y = (left + right) / 2, (top + bottom) / 2
    sides = (x - ACROSS * unit, y - UP * unit, x + ACROSS * unit, y + DOWN * unit)
    ends = (width, height, width, height)
    first, second, third, fourth = (
        float(np.clip(round(at), 0, end)) for at, end in zip(sides, ends, strict=True)
    )
    return first, second, third, fourth


def mask_outside(frame: Frame, vehicle: Box | None) -> Frame:
    """Return *frame* with everything outside *vehicle* painted grey; all of it where there is none."""
    masked: Frame = np.empty_like(frame)
    masked[:] = GREY
    if vehicle is not None:
        left, top, right, bottom = (int(side) for side in vehicle)
        masked[top:bottom, left:right] = frame[top:bottom, left:right]
    return masked


def plate_of(found: list[Detection], frame: Frame, plate_image: Frame | None) -> Box | None:
    """Return the box of that plate among *found* in *frame* that *plate_image* shows; None where none is found.

    Several vehicles may be in one picture: the read is of one of them, and its plate image says which.
    """
    if not found:
        return None
    if plate_image is None or len(found) == 1:
        return box_around(found[0].corners)
    wanted = _small(plate_image)
    return box_around(max(found, key=lambda each: _likeness(wanted, frame, box_around(each.corners))).corners)


def _likeness(wanted: np.ndarray, frame: Frame, box: Box) -> float:
    left, top, right, bottom = (int(max(0.0, side)) for side in box)
    cut = frame[top : bottom + 1, left : right + 1]
    if not cut.size:
        return -1.0
    return float(cv2.matchTemplate(_small(cut), wanted, cv2.TM_CCOEFF_NORMED)[0, 0])


def _small(picture: Frame) -> np.ndarray:
    small: np.ndarray = cv2.resize(
        cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), _ALIKE_PX, interpolation=cv2.INTER_AREA
    )
    return small
