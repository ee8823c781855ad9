"""What is said of a vehicle as a whole: its colour, where it is plain, and nothing of the people in it.

Type, make and model stay unknown: no model under a permissive licence earns them with a figure.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from platewarden.recognition.geometry import box_around, cut_box
from platewarden.recognition.types import UNKNOWN, FloatArray, Frame, Vehicle

_WHITE: Final = 200
_GREY: Final = 20


@dataclass(frozen=True, slots=True)
class ColourGuess:
    """A colour by name with its confidence, 0-1; `UNKNOWN` and 0 when it is not plain."""

    name: str = UNKNOWN
    confidence: float = 0.0


def vehicle_of(frame: Frame, corners: FloatArray) -> Vehicle:
    """Return what can be said of the vehicle that carries the plate at *corners*.

    Args:
        frame: (H, W, 3) uint8 BGR.
        corners: (4, 2) float32, the plate's, in pixels of *frame*, clockwise from the top left.
    """
    return Vehicle(colour=colour_of(frame, corners).name)


def colour_of(frame: Frame, corners: FloatArray) -> ColourGuess:
    """Return the colour of the body around the plate at *corners*; arguments as for `vehicle_of`."""
    left, top, right, bottom = box_around(corners)
    high = bottom - top
    body = cut_box(frame, (left, top - 1.5 * high, right, top - 0.5 * high))
    blue, green, red = np.median(body.reshape(-1, 3), axis=0).tolist()
    spread = max(blue, green, red) - min(blue, green, red)
    return ColourGuess("white", 0.9) if min(blue, green, red) > _WHITE and spread < _GREY else ColourGuess()
