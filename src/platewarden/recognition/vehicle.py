"""What is said of a vehicle as a whole: its colour, where it is plain, and nothing of the people in it.

Type, make and model stay unknown: no model under a permissive licence earns them with a figure. Of the colours,
white, silver and grey stay unknown too: in one picture light and paint cannot be told apart well enough.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from platewarden.recognition.geometry import MIN_SIDE_PX, box_around, cut_box, grow_box
from platewarden.recognition.types import UNKNOWN, Box, FloatArray, Frame, Vehicle

_ACROSS: Final = (-2.6, 2.6)
_DOWN: Final = (-1.9, 0.55)
"""The body around the plate, from its middle, in square roots of its area: US plates are 1.4 of those wide."""

_GRID: Final = (84, 40)
"""Columns and rows at which the body is looked at: coarse, so that one window or badge weighs little."""

_PLATE: Final = 1.2
"""The plate itself is left out, with a rim: its size times this."""

_SMALLEST_PX: Final = 12.0
"""Width of a plate below which the body around it is a few blurred pixels."""

_MIN_SEEN: Final = 0.5
"""Share of the body that must lie in the picture."""

_DARKEST_FRAME: Final = 12.0
"""Lightness, 0-100, of half the frame at least: in the dark a lamp colours everything."""

_LEAST_CHROMA: Final = 2.0
"""Chroma of the most coloured tenth of a frame: below it the picture is grey or infrared."""

_STRONGEST_CAST: Final = 14.0
"""Chroma of the frame's middle colour: above it the light is coloured, and so would be the vehicle."""

_BLACK_MIDDLE: Final = 16.0
_BLACK_LIGHT: Final = 18.0
"""Lightness that half, and seven tenths, of the even parts of a black body stay under."""

_BLACK_WHOLE: Final = 44.0
"""Lightness that three quarters of all around the plate stay under: a dark window is not a dark body."""

_EVEN: Final = 6.0
"""Difference in lightness between neighbours up to which a place is part of a surface, not an edge or a grille."""


@dataclass(frozen=True, slots=True)
class Hue:
    """A colour by its hue, degrees in CIELAB, and how much chroma makes a place count as of it."""

    name: str
    first: float
    last: float
    chroma: float


_HUES: Final = (
    Hue("red", 345.0, 405.0, 28.0),
    Hue("orange", 45.0, 66.0, 35.0),
    Hue("yellow", 66.0, 105.0, 30.0),
    Hue("green", 105.0, 195.0, 20.0),
    Hue("blue", 235.0, 310.0, 14.0),
)
_LEAST_SHARE: Final = 0.42
"""Share of the body that must be of one hue: lamps and reflected sky never are."""


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
    plate = box_around(corners)
    if plate[2] - plate[0] < _SMALLEST_PX or not _is_daylight(frame):
        return ColourGuess()
    lab, seen = _body(frame, plate)
    if seen.mean() < _MIN_SEEN:
        return ColourGuess()
    best = max((_share(lab[seen], hue), hue.name) for hue in _HUES)
    if best[0] >= _LEAST_SHARE:
        return ColourGuess(best[1], _confidence(best[0]))
    return _black(lab, seen, coloured=best[0])


def _is_daylight(frame: Frame) -> bool:
    """Whether *frame* is light and coloured enough, and its light white enough, to speak of colours."""
    small = cv2.resize(frame, (64, 48), interpolation=cv2.INTER_AREA)
    lab = _lab(small).reshape(-1, 3)
    light, first, second = np.median(lab, axis=0).tolist()
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    return bool(
        light >= _DARKEST_FRAME
        and np.hypot(first, second) <= _STRONGEST_CAST
        and np.percentile(chroma, 90) >= _LEAST_CHROMA
    )


def _body(frame: Frame, plate: Box) -> tuple[FloatArray, np.ndarray]:
    """Return what surrounds *plate*, (rows, columns, 3) CIELAB, and which of it is the body's, (rows, columns)."""
    left, top, right, bottom = plate
    wide, high = max(1.0, right - left), max(1.0, bottom - top)
    unit = float(np.sqrt(wide * high))
    frame, (x0, y0) = _around(frame, plate, 3 * unit)
    middle = ((left + right) / 2 - x0, (top + bottom) / 2 - y0)
    columns, rows = _GRID
    scale = columns / ((_ACROSS[1] - _ACROSS[0]) * unit)
    matrix = np.array(
        [
            [scale, 0, -scale * (middle[0] + _ACROSS[0] * unit)],
            [0, scale, -scale * (middle[1] + _DOWN[0] * unit)],
        ],
        np.float32,
    )
    blurred = cv2.blur(frame, (round(1 / scale), round(1 / scale))) if scale < 0.5 else frame  # noqa: PLR2004
    around = cv2.warpAffine(blurred, matrix, _GRID)
    inside = cv2.warpAffine(np.full(frame.shape[:2], 255, np.uint8), matrix, _GRID) > 0
    x = np.abs(np.linspace(*_ACROSS, columns))[None, :] * unit
    y = np.abs(np.linspace(*_DOWN, rows))[:, None] * unit
    on_plate = (x < _PLATE * wide / 2) & (y < _PLATE * high / 2)
    return _lab(np.asarray(around, np.uint8)), inside & ~on_plate


def _around(frame: Frame, plate: Box, reach: float) -> tuple[Frame, tuple[int, int]]:
    """Return *plate* with *reach* around it, a view, and where its top left lies: no more is needed."""
    left, top, right, bottom = grow_box(plate, x_px=reach, y_px=reach, frame=frame)
    return cut_box(frame, (left, top, right, bottom)), (
        int(np.clip(left, 0, max(0, frame.shape[1] - MIN_SIDE_PX))),
        int(np.clip(top, 0, max(0, frame.shape[0] - MIN_SIDE_PX))),
    )


def _lab(picture: Frame) -> FloatArray:
    lab: FloatArray = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    return lab


def _share(places: FloatArray, hue: Hue) -> float:
    """Return the share of *places*, (n, 3) CIELAB, that is of *hue*."""
    degrees = np.degrees(np.arctan2(places[:, 2], places[:, 1])) % 360
    within = (degrees - hue.first) % 360 < hue.last - hue.first
    return float(np.mean(within & (np.hypot(places[:, 1], places[:, 2]) >= hue.chroma)))


def _black(lab: FloatArray, seen: np.ndarray, *, coloured: float) -> ColourGuess:
    """Return black if the even parts of the body are dark throughout and not *coloured*, 0-1; else unknown."""
    light = lab[..., 0]
    even = seen & (cv2.morphologyEx(light, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) < _EVEN)
    if even.sum() < 0.1 * seen.sum() or coloured > _LEAST_SHARE / 2:
        return ColourGuess()
    middle, upper = np.percentile(light[even], (50, 70))
    if middle >= _BLACK_MIDDLE or upper >= _BLACK_LIGHT or np.percentile(light[seen], 75) >= _BLACK_WHOLE:
        return ColourGuess()
    return ColourGuess("black", _confidence(1 - upper / _BLACK_LIGHT / 2))


def _confidence(plainness: float) -> float:
    return float(np.clip(0.75 + 0.25 * plainness, 0.0, 0.97))
