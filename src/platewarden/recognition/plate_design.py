"""New York's plates by design and class: by the words on them, and by colours where two designs say the same.

Told as evidence to a person who looks at a plate; no read keeps it. What is not plain is unknown.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from platewarden.recognition.ctc import decode
from platewarden.recognition.spotting import Phrasebook
from platewarden.recognition.state_phrases import symbols
from platewarden.recognition.types import FloatArray, Frame

EXCELSIOR: Final = "ny-excelsior"
GOLD: Final = "ny-gold"
BLUE_WHITE: Final = "ny-blue-white"
DESIGN_NAMES: Final = {
    EXCELSIOR: "Excelsior",
    GOLD: "Empire Gold",
    BLUE_WHITE: "blue and white",
    "ny-taxi": "taxi",
    "ny-commercial": "commercial",
    "ny-official": "official",
}
"""Every design and class that is told, and how it is shown; New York's alone."""

DESIGN_STATE: Final = "NY"

_EMPIRE: Final = "empire"
"""Said by two designs, which their colours tell apart."""

_WORDS: Final = (
    ("EXCELSIOR", EXCELSIOR),
    ("EMPIRESTATE", _EMPIRE),
    ("THEEMPIRESTATE", _EMPIRE),
    ("TAXI", "ny-taxi"),
    ("TLC", "ny-taxi"),
    ("COMMERCIAL", "ny-commercial"),
    ("OFFICIAL", "ny-official"),
)
_LENGTHS: Final = np.array([len(word) for word, _ in _WORDS])
_BOOK: Final = Phrasebook([symbols(word) for word, _ in _WORDS])

_LONG: Final = 8
"""Words of so many letters may be spelt worse than short ones, and have a letter more beside them."""

_LEAST_LONG, _LEAST_SHORT = -1.5, -0.4
"""How well a word must be spelt, a letter: natural logarithm, 0 for as well as any text."""

_SERIAL: Final = (0.30, 0.75)
"""Shares of the height between which serial and ground stand, without bands."""

_ACROSS: Final = (0.12, 0.88)
_BANDS: Final = ((0.03, 0.20), (0.84, 0.97))
_GOLD_HUE: Final = (62.0, 92.0)
_BLUE_HUE: Final = (235.0, 310.0)
"""Degrees in CIELAB."""

_GOLD_CHROMA: Final = 32.0
_WHITE_CHROMA: Final = 11.0
_BLUE_CHROMA: Final = 14.0
_LEAST_LIGHT: Final = 40.0
_LEAST_CONTRAST: Final = 18.0
_BAND_SHARE: Final = 0.25


def design_of(lines: Sequence[FloatArray], plate: Frame) -> str:
    """Return the design of a plate of New York, a key of `DESIGN_NAMES`; empty when it is not plain.

    Args:
        lines: What the network saw in the lines above and below the serial, as `LineReader.spell` gives them.
        plate: The plate straightened, without surroundings, (h, w, 3) uint8 BGR.
    """
    said = {word for line in lines if (word := design_word(line))}
    if len(said) != 1:
        return ""
    word = said.pop()
    ground = ground_of(plate)
    if word == _EMPIRE:
        return {"gold": GOLD, "white": BLUE_WHITE}.get(ground, "")
    return "" if word == EXCELSIOR and ground == "gold" else word


def design_word(line: FloatArray) -> str:
    """Return what the words in *line* say of the design, and nothing where they are others."""
    letters = len(decode(line))
    found = _BOOK.spot(line, least=_LEAST_LONG) / _LENGTHS
    long = _LENGTHS >= _LONG
    fits = (found >= np.where(long, _LEAST_LONG, _LEAST_SHORT)) & (np.abs(letters - _LENGTHS) <= long)
    return _WORDS[int(np.where(fits, found, -np.inf).argmax())][1] if fits.any() else ""


def ground_of(plate: Frame) -> str:
    """Return ``gold``, ``white`` where bands are blue, or nothing: the ground behind the serial of *plate*.

    Gold and white in dark ink only; what light or shade colours is neither.
    """
    lab = cv2.cvtColor(_part(plate, _SERIAL).astype(np.float32) / 255, cv2.COLOR_BGR2LAB).reshape(-1, 3)
    light = lab[:, 0]
    ground = np.median(lab[light >= np.percentile(light, 60)], axis=0)
    if ground[0] < _LEAST_LIGHT or ground[0] - np.percentile(light, 10) < _LEAST_CONTRAST:
        return ""
    chroma = float(np.hypot(ground[1], ground[2]))
    if chroma >= _GOLD_CHROMA and _within(ground[None], _GOLD_HUE).all():
        return "gold"
    return "white" if chroma <= _WHITE_CHROMA and _has_blue_band(plate) else ""


def _has_blue_band(plate: Frame) -> bool:
    shares = []
    for band in _BANDS:
        lab = cv2.cvtColor(_part(plate, band).astype(np.float32) / 255, cv2.COLOR_BGR2LAB).reshape(-1, 3)
        blue = _within(lab, _BLUE_HUE) & (np.hypot(lab[:, 1], lab[:, 2]) >= _BLUE_CHROMA)
        shares.append(float(blue.mean()))
    return max(shares) >= _BAND_SHARE


def _part(plate: Frame, down: tuple[float, float]) -> Frame:
    height, width = plate.shape[:2]
    top = round(down[0] * height)
    left = round(_ACROSS[0] * width)
    return plate[top : max(top + 1, round(down[1] * height)), left : max(left + 1, round(_ACROSS[1] * width))]


def _within(lab: np.ndarray, hues: tuple[float, float]) -> np.ndarray:
    degrees = np.degrees(np.arctan2(lab[:, 2], lab[:, 1])) % 360
    return np.asarray((degrees >= hues[0]) & (degrees < hues[1]))
