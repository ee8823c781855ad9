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
from platewarden.rendering.colours import Floats, Picture
from platewarden.rendering.scene import render_scene

SIZE_PX: Final = 640
"""Sides of a piece."""

REAL, PAINTED, SCENE = "photograph", "painted plate", "rendered scene"
_ODDS: Final = {REAL: 0.3, PAINTED: 0.45, SCENE: 0.25}

_WIDTHS_PX: Final = (36, 240)
_MOST_LOOKS: Final = 8
_UNSPOILT: Final = 0.4
"""Share of samples left as the photograph or the renderer made them: the others are worse than most of a camera's."""

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


@dataclass(frozen=True, slots=True, eq=False)
class _Scene:
    """A photograph, the box of the plate that is to be replaced, and those of the others."""

    photo: Photo
    box: Box
    others: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class _Take:
    """In which light a plate is seen, how wide at each look, and whether the camera spoils it."""

    light: str
    widths: tuple[float, ...]
    unspoilt: bool


class Sampler:
    """An endless row of samples from one seed."""

    def __init__(self, seed: int) -> None:
        """Load the photographs of the validation split."""
        self._rng = np.random.default_rng(seed)
        self._painter = PlatePainter(seed)
        self._american = {photo.name: photo for photo in load_photos(UNITED_STATES, "val")}
        self._anyone = [*self._american.values(), *load_photos(WORLD, "val")]
        self._real = [plate for plate in labelled("us_photos", split="val") if plate.text]
        self._first_scene, self._scenes = _FIRST_SCENE + 1000 * (seed % 1000), 0

    def sample(self) -> Sample:
        """Return the next sample."""
        kind = str(self._rng.choice(list(_ODDS), p=list(_ODDS.values())))
        if kind == PAINTED:
            return self._painted()
        subject, light = (self._as_it_is(), "day") if kind == REAL else self._scene()
        take = self._take(light, 1.2 * (subject.box[2] - subject.box[0]))
        views = tuple(self._view(subject, take, width) for width in take.widths)
        return Sample(kind, subject.photo.name, subject.text, views)

    def _take(self, light: str, most: float = np.inf) -> _Take:
        """Return how a plate is to be seen, *most* pixels wide at most: its looks are alike, as those of a pass are."""
        rng = self._rng
        low, high = np.log(_WIDTHS_PX)
        base = float(np.exp(rng.uniform(low, high)))
        many = 1 if rng.random() < 0.6 else int(rng.integers(2, _MOST_LOOKS + 1))
        widths = [min(most, base * float(rng.uniform(0.75, 1.1))) for _ in range(many)]
        return _Take(light, tuple(widths), bool(rng.random() < _UNSPOILT))

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
        seed = self._first_scene + self._scenes
        scene = render_scene(seed, light=light)
        truth = scene.truth[0]
        photo = Photo(
            f"scene/{seed}", _levels(scene.image), np.array([truth.box_xyxy], np.float32), legible=True
        )
        return _Subject(photo, truth.box_xyxy, (), truth.plate), light

    def _painted(self) -> Sample:
        """Return a painted plate laid over one of a photograph's, large enough to hide what was there."""
        rng = self._rng
        photo = self._anyone[int(rng.integers(len(self._anyone)))]
        boxes = [_box(row) for row in photo.boxes.tolist()]
        box = boxes[int(rng.integers(len(boxes)))]
        plate, take = self._painter.paint(), self._take(looks.random_light(rng))
        scene = _Scene(photo, box, tuple(other for other in boxes if other != box))
        card = shaded(rng, plate.image, looks.plate_brightness(rng, take.light, 110.0))
        pose = random_pose(rng, aspect=2.0, width_px=1.0, centre=(0.0, 0.0))
        views = tuple(self._laid(scene, card, pose, take, width) for width in take.widths)
        return Sample(PAINTED, photo.name, plate.text, views)

    def _laid(self, scene: _Scene, card: Picture, pose: Floats, take: _Take, width: float) -> View:
        """Return a view of *scene* with *card* at *pose*, turned a little further, over its plate."""
        rng, box = self._rng, scene.box
        matrix = _window(box, width / (1.08 * max(box[2] - box[0], 2.0 * (box[3] - box[1]))))
        frame = looks.darkened(scene.photo.cut(matrix, SIZE_PX), rng, take.light)
        corners = ((pose + rng.normal(0, 0.006, (4, 2))) * width + SIZE_PX / 2).astype(np.float32)
        high, wide = card.shape[:2]
        mask = np.full((high, wide), 255, np.uint8)
        lay_flat(frame, card, mask, (0.0, 0.0, float(wide), float(high)), corners)
        others = tuple(_moved(other, matrix) for other in scene.others)
        return View(self._photographed(frame, take, width), box_around(corners), others)

    def _view(self, subject: _Subject, take: _Take, width: float) -> View:
        """Return *subject* with its plate *width* pixels wide."""
        matrix = _window(subject.box, width / (subject.box[2] - subject.box[0]))
        frame = self._photographed(subject.photo.cut(matrix, SIZE_PX), take, width)
        others = tuple(_moved(other, matrix) for other in subject.others)
        return View(frame, _moved(subject.box, matrix), others)

    def _photographed(self, frame: Frame, take: _Take, width: float) -> Frame:
        """Return *frame* as a camera delivers it."""
        return frame if take.unspoilt else looks.photographed(frame, self._rng, take.light, plate_px=width)


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
