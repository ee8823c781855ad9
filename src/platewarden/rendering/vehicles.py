"""A vehicle in a street: its skin in perspective, then lamps, trim, wheels and the place for the plate."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from platewarden.rendering.bodies import GLASS, PAINT, TRIM, Body, Shape, skin
from platewarden.rendering.camera import Stance
from platewarden.rendering.colours import Colour, Floats, Picture, mix, scaled
from platewarden.rendering.ends import draw_front, draw_rear
from platewarden.rendering.painter import Painter, rounded
from platewarden.rendering.shading import normals, shade

_SEAT: Final = ((0.24, 0.05, -0.1, 0.04), (0.115, 0.19, 0.085, 0.035), (0.075, 0.085, 0.05, 0.001))
"""A seat back, its head rest and the posts between: half width, top and foot from the lower edge of the windows,
and radius, metres."""

_INSIDE_SEEN_M: Final = 16.0
"""Distance beyond which nothing is made out behind a window, and the skin needs fewer pieces."""

_EDGE_ON: Final = 0.05
"""Cosine of the angle at which a wheel's side is seen too flat to be worth drawing."""

PAINTS: Final[dict[str, tuple[str, ...]]] = {
    "white": ("#e9eaea", "#dfe0dc"),
    "black": ("#191a1d", "#202125"),
    "silver": ("#b4b8bc", "#a6abb0"),
    "grey": ("#5d6268", "#6d7278", "#4a4f55"),
    "blue": ("#22427f", "#1c5a9a", "#24344f"),
    "red": ("#9a1d22", "#7d1a20", "#b8262a"),
    "green": ("#2f5240", "#3c5c3a"),
    "brown": ("#5d4636", "#7a5c43"),
    "gold": ("#a8946a", "#b49a62"),
}
"""Lacquers by the name of the colour that a person would give."""


@dataclass(frozen=True, slots=True, eq=False)
class Vehicle:
    """A vehicle to be drawn.

    Attributes:
        body: Its shape.
        colour: Name of its colour, a key of `PAINTS`.
        paint: The lacquer itself.
        front: Whether its front faces the camera.
        stance: Where it stands.
    """

    body: Body
    colour: str
    paint: Colour
    front: bool
    stance: Stance


def draw_vehicle(painter: Painter, vehicle: Vehicle, rng: np.random.Generator) -> Floats:
    """Draw *vehicle* and return the corners of its plate, (4, 3) metres in the world, clockwise from top left."""
    shape = Shape(vehicle.body, front=vehicle.front)
    _draw_shadow(painter, vehicle)
    _draw_underside(painter, vehicle)
    _draw_mirrors(painter, vehicle, shape)
    glass = _draw_skin(painter, vehicle)
    if vehicle.stance.z_m < _INSIDE_SEEN_M:
        _draw_cabin(painter, vehicle, shape, glass)
    _draw_wheels(painter, vehicle, shape)
    draw_end = draw_front if vehicle.front else draw_rear
    return draw_end(painter, shape, vehicle.stance, vehicle.paint, rng)


def _draw_shadow(painter: Painter, vehicle: Vehicle) -> None:
    """Darken the road under the vehicle, and to the right of it where the sun shines, softly."""
    half, length = vehicle.body.width / 2, vehicle.body.length
    spread = 0.45 if painter.light.sun > 0.3 else 0.05
    pixels_a_metre = painter.camera.focal_px / vehicle.stance.z_m
    for grow, opacity in ((spread, 0.5), (0.02, 0.6)):
        footprint = [
            (-half, 0, 0.3),
            (half, 0, 0.3),
            (half + grow, 0, 0.8),
            (half + grow, 0, length),
            (-half, 0, length),
        ]
        outline = painter.camera.project(vehicle.stance.world(np.array(footprint)))
        painter.soft_polygon(outline, 0.06 * pixels_a_metre, opacity)


def _draw_underside(painter: Painter, vehicle: Vehicle) -> None:
    """Draw what is seen below the sills: darkness, and the tyres of both axles."""
    body, dark = vehicle.body, painter.lit((26, 25, 25))
    half = 0.9 * body.width / 2
    floor, sill = 0.14, body.clearance + 0.14
    end = np.array([(-half, floor, 0.5), (half, floor, 0.5), (half, sill, 0.3), (-half, sill, 0.3)])
    painter.polygon(vehicle.stance.world(end), scaled(dark, 0.5))
    for axle in (body.length - body.axles[1], body.axles[0]) if not vehicle.front else body.axles:
        depth = body.length - axle if vehicle.front else axle
        for side in (-1, 1):
            middle = side * (body.width / 2 - 0.17)
            tyre = rounded(middle - 0.115, 0.0, middle + 0.115, 2 * body.wheel, 0.05)
            points = np.column_stack([tyre, np.full(len(tyre), depth - 0.8 * body.wheel)])
            painter.polygon(vehicle.stance.world(points), dark)


def _draw_mirrors(painter: Painter, vehicle: Vehicle, shape: Shape) -> None:
    body = vehicle.body
    depth = shape.from_near(body.cabin[1] - 0.25)
    for side in (-1, 1):
        inner, outer = body.width / 2 - 0.06, body.width / 2 + 0.16
        left, right = sorted((side * inner, side * outer))
        outline = rounded(left, body.belt - 0.01, right, body.belt + 0.15, 0.05)
        points = np.column_stack([outline, np.full(len(outline), depth)])
        painter.polygon(vehicle.stance.world(points), painter.lit(mix(vehicle.paint, (30, 30, 30), 0.55)))


def _draw_skin(painter: Painter, vehicle: Vehicle) -> Picture:
    """Draw every quadrilateral that faces the camera, the farthest first; return the mask of the windows."""
    surface = skin(vehicle.body, front=vehicle.front, far=vehicle.stance.z_m > _INSIDE_SEEN_M)
    middles = surface.quads.mean(axis=1)
    quads = vehicle.stance.world(surface.quads)
    facing = normals(quads)
    # Windows are blown a little outwards: without that they would mirror one flat tone.
    facing[:, :2] += (middles[:, :2] - np.array([0, 1.25])) * (surface.materials == GLASS)[:, None] * 0.28
    eye = np.array([0, painter.camera.height_m, 0], np.float32)
    centres = quads.mean(axis=1)
    seen = np.flatnonzero(np.sum(facing * (eye - centres), axis=1) > 0)
    seen = seen[np.argsort(-np.linalg.norm(centres[seen] - eye, axis=1))]
    materials = surface.materials[seen]
    colours = shade(
        quads[seen], materials, facing=facing[seen], paint=vehicle.paint, eye=eye, light=painter.light
    )
    points = painter.camera.project(quads[seen])
    return _lay_skin(painter, points, np.column_stack([colours, materials + 1]))


def _lay_skin(painter: Painter, points: Floats, colours: Floats) -> Picture:
    """Draw quadrilaterals in the order given, smoothing colours within each material, not across its edges.

    Args:
        painter: Where to.
        points: (n, 4, 2) pixels.
        colours: (n, 4) BGR and the material's number plus one.

    Returns:
        (H, W) uint8: 255 where a window is seen.
    """
    windows = np.zeros(painter.picture.shape[:2], np.uint8)
    height, width = painter.picture.shape[:2]
    low = np.clip(np.floor(points.min(axis=(0, 1))).astype(int) - 1, 0, (width, height))
    high = np.clip(np.ceil(points.max(axis=(0, 1))).astype(int) + 2, 0, (width, height))
    if np.min(high - low) < 4:  # next to nothing of it is in the picture
        return windows
    layer = _plain(points - low, colours, (high - low).tolist())
    part = painter.picture[low[1] : high[1], low[0] : high[0]]
    half = cv2.resize(layer, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_NEAREST)
    size = (layer.shape[1], layer.shape[0])
    # A window spans few quadrilaterals, and large ones: it needs more smoothing.
    for material, share in ((PAINT, 220), (GLASS, 56), (TRIM, 220)):
        mask = cv2.inRange(layer[..., 3], material + 1, material + 1)
        smooth = _smoothed(half, material, float(np.ptp(points[..., 0])) / share)
        cv2.copyTo(cv2.resize(smooth, size, interpolation=cv2.INTER_LINEAR), mask, part)
        if material == GLASS:
            windows[low[1] : high[1], low[0] : high[0]] = mask
    return windows


def _plain(points: Floats, colours: Floats, size_wh: list[int]) -> Picture:
    """Return the quadrilaterals, each in one flat colour, (h, w, 4): BGR and the material's number plus one."""
    layer = np.zeros((size_wh[1], size_wh[0], 4), np.uint8)
    outlines = np.rint(np.clip(points, -8000, 8000)).astype(np.int32)
    for outline, colour in zip(outlines, colours.tolist(), strict=True):
        cv2.fillConvexPoly(layer, outline, colour)
    return layer


def _smoothed(layer: Picture, material: int, reach_px: float) -> Picture:
    """Return the colours of one *material* of *layer*, (h, w, 4), spread over *reach_px*, its own only."""
    mask = cv2.inRange(layer[..., 3], material + 1, material + 1)
    ours = cv2.copyTo(cv2.cvtColor(layer, cv2.COLOR_BGRA2BGR), mask)
    box = (2 * max(1, round(reach_px)) + 1,) * 2
    weight = cv2.blur(cv2.blur(mask, box), box)
    return np.asarray(
        cv2.divide(cv2.blur(cv2.blur(ours, box), box), cv2.merge([weight] * 3), scale=255), np.uint8
    )


def _draw_cabin(painter: Painter, vehicle: Vehicle, shape: Shape, glass: Picture) -> None:
    """Hint at what is behind the *glass*, a mask: empty seats and the mirror; then what glides over it.

    Nobody is inside.
    """
    body, seen = vehicle.body, painter.picture.copy()
    behind = Painter(seen, painter.camera, painter.light)
    dark = painter.lit((20, 19, 18))
    back = shape.from_near(body.cabin[1] - (1.35 if vehicle.front else 1.9))
    for middle in (-0.37, 0.37):
        for half, top, foot, radius in _SEAT:
            outline = rounded(middle - half, body.belt + top, middle + half, body.belt + foot, radius)
            points = np.column_stack([outline, np.full(len(outline), back)])
            behind.polygon(vehicle.stance.world(points), dark, 0.42)
    top = max(height for _, height in body.outline)
    mirror = rounded(-0.12, top - 0.15, 0.12, top - 0.21, 0.02)
    points = np.column_stack([mirror, np.full(len(mirror), shape.from_near(body.cabin[1] - 0.75))])
    behind.polygon(vehicle.stance.world(points), dark, 0.75 if vehicle.front else 0.35)
    near = shape.from_near(body.cabin[1] if vehicle.front else body.cabin[0])
    for left, wide in ((-0.7, 0.3), (-0.3, 0.08)):
        gleam = [
            (left, 0.9, near),
            (left + wide, 0.9, near),
            (left + wide + 0.5, 1.9, near),
            (left + 0.5, 1.9, near),
        ]
        behind.polygon(vehicle.stance.world(np.array(gleam)), painter.lit((235, 225, 215)), 0.1)
    cv2.copyTo(seen, glass, painter.picture)


def _draw_wheels(painter: Painter, vehicle: Vehicle, shape: Shape) -> None:
    """Draw the wheels on the side that the camera sees."""
    body = vehicle.body
    flanks = vehicle.stance.world(np.array([(side * body.width / 2, 0.5, 1.5) for side in (-1, 1)]))
    axis = vehicle.stance.world(np.array([(0, 0.5, 1.5)]))
    for side, flank in zip((-1, 1), flanks, strict=True):
        out, view = flank - axis[0], flank / np.linalg.norm(flank)
        if float(-(out @ view)) / (body.width / 2) > _EDGE_ON:
            for axle in body.axles:
                _draw_wheel(painter, vehicle, side * body.width / 2, shape.from_near(axle))


def _draw_wheel(painter: Painter, vehicle: Vehicle, across: float, depth: float) -> None:
    angles = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    radius = vehicle.body.wheel
    for share, colour in (
        (1.16, (16, 16, 17)),
        (1.0, (34, 33, 33)),
        (0.68, (150, 148, 146)),
        (0.2, (70, 70, 70)),
    ):
        up, along = radius + np.sin(angles) * radius * share, depth + np.cos(angles) * radius * share
        low = 0.0 if share <= 1 else vehicle.body.clearance
        disc = np.stack([np.full(28, across), np.maximum(up, low), along], axis=1)
        painter.polygon(vehicle.stance.world(disc), painter.lit((colour[0], colour[1], colour[2])))
    for angle in np.arange(5) * 2 * np.pi / 5:
        near, far = 0.22 * radius, 0.64 * radius
        spoke = [(across, radius + np.sin(angle) * r, depth + np.cos(angle) * r) for r in (near, far)]
        thickness = 0.05 * painter.camera.focal_px / vehicle.stance.z_m * 0.3
        painter.line(vehicle.stance.world(np.array(spoke)), painter.lit((45, 45, 45)), thickness)
