"""State names and slogans, set in the scalable letter that Pillow carries (none is kept here)."""

from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from platewarden.rendering.colours import Picture

_SETTING_PX = 96
"""Size at which a word is set once; it is scaled from there."""


@lru_cache(maxsize=512)
def _word(text: str, boldness: int, lean: float) -> Picture:
    font = ImageFont.load_default(_SETTING_PX)
    left, top, right, bottom = (round(edge) for edge in font.getbbox(text, stroke_width=boldness))
    spare = round(abs(lean) * (bottom - top))
    page = Image.new("L", (max(1, right - left) + spare, max(1, bottom - top)))
    ImageDraw.Draw(page).text((-left, -top), text, fill=255, font=font, stroke_width=boldness)
    mask = np.asarray(page, np.uint8)
    shear = np.array([[1, -lean, max(0.0, lean) * mask.shape[0]], [0, 1, 0]], np.float32)
    return np.asarray(cv2.warpAffine(mask, shear, (mask.shape[1], mask.shape[0])), np.uint8)


@lru_cache(maxsize=1024)
def word(text: str, height_px: int, *, max_width_px: int, boldness: int = 3, lean: float = 0.0) -> Picture:
    """Return *text* as a mask, cut to its ink; do not write into it.

    Args:
        text: One line, not blank.
        height_px: Height of the ink.
        max_width_px: Wider words are set narrower, not smaller, as on plates.
        boldness: Thickening of the strokes, in pixels of a letter 96 pixels high.
        lean: How far the top leans right, in heights.

    Returns:
        (height_px, w) uint8 with w at most *max_width_px*.
    """
    mask = _word(text, boldness, lean)
    width = round(mask.shape[1] * height_px / mask.shape[0])
    size = (max(1, min(width, max_width_px)), max(1, height_px))
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.uint8)
