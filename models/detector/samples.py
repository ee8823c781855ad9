"""Samples: square pieces of photographs with plates in them, most of those our own, laid over what was there.

Where our plate lies, its corners are known exactly; where the photograph's own plate stays, only its box is. No piece
with a real, legible plate in it is mirrored: mirrored letters are no plate.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from models.detector import looks
from models.detector.distractors import scatter, stamp_recorder
from models.detector.faces import Faces, shaded
from models.detector.labels import SIZE_PX, Plate, Sample, settled
from models.detector.photos import ILLEGIBLE, UNITED_STATES, WORLD, Photo, load_negatives, load_photos
from models.detector.poses import lay_flat, random_pose
from platewarden.recognition.geometry import box_around
from platewarden.rendering.colours import Floats, Picture
from platewarden.rendering.scene import render_scene

_SCENES: Final = 64
"""Rendered street scenes kept."""

_CROWD: Final = 0.03
"""Share of the pieces with replaced plates that are filled with more."""

_ANYWHERE: Final = 0.2
"""Share of the pieces of photographs that lie anywhere: most of a photograph is far from its plates."""


class Sampler:
    """Makes samples from the photographs of one split."""

    def __init__(self, seed: int, split: str = "train") -> None:
        """Load the photographs and paint the first plates; takes about half a minute and two gigabytes."""
        self._rng = np.random.default_rng(seed)
        self._american = load_photos(UNITED_STATES, split)
        self._foreign = load_photos(WORLD, split)
        self._illegible = load_photos(ILLEGIBLE, split)
        self._empty = load_negatives() if split == "train" else []
        self._faces = Faces(seed)
        lights = ("day", "dusk", "night", "infrared")
        self._scenes = [render_scene(seed * 1000 + n, light=lights[n % 4]) for n in range(_SCENES)]

    def sample(self) -> Sample:
        """Return the next sample."""
        rng = self._rng
        light = looks.random_light(rng)
        kind = rng.random()
        if kind < 0.06:
            sample, light = self._from_scene(), "day"
        elif kind < 0.2 and self._empty:
            sample = self._from_empty(light)
        else:
            sample = self._from_photo(light)
        smallest = min((plate.width for plate in sample.plates), default=60.0)
        if rng.random() < 0.08:
            stamp_recorder(sample.picture, rng)
        sample.picture = looks.photographed(sample.picture, rng, light, plate_px=smallest)
        return settled(sample)

    def _from_scene(self) -> Sample:
        """Return a piece of a rendered street."""
        rng = self._rng
        scene = self._scenes[int(rng.integers(len(self._scenes)))]
        truth = scene.truth[0]
        matrix = _window(rng, truth.box_xyxy, _random_width(rng), scene.image.shape)
        picture = cv2.warpAffine(scene.image, matrix, (SIZE_PX, SIZE_PX), borderValue=(114, 114, 114))
        corners = cv2.transform(truth.corners[None], matrix)[0]
        return Sample(np.asarray(picture, np.uint8), [Plate(box_around(corners), corners)])

    def _from_empty(self, light: str) -> Sample:
        """Return a scene without plates, or one of ours where none belongs."""
        rng = self._rng
        photo = self._empty[int(rng.integers(len(self._empty)))]
        high, wide = photo.levels[0].shape[:2]
        scale = SIZE_PX / min(high, wide) * float(rng.uniform(1.0, 2.2))
        x, y = (float(rng.uniform(0, max(0.0, side * scale - SIZE_PX))) for side in (wide, high))
        picture = photo.cut(np.array([(scale, 0, -x), (0, scale, -y)], np.float32), SIZE_PX)
        sample = Sample(looks.darkened(_maybe_mirrored(picture, rng), rng, light))
        if rng.random() < 0.6:
            scatter(sample.picture, rng, np.empty((0, 4), np.float32))
        if rng.random() < 0.35:
            self._lay_more(sample, light)
        return sample

    def _from_photo(self, light: str) -> Sample:
        """Return a piece of a photograph around one of its plates, or of any part of it."""
        rng = self._rng
        photo, share = self._choose_photo()
        box = photo.boxes[int(rng.integers(len(photo.boxes)))]
        aspect = (box[2] - box[0]) / max(1.0, box[3] - box[1])
        ours = rng.random() < share
        width = _random_width(rng) * (1.5 if ours and aspect > 2.8 else 1.0)
        if not photo.legible:
            width = float(rng.uniform(5, 13))
        if rng.random() < _ANYWHERE:
            matrix = _window_anywhere(rng, photo.levels[0].shape)
        else:
            matrix = _window(rng, tuple(box.tolist()), width, photo.levels[0].shape)
        sample = Sample(photo.cut(matrix, SIZE_PX))
        boxes = _inside(_moved(photo.boxes, matrix))
        crowd = rng.random() < _CROWD
        if ours and photo.legible:
            self._replace(sample, light, boxes, crowd=crowd)
        else:
            self._keep(sample, light, boxes, legible=photo.legible)
        return sample

    def _choose_photo(self) -> tuple[Photo, float]:
        """Return a photograph and how likely its plates are to be replaced."""
        kind = self._rng.random()
        photos, share = (
            (self._american, 0.35)
            if kind < 0.33
            else (self._foreign, 0.75)
            if kind < 0.92
            else (self._illegible, 0.0)
        )
        return photos[int(self._rng.integers(len(photos)))], share

    def _keep(self, sample: Sample, light: str, boxes: Floats, *, legible: bool) -> None:
        """Leave the plates at *boxes* as they are."""
        rng = self._rng
        if rng.random() < 0.3:
            scatter(sample.picture, rng, boxes)
        sample.picture = looks.dimmed(sample.picture, rng, light)
        for box in boxes.tolist():
            place = (box[0], box[1], box[2], box[3])
            if legible:
                sample.plates.append(Plate(place))
            else:
                sample.ignored.append(place)
        if rng.random() < 0.4:
            self._lay_more(sample, light)

    def _replace(self, sample: Sample, light: str, boxes: Floats, *, crowd: bool) -> None:
        """Lay our plates over those at *boxes*; with *crowd*, many more beside them."""
        rng = self._rng
        for box in boxes:
            _take_away(sample.picture, box, rng)
        if rng.random() < 0.5:
            sample.picture = np.ascontiguousarray(sample.picture[:, ::-1])
            boxes = np.stack([SIZE_PX - boxes[:, 2], boxes[:, 1], SIZE_PX - boxes[:, 0], boxes[:, 3]], axis=1)
        sample.picture = looks.darkened(sample.picture, rng, light)
        if rng.random() < 0.5:
            scatter(sample.picture, rng, boxes)
        for left, top, right, bottom in boxes.tolist():
            wide, high = right - left, max(1.0, bottom - top)
            width = wide * rng.uniform(0.55, 0.85) if wide / high > 2.8 else wide * rng.uniform(0.9, 1.1)
            self._lay_plate(sample, light, ((left + right) / 2, (top + bottom) / 2), float(width))
        if crowd:
            self._lay_crowd(sample, light)
        elif rng.random() < 0.7:
            self._lay_more(sample, light)

    def _lay_more(self, sample: Sample, light: str) -> None:
        """Lay one to three plates where there is room: with one a piece, corners are learned very slowly."""
        rng = self._rng
        for _ in range(int(rng.integers(1, 4))):
            centre = float(rng.uniform(25, SIZE_PX - 25)), float(rng.uniform(25, SIZE_PX - 25))
            width = min(140.0, _random_width(rng))
            taken = [*(plate.box for plate in sample.plates), *sample.ignored]
            if all(_apart(centre, 1.2 * width, box) for box in taken):
                self._lay_plate(sample, light, centre, width)

    def _lay_crowd(self, sample: Sample, light: str) -> None:
        """Fill the piece with rows of plates, as on a garage's wall or a car park from above."""
        rng = self._rng
        pitch = float(rng.uniform(45, 130))
        for y in np.arange(pitch * 0.4, SIZE_PX, pitch * 0.62).tolist():
            for x in np.arange(pitch * 0.5, SIZE_PX, pitch).tolist():
                if all(_apart((x, y), pitch, plate.box) for plate in sample.plates):
                    self._lay_plate(sample, light, (x, y), pitch * float(rng.uniform(0.6, 0.9)))

    def _lay_plate(self, sample: Sample, light: str, centre: tuple[float, float], width: float) -> None:
        rng, face = self._rng, self._faces.take(self._rng)
        corners = random_pose(rng, aspect=face.aspect, width_px=width, centre=centre)
        around = _mean_around(sample.picture, centre, width)
        if rng.random() < 0.3:
            _dig_recess(sample.picture, rng, corners)
        card = shaded(rng, face.card, looks.plate_brightness(rng, light, around))
        lay_flat(sample.picture, card, face.mask, face.inner, corners)
        sample.plates.append(Plate(box_around(corners), corners))


def _random_width(rng: np.random.Generator) -> float:
    """Return how wide a plate is to be, in pixels: mostly 16 to 150, evenly in proportions; some up to 300."""
    low, high = (16, 150) if rng.random() < 0.85 else (100, 300)
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _window(rng: np.random.Generator, box: tuple[float, ...], width: float, shape: Sequence[int]) -> Floats:
    """Return the matrix, (2, 3), of a piece in which the plate at *box* is *width* pixels wide, somewhere."""
    scale = max(width / max(2.0, box[2] - box[0]), SIZE_PX / (1.1 * max(shape[:2])))
    scale = min(scale, 4.0)
    half = 0.5 * SIZE_PX
    origin = []
    for near, far, length in ((box[0], box[2], shape[1] * scale), (box[1], box[3], shape[0] * scale)):
        reach = half - min(0.5 * (far - near) * scale, 0.6 * half)
        start = (near + far) / 2 * scale - half + rng.uniform(-reach, reach)
        spare = length - SIZE_PX
        origin.append(np.clip(start, 0, spare) if spare > 0 else rng.uniform(spare, 0))
    return np.array([(scale, 0, -origin[0]), (0, scale, -origin[1])], np.float32)


def _window_anywhere(rng: np.random.Generator, shape: Sequence[int]) -> Floats:
    """Return the matrix, (2, 3), of a piece that lies anywhere, at a size at which frames are looked at."""
    scale = float(np.exp(rng.uniform(np.log(640), np.log(1500)))) / max(shape[:2])
    x, y = (rng.uniform(min(0.0, spare), max(0.0, spare)) for spare in _spare(shape, scale))
    return np.array([(scale, 0, -x), (0, scale, -y)], np.float32)


def _spare(shape: Sequence[int], scale: float) -> tuple[float, float]:
    """Return by how much a picture of *shape* at *scale* is wider, and higher, than a piece."""
    return shape[1] * scale - SIZE_PX, shape[0] * scale - SIZE_PX


def _moved(boxes: Floats, matrix: Floats) -> Floats:
    scale, shift = matrix[0, 0], matrix[:, 2]
    return np.asarray(boxes * scale + np.tile(shift, 2), np.float32)


def _inside(boxes: Floats) -> Floats:
    """Return those of *boxes* of which something lies in the piece."""
    inside = (boxes[:, 2] > 1) & (boxes[:, 3] > 1) & (boxes[:, 0] < SIZE_PX - 1) & (boxes[:, 1] < SIZE_PX - 1)
    return np.asarray(boxes[inside], np.float32)


def _maybe_mirrored(picture: Picture, rng: np.random.Generator) -> Picture:
    return np.ascontiguousarray(picture[:, ::-1]) if rng.random() < 0.5 else picture


def _take_away(picture: Picture, box: Floats, rng: np.random.Generator) -> None:
    """Cover the plate at *box*, in place, with what is just above and below it."""
    wide, high = box[2] - box[0], box[3] - box[1]
    grow = np.array([-0.06 * wide - 1, -0.14 * high - 1, 0.06 * wide + 1, 0.14 * high + 1], np.float32)
    left, top, right, bottom = np.clip(np.rint(box + grow), 0, SIZE_PX - 1).astype(int).tolist()
    if right - left < 2 or bottom - top < 2:
        return
    above = picture[max(0, top - 2), left:right].astype(np.float32)
    below = picture[min(SIZE_PX - 1, bottom + 1), left:right].astype(np.float32)
    share = np.linspace(0, 1, bottom - top, dtype=np.float32)[:, None, None]
    patch = cv2.blur(above[None] * (1 - share) + below[None] * share, (max(1, (right - left) // 8), 1))
    patch += rng.normal(0, 2, patch.shape)
    picture[top:bottom, left:right] = np.clip(patch, 0, 255).astype(np.uint8)


def _mean_around(picture: Picture, centre: tuple[float, float], width: float) -> float:
    x, y, reach = round(centre[0]), round(centre[1]), max(4, round(0.7 * width))
    part = picture[max(0, y - reach) : max(1, y + reach), max(0, x - reach) : max(1, x + reach)]
    return float(part.mean()) if part.size else 110.0


def _dig_recess(picture: Picture, rng: np.random.Generator, corners: Floats) -> None:
    """Darken the place around a plate, as the bodies of cars do."""
    middle = corners.mean(axis=0)
    outline = middle + (corners - middle) * rng.uniform(1.05, 1.5) + rng.uniform(-2, 2, 2)
    mask = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.rint(outline).astype(np.int32), 255, cv2.LINE_AA)
    share = mask[..., None].astype(np.float32) / 255 * float(rng.uniform(0.2, 0.75))
    picture[:] = (picture * (1 - share)).astype(np.uint8)


def _apart(centre: tuple[float, float], pitch: float, box: tuple[float, float, float, float]) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    wide = abs(x - centre[0]) > (pitch + box[2] - box[0]) / 2
    return wide or abs(y - centre[1]) > (0.6 * pitch + box[3] - box[1]) / 2
