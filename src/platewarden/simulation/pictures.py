"""What a made-up camera sees: scenes rendered for each vehicle, a few for all, or photographs that are given."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import cv2
import numpy as np
from PIL import Image

from platewarden.edge.pictures import picture_files
from platewarden.rendering.scene import Scene, render_scene
from platewarden.simulation.traffic import Passage

_MARGIN: Final = 8
_COMMENT: Final = 65_500
_LIGHTS: Final = ("day", "dusk", "night")


class PictureError(ValueError):
    """There are no pictures to be had; the message says why."""


Pair = tuple[bytes, bytes]
"""Plate image and vehicle image, as files."""


class Pictures(Protocol):
    """Whatever gives the two images of a passage."""

    def of(self, passage: Passage) -> Pair:
        """Return plate image and vehicle image of *passage*."""


@dataclass(frozen=True, slots=True)
class FreshScenes:
    """A scene for each vehicle, with its plate on it; takes about a tenth of a second each."""

    def of(self, passage: Passage) -> Pair:
        """Render *passage*."""
        light = _LIGHTS[passage.number % len(_LIGHTS)]
        return _pair(
            render_scene(passage.number, plate=passage.plate, state=passage.state or None, light=light)
        )


@dataclass(slots=True)
class FewScenes:
    """A few scenes for all: the plate on the picture is another vehicle's. For load, where nobody looks.

    Attributes:
        count: How many are rendered.
        least_bytes: Vehicle images are made this long at least, as a large camera's are.
    """

    count: int = 8
    least_bytes: int = 0
    _pairs: list[Pair] = field(default_factory=list)

    def of(self, passage: Passage) -> Pair:
        """Return one of the few."""
        if not self._pairs:
            self._pairs = [_pair(render_scene(seed)) for seed in range(self.count)]
        plate, vehicle = self._pairs[passage.number % len(self._pairs)]
        return plate, padded(vehicle, self.least_bytes)


@dataclass(frozen=True, slots=True)
class Photographs:
    """Photographs of a folder in turn, each as both images."""

    files: Sequence[Path]

    @classmethod
    def in_folder(cls, folder: Path) -> "Photographs":
        """Use the photographs in *folder*.

        Raises:
            PictureError: There are none.
        """
        try:
            return cls(picture_files(folder))
        except FileNotFoundError as error:
            raise PictureError(str(error)) from error

    def of(self, passage: Passage) -> Pair:
        """Return the next one."""
        content = self.files[passage.number % len(self.files)].read_bytes()
        return content, content


def padded(jpeg: bytes, least_bytes: int) -> bytes:
    """Return *jpeg*, made *least_bytes* long by comments that no reader shows (JPEG marker COM) and nothing packs."""
    missing = least_bytes - len(jpeg)
    if missing <= 0:
        return jpeg
    random, parts = np.random.default_rng(1), [jpeg[:2]]
    while missing > 0:
        size = max(4, min(_COMMENT, missing - 4))
        parts.append(b"\xff\xfe" + (size + 2).to_bytes(2) + random.bytes(size))
        missing -= size + 4
    return b"".join([*parts, jpeg[2:]])


def _pair(scene: Scene) -> Pair:
    left, top, right, bottom = (round(edge) for edge in scene.truth[0].box_xyxy)
    height, width = scene.image.shape[:2]
    box = scene.image[
        max(0, top - _MARGIN) : min(height, bottom + _MARGIN),
        max(0, left - _MARGIN) : min(width, right + _MARGIN),
    ]
    return _jpeg(box), _jpeg(scene.image)


def _jpeg(image: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
