"""Plates to train on: many dies, layouts, words, symbols, stickers and frames, straight on and clean.

`platewarden.rendering` draws a few designs well, for people to look at; this draws any number of them differently,
for networks. What a plate is like is drawn from wide ranges, so that a real one lies somewhere inside.
"""

import random
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

import cv2
import numpy as np

from models.fonts import SERIAL_FACES, WORD_FACES, alphabet_masks, ink
from models.serials import random_state, serial, twin
from platewarden.recognition.state_words import STATE_NAMES, STATE_SLOGANS
from platewarden.rendering.colours import Picture
from platewarden.rendering.glyphs import ALPHABET, Die, glyph

HEIGHT: Final = 160
WIDTH: Final = 320
_TALL: Final = 96
"""Height of the masks of characters, before they are fitted."""

_OWN_DIES: Final = 160

_SIDE_STICKERS: Final = 0.3
"""Share of short serials with a sticker level with them, whose figures are not to be read."""

_Colour: TypeAlias = tuple[float, float, float]

_GROUNDS: Final = (
    (240, 240, 240),
    (240, 240, 238),
    (235, 215, 180),
    (190, 225, 240),
    (40, 190, 240),
    (200, 235, 245),
    (228, 232, 236),
)
_INKS: Final = (
    (30, 30, 30),
    (90, 45, 20),
    (140, 60, 25),
    (60, 95, 20),
    (40, 35, 180),
    (60, 20, 20),
    (110, 40, 60),
)
_SCHEMES: Final[dict[str, tuple[tuple[_Colour, _Colour], ...]]] = {
    "NY": (((240, 240, 240), (95, 45, 20)), ((40, 185, 240), (90, 40, 20)), ((238, 238, 240), (120, 50, 20))),
    "NJ": (((175, 230, 245), (30, 30, 30)), ((70, 200, 235), (30, 30, 30))),
    "CT": (((235, 205, 165), (95, 45, 20)),), "VT": (((60, 95, 20), (240, 240, 240)),),
    "MA": (((240, 240, 240), (45, 35, 175)),), "NH": (((225, 235, 228), (60, 100, 25)),),
    "DE": (((95, 45, 25), (60, 180, 230)),), "CA": (((240, 240, 240), (145, 60, 25)),),
    "NM": (((70, 205, 240), (40, 35, 170)), ((180, 160, 40), (50, 215, 240))),
    "CO": (((60, 95, 20), (240, 240, 240)), ((240, 240, 240), (60, 95, 20))),
    "AK": (((60, 195, 240), (130, 55, 20)),),
    "TN": (((100, 50, 25), (240, 240, 240)),),
    "TX": (((240, 240, 240), (30, 30, 30)),),
}  # fmt: skip
_FRAME_WORDS: Final = (
    "TOYOTA", "FORD OF KINGSTON", "www.dealer.com", "JEEP CHRYSLER", "HONDA", "SUBARU", "NISSAN WORLD", "UNIVERSITY",
    "MY OTHER CAR", "AUTOHAUS", "Alumni", "GO TEAM", "VALLEY MOTORS", "315-555-0134", "LEXUS OF ALBANY", "BMW",
)  # fmt: skip
_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_KINDS: Final = ("TRK", "TAXI", "EXEMPT", "OFFICIAL", "COM", "RENTAL", "VETERAN", "DEALER", "TEMP")


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """A plate straight on.

    Attributes:
        image: (160, 320, 3) uint8 BGR; the metal's edge is the picture's.
        text: The serial, A-Z and 0-9 only, stacked letters included where they stand.
        state: Two-letter code whose words the plate bears.
    """

    image: Picture
    text: str
    state: str


@dataclass(slots=True, eq=False)
class _Canvas:
    """A plate being painted: (160, 320, 3) float32 BGR."""

    pixels: np.ndarray
    rng: random.Random
    numbers: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.numbers = np.random.default_rng(self.rng.getrandbits(32))

    def stamp(
        self, mask: Picture, x: float, y: float, w: float, h: float, colour: _Colour, opacity: float = 1.0
    ) -> None:
        """Lay *mask*, fitted to w x h, with its top left at (x, y); what would stick out is cut off."""
        wide, high, left, top = max(2, int(w)), max(2, int(h)), int(x), int(y)
        fitted = cv2.resize(mask, (wide, high), interpolation=cv2.INTER_AREA)
        x0, y0, x1, y1 = max(0, left), max(0, top), min(WIDTH, left + wide), min(HEIGHT, top + high)
        if x1 <= x0 or y1 <= y0:
            return
        part = fitted[y0 - top : y1 - top, x0 - left : x1 - left].astype(np.float32)[..., None] * (
            opacity / 255
        )
        area = self.pixels[y0:y1, x0:x1]
        area += (np.asarray(colour, np.float32) - area) * part

    def any_colour(self, low: int = 0, high: int = 255) -> _Colour:
        """Return a colour at random, each channel between *low* and *high*."""
        b, g, r = self.numbers.integers(low, high, 3).tolist()
        return float(b), float(g), float(r)


@lru_cache(maxsize=1)
def _dies() -> tuple[dict[str, Picture], ...]:
    """Return every set of character masks: the typefaces', then our own dies cut at random."""
    faces = [alphabet_masks(face, ALPHABET, _TALL) for face in SERIAL_FACES]
    return (*faces, *(_own_die(random.Random(seed)) for seed in range(_OWN_DIES)))


def _own_die(rng: random.Random) -> dict[str, Picture]:
    zero = rng.choice((1.0, 1.0, rng.uniform(0.8, 1.0)))
    die = Die(
        width=round(rng.uniform(0.38, 0.6), 3), weight=round(rng.uniform(0.085, 0.165), 3),
        radius=round(rng.uniform(0.06, 0.4), 3), slant=round(rng.choice((0, 0, 0, rng.uniform(-0.05, 0.1))), 3),
        zero_width=zero, slashed_zero=rng.random() < 0.12, foot_one=rng.random() < 0.35,
        serif_i=rng.random() < 0.6, flat_three=rng.random() < 0.3,
    )  # fmt: skip
    return {character: glyph(character, die, _TALL) for character in ALPHABET}


@lru_cache(maxsize=4096)
def _word(text: str, face: int) -> Picture:
    return ink(text, WORD_FACES[face], 40)


class PlatePainter:
    """Paints one plate after another, each from the next random numbers of its seed."""

    def __init__(self, seed: int) -> None:
        """Start with *seed*: the same seed paints the same plates."""
        self._rng = random.Random(seed)

    def paint(self, state: str | None = None) -> Painted:
        """Return a plate of *state*, or of one at random."""
        code = state or random_state(self._rng)
        return _painted(self._rng, code, serial(self._rng, code))

    def paint_twins(self) -> tuple[Painted, Painted]:
        """Return two plates that differ in one character, which is alike in both, and in nothing else."""
        code = random_state(self._rng)
        marks = serial(self._rng, code)
        seed = self._rng.getrandbits(64)
        other = twin(self._rng, marks)
        return _painted(random.Random(seed), code, marks), _painted(random.Random(seed), code, other)


def _painted(rng: random.Random, code: str, marks: str) -> Painted:
    """Return a plate of the state *code* with the serial *marks*, the rest of it at random."""
    ground, letters = _scheme(rng, code)
    canvas = _Canvas(np.empty((HEIGHT, WIDTH, 3), np.float32), rng)
    canvas.pixels[:] = np.asarray(ground, np.float32)
    _paint_ground(canvas)
    left = _paint_emblem(canvas) if rng.random() < 0.1 and len(marks) <= 7 else 0.0
    top_ink = _paint_bands(canvas, ground, letters)
    _paint_words(canvas, code, letters, top_ink)
    text = _paint_serial(canvas, marks, letters, left)
    _paint_stickers(canvas)
    if len(marks) <= 6 and rng.random() < _SIDE_STICKERS:
        _paint_side_sticker(canvas)
    _paint_bolts(canvas)
    if rng.random() < 0.3:
        _paint_frame(canvas)
    return Painted(np.clip(canvas.pixels, 0, 255).astype(np.uint8), text, code)


def _scheme(rng: random.Random, code: str) -> tuple[_Colour, _Colour]:
    if code in _SCHEMES and rng.random() < 0.75:
        ground, letters = rng.choice(_SCHEMES[code])
    else:
        ground, letters = rng.choice(_GROUNDS), rng.choice(_INKS)
    if rng.random() < 0.2:
        ground = (rng.uniform(120, 255), rng.uniform(120, 255), rng.uniform(120, 255))
        letters = (rng.uniform(0, 110), rng.uniform(0, 110), rng.uniform(0, 110))
    return (letters, ground) if rng.random() < 0.06 else (ground, letters)


def _paint_ground(canvas: _Canvas) -> None:
    """Let the ground run into another colour, and lay scenery over it, in half of the plates."""
    rng, pixels = canvas.rng, canvas.pixels
    if rng.random() < 0.4:
        share = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None, None]
        share = rng.choice((share, 1 - share, np.clip((share - 0.5) * 3, 0, 1), np.clip(1 - share * 3, 0, 1)))
        pixels += (
            (np.asarray(canvas.any_colour(90, 255), np.float32) - pixels)
            * share
            * np.float32(rng.uniform(0.3, 0.8))
        )
    if rng.random() < 0.35:
        count = rng.randint(4, 12)
        ridge = np.stack([np.linspace(0, WIDTH, count), canvas.numbers.integers(40, 150, count)], axis=1)
        outline = np.vstack([ridge, [[WIDTH, HEIGHT], [0, HEIGHT]]]).astype(np.int32)
        hills = pixels.copy()
        cv2.fillPoly(hills, [outline], canvas.any_colour(80, 255))
        pixels += (hills - pixels) * np.float32(rng.uniform(0.15, 0.55))
    if rng.random() < 0.08:
        centre = (rng.randint(80, 240), rng.randint(50, 120))
        figure = pixels.copy()
        cv2.ellipse(
            figure,
            centre,
            (rng.randint(20, 60), rng.randint(20, 60)),
            rng.randint(0, 180),
            0,
            360,
            canvas.any_colour(),
            -1,
        )
        pixels += (figure - pixels) * np.float32(rng.uniform(0.2, 0.6))


def _paint_emblem(canvas: _Canvas) -> float:
    """Paint a club's or a cause's emblem at the left, a little lettering in it; return the width it takes."""
    rng = canvas.rng
    wide = rng.uniform(50, 80)
    for _ in range(rng.randint(2, 6)):
        angles = np.sort(canvas.numbers.uniform(0, 2 * np.pi, rng.randint(3, 9)))
        reach = canvas.numbers.uniform(0.3, 1.0, len(angles)) * wide / 2
        centre = (12 + wide / 2, 84 + rng.uniform(-12, 12))
        points = np.stack([centre[0] + np.cos(angles) * reach, centre[1] + np.sin(angles) * reach], axis=1)
        cv2.fillPoly(canvas.pixels, [points.astype(np.int32)], canvas.any_colour())
    return wide + 8


def _paint_bands(canvas: _Canvas, ground: _Colour, letters: _Colour) -> _Colour:
    """Paint bands at top and foot on some; return the colour of words at the top."""
    rng = canvas.rng
    if rng.random() < 0.22:
        canvas.pixels[: rng.randint(26, 40)] = np.asarray(letters, np.float32)
        if rng.random() < 0.5:
            canvas.pixels[rng.randint(136, 150) :] = np.asarray(letters, np.float32)
        return ground
    if rng.random() < 0.1:
        canvas.pixels[: rng.randint(20, 40)] = np.asarray(canvas.any_colour(), np.float32)
    return canvas.any_colour(0, 190) if rng.random() < 0.4 else letters


def _paint_words(canvas: _Canvas, code: str, letters: _Colour, top_ink: _Colour) -> None:
    """Set the state's name and slogan, one at the top and one at the foot."""
    rng = canvas.rng
    name, slogan = STATE_NAMES[code], rng.choice(STATE_SLOGANS.get(code) or ("",))
    at_top = rng.random() < 0.8
    for words, share, name_like in ((name, 0.93, True), (slogan, 0.7, False)):
        if not words or rng.random() > share:
            continue
        face = rng.randrange(len(WORD_FACES))
        script = WORD_FACES[face][0] == "pacifico"
        mask = _word(words.title() if script or rng.random() < 0.4 else words, face)
        high = rng.uniform(17, 32) if name_like else rng.uniform(10, 19)
        wide = min(rng.uniform(90, 255), mask.shape[1] * high / mask.shape[0] * 1.1)
        top = at_top == name_like
        y = rng.uniform(3, 10) if top else HEIGHT - high - rng.uniform(3, 10)
        canvas.stamp(
            mask, WIDTH / 2 - wide / 2 + rng.uniform(-14, 14), y, wide, high, top_ink if top else letters
        )


@dataclass(frozen=True, slots=True)
class _Setting:
    """How the characters of one serial are set: masks, colour, top, height, cell width, share of it filled."""

    masks: dict[str, Picture]
    ink: _Colour
    top: float
    height: float
    cell: float
    fill: float
    embossed: bool
    thicken: int


def _paint_serial(canvas: _Canvas, marks: str, letters: _Colour, left: float) -> str:
    """Stamp *marks* to the right of *left* and return what a reader should read."""
    rng = canvas.rng
    masks = rng.choice(_dies())
    solid = sum(mark.isalnum() for mark in marks)
    gaps = [index for index, mark in enumerate(marks) if not mark.isalnum()]
    gap = rng.uniform(12, 44) if len(gaps) == 1 else rng.uniform(8, 22)
    margin = rng.uniform(8, 34)
    height = rng.uniform(62, 96)
    room = WIDTH - left - 2 * margin - gap * len(gaps)
    cell = min(room / max(solid, rng.choice((6, 7, 7))), height * rng.uniform(0.5, 0.78))
    setting = _Setting(
        masks, letters, (HEIGHT - height) / 2 + rng.uniform(-8, 10), height, cell, rng.uniform(0.72, 0.94),
        rng.random() < 0.45, rng.choice((-1, 0, 0, 0, 1)),
    )  # fmt: skip
    x = left + (WIDTH - left) / 2 - (cell * solid + gap * len(gaps)) / 2
    index = 0
    while index < len(marks):
        mark = marks[index]
        if mark.islower():
            x = _stack(canvas, setting, marks[index : index + 2].upper(), x)
            index += 2 if marks[index : index + 2].islower() and len(marks[index : index + 2]) == 2 else 1
            continue
        if mark.isalnum():
            _stamp_character(canvas, setting, mark, x, setting.top, setting.height, cell)
            x += cell
        else:
            _separate(canvas, setting, mark, x, gap)
            x += gap
        index += 1
    if rng.random() < 0.05:
        _paint_kind(canvas, setting, x)
    return "".join(mark for mark in marks.upper() if mark.isalnum())


def _stamp_character(
    canvas: _Canvas, setting: _Setting, mark: str, x: float, y: float, high: float, cell: float
) -> None:
    rng, mask = canvas.rng, setting.masks[mark]
    natural = mask.shape[1] / mask.shape[0] * high
    wide = (
        min(cell * setting.fill, natural * max(1.0, 0.9 * cell * setting.fill / max(natural, 1)))
        if mark not in "I1"
        else min(natural, cell * setting.fill)
    )
    if setting.thicken:
        change = cv2.dilate if setting.thicken > 0 else cv2.erode
        mask = np.asarray(change(mask, np.ones((3, 3), np.uint8)), np.uint8)
    left = x + (cell - wide) / 2
    if setting.embossed:
        step = rng.uniform(1, 2.2)
        canvas.stamp(mask, left - step, y - step, wide, high, (255, 255, 255), 0.35)
        canvas.stamp(mask, left + step, y + step, wide, high, (40, 40, 40), 0.45)
    canvas.stamp(mask, left, y, wide, high, setting.ink, rng.uniform(0.85, 1.0))


def _stack(canvas: _Canvas, setting: _Setting, pair: str, x: float) -> float:
    """Stamp one or two small letters, one above the other; return where the next character begins."""
    letters = [mark for mark in pair if mark.isalpha()]
    high = setting.height * (0.47 if len(letters) == 2 else canvas.rng.uniform(0.4, 0.6))
    cell = setting.cell * 0.7
    tops = (
        (setting.top, setting.top + setting.height - high)
        if len(letters) == 2
        else (setting.top + (setting.height - high) * canvas.rng.choice((0.5, 1.0)),)
    )
    for letter, top in zip(letters, tops, strict=True):
        _stamp_character(canvas, setting, letter, x, top, high, cell)
    return x + cell


def _separate(canvas: _Canvas, setting: _Setting, mark: str, x: float, gap: float) -> None:
    """Draw what stands between two groups."""
    rng = canvas.rng
    centre = (x + gap / 2, setting.top + setting.height / 2)
    colour = setting.ink if rng.random() < 0.6 else canvas.any_colour(0, 200)
    if mark == "-" or (mark == "." and rng.random() < 0.3):
        half = (gap * rng.uniform(0.2, 0.32), rng.uniform(3, 5.5))
        cv2.rectangle(
            canvas.pixels,
            (int(centre[0] - half[0]), int(centre[1] - half[1])),
            (int(centre[0] + half[0]), int(centre[1] + half[1])),
            colour,
            -1,
        )
    elif mark == "." or (mark == "*" and rng.random() < 0.25):
        cv2.circle(
            canvas.pixels, (int(centre[0]), int(centre[1])), int(rng.uniform(3.5, 8)), colour, -1, cv2.LINE_AA
        )
    elif mark == "*":
        angles = np.sort(canvas.numbers.uniform(0, 2 * np.pi, rng.randint(5, 10)))
        reach = canvas.numbers.uniform(0.35, 0.55, len(angles)) * max(gap, 18)
        points = np.stack([centre[0] + np.cos(angles) * reach, centre[1] + np.sin(angles) * reach], axis=1)
        cv2.fillPoly(canvas.pixels, [points.astype(np.int32)], colour, cv2.LINE_AA)


def _paint_kind(canvas: _Canvas, setting: _Setting, x: float) -> None:
    """Write the kind of vehicle, small and upright beside the serial, as some states do: not part of it."""
    rng = canvas.rng
    mask = _word(rng.choice(_KINDS), 0)
    turned = np.ascontiguousarray(np.rot90(mask, rng.choice((1, 3))))
    canvas.stamp(
        turned,
        min(x + 3, WIDTH - 18),
        setting.top,
        13,
        min(setting.height, turned.shape[0] * 0.5),
        setting.ink,
    )


def _paint_stickers(canvas: _Canvas) -> None:
    """Stick the month and year on the corners of most plates."""
    rng = canvas.rng
    for _ in range(rng.choice((0, 0, 1, 1, 2, 2))):
        wide, high = rng.uniform(24, 44), rng.uniform(14, 26)
        x = rng.choice((rng.uniform(3, 36), WIDTH - wide - rng.uniform(3, 36)))
        y = rng.choice((rng.uniform(2, 12), rng.uniform(2, 12), HEIGHT - high - rng.uniform(2, 12)))
        colour = canvas.any_colour()
        canvas.stamp(np.full((8, 8), 255, np.uint8), x, y, wide, high, colour)
        label = rng.choice(
            (rng.choice(_MONTHS), str(rng.randrange(2005, 2030)), f"{rng.randrange(5, 30):02}")
        )
        writing = (20.0, 20.0, 20.0) if sum(colour) > 380 else (240.0, 240.0, 240.0)
        canvas.stamp(_word(label, rng.choice((1, 4))), x + 3, y + 3, wide - 6, high - 6, writing)


def _paint_side_sticker(canvas: _Canvas) -> None:
    """Stick the year beside a short serial, level with it, as some states do."""
    rng = canvas.rng
    wide, high = rng.uniform(18, 30), rng.uniform(16, 30)
    x = rng.choice((rng.uniform(2, 8), WIDTH - wide - rng.uniform(2, 8)))
    y = rng.uniform(55, 110)
    colour = canvas.any_colour()
    canvas.stamp(np.full((8, 8), 255, np.uint8), x, y, wide, high, colour)
    writing = (20.0, 20.0, 20.0) if sum(colour) > 380 else (240.0, 240.0, 240.0)
    canvas.stamp(
        _word(f"{rng.randrange(1, 60):02}", rng.choice((1, 4))), x + 2, y + 3, wide - 4, high - 6, writing
    )


def _paint_bolts(canvas: _Canvas) -> None:
    rng = canvas.rng
    if rng.random() < 0.35:
        return
    for x in (60, 260):
        for y in (12, 148):
            if rng.random() < 0.7:
                at = (x + rng.randint(-6, 6), y + rng.randint(-2, 4))
                cv2.circle(canvas.pixels, at, rng.randint(3, 7), canvas.any_colour(20, 230), -1, cv2.LINE_AA)


def _paint_frame(canvas: _Canvas) -> None:
    """Put a frame round the plate, which covers its edge, and in most cases prints something on it."""
    rng = canvas.rng
    grey = float(rng.choice((20, 30, 45, 150, 180, 215)))
    colour = canvas.any_colour() if rng.random() < 0.25 else (grey, grey, grey)
    cv2.rectangle(canvas.pixels, (0, 0), (WIDTH - 1, HEIGHT - 1), colour, rng.randint(4, 18))
    writing = (20.0, 20.0, 20.0) if sum(colour) > 380 else (230.0, 230.0, 230.0)
    for top in (True, False):
        if rng.random() < 0.45:
            high = rng.randint(12, 30)
            y = 0 if top else HEIGHT - high
            canvas.pixels[y : y + high] = np.asarray(colour, np.float32)
            mask = _word(rng.choice(_FRAME_WORDS), rng.randrange(len(WORD_FACES)))
            wide = rng.uniform(90, 230)
            canvas.stamp(mask, (WIDTH - wide) / 2, y + 2, wide, high - 4, writing)
