"""Real plates to learn from and to be held out, cut out of their photographs as the pipeline cuts them."""

import random
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np

from models.photographs import LabelledPlate, labelled
from platewarden.recognition.geometry import likeness, line_size, straighten
from platewarden.recognition.plate_detector import PlateDetector
from platewarden.recognition.types import FloatArray, Frame
from platewarden.rendering.colours import Picture

_SAME_PLACE: Final = 0.5
_AROUND: Final = 0.6
"""Share of a plate's box that is kept around it: as much as a moved corner may reach."""

_CORNERS_OFF: Final = 0.02
"""How far the detector puts a corner wrong, standard deviation in shares of the plate's width."""


@dataclass(slots=True, eq=False)
class RealPlate:
    """A plate of a photograph.

    Attributes:
        picture: The plate and what is around it.
        corners: (4, 2), in pixels of `picture`: the detector's, or where it found nothing those of the label's box.
        text: What a person read.
        difficulty: Running mean of the loss on it: hard ones are shown oftener.
    """

    picture: Frame
    corners: FloatArray
    text: str
    difficulty: float = field(default=0.2)

    def cut(self, rng: random.Random | None = None) -> Picture:
        """Return the straightened plate; with *rng*, its corners a little off, as a detector puts them."""
        corners = self.corners
        if rng is not None:
            along, _ = line_size(corners)
            off = [[rng.gauss(0, _CORNERS_OFF) * along for _ in range(2)] for _ in range(4)]
            corners = corners + np.array(off, np.float32)
        return straighten(self.picture, corners)


def real_plates(split: str) -> list[RealPlate]:
    """Return the plates of `us_photos` in *split* ("train" or "val") whose text is known."""
    detector = PlateDetector(threads=1)
    plates: list[RealPlate] = []
    seen: dict[str, tuple[Frame, list[FloatArray]]] = {}
    for plate in labelled("us_photos", split=split):
        if plate.text:
            if plate.file.name not in seen:
                photo = np.asarray(cv2.imread(str(plate.file)), np.uint8)
                seen = {plate.file.name: (photo, [found.corners for found in detector.detect(photo)])}
            plates.append(_real(plate, *seen[plate.file.name]))
    return plates


def _real(plate: LabelledPlate, photo: Frame, found: list[FloatArray]) -> RealPlate:
    left, top, right, bottom = plate.box
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)
    for other in found:
        low, high = other.min(axis=0), other.max(axis=0)
        if likeness(plate.box, (low[0], low[1], high[0], high[1])) >= _SAME_PLACE:
            corners = other
            break
    wide, high_px = _AROUND * (right - left), _AROUND * (bottom - top)
    x0, y0 = max(0, int(left - wide)), max(0, int(top - high_px))
    part = photo[y0 : int(bottom + high_px), x0 : int(right + wide)]
    return RealPlate(part.copy(), corners - np.array([x0, y0], np.float32), plate.text)
