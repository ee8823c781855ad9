"""Colours as designs write them (`#rrggbb`) and as OpenCV wants them (blue, green, red, 0-255)."""

from functools import cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Picture: TypeAlias = npt.NDArray[np.uint8]
"""(H, W, 3) uint8 BGR, or (H, W) uint8 for a mask."""

Floats: TypeAlias = npt.NDArray[np.float32]
"""Any shape, float32; every use states its shape and unit."""

Colour: TypeAlias = tuple[float, float, float]
"""Blue, green, red, each 0-255."""


@cache
def bgr(text: str) -> Colour:
    """Return the colour that *text*, `#rrggbb`, names."""
    red, green, blue = (int(text[start : start + 2], 16) for start in (1, 3, 5))
    return float(blue), float(green), float(red)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return *first* with *share* (0-1) of *second* in it."""
    blue, green, red = (a + (b - a) * share for a, b in zip(first, second, strict=True))
    return blue, green, red


def scaled(colour: Colour, factor: float) -> Colour:
    """Return *colour* made lighter or darker by *factor*, never above white."""
    blue, green, red = (min(255.0, channel * factor) for channel in colour)
    return blue, green, red


def lay(picture: Any, mask: Any, colour: Colour, opacity: float = 1.0) -> None:
    """Cover *picture* in place with *colour* where *mask* has ink; both of one height and width.

    Args:
        picture: (H, W, 3) float32 or uint8.
        mask: (H, W) uint8.
        colour: What to cover with.
        opacity: 0-1, of full ink.
    """
    share = (mask.astype(np.float32) * (opacity / 255))[..., None]
    picture[:] = (picture + (np.array(colour, np.float32) - picture) * share).astype(picture.dtype)
