"""Our own number plate dies: A-Z and 0-9 as strokes of one weight, shaped by a few parameters.

A glyph is a tuple of strokes; a stroke is a path through a box of width 1 and height 1, origin top left, given as
the centre line of the stroke. A point written with `o` is a rounded corner, the others are sharp. A path that ends
where it began is closed. The shapes are drawn after no font: they follow what the dies of the states have in
common, narrow and heavy characters with strokes of one weight and round ends.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, TypeAlias

import cv2
import numpy as np

from platewarden.rendering.colours import Floats, Picture

Point: TypeAlias = tuple[float, float, bool]
"""x, y in the unit box and whether the corner is round."""


@dataclass(frozen=True, slots=True)
class Die:
    """What makes one state's characters differ from another's; lengths in character heights.

    Attributes:
        width: Width of an ordinary character, ink to ink.
        weight: Thickness of the stroke.
        radius: Radius of the round corners: large gives oval bowls, small gives square ones.
        slant: How far the top leans to the right of the foot.
        zero_width: Width of the zero beside the letter O; 1 makes the two alike.
        slashed_zero: Whether a bar crosses the zero.
        foot_one: Whether the figure 1 stands on a bar.
        serif_i: Whether the letter I has bars.
        flat_three: Whether the figure 3 has a flat top.
    """

    width: float = 0.5
    weight: float = 0.125
    radius: float = 0.24
    slant: float = 0.0
    zero_width: float = 0.9
    slashed_zero: bool = False
    foot_one: bool = False
    serif_i: bool = True
    flat_three: bool = False


ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
"""Every character there is a die for."""

SUPERSAMPLING: Final = 4
"""How many times larger a glyph is drawn than it is wanted, so that its edges come out smooth."""

_PATHS: Final[dict[str, tuple[str, ...]]] = {
    "A": ("0,1 .5,0 1,1", ".16,.68 .84,.68"),
    "B": ("0,.47 0,0 .95,0o .95,.47o 0,.47", "0,.47 1,.47o 1,1o 0,1 0,.47"),
    "C": ("1,.3 1,0o 0,0o 0,1o 1,1o 1,.7",),
    "D": ("0,.5 0,0 1,0o 1,1o 0,1 0,.5",),
    "E": ("1,0 0,0 0,1 1,1", "0,.48 .82,.48"),
    "F": ("1,0 0,0 0,1", "0,.49 .82,.49"),
    "G": ("1,.29 1,0o 0,0o 0,1o 1,1o 1,.55 .56,.55",),
    "H": ("0,0 0,1", "1,0 1,1", "0,.49 1,.49"),
    "I": (".5,0 .5,1",),
    "J": ("1,0 1,1o 0,1o 0,.7",),
    "K": ("0,0 0,1", ".97,0 0,.6", ".33,.4 1,1"),
    "L": ("0,0 0,1 .95,1",),
    "M": ("0,1 0,0 .5,.62 1,0 1,1",),
    "N": ("0,1 0,0 1,1 1,0",),
    "O": (".5,0 0,0o 0,1o 1,1o 1,0o .5,0",),
    "P": ("0,1 0,0 1,0o 1,.55o 0,.55",),
    "Q": (".5,0 0,0o 0,1o 1,1o 1,0o .5,0", ".56,.74 1.04,1.03"),
    "R": ("0,1 0,0 1,0o 1,.53o 0,.53", ".5,.53 1,1"),
    "S": ("1,.27 1,0o 0,0o 0,.43o 1,.55o 1,1o 0,1o 0,.73",),
    "T": ("0,0 1,0", ".5,0 .5,1"),
    "U": ("0,0 0,1o 1,1o 1,0",),
    "V": ("0,0 .5,1 1,0",),
    "W": ("0,0 .2,1 .5,.28 .8,1 1,0",),
    "X": ("0,0 1,1", "1,0 0,1"),
    "Y": ("0,0 .5,.5 1,0", ".5,.5 .5,1"),
    "Z": ("0,0 1,0 0,1 1,1",),
    "0": (".5,0 0,0o 0,1o 1,1o 1,0o .5,0",),
    "1": (".12,.2 .55,0 .55,1",),
    "2": ("0,.28 0,0o 1,0o 1,.45o 0,1 1,1",),
    "3": ("0,.26 0,0o 1,0o 1,.46o .42,.46", ".42,.46 1,.46o 1,1o 0,1o 0,.74"),
    "4": (".74,1 .74,0 0,.7 1,.7",),
    "5": (".95,0 .06,0 .04,.42 1,.38o 1,1o 0,1o 0,.75",),
    "6": (".96,.24 .96,0o 0,0o 0,.7", ".5,.43 0,.43o 0,1o 1,1o 1,.43o .5,.43"),
    "7": ("0,0 1,0 .34,1",),
    "8": (".5,0 .06,0o .06,.46o .94,.46o .94,0o .5,0", ".5,.46 0,.46o 0,1o 1,1o 1,.46o .5,.46"),
    "9": (".04,.76 .04,1o 1,1o 1,.3", ".5,.57 0,.57o 0,0o 1,0o 1,.57o .5,.57"),
}
_WIDTHS: Final = {
    "I": 0.62,
    "1": 0.66,
    "M": 1.14,
    "W": 1.3,
    "A": 1.08,
    "V": 1.06,
    "Y": 1.04,
    "L": 0.94,
    "J": 0.94,
}
_SLASH: Final = ".14,.78 .86,.22"
_FOOT: Final = ".08,1 1,1"
_SERIFS: Final = ("0,0 1,0", "0,1 1,1")
_FLAT_THREE: Final = ("0,0 1,0 .45,.42 1,.42o 1,1o 0,1o 0,.74",)
_ARC_STEPS: Final = np.linspace(0.0, 1.0, 13)[:, None]
_KAPPA: Final = 0.5523
"""Length of the handles of a Bezier curve that comes closest to a quarter of an ellipse."""


def _parsed(path: str) -> tuple[Point, ...]:
    pairs = (point.partition(",") for point in path.split())
    return tuple((float(x), float(y.rstrip("o")), y.endswith("o")) for x, _, y in pairs)


def strokes(character: str, die: Die) -> tuple[tuple[Point, ...], ...]:
    """Return the centre lines of *character* in the unit box.

    Raises:
        KeyError: There is no die for the character: only A-Z and 0-9 are cut.
    """
    paths = _PATHS[character]
    if character == "3" and die.flat_three:
        paths = _FLAT_THREE
    if character == "0" and die.slashed_zero:
        paths = (*paths, _SLASH)
    if character == "1" and die.foot_one:
        paths = (*paths, _FOOT)
    if character == "I" and die.serif_i:
        paths = (*paths, *_SERIFS)
    return tuple(_parsed(path) for path in paths)


def glyph_width(character: str, die: Die) -> float:
    """Return the width of *character*, ink to ink, in character heights."""
    if character == "0":
        return die.width * die.zero_width
    return die.width * _WIDTHS.get(character, 1.0)


def _corner(sides: Floats, corner: Floats, reach: tuple[float, float]) -> Floats:
    """Return points along a rounded *corner*: the quarter of an ellipse that starts and ends on its two sides.

    Args:
        sides: (2, 2), the vectors from the corner to the points before and after it.
        corner: (2,), where the sharp corner would be.
        reach: How far along each side the rounding begins, as a share of the side.
    """
    start, end = corner + sides[0] * reach[0], corner + sides[1] * reach[1]
    first, second = start + (corner - start) * _KAPPA, end + (corner - end) * _KAPPA
    t = _ARC_STEPS
    curve = (1 - t) ** 3 * start + 3 * t * (1 - t) ** 2 * first + 3 * t**2 * (1 - t) * second + t**3 * end
    return np.asarray(curve, np.float32)


def _flattened(stroke: tuple[Point, ...], scale: Floats, radius: float) -> Floats:
    """Return *stroke* as a polyline, (n, 2), in units of *scale*, with its round corners drawn out."""
    points = np.array([point[:2] for point in stroke], np.float32) * scale
    pieces = [points[:1]]
    for index in range(1, len(points) - 1):
        if not stroke[index][2]:
            pieces.append(points[index : index + 1])
            continue
        sides = points[[index - 1, index + 1]] - points[index]
        lengths = np.hypot(sides[:, 0], sides[:, 1])
        # Two round corners share the straight run between them; beside a sharp point one may have it all.
        shares = [0.5 if stroke[neighbour][2] else 1.0 for neighbour in (index - 1, index + 1)]
        before, after = (min(s, radius / float(n)) for s, n in zip(shares, lengths, strict=True))
        pieces.append(_corner(sides, points[index], (before, after)))
    return np.concatenate([*pieces, points[-1:]])


@lru_cache(maxsize=4096)
def glyph(character: str, die: Die, height_px: int) -> Picture:
    """Return *character* as a mask, (height_px, w) uint8, 255 where there is ink; do not write into it.

    Raises:
        KeyError: There is no die for the character.
    """
    height = height_px * SUPERSAMPLING
    weight = die.weight * height
    lean = die.slant * height
    wide = glyph_width(character, die) * height
    inner = np.array([wide - weight, height - weight], np.float32)
    mask = np.zeros((height, max(SUPERSAMPLING, round(wide + abs(lean)))), np.uint8)
    for stroke in strokes(character, die):
        line = _flattened(stroke, inner, die.radius * height) + weight / 2
        line[:, 0] += lean * (1 - line[:, 1] / height) + max(0.0, -lean)
        for first, second in pairwise(np.rint(line).astype(int).tolist()):
            cv2.line(mask, first, second, 255, max(1, round(weight)), cv2.LINE_AA)
    size = (max(1, round(mask.shape[1] / SUPERSAMPLING)), height_px)
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.uint8)
