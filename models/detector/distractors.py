"""What looks like a plate and is none: stickers, signs, badges, lamps, grilles and the text of recorders.

A network that has seen lettering on plates only takes lettering for plates.
"""

import cv2
import numpy as np

from models.detector.poses import lay_flat, random_pose
from models.detector.words import lettered, random_stamp, random_words
from platewarden.rendering.colours import Floats, Picture, lay


def scatter(picture: Picture, rng: np.random.Generator, taken: Floats) -> None:
    """Lay up to six such things on *picture*, in place, none of them on a box in *taken*, (n, 4) xyxy."""
    size = picture.shape[0]
    for _ in range(int(rng.integers(1, 7))):
        width = float(np.exp(rng.uniform(np.log(14), np.log(160))))
        centre = float(rng.uniform(0, size)), float(rng.uniform(0, size))
        if not _touches(centre, width, taken):
            _MAKERS[int(rng.choice(len(_MAKERS), p=_ODDS))](picture, rng, width, centre)


def stamp_recorder(picture: Picture, rng: np.random.Generator) -> None:
    """Write a recorder's line of text along the upper or lower edge of *picture*, in place."""
    mask = lettered(rng, random_stamp(rng), int(rng.integers(7, 22)))
    mask = mask[:, : picture.shape[1] - 8]
    x = int(rng.integers(0, picture.shape[1] - mask.shape[1]))
    y = int(rng.integers(2, 14)) if rng.random() < 0.5 else picture.shape[0] - mask.shape[0] - 4
    part = picture[y : y + mask.shape[0], x : x + mask.shape[1]]
    if rng.random() < 0.3:
        part[:] = part // 3
    lay(part, mask, _colour(rng, light=True))


def _touches(centre: tuple[float, float], width: float, taken: Floats) -> bool:
    middle = np.array(centre, np.float32)
    gaps = (
        np.maximum(taken[:, :2] - middle, middle - taken[:, 2:]).max(axis=1)
        if len(taken)
        else np.array([1e9])
    )
    return bool((gaps < 0.7 * width + 3).any())


def _colour(rng: np.random.Generator, *, light: bool) -> tuple[float, float, float]:
    low, high = (150, 256) if light else (0, 110)
    grey = rng.uniform(low, high)
    blue, green, red = rng.uniform(low, high, 3) if rng.random() < 0.5 else (grey, grey, grey)
    return float(blue), float(green), float(red)


def _card(rng: np.random.Generator, aspect: float, lines: int) -> Picture:
    """Return a coloured ground with lines of words: (h, w, 3) uint8."""
    high = 60 * lines if aspect > 1 else 160
    card = np.empty((high, max(16, round(high * aspect)), 3), np.uint8)
    light = bool(rng.random() < 0.5)
    card[:] = _colour(rng, light=light)
    ink, tall = _colour(rng, light=not light), high // (lines + 1)
    for line in range(lines):
        mask = lettered(rng, random_words(rng), max(6, round(tall * rng.uniform(0.6, 1.0))))
        wide = min(mask.shape[1], round(card.shape[1] * rng.uniform(0.6, 0.95)))
        mask = np.asarray(cv2.resize(mask, (wide, mask.shape[0]), interpolation=cv2.INTER_AREA), np.uint8)
        y, x = round((line + 0.5) * tall), (card.shape[1] - wide) // 2
        lay(card[y : y + mask.shape[0], x : x + wide], mask, ink)
    return card


def _lay_card(
    picture: Picture,
    rng: np.random.Generator,
    card: Picture,
    mask: Picture,
    width: float,
    centre: tuple[float, float],
) -> None:
    shade = rng.uniform(0.4, 1.0)
    corners = random_pose(rng, aspect=card.shape[1] / card.shape[0], width_px=width, centre=centre)
    whole = (0.0, 0.0, float(card.shape[1]), float(card.shape[0]))
    lay_flat(picture, (card * shade).astype(np.uint8), mask, whole, corners)


def _sticker(picture: Picture, rng: np.random.Generator, width: float, centre: tuple[float, float]) -> None:
    """A bumper sticker or a street's name: too long for a plate; or an oval."""
    oval = rng.random() < 0.3
    aspect = float(rng.uniform(1.3, 1.7) if oval else rng.uniform(2.9, 6.0))
    card = _card(rng, aspect, 1 + int(rng.random() < 0.3))
    mask = np.full(card.shape[:2], 0 if oval else 255, np.uint8)
    if oval:
        middle = card.shape[1] // 2, card.shape[0] // 2
        cv2.ellipse(mask, middle, middle, 0, 0, 360, 255, -1)
    _lay_card(picture, rng, card, mask, width, centre)


def _sign(picture: Picture, rng: np.random.Generator, width: float, centre: tuple[float, float]) -> None:
    """A traffic or shop sign: higher than wide, or square, with several lines."""
    card = _card(rng, float(rng.uniform(0.5, 1.05)), int(rng.integers(2, 5)))
    if rng.random() < 0.5:
        cv2.rectangle(card, (3, 3), (card.shape[1] - 4, card.shape[0] - 4), _colour(rng, light=False), 3)
    _lay_card(picture, rng, card, np.full(card.shape[:2], 255, np.uint8), 0.6 * width, centre)


def _badge(picture: Picture, rng: np.random.Generator, width: float, centre: tuple[float, float]) -> None:
    """Letters fastened to or painted on a body, without a ground of their own."""
    mask = lettered(rng, random_words(rng), 40)
    card = np.empty((*mask.shape, 3), np.uint8)
    card[:] = _colour(rng, light=bool(rng.random() < 0.7))
    _lay_card(picture, rng, card, mask, width, centre)


def _lamp(picture: Picture, rng: np.random.Generator, width: float, centre: tuple[float, float]) -> None:
    """A bright or coloured oblong without any lettering: lamp, reflector, vent, window, empty holder."""
    card = np.empty((60, round(60 * rng.uniform(1.2, 4.5)), 3), np.uint8)
    card[:] = _colour(rng, light=bool(rng.random() < 0.6))
    if rng.random() < 0.5:
        card[:: int(rng.integers(6, 16))] = _colour(rng, light=bool(rng.random() < 0.5))
    if rng.random() < 0.4:
        card[:, :: int(rng.integers(5, 20))] = _colour(rng, light=bool(rng.random() < 0.5))
    _lay_card(picture, rng, card, np.full(card.shape[:2], 255, np.uint8), width, centre)


_MAKERS = (_sticker, _sign, _badge, _lamp)
_ODDS = (0.3, 0.2, 0.3, 0.2)
