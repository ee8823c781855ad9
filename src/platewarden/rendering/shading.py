"""How light falls on lacquer, glass and plastic."""

from typing import Final

import numpy as np
import numpy.typing as npt

from platewarden.rendering.bodies import GLASS, TRIM
from platewarden.rendering.colours import Colour, Floats
from platewarden.rendering.lights import Light

_SUN: Final = np.array([-0.42, 0.78, -0.46], np.float32)
"""Towards the sun: high, on the left, behind the camera."""
_STREET: Final = np.array([62.0, 60.0, 58.0], np.float32)
"""What surfaces that face down reflect."""
_GLASS: Final = np.array([34.0, 31.0, 28.0], np.float32)
_TRIM: Final = np.array([40.0, 39.0, 38.0], np.float32)


def normals(quads: Floats) -> Floats:
    """Return the outward unit normals of *quads*, (n, 4, 3) as `bodies.skin` winds them: (n, 3)."""
    cross = np.cross(quads[:, 2] - quads[:, 0], quads[:, 3] - quads[:, 1])
    return np.asarray(cross / np.maximum(np.linalg.norm(cross, axis=1, keepdims=True), 1e-9), np.float32)


def _surroundings(reflected: Floats, light: Light) -> Floats:
    """Return what mirrors show in the directions *reflected*, (n, 3): sky above, street below, (n, 3) BGR."""
    up = reflected[:, 1:2]
    sky = np.array(light.horizon, np.float32) + (
        np.array(light.zenith, np.float32) - np.array(light.horizon, np.float32)
    ) * np.clip(up * 1.4, 0, 1)
    houses = 0.45 * sky + 0.55 * _STREET * light.ambient
    street = _STREET * (light.ambient + 0.3 * light.sun)
    around = np.arctan2(reflected[:, :1], -reflected[:, 2:3])
    roofs = 0.16 + 0.09 * np.sin(9 * around) + 0.05 * np.sin(23 * around + 1)
    above = np.clip((up - roofs) / 0.22, 0, 1)
    below = np.clip((-up + 0.05) / 0.2, 0, 1)
    low = houses + (street - houses) * below
    return np.asarray(low + (sky - low) * above, np.float32)


def shade(
    quads: Floats,
    materials: npt.NDArray[np.int_],
    *,
    facing: Floats,
    paint: Colour,
    eye: Floats,
    light: Light,
) -> Floats:
    """Return the colour of each quadrilateral.

    Args:
        quads: (n, 4, 3) metres, in the world.
        materials: (n,), of `bodies`.
        facing: (n, 3), their normals.
        paint: Colour of the lacquer.
        eye: (3,), where the camera is.
        light: What lights them.

    Returns:
        (n, 3) float32 BGR, 0-255.
    """
    kinds = materials[:, None]
    base = np.where(kinds == GLASS, _GLASS, np.where(kinds == TRIM, _TRIM, np.array(paint, np.float32)))
    view = eye - quads.mean(axis=1)
    view /= np.linalg.norm(view, axis=1, keepdims=True)
    towards = np.sum(facing * view, axis=1, keepdims=True).clip(0, 1)
    sunlit = np.clip(facing @ _SUN, 0, 1)[:, None]
    tint = np.array(light.tint, np.float32) / 255
    diffuse = base * tint * (light.ambient * (0.62 + 0.38 * facing[:, 1:2]) + light.sun * sunlit)
    reflected = (2 * towards * facing - view).astype(np.float32)
    gloss, glint = _gloss(kinds, towards), _glint(kinds, reflected) * light.sun
    lit = diffuse * (1 - gloss * 0.5) + _surroundings(reflected, light) * gloss + glint
    return np.asarray(np.clip(lit, 0, 255), np.float32)


def _gloss(kinds: npt.NDArray[np.int_], towards: Floats) -> Floats:
    """Return the share of light that each material mirrors, more at a grazing angle; both (n, 1)."""
    grazing = (1 - towards) ** 3
    bright = np.where(kinds == GLASS, 0.24 + 0.6 * grazing, 0.13 + 0.55 * grazing)
    return np.asarray(np.where(kinds == TRIM, 0.02, bright), np.float32)


def _glint(kinds: npt.NDArray[np.int_], reflected: Floats) -> Floats:
    """Return how much of the sun itself is seen in each material, grey levels, (n, 1)."""
    spot = np.clip(np.sum(reflected * _SUN, axis=1, keepdims=True), 0, 1) ** 22 * 110
    return np.asarray(np.where(kinds == TRIM, 0.1, 1.0) * spot, np.float32)
