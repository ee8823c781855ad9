"""Masks of characters and words, from typefaces under the SIL Open Font License.

`make train` installs the typefaces as packages into var/train/fonts; none is kept in this project or passed on, and
no model contains one.
"""

import io
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from platewarden.rendering.colours import Picture

FONTS: Final = (
    Path(__file__).resolve().parents[1] / "var" / "train" / "fonts" / "node_modules" / "@fontsource"
)

SERIAL_FACES: Final = tuple(
    (family, weight)
    for family, weights in {
        "saira-extra-condensed": (500, 600, 700), "saira-condensed": (500, 600), "barlow-condensed": (500, 600),
        "oswald": (400, 500), "pathway-gothic-one": (400,), "overpass": (600,), "bebas-neue": (400,),
        "antonio": (500, 600), "league-gothic": (400,), "fjalla-one": (400,), "roboto-condensed": (500, 700),
        "sofia-sans-extra-condensed": (600, 800), "big-shoulders-display": (600, 700), "teko": (500, 600),
        "rajdhani": (600, 700), "archivo-narrow": (600,), "dosis": (600, 700), "share-tech-mono": (400,),
        "rubik": (500,),
    }.items()
    for weight in weights
)  # fmt: skip
"""Faces whose capitals and figures come near to what plates are stamped with, with the weights used."""

WORD_FACES: Final = (
    ("oswald", 500), ("overpass", 700), ("playfair-display", 700), ("pacifico", 400), ("roboto-condensed", 700),
    ("saira-condensed", 600), ("anton", 400), ("staatliches", 400), ("archivo-narrow", 600),
)  # fmt: skip
"""Faces for the names of states, slogans and what dealers print on their frames."""


@lru_cache(maxsize=64)
def _file(family: str, weight: int) -> bytes:
    found = sorted((FONTS / family / "files").glob(f"{family}-latin-{weight}-normal.woff"))
    if not found:
        raise FileNotFoundError(f"the typeface {family} {weight} is missing: run `make train`")
    font = TTFont(found[0])
    font.flavor = None
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


@lru_cache(maxsize=128)
def _face(family: str, weight: int, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(_file(family, weight)), size)


def ink(text: str, face: tuple[str, int], size: int) -> Picture:
    """Return *text* as a mask cut to its ink, (h, w) uint8, 255 where there is ink."""
    font = _face(*face, size)
    left, top, right, bottom = (round(side) for side in font.getbbox(text))
    picture = Image.new("L", (max(1, right - left), max(1, bottom - top)))
    ImageDraw.Draw(picture).text((-left, -top), text, 255, font=font)
    return np.asarray(picture, np.uint8)


def alphabet_masks(face: tuple[str, int], characters: Iterable[str], height: int) -> dict[str, Picture]:
    """Return a mask of each of *characters* in *face*, all of about *height* pixels, cut to their ink."""
    size = height
    tall = ink("H", face, size).shape[0]
    return {character: ink(character, face, max(8, round(size * height / tall))) for character in characters}
