"""Fronts of houses along a street, painted flat; the street puts them in perspective."""

from typing import Final

import numpy as np

from platewarden.rendering.colours import Floats, Picture, bgr, mix, scaled
from platewarden.rendering.lights import Light

PIXELS_A_METRE: Final = 7
HEIGHT_M: Final = 14.0

_WALLS: Final = ("#8c5a4a", "#a5745a", "#b9a58c", "#c9c1b2", "#7d6a5d", "#94998f", "#6f4a42", "#d2c8b8")
_AWNINGS: Final = ("#7a2d2f", "#2c4a6e", "#355a45", "#b08a3c")


def paint_facades(length_m: float, light: Light, rng: np.random.Generator) -> tuple[Picture, Floats]:
    """Return a row of houses *length_m* long.

    Returns:
        (h, w, 4) uint8, BGR and opacity (the sky shows over low houses), and (h, w) float32, how strongly each
        pixel shines of itself, 0-1.
    """
    height, width = round(HEIGHT_M * PIXELS_A_METRE), round(length_m * PIXELS_A_METRE)
    picture = np.zeros((height, width, 4), np.uint8)
    glow = np.zeros((height, width), np.float32)
    x = 0
    while x < width:
        house = round(rng.uniform(6, 13) * PIXELS_A_METRE)
        top = round(rng.uniform(0.0, 0.5) * height)
        part = picture[top:, x : x + house]
        if rng.random() < 0.12:
            part = part[:0]
        if part.size:
            _paint_house(part, glow[top:, x : x + house], light, rng)
        x += house
    return picture, glow


def _paint_house(part: Picture, glow: Floats, light: Light, rng: np.random.Generator) -> None:
    """Paint one front into *part*, (h, w, 4): wall, cornice, rows of windows, a shop on the ground floor."""
    height, width = part.shape[:2]
    wall = bgr(_WALLS[int(rng.integers(len(_WALLS)))])
    rough = rng.standard_normal((height, width, 1), dtype=np.float32) * 7
    part[..., :3] = np.clip(np.array(wall, np.float32) + rough, 0, 255)
    part[..., 3] = 255
    part[:4, :, :3] = scaled(wall, 0.62)
    part[4:6, :, :3] = scaled(wall, 1.25)
    storey, shop = round(3.1 * PIXELS_A_METRE), round(3.4 * PIXELS_A_METRE)
    bays = max(2, width // round(2.3 * PIXELS_A_METRE))
    for top in range(10, height - shop - storey // 2, storey):
        for bay in range(bays):
            left = round((bay + 0.28) * width / bays)
            box = (left, top, left + round(0.44 * width / bays), top + round(0.56 * storey))
            _paint_window(part, glow, box, lit=rng.random() < light.windows, rng=rng)
    _paint_shop(part, glow, light, rng)


def _paint_window(
    part: Picture, glow: Floats, box: tuple[int, int, int, int], *, lit: bool, rng: np.random.Generator
) -> None:
    left, top, right, bottom = box
    part[top - 1 : bottom + 2, left - 1 : right + 1, :3] = (205, 208, 210)
    pane = mix((92, 80, 68), (170, 155, 135), float(rng.random()) * 0.8)
    part[top:bottom, left:right, :3] = bgr("#ffd9a0") if lit else pane
    part[(top + bottom) // 2, left:right, :3] = (200, 203, 205)
    if lit:
        glow[top:bottom, left:right] = rng.uniform(0.35, 0.9)


def _paint_shop(part: Picture, glow: Floats, light: Light, rng: np.random.Generator) -> None:
    """Paint the ground floor: a dark front with panes, and an awning over it."""
    height, width = part.shape[:2]
    shop = round(3.2 * PIXELS_A_METRE)
    part[height - shop :, :, :3] = mix((58, 56, 54), (120, 118, 112), float(rng.random()))
    left, right = round(0.08 * width), round(0.92 * width)
    panes = part[height - round(2.5 * PIXELS_A_METRE) : height - 5, left:right]
    lit = rng.random() < light.windows * 1.6
    panes[..., :3] = bgr("#ffe0b0") if lit else mix((78, 70, 62), (140, 132, 118), float(rng.random()))
    panes[:, :: max(8, width // 4), :3] = (60, 58, 56)
    if lit:
        glow[height - round(2.5 * PIXELS_A_METRE) : height - 5, left:right] = 0.8
    if rng.random() < 0.6:
        awning = part[height - shop - 3 : height - round(2.3 * PIXELS_A_METRE)]
        colour = bgr(_AWNINGS[int(rng.integers(len(_AWNINGS)))])
        awning[:, left:right, :3] = colour
        awning[:, left:right:6, :3] = mix(colour, (230, 230, 230), 0.6)
