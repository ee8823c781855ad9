"""What the reader learns from: plates cut out as the pipeline cuts them, rendered ones and real ones."""

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np

from models.photographs import labelled
from models.plates import Painted, PlatePainter
from models.reader.network import ALPHABET, HEIGHT, WIDTH
from models.reader.real import RealPlate, real_plates
from models.wear import rephotographed, worn
from platewarden.recognition.models import to_input
from platewarden.rendering.colours import Picture

REAL_SHARE: Final = 0.4
_AGAIN_SHARE: Final = 0.25
"""Share of rendered plates that were hard before and are shown once more, in other light."""

_TWINS_SHARE: Final = 0.5
"""Share of new rendered plates that come in pairs alike but for one character."""

_HARD: Final = (0.08, 2.5)
"""Loss a character of a plate that is shown again: less is learnt, more is illegible."""

_HARD_KEPT: Final = 600
_MOST_WEIGHT: Final = 0.4
"""A real plate counts no harder than this: what is always wrong may be labelled wrong."""

_VIEWS_PX: Final = (480, 100, 70, 50)
"""Widths at which plates held out are seen: as they are, and smaller and spoilt."""

_NUMBERS: Final = {character: index + 1 for index, character in enumerate(ALPHABET)}

_Subject: TypeAlias = Painted | RealPlate


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Samples: inputs, (n, 3, 48, 160) float32, their texts, and the plates they show."""

    inputs: np.ndarray
    texts: list[str]
    subjects: list[_Subject]


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
        """Load the real plates of the training split and begin at *seed*."""
        self._rng = random.Random(seed)
        self._painter = PlatePainter(seed + 1)
        self._real = real_plates("train")
        self._hard: deque[Painted] = deque(maxlen=_HARD_KEPT)

    def batch(self, size: int) -> Batch:
        """Return *size* samples."""
        subjects: list[_Subject] = []
        pictures: list[np.ndarray] = []
        while len(subjects) < size:
            for subject, crop in self._next():
                subjects.append(subject)
                pictures.append(network_input(self._trimmed_somehow(crop)))
        texts = [subject.text for subject in subjects[:size]]
        return Batch(np.stack(pictures[:size]), texts, subjects[:size])

    def hear(self, batch: Batch, losses: Sequence[float]) -> None:
        """Take into account the loss a character of each sample of *batch*: hard plates come again."""
        for subject, loss in zip(batch.subjects, losses, strict=True):
            if isinstance(subject, RealPlate):
                subject.difficulty += 0.3 * (loss - subject.difficulty)
            elif _HARD[0] < loss < _HARD[1]:
                self._hard.append(subject)

    def _next(self) -> list[tuple[_Subject, Picture]]:
        """Return a sample, or two of twins: plates and how they are seen."""
        rng = self._rng
        if rng.random() < REAL_SHARE:
            weights = [min(max(plate.difficulty, 0.02), _MOST_WEIGHT) for plate in self._real]
            real = rng.choices(self._real, weights)[0] if rng.random() < 0.5 else rng.choice(self._real)
            return [(real, rephotographed(real.cut(rng), rng))]
        if self._hard and rng.random() < _AGAIN_SHARE:
            again = rng.choice(self._hard)
            return [(again, worn(again.image, rng))]
        if rng.random() < _TWINS_SHARE:
            seed = rng.getrandbits(64)
            return [(one, worn(one.image, random.Random(seed))) for one in self._painter.paint_twins()]
        painted = self._painter.paint()
        return [(painted, worn(painted.image, rng))]

    def _trimmed_somehow(self, crop: Picture) -> Picture:
        rng = self._rng
        up, down = rng.uniform(-0.03, 0.19), rng.uniform(-0.03, 0.19)
        return trimmed(crop, up, down, rng.uniform(-0.03, 0.04), rng.uniform(-0.03, 0.04))


def held_out_views(seed: int = 990_002) -> tuple[np.ndarray, list[str]]:
    """Return the real plates of the validation split as the pipeline cuts them, each at four sizes: inputs, texts."""
    rng, inputs, texts = random.Random(seed), [], []
    for plate in real_plates("val"):
        straight = plate.cut()
        for wide in _VIEWS_PX:
            width = min(wide, straight.shape[1])
            size = (width, max(10, round(straight.shape[0] * width / straight.shape[1])))
            seen = np.asarray(cv2.resize(straight, size, interpolation=cv2.INTER_AREA), np.uint8)
            seen = seen if wide == _VIEWS_PX[0] else rephotographed(seen, rng)
            inputs.append(network_input(trimmed(seen, 0.1, 0.1, 0.0, 0.0)))
            texts.append(plate.text)
    return np.stack(inputs), texts


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
