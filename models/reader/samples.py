"""What the reader learns from: plates cut out as the pipeline cuts them, rendered ones and real ones."""

import random
from typing import Final

import cv2
import numpy as np

from models.photographs import LabelledPlate, labelled
from models.plates import PlatePainter
from models.reader.network import ALPHABET, HEIGHT, WIDTH
from models.wear import rephotographed, worn
from platewarden.recognition.models import to_input
from platewarden.rendering.colours import Picture

REAL_SHARE: Final = 0.4
_NUMBERS: Final = {character: index + 1 for index, character in enumerate(ALPHABET)}


def encode(text: str) -> list[int]:
    """Return the network's number of each character; 0 is the blank."""
    return [_NUMBERS[character] for character in text]


def trimmed(crop: Picture, top: float, foot: float, left: float, right: float) -> Picture:
    """Return *crop* less shares of its height and width; negative shares add nothing."""
    height, width = crop.shape[:2]
    y0, y1 = max(0, round(top * height)), min(height, round((1 - foot) * height))
    x0, x1 = max(0, round(left * width)), min(width, round((1 - right) * width))
    return crop[y0 : max(y0 + 4, y1), x0 : max(x0 + 8, x1)]


def network_input(crop: Picture) -> np.ndarray:
    """Return *crop* as the network takes it: (3, 48, 160) float32."""
    kind = cv2.INTER_AREA if crop.shape[1] > WIDTH else cv2.INTER_CUBIC
    return to_input(cv2.resize(crop, (WIDTH, HEIGHT), interpolation=kind))


class Samples:
    """An endless row of samples from one seed."""

    def __init__(self, seed: int) -> None:
        """Load the real crops of the training split and begin at *seed*."""
        self._rng = random.Random(seed)
        self._painter = PlatePainter(seed + 1)
        self._real = [plate for plate in labelled("us_plate_crops", split="train") if plate.text]
        self._pictures = {plate.file: cv2.imread(str(plate.file)) for plate in self._real}

    def next(self) -> tuple[np.ndarray, str]:
        """Return one input, (3, 48, 160) float32, and its text."""
        if self._rng.random() < REAL_SHARE:
            plate = self._rng.choice(self._real)
            crop, text = rephotographed(self._around(plate), self._rng), plate.text
        else:
            painted = self._painter.paint()
            crop, text = worn(painted.image, self._rng), painted.text
        rng = self._rng
        cut = trimmed(
            crop,
            rng.uniform(-0.03, 0.19),
            rng.uniform(-0.03, 0.19),
            rng.uniform(-0.03, 0.04),
            rng.uniform(-0.03, 0.04),
        )
        return network_input(cut), text

    def batch(self, size: int) -> tuple[np.ndarray, list[str]]:
        """Return *size* samples: (size, 3, 48, 160) float32 and their texts."""
        pairs = [self.next() for _ in range(size)]
        return np.stack([picture for picture, _ in pairs]), [text for _, text in pairs]

    def _around(self, plate: LabelledPlate) -> Picture:
        """Return the real plate, its box moved a little as a detector would place it."""
        picture = self._pictures[plate.file]
        left, top, right, bottom = plate.box
        wide, high = right - left, bottom - top
        shift = [self._rng.uniform(-0.03, 0.03) for _ in range(4)]
        x0, x1 = max(0, round(left + shift[0] * wide)), min(picture.shape[1], round(right + shift[1] * wide))
        y0, y1 = max(0, round(top + shift[2] * high)), min(picture.shape[0], round(bottom + shift[3] * high))
        return picture[y0 : max(y0 + 8, y1), x0 : max(x0 + 16, x1)]


def held_out_real() -> tuple[np.ndarray, list[str]]:
    """Return the real crops of the validation split, cut the way the pipeline cuts: inputs and texts."""
    plates = [plate for plate in labelled("us_plate_crops", split="val") if plate.text]
    crops = []
    for plate in plates:
        picture = cv2.imread(str(plate.file))
        left, top, right, bottom = (round(side) for side in plate.box)
        crops.append(network_input(trimmed(picture[top:bottom, left:right], 0.1, 0.1, 0.0, 0.0)))
    return np.stack(crops), [plate.text for plate in plates]


def held_out_rendered(count: int, seed: int = 990_001) -> tuple[np.ndarray, list[str]]:
    """Return *count* rendered plates of a seed that training does not use: inputs and texts."""
    rng, painter = random.Random(seed), PlatePainter(seed)
    painted = [painter.paint() for _ in range(count)]
    inputs = [network_input(trimmed(worn(plate.image, rng), 0.1, 0.1, 0.0, 0.0)) for plate in painted]
    return np.stack(inputs), [plate.text for plate in painted]
