"""Plates whose text is known, in pictures that neither training nor the examination uses.

Three kinds: photographs of the validation split as they are; painted plates laid over the plates of those
photographs; rendered street scenes. Each is seen in a piece cut out at some size and photographed once or, as in a
pass, several times.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from models.detector import looks
from models.detector.faces import shaded
from models.detector.photos import UNITED_STATES, WORLD, Photo, load_photos
from models.detector.poses import lay_flat, random_pose
from models.photographs import labelled
from models.plates import PlatePainter
from platewarden.recognition.geometry import box_around
from platewarden.recognition.types import Box, Frame
from platewarden.rendering.colours import Picture
from platewarden.rendering.scene import render_scene

SIZE_PX: Final = 640
"""Sides of a piece."""

REAL, PAINTED, SCENE = "photograph", "painted plate", "rendered scene"
_ODDS: Final = {REAL: 0.3, PAINTED: 0.45, SCENE: 0.25}

_WIDTHS_PX: Final = (36, 240)
_MOST_LOOKS: Final = 8
_UNSPOILT: Final = 0.4
"""Share of views left as the photograph or the renderer made them: the others are worse than most of a camera's."""

_FIRST_SCENE: Final = 700_000
"""Training and its tests render scenes of other seeds."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A frame, (s, s, 3) uint8 BGR, the box of the plate in it, and the boxes about which nothing is known."""

    frame: Frame
    box: Box
    unknown: tuple[Box, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One plate in one or more views.

    Attributes:
        kind: `REAL`, `PAINTED` or `SCENE`.
        source: The photograph or scene: samples of one source must not be parted between fitting and judging.
        text: The plate, A-Z and 0-9.
        views: What the camera saw, one or more.
    """

    kind: str
    source: str
    text: str
    views: tuple[View, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Subject:
    """A picture at its full size with the plate that is looked at, and the other plates in it."""

    photo: Photo
    box: Box
    others: tuple[Box, ...]
    text: str


class Sampler:
    """An endless row of samples from one seed."""

    def __init__(self, seed: int) -> None:
        """Load the photographs of the validation split."""
        self._rng = np.random.default_rng(seed)
        self._painter = PlatePainter(seed)
        self._american = {photo.name: photo for photo in load_photos(UNITED_STATES, "val")}
        self._anyone = [*self._american.values(), *load_photos(WORLD, "val")]
        self._real = [plate for plate in labelled("us_photos", split="val") if plate.text]
        self._scenes = 0

    def sample(self) -> Sample:
        """Return the next sample."""
        kind = str(self._rng.choice(list(_ODDS), p=list(_ODDS.values())))
        if kind == REAL:
            subject, light = self._as_it_is(), "day"
        elif kind == PAINTED:
            subject, light = None, looks.random_light(self._rng)
        else:
            subject, light = self._scene()
        if subject is None:
            return self._painted(light)
        views = tuple(self._view(subject, light) for _ in range(self._looks()))
        return Sample(kind, subject.photo.name, subject.text, views)

    def _looks(self) -> int:
        """Return how many looks there are: one more often than not, as in photographs."""
        return 1 if self._rng.random() < 0.6 else int(self._rng.integers(2, _MOST_LOOKS + 1))

    def _as_it_is(self) -> _Subject:
        """Return a labelled plate of a photograph."""
        plate = self._real[int(self._rng.integers(len(self._real)))]
        photo = self._american[f"{plate.file.parents[1].name}/{plate.file.name}"]
        boxes = [_box(row) for row in photo.boxes.tolist()]
        place = int(np.argmin([abs(np.subtract(box, plate.box)).max() for box in boxes]))
        return _Subject(photo, boxes[place], tuple(boxes[:place] + boxes[place + 1 :]), plate.text)

    def _scene(self) -> tuple[_Subject, str]:
        """Return a rendered street and its light."""
        light = looks.random_light(self._rng)
        self._scenes += 1
        seed = _FIRST_SCENE + self._scenes
        scene = render_scene(seed, light=light)
        truth = scene.truth[0]
        photo = Photo(
            f"scene/{seed}", _levels(scene.image), np.array([truth.box_xyxy], np.float32), legible=True
        )
        return _Subject(photo, truth.box_xyxy, (), truth.plate), light

    def _painted(self, light: str) -> Sample:
        """Return a painted plate laid over one of a photograph's, seen once or several times."""
        rng = self._rng
        photo = self._anyone[int(rng.integers(len(self._anyone)))]
        boxes = [_box(row) for row in photo.boxes.tolist()]
        box = boxes[int(rng.integers(len(boxes)))]
        plate = self._painter.paint()
        many = self._looks()
        views = tuple(self._laid(photo, box, boxes, plate.image, light) for _ in range(many))
        return Sample(PAINTED, photo.name, plate.text, views)

    def _laid(self, photo: Photo, box: Box, boxes: list[Box], plate: Picture, light: str) -> View:
        """Return a view of *photo* with *plate* over *box*, large enough to hide what was there."""
        rng = self._rng
        cover = 1.08 * max(box[2] - box[0], 2.0 * (box[3] - box[1]))
        matrix = _window(box, self._width() / cover)
        frame = looks.darkened(photo.cut(matrix, SIZE_PX), rng, light)
        left, top, right, bottom = _moved(box, matrix)
        width = cover * float(matrix[0, 0])
        corners = random_pose(
            rng, aspect=2.0, width_px=width, centre=((left + right) / 2, (top + bottom) / 2)
        )
        around = float(frame[int(max(0, top)) : int(bottom) + 2, int(max(0, left)) : int(right) + 2].mean())
        card = shaded(rng, plate, looks.plate_brightness(rng, light, around))
        high, wide = plate.shape[:2]
        lay_flat(
            frame, card, np.full((high, wide), 255, np.uint8), (0.0, 0.0, float(wide), float(high)), corners
        )
        others = tuple(_moved(other, matrix) for other in boxes if other != box)
        return View(self._photographed(frame, light, width), box_around(corners), others)

    def _view(self, subject: _Subject, light: str) -> View:
        """Return *subject* at some size, not enlarged by much, photographed once more."""
        wide = subject.box[2] - subject.box[0]
        width = min(self._width(), 1.2 * wide)
        matrix = _window(subject.box, width / wide)
        frame = self._photographed(subject.photo.cut(matrix, SIZE_PX), light, width)
        others = tuple(_moved(other, matrix) for other in subject.others)
        return View(frame, _moved(subject.box, matrix), others)

    def _photographed(self, frame: Frame, light: str, width: float) -> Frame:
        """Return *frame* as a camera delivers it: spoilt somewhat, more often than not."""
        if self._rng.random() < _UNSPOILT:
            return frame
        return looks.photographed(frame, self._rng, light, plate_px=width)

    def _width(self) -> float:
        """Return how wide a plate is to be, pixels, evenly in proportions."""
        low, high = _WIDTHS_PX
        return float(np.exp(self._rng.uniform(np.log(low), np.log(high))))


def _levels(image: Picture) -> tuple[Picture, ...]:
    half = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return image, half, cv2.resize(half, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def _window(box: Box, scale: float) -> np.ndarray:
    """Return the matrix, (2, 3), that takes *box* to the middle of a piece, *scale* times as large."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return np.array([(scale, 0, SIZE_PX / 2 - x * scale), (0, scale, SIZE_PX / 2 - y * scale)], np.float32)


def _moved(box: Box, matrix: np.ndarray) -> Box:
    scale, (x, y) = float(matrix[0, 0]), matrix[:, 2].tolist()
    return box[0] * scale + x, box[1] * scale + y, box[2] * scale + x, box[3] * scale + y


def _box(row: list[float]) -> Box:
    left, top, right, bottom = row
    return left, top, right, bottom
