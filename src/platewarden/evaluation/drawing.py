"""A white sheet to draw charts on: lines, boxes, pictures, and text that can be read."""

from functools import lru_cache
from typing import Final, TypeAlias

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from platewarden.recognition.types import Frame

Colour: TypeAlias = tuple[int, int, int]
"""Blue, green, red."""

INK: Final[Colour] = (44, 36, 30)
FAINT: Final[Colour] = (140, 132, 126)
GRID: Final[Colour] = (230, 226, 222)
BLUE: Final[Colour] = (176, 96, 32)
RED: Final[Colour] = (40, 40, 200)
WHITE: Final[Colour] = (255, 255, 255)

_SHARPNESS: Final = 3
"""Text is drawn this much larger and reduced, for even strokes at small sizes."""


class Canvas:
    """A picture in the making: `pixels` is (H, W, 3) uint8 BGR."""

    def __init__(self, width: int, height: int) -> None:
        """Begin with a white sheet of *width* by *height* pixels."""
        self.pixels: Frame = np.full((height, width, 3), 255, np.uint8)

    def line(self, start: tuple[float, float], end: tuple[float, float], colour: Colour, px: int = 1) -> None:
        """Draw a line."""
        cv2.line(self.pixels, _point(start), _point(end), colour, px, cv2.LINE_AA)

    def dot(self, at: tuple[float, float], colour: Colour, radius: int = 5) -> None:
        """Draw a filled circle."""
        cv2.circle(self.pixels, _point(at), radius, colour, cv2.FILLED, cv2.LINE_AA)

    def box(self, start: tuple[float, float], end: tuple[float, float], fill: Colour) -> None:
        """Fill a rectangle; *end* is not part of it."""
        (left, top), (right, bottom) = _point(start), _point(end)
        self.pixels[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = fill

    def picture(self, at: tuple[int, int], picture: Frame) -> None:
        """Lay *picture*, which must fit, with its top left *at* (x, y)."""
        x, y = at
        self.pixels[y : y + picture.shape[0], x : x + picture.shape[1]] = picture

    def text(
        self,
        at: tuple[float, float],
        text: str,
        *,
        size: int = 14,
        colour: Colour = INK,
        align: float = 0.0,
    ) -> None:
        """Write one line, vertically centred on *at*; *align* 0 begins there, 0.5 is centred, 1 ends there."""
        mask = _mask(text, size)
        x, y = round(at[0] - align * mask.shape[1]), round(at[1] - mask.shape[0] / 2)
        left, top = max(0, x), max(0, y)
        part = self.pixels[top : max(0, y + mask.shape[0]), left : max(0, x + mask.shape[1])]
        opacity = mask[top - y :, left - x :][: part.shape[0], : part.shape[1], None]
        part[:] = (part + (np.array(colour, np.float32) - part) * opacity).astype(np.uint8)

    def upright_text(self, at: tuple[float, float], text: str, *, size: int = 14) -> None:
        """Write one line from bottom to top, centred on *at*."""
        mask = np.rot90(_mask(text, size))
        x, y = round(at[0] - mask.shape[1] / 2), round(at[1] - mask.shape[0] / 2)
        part = self.pixels[y : y + mask.shape[0], x : x + mask.shape[1]]
        part[:] = (part + (np.array(INK, np.float32) - part) * mask[..., None]).astype(np.uint8)

    def as_png(self) -> bytes:
        """Return the picture as a PNG file."""
        _, data = cv2.imencode(".png", self.pixels)
        return bytes(data)


def text_width(text: str, size: int) -> int:
    """Return how wide *text* is at *size*, pixels."""
    return int(_mask(text, size).shape[1])


@lru_cache(maxsize=4096)
def _mask(text: str, size: int) -> np.ndarray:
    """Return how much of each pixel the *text* covers: (h, w) float32, 0-1; h depends on *size* only."""
    font = _font(size * _SHARPNESS)
    tall = round(1.4 * size) * _SHARPNESS
    wide = max(1, -(-round(font.getlength(text)) // _SHARPNESS)) * _SHARPNESS
    image = Image.new("L", (wide, tall))
    ImageDraw.Draw(image).text((0, tall / 2), text, fill=255, font=font, anchor="lm")
    small = image.resize((wide // _SHARPNESS, tall // _SHARPNESS), Image.Resampling.BOX)
    return np.asarray(small, np.float32) / 255


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    """Return the font that comes with Pillow.

    Raises:
        RuntimeError: This Pillow was built without FreeType, and cannot draw text of any size.
    """
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType: install one of its released packages")  # noqa: TRY004
    return font


def _point(at: tuple[float, float]) -> tuple[int, int]:
    return round(at[0]), round(at[1])
