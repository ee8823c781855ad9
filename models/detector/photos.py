"""The photographs: which there are, what is labelled on them, and a quick way to cut pieces out at any size."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from models.photographs import DATA, labelled
from platewarden.recognition.types import Box
from platewarden.rendering.colours import Floats, Picture

UNITED_STATES: Final = ("us_photos",)
WORLD: Final = ("world_photos_a", "world_photos_b")
ILLEGIBLE: Final = ("street_illegible",)

_LONGEST_SIDE_PX: Final = 1100


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A photograph and the plates on it.

    Attributes:
        name: Set and file.
        levels: The picture, (H, W, 3) uint8 BGR, then halved and halved again, for cutting out at small sizes.
        boxes: (n, 4) float32 xyxy, pixels of the first level.
        legible: Whether those can be read; where not, they are neither plates nor a lack of them.
    """

    name: str
    levels: tuple[Picture, ...]
    boxes: Floats
    legible: bool

    def cut(self, matrix: Floats, size_px: int) -> Picture:
        """Return the square piece that *matrix*, (2, 3), picture to piece, scaled alike both ways, leads to."""
        scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
        level = int(np.clip(np.floor(-np.log2(max(scale, 1e-6))), 0, len(self.levels) - 1))
        matrix = matrix * np.array([2**level, 2**level, 1], np.float32)
        border = (114, 114, 114)
        return np.asarray(
            cv2.warpAffine(self.levels[level], matrix, (size_px, size_px), borderValue=border), np.uint8
        )


def load_photos(sets: Iterable[str], split: str) -> list[Photo]:
    """Return the photographs of *sets* that belong to *split*, train or val."""
    return [photo for name in sets for photo in _load_set(name, split)]


def load_negatives() -> list[Photo]:
    """Return the scenes without plates."""
    with (DATA / "negatives" / "labels.csv").open(newline="") as file:
        paths = [DATA / "negatives" / row["file"] for row in csv.DictReader(file)]
    return [load_photo(path, []) for path in paths]


def load_photo(path: Path, boxes: Sequence[Box], *, legible: bool = True) -> Photo:
    """Return the photograph in the file *path*, reduced if it is large, with *boxes* in pixels of that file.

    Raises:
        FileNotFoundError: There is no such picture.
    """
    image = cv2.imread(str(path))
    if image is None:
        raise FileNotFoundError(path)
    ratio = min(1.0, _LONGEST_SIDE_PX / max(image.shape[:2]))
    if ratio < 1:
        image = cv2.resize(image, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
    half = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    quarter = cv2.resize(half, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    scaled = np.array(boxes, np.float32).reshape(-1, 4) * np.float32(ratio)
    return Photo(f"{path.parents[1].name}/{path.name}", (image, half, quarter), scaled, legible)


def _load_set(name: str, split: str) -> list[Photo]:
    boxes: dict[Path, list[Box]] = defaultdict(list)
    for plate in labelled(name, split=split):
        boxes[plate.file].append(plate.box)
    return [load_photo(path, found, legible=name not in ILLEGIBLE) for path, found in boxes.items()]
