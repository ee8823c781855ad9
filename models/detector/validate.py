"""How well plates are found: on labelled photographs, whatever finds them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from models.detector.photos import Photo
from platewarden.recognition.geometry import likeness
from platewarden.recognition.types import Box, Frame

Found: TypeAlias = list[tuple[Box, float]]
"""Boxes, xyxy pixels, and scores."""

LEAST_SHARE: Final = 28 / 1024
"""Plates narrower than this share of the picture's long side need not be found."""

_FOUND: Final = 0.5
_NEAR: Final = 0.3


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of it at one accept threshold.

    Attributes:
        threshold: Least score that counts.
        found: Plates found (intersection over union 0.5 or more).
        plates: Plates there are.
        false: Places called plates that are near none.
        photos: Photographs looked at.
    """

    threshold: float
    found: int
    plates: int
    false: int
    photos: int

    @property
    def recall(self) -> float:
        """Share of the plates that was found."""
        return self.found / max(1, self.plates)

    @property
    def false_per_photo(self) -> float:
        """False plates a photograph."""
        return self.false / max(1, self.photos)

    def __str__(self) -> str:
        return f"{self.threshold:.2f}: {self.recall:.4f} of {self.plates}, {self.false_per_photo:.3f} false"


def measure(
    photos: Sequence[Photo], detect: Callable[[Frame], Found], thresholds: Sequence[float]
) -> list[Figures]:
    """Return the figures of *detect* on *photos* at each of *thresholds*."""
    seen = [(photo, detect(photo.levels[0])) for photo in photos]
    return [_at(seen, threshold) for threshold in thresholds]


def _at(seen: Sequence[tuple[Photo, Found]], threshold: float) -> Figures:
    found = plates = false = 0
    for photo, answers in seen:
        boxes = [box for box, score in answers if score >= threshold]
        truth = [(box[0], box[1], box[2], box[3]) for box in photo.boxes.tolist()]
        wanted = [box for box in truth if photo.legible and _wide_enough(box, photo)]
        plates += len(wanted)
        found += sum(any(likeness(box, other) >= _FOUND for other in boxes) for box in wanted)
        false += sum(not any(_near(box, other) for other in truth) for box in boxes)
    return Figures(threshold, found, plates, false, len(seen))


def _wide_enough(box: Box, photo: Photo) -> bool:
    return bool(box[2] - box[0] >= LEAST_SHARE * max(photo.levels[0].shape[:2]))


def _near(box: Box, plate: Box) -> bool:
    """Say whether *box* is about *plate*, even if it does not fit well."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    inside = plate[0] <= x <= plate[2] and plate[1] <= y <= plate[3]
    return inside or likeness(box, plate) >= _NEAR


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927)."""
    if trials == 0:
        return 0.0, 1.0
    z, share = 1.959964, successes / trials
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    reach = z / (1 + z * z / trials) * float(np.sqrt(share * (1 - share) / trials + z * z / (4 * trials**2)))
    return max(0.0, middle - reach), min(1.0, middle + reach)
