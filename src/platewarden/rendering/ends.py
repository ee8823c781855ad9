"""The end of a vehicle that faces the camera: lamps, trim, badges and the place of the plate."""

from typing import Any, Final

import numpy as np

from platewarden.rendering.bodies import Shape
from platewarden.rendering.camera import PLATE_WIDTH_M, Stance
from platewarden.rendering.colours import Colour, Floats, mix, scaled
from platewarden.rendering.painter import Painter, rounded

_MIRRORED: Final = np.array([-1, 1, 1], np.float32)
_CHROME: Final[Colour] = (190, 188, 186)
_PLASTIC: Final[Colour] = (36, 35, 34)


class _End:
    """Draws on the skin of the near end, in (share of half the width, height in metres)."""

    def __init__(self, painter: Painter, shape: Shape, stance: Stance, paint: Colour) -> None:
        self.painter, self.shape, self.stance, self.paint = painter, shape, stance, paint
        self.pixels_a_metre = painter.camera.focal_px / stance.z_m

    def _world(self, points: Any) -> Floats:
        return self.stance.world(self.shape.on_face(np.asarray(points, np.float32)))

    def fill(self, points: Any, colour: Colour, opacity: float = 1.0, *, both: bool = False) -> None:
        """Fill a polygon; with *both*, its mirror image too."""
        local = self.shape.on_face(np.asarray(points, np.float32))
        self.painter.polygon(self.stance.world(local), colour, opacity)
        if both:
            self.painter.polygon(self.stance.world(local * _MIRRORED), colour, opacity)

    def line(self, points: Any, colour: Colour, width_m: float, *, closed: bool = False) -> None:
        """Draw a line *width_m* wide, bent to the skin."""
        outline = np.asarray(points, np.float32)
        if closed:
            outline = np.concatenate([outline, outline[:1]])
        steps = np.linspace(0, len(outline) - 1, 12 * len(outline))
        bent = np.stack(
            [np.interp(steps, np.arange(len(outline)), outline[:, axis]) for axis in (0, 1)], axis=1
        )
        self.painter.line(self._world(bent), colour, width_m * self.pixels_a_metre)

    def seam(self, points: Any, *, closed: bool = False) -> None:
        """Draw a gap between two panels: dark, with light on its lower edge."""
        self.line(
            np.asarray(points) - np.array([0, 0.008]),
            self.painter.lit(mix(self.paint, (255, 255, 255), 0.4)),
            0.005,
            closed=closed,
        )
        self.line(points, self.painter.lit(scaled(self.paint, 0.25)), 0.009, closed=closed)

    def share(self, metres: float) -> float:
        """Return a distance across as a share of half the width."""
        return metres / (self.shape.body.width / 2)

    def plate_corners(self, height: float) -> Floats:
        """Return the corners of a plate whose middle is at *height*, (4, 3) metres in the world."""
        half, tall = PLATE_WIDTH_M / 2, PLATE_WIDTH_M / 4
        local = [(-half, tall), (half, tall), (half, -tall), (-half, -tall)]
        depth = (
            float(self.shape.face_depth(np.zeros(1, np.float32), np.full(1, height, np.float32))[0]) - 0.02
        )
        lean = 0.02
        return self.stance.world(np.array([(x, height + y, depth + lean * y) for x, y in local]))


def draw_rear(
    painter: Painter, shape: Shape, stance: Stance, paint: Colour, rng: np.random.Generator
) -> Floats:
    """Draw the details of a rear end and return its plate's corners, (4, 3) metres in the world."""
    end, body = _End(painter, shape, stance, paint), shape.body
    pickup = body.kind == "pickup"
    plastic = painter.lit(_PLASTIC)
    end.fill(rounded(-0.93, 0.4, 0.93, body.clearance, 0.03), plastic)
    if pickup:
        _rear_step(end)
    else:
        end.seam([(-0.97, 0.66), (0.97, 0.66)])
        hatch = rounded(-0.74, shape.face_top - 0.03, 0.74, 0.67, 0.06)
        end.seam(hatch, closed=True)
        _recess(end, body.rear_plate)
        end.fill(rounded(0.7, 0.5, 0.9, 0.47, 0.012), painter.lit((40, 30, 150)), both=True)
    _tail_lamps(end, rng)
    _badge(end, (shape.face_top + body.rear_plate) / 2 + (0.02 if not pickup else 0.05), rng)
    if rng.random() < 0.5 and not pickup:
        for side in (-1, 1):
            x = side * end.share(0.55)
            end.fill(
                rounded(x - 0.07, body.clearance + 0.07, x + 0.07, body.clearance + 0.01, 0.02),
                painter.lit(_CHROME),
            )
            end.fill(
                rounded(x - 0.05, body.clearance + 0.06, x + 0.05, body.clearance + 0.02, 0.018), (12, 12, 12)
            )
    return end.plate_corners(body.rear_plate)


def _rear_step(end: _End) -> None:
    """A pickup's bumper of bright steel with a step in it, and its tailgate."""
    painter, top = end.painter, end.shape.face_top
    end.fill(rounded(-0.98, 0.72, 0.98, 0.48, 0.04), painter.lit(_CHROME))
    end.fill(rounded(-0.96, 0.71, 0.96, 0.66, 0.02), painter.lit((225, 224, 222)))
    end.fill(rounded(-0.98, 0.54, 0.98, 0.48, 0.02), painter.lit((120, 118, 116)))
    end.fill(rounded(-0.27, 0.715, 0.27, 0.5, 0.03), painter.lit(_PLASTIC))
    end.seam(rounded(-0.8, top - 0.02, 0.8, 0.75, 0.02), closed=True)
    end.seam(rounded(-0.62, top - 0.1, 0.62, 0.8, 0.05), closed=True)
    end.fill(rounded(-0.13, top - 0.04, 0.13, top - 0.11, 0.02), painter.lit(_PLASTIC))


def _recess(end: _End, height: float) -> None:
    """The hollow that a rear plate sits in, shadowed under its upper edge, with the lamp bar above it."""
    across = end.share(0.25)
    shade = end.painter.lit(scaled(end.paint, 0.55))
    end.fill(rounded(-across, height + 0.115, across, height - 0.1, 0.03), shade)
    end.fill(
        rounded(-across * 0.98, height + 0.112, across * 0.98, height + 0.07, 0.02),
        end.painter.lit(scaled(end.paint, 0.3)),
    )
    bar = end.painter.lit(mix(end.paint, _CHROME, 0.6))
    end.fill(rounded(-across * 1.15, height + 0.14, across * 1.15, height + 0.11, 0.012), bar)


def _tail_lamps(end: _End, rng: np.random.Generator) -> None:
    painter, light = end.painter, end.painter.light
    outline = np.array(end.shape.body.lamps, np.float32)
    middle = outline.mean(axis=0)
    glow = light.lamps
    shell = mix(painter.lit((40, 30, 150)), (50, 40, 225), glow)
    end.fill(middle + (outline - middle) * 1.05, painter.lit((30, 28, 40)), both=True)
    end.fill(outline, shell, both=True)
    inner = middle + (outline - middle) * 0.78
    end.fill(inner, mix(painter.lit((34, 26, 118)), (60, 50, 235), glow), both=True)
    for share in (0.3, 0.62):
        _lamp_bar(end, inner, share, mix(painter.lit((70, 62, 222)), (130, 125, 255), glow))
    if rng.random() < 0.6:
        reverse = middle + (outline - middle) * np.array([0.45, 0.16]) - np.array([0, 0.012])
        end.fill(reverse, mix(painter.lit((215, 215, 225)), (150, 145, 240), glow * 0.8), both=True)
    upper = np.array([outline[:, 1].max() - 0.035, outline[:, 1].max() - 0.055])
    left, right = inner[:, 0].min(), inner[:, 0].max()
    gleam = [(left, upper[0]), (right, upper[0]), (right, upper[1]), (left, upper[1])]
    end.fill(gleam, painter.lit((225, 220, 255)), 0.35, both=True)


def _lamp_bar(end: _End, outline: Floats, share: float, colour: Colour) -> None:
    """Draw one bar of light across a lamp, at a *share* of its height from the top."""
    top, foot = float(outline[:, 1].max()), float(outline[:, 1].min())
    left, right = np.sort(outline[:, 0])[[1, -2]]
    height = top + (foot - top) * share
    thick = 0.16 * (top - foot)
    end.fill(rounded(float(left), height, float(right), height - thick, thick / 2.5), colour, both=True)


def _badge(end: _End, height: float, rng: np.random.Generator) -> None:
    """An invented maker's badge: no mark of a real one."""
    angles = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    wide, tall = end.share(float(rng.uniform(0.04, 0.07))), float(rng.uniform(0.025, 0.04))
    for size, colour in ((1.0, _CHROME), (0.62, (70, 66, 62))):
        ring = np.stack([np.cos(angles) * wide * size, height + np.sin(angles) * tall * size], axis=1)
        end.fill(ring, end.painter.lit(colour))


def draw_front(
    painter: Painter, shape: Shape, stance: Stance, paint: Colour, rng: np.random.Generator
) -> Floats:
    """Draw the details of a front end and return its plate's corners, (4, 3) metres in the world."""
    end, body = _End(painter, shape, stance, paint), shape.body
    top = shape.face_top
    end.fill(rounded(-0.9, 0.36, 0.9, body.clearance, 0.03), painter.lit(_PLASTIC))
    for height in np.linspace(body.clearance + 0.03, 0.33, 4):
        end.line([(-0.6, height), (0.6, height)], painter.lit((70, 68, 66)), 0.006)
    _grille(end, top, rng)
    _head_lamps(end, top)
    end.seam([(-0.95, top - 0.02), (0.0, top - 0.005), (0.95, top - 0.02)])
    _badge(end, top - 0.1, rng)
    height = min(body.front_plate, top - 0.3)
    across = end.share(0.19)
    end.fill(rounded(-across, height + 0.1, across, height - 0.1, 0.02), painter.lit(_PLASTIC))
    fog = rounded(0.68, 0.42, 0.84, 0.34, 0.03)
    end.fill(fog, painter.lit((30, 30, 30)), both=True)
    end.fill(
        rounded(0.72, 0.41, 0.8, 0.35, 0.025),
        mix(painter.lit((190, 190, 190)), (200, 225, 255), painter.light.lamps * 0.5),
        both=True,
    )
    return end.plate_corners(height)


def _grille(end: _End, top: float, rng: np.random.Generator) -> None:
    painter = end.painter
    wide = float(rng.uniform(0.42, 0.56))
    upper, lower = top - 0.05, max(top - 0.24, 0.44)
    end.fill(rounded(-wide, upper, wide, lower, 0.04), painter.lit(_CHROME))
    end.fill(
        rounded(-wide + 0.025, upper - 0.02, wide - 0.025, lower + 0.02, 0.03), painter.lit((22, 22, 22))
    )
    for height in np.linspace(lower + 0.04, upper - 0.04, 5):
        end.line([(-wide + 0.04, height), (wide - 0.04, height)], painter.lit((105, 104, 102)), 0.008)


def _head_lamps(end: _End, top: float) -> None:
    """Two lamps: a dark shell, two bright lenses, a strip of light along the lower edge and a gleam above."""
    painter, glow = end.painter, end.painter.light.lamps
    corners = [(0.56, top - 0.08), (0.97, top - 0.03), (0.985, top - 0.15), (0.6, top - 0.19)]
    outline = np.array(corners, np.float32)
    middle = outline.mean(axis=0)
    end.fill(middle + (outline - middle) * 1.06, painter.lit((30, 30, 30)), both=True)
    end.fill(outline, mix(painter.lit((88, 86, 84)), (205, 225, 245), glow * 0.6), both=True)
    upper, lower = outline[[0, 1]], outline[[3, 2]]
    strip = np.concatenate([lower, lower[::-1] + np.array([0.0, 0.02])])
    end.fill(strip, mix(painter.lit((222, 222, 220)), (240, 250, 255), glow), both=True)
    for across in (0.7, 0.85):
        _lens(end, (across, float(middle[1])), glow)
    gleam = np.concatenate([upper, upper[::-1] - np.array([0.0, 0.03])])
    end.fill(gleam, painter.lit((255, 255, 255)), 0.22, both=True)


def _lens(end: _End, at: tuple[float, float], glow: float) -> None:
    angles = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    circle = np.stack([np.cos(angles) * end.share(0.055), np.sin(angles) * 0.048], axis=1)
    for size, tone in ((1.0, 50.0), (0.8, 166.0), (0.45, 244.0)):
        colour = mix(end.painter.lit((tone, tone, tone)), (235, 250, 255), glow)
        end.fill(np.array(at) + circle * size, colour, both=True)
