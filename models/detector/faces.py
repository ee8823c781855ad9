"""Plates ready to be laid into photographs: painted or real, with the frames they are mounted in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from models.detector.words import lettered, random_words
from models.photographs import labelled
from models.plates import PlatePainter
from platewarden.rendering.colours import Floats, Picture, lay

_HEIGHT: Final = 160
_KEPT: Final = 400
"""Painted plates kept; one is replaced whenever one is taken, four times in ten."""

_MIN_REAL_WIDTH_PX: Final = 90
_REAL_ASPECT: Final = (1.7, 2.4)
"""Real crops of other shapes are seen from the side: their box is not their edge."""


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A plate seen straight on, with what it is mounted in.

    Attributes:
        card: (h, w, 3) uint8 BGR.
        mask: (h, w) uint8, 255 where plate or frame is.
        inner: xyxy of the metal, pixels of the card.
        aspect: Width by height of the metal.
    """

    card: Picture
    mask: Picture
    inner: tuple[float, float, float, float]
    aspect: float


class Faces:
    """An endless supply of different plates."""

    def __init__(self, seed: int) -> None:
        """Paint the first plates from *seed* and load the real crops that belong to training."""
        self._painter = PlatePainter(seed)
        self._painted = [self._painter.paint().image for _ in range(_KEPT)]
        self._real = _real_crops()

    def take(self, rng: np.random.Generator) -> Face:
        """Return a plate: seven in ten painted, a few per cent of a motorcycle's shape, half of them framed."""
        if self._real and rng.random() < 0.3:
            plate = self._real[int(rng.integers(len(self._real)))]
        else:
            plate = self._take_painted(rng)
        aspect = 2.0 if rng.random() < 0.93 else float(rng.uniform(1.15, 1.8))
        plate = np.asarray(cv2.resize(plate, (round(_HEIGHT * aspect), _HEIGHT)), np.uint8)
        return _framed(rng, plate, aspect) if rng.random() < 0.5 else _bare(plate, aspect, rng)

    def _take_painted(self, rng: np.random.Generator) -> Picture:
        place = int(rng.integers(_KEPT))
        plate = self._painted[place]
        if rng.random() < 0.4:
            self._painted[place] = self._painter.paint().image
        return plate


def _real_crops() -> list[Picture]:
    """Return the real plates of the training split that are seen almost straight on."""
    crops = []
    for plate in labelled("us_plate_crops", split="train"):
        left, top, right, bottom = (round(edge) for edge in plate.box)
        wide, high = right - left, bottom - top
        if wide >= _MIN_REAL_WIDTH_PX and _REAL_ASPECT[0] <= wide / high <= _REAL_ASPECT[1]:
            crops.append(np.asarray(cv2.imread(str(plate.file))[top:bottom, left:right], np.uint8))
    return crops


def _bare(plate: Picture, aspect: float, rng: np.random.Generator) -> Face:
    """Return *plate* without a frame, its corners round, on a pane a little larger so that its edge is smooth."""
    high, wide = plate.shape[:2]
    card = cv2.copyMakeBorder(plate, 4, 4, 4, 4, cv2.BORDER_REPLICATE)
    mask = _round_oblong(high + 8, wide + 8, 4, int(rng.integers(1, 16)))
    return Face(card, mask, (4.0, 4.0, wide + 4.0, high + 4.0), aspect)


def _framed(rng: np.random.Generator, plate: Picture, aspect: float) -> Face:
    """Return *plate* in a frame of metal or plastic that covers some of its rim, often with a dealer's name."""
    high, wide = plate.shape[:2]
    side, top, bottom = (int(value) for value in rng.integers((3, 3, 3), (18, 18, 18)))
    top += int(rng.integers(6, 26)) if rng.random() < 0.35 else 0
    bottom += int(rng.integers(6, 30)) if rng.random() < 0.5 else 0
    card = cv2.copyMakeBorder(plate, top, bottom, side, side, cv2.BORDER_REPLICATE)
    hole = np.full((high, wide), 255, np.uint8)
    over = int(rng.integers(0, 9))
    hole[over : high - over, over : wide - over] = 0
    rim = cv2.copyMakeBorder(hole, top, bottom, side, side, cv2.BORDER_CONSTANT, value=255)
    ground = _frame_colour(rng)
    lay(card, rim, ground)
    _letter_frame(card, rng, (0, top), ground)
    _letter_frame(card, rng, (card.shape[0] - bottom, bottom), ground)
    mask = _round_oblong(card.shape[0], card.shape[1], 0, int(rng.integers(1, 20)))
    return Face(card, mask, (float(side), float(top), float(side + wide), float(top + high)), aspect)


def _frame_colour(rng: np.random.Generator) -> tuple[float, float, float]:
    grey = float(rng.choice((15, 25, 40, 90, 150, 185, 215, 235)))
    if rng.random() < 0.2:
        blue, green, red = rng.uniform(0, 255, 3)
        return float(blue), float(green), float(red)
    return grey, grey, grey


def _letter_frame(
    card: Picture, rng: np.random.Generator, strip: tuple[int, int], ground: Sequence[float]
) -> None:
    """Write on the horizontal bar of a frame that starts at, and is as high as, *strip* says."""
    start, high = strip
    if high < 12 or rng.random() < 0.2:
        return
    mask = lettered(rng, random_words(rng), round(high * rng.uniform(0.55, 0.8)))
    mask = np.asarray(cv2.resize(mask, (min(mask.shape[1], card.shape[1] - 20), mask.shape[0])), np.uint8)
    x, y = (card.shape[1] - mask.shape[1]) // 2, start + (high - mask.shape[0]) // 2
    tone = 20.0 if sum(ground) > 380 else 230.0
    lay(card[y : y + mask.shape[0], x : x + mask.shape[1]], mask, (tone, tone, tone))


def _round_oblong(high: int, wide: int, inset: int, radius: int) -> Picture:
    mask = np.zeros((high, wide), np.uint8)
    cv2.rectangle(mask, (inset + radius, inset), (wide - 1 - inset - radius, high - 1 - inset), 255, -1)
    cv2.rectangle(mask, (inset, inset + radius), (wide - 1 - inset, high - 1 - inset - radius), 255, -1)
    for x in (inset + radius, wide - 1 - inset - radius):
        for y in (inset + radius, high - 1 - inset - radius):
            cv2.circle(mask, (x, y), radius, 255, -1, cv2.LINE_AA)
    return mask


def shaded(rng: np.random.Generator, card: Picture, brightness: float) -> Picture:
    """Return *card* in the light of its surroundings, its mean about *brightness*, with shadows, glare and dirt."""
    seen = card.astype(np.float32)
    contrast = float(rng.uniform(0.45, 1.0)) * min(1.0, 0.35 + brightness / 140)
    seen = (seen - seen.mean()) * contrast + brightness
    high, wide = card.shape[:2]
    if rng.random() < 0.35:
        seen *= np.linspace(rng.uniform(0.35, 1), rng.uniform(0.8, 1.1), high, dtype=np.float32)[
            :, None, None
        ]
    if rng.random() < 0.25:
        seen *= np.linspace(rng.uniform(0.5, 1), rng.uniform(0.5, 1.2), wide, dtype=np.float32)[None, :, None]
    if rng.random() < 0.15:
        seen[_beyond_line(rng, high, wide)] *= float(rng.uniform(0.35, 0.75))
    if rng.random() < 0.1:
        _add_spot(rng, seen)
    if rng.random() < 0.3:
        dirt = rng.normal(0, rng.uniform(4, 22), (6, 12)).astype(np.float32)
        seen += cv2.resize(dirt, (wide, high))[..., None]
    if rng.random() < 0.08:
        _cover_part(rng, seen)
    return np.asarray(np.clip(seen, 0, 255), np.uint8)


def _beyond_line(rng: np.random.Generator, high: int, wide: int) -> np.ndarray:
    """Return where the shadow of an edge falls, (high, wide) bool."""
    slope = rng.uniform(-1.2, 1.2)
    line = np.arange(high)[:, None] * slope + rng.uniform(-0.2, 1.0) * wide
    return np.asarray(np.arange(wide)[None, :] > line)


def _add_spot(rng: np.random.Generator, seen: Floats) -> None:
    high, wide = seen.shape[:2]
    x, y, spread = rng.uniform(0, wide), rng.uniform(0, high), rng.uniform(0.08, 0.3) * wide
    away = (np.arange(wide)[None, :] - x) ** 2 + (np.arange(high)[:, None] - y) ** 2
    seen += (rng.uniform(50, 200) * np.exp(-away / (2 * spread**2))).astype(np.float32)[..., None]


def _cover_part(rng: np.random.Generator, seen: Floats) -> None:
    """Hide a part behind a tow ball, a strap or leaves."""
    high, wide = seen.shape[:2]
    tone = rng.uniform(10, 120)
    at = int(rng.uniform(0.1, 0.9) * wide), int(rng.uniform(0.6, 1.1) * high)
    size = int(rng.uniform(0.04, 0.16) * wide), int(rng.uniform(0.1, 0.5) * high)
    cv2.ellipse(seen, at, size, 0, 0, 360, (tone, tone, tone), -1, cv2.LINE_AA)
