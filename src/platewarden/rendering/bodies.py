"""The shapes of vehicles: a few numbers a body, turned into the quadrilaterals of its skin."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from platewarden.rendering.colours import Floats

PAINT, GLASS, TRIM = 0, 1, 2
"""What a piece of skin is made of: lacquered steel, window, black plastic."""


@dataclass(frozen=True, slots=True)
class Body:
    """A vehicle's shape, metres.

    Attributes:
        kind: sedan, suv, pickup or van.
        width: Widest.
        length: Bumper to bumper.
        clearance: Height of the lowest skin above the road.
        belt: Height of the lower edge of the side windows.
        roof_half: Half the width of the roof.
        outline: The top seen from the side: (distance from the rear end, height), rear to front.
        cabin: Where side windows begin and end, from the rear.
        pillars: Where they are interrupted.
        axles: Distance of the wheels from the rear end.
        wheel: Radius of a wheel.
        rear_plate: Height of the middle of the plate; `front_plate` likewise.
        lamps: The rear lamp on the right, (share of half the width, height) corners.
        bed: The open load bed, from and to, from the rear; none if empty.
    """

    kind: str
    width: float
    length: float
    clearance: float
    belt: float
    roof_half: float
    outline: tuple[tuple[float, float], ...]
    cabin: tuple[float, float]
    pillars: tuple[float, ...]
    axles: tuple[float, float]
    wheel: float
    rear_plate: float
    front_plate: float
    lamps: tuple[tuple[float, float], ...]
    bed: tuple[float, float] = (0.0, 0.0)


BODIES: Final[tuple[Body, ...]] = (
    Body("sedan", 1.84, 4.8, 0.22, 0.98, 0.58,
         ((0.0, 1.02), (0.55, 1.07), (1.2, 1.38), (1.9, 1.46), (2.6, 1.44), (3.5, 1.03), (4.4, 0.9), (4.8, 0.74)),
         (1.0, 3.3), (1.35, 2.3), (1.0, 3.85), 0.33, 0.81, 0.5,
         ((0.56, 0.93), (0.985, 0.96), (0.99, 0.8), (0.8, 0.77), (0.6, 0.83))),
    Body("suv", 1.92, 4.7, 0.27, 1.06, 0.66,
         ((0.0, 1.1), (0.12, 1.14), (0.5, 1.6), (0.9, 1.7), (2.4, 1.72), (2.8, 1.66), (3.55, 1.14), (4.4, 1.02),
          (4.7, 0.86)),
         (0.55, 3.45), (1.1, 2.15), (0.95, 3.8), 0.37, 0.87, 0.58,
         ((0.68, 1.06), (0.97, 1.1), (0.99, 0.84), (0.86, 0.8), (0.72, 0.9))),
    Body("van", 1.98, 5.1, 0.2, 1.04, 0.72,
         ((0.0, 1.08), (0.1, 1.12), (0.38, 1.66), (0.8, 1.75), (3.0, 1.75), (3.5, 1.66), (4.4, 1.06), (4.9, 0.92),
          (5.1, 0.78)),
         (0.45, 4.1), (1.4, 2.6), (1.05, 4.05), 0.35, 0.9, 0.52,
         ((0.8, 1.08), (0.96, 1.1), (0.99, 0.72), (0.85, 0.7))),
    Body("pickup", 2.02, 5.8, 0.36, 1.12, 0.68,
         ((0.0, 1.16), (2.0, 1.16), (2.08, 1.2), (2.22, 1.78), (2.5, 1.88), (3.4, 1.88), (3.7, 1.8), (4.3, 1.24),
          (5.4, 1.14), (5.8, 0.96)),
         (2.2, 4.1), (3.1,), (1.2, 4.75), 0.4, 0.62, 0.68,
         ((0.83, 1.1), (0.985, 1.1), (0.985, 0.76), (0.83, 0.76)), (0.12, 2.05)),
)  # fmt: skip
"""Every body."""


@dataclass(frozen=True, slots=True, eq=False)
class Skin:
    """A vehicle's skin.

    Attributes:
        quads: (n, 4, 3) float32, metres: across, up, depth from the near end.
        materials: (n,), `PAINT`, `GLASS` or `TRIM`.
    """

    quads: Floats
    materials: npt.NDArray[np.int_]


class Shape:
    """A body seen from one end: its surface as functions of place, near end first."""

    def __init__(self, body: Body, *, front: bool, far: bool = False) -> None:
        self.body, self.front = body, front
        # Pieces of the skin: rows up the side, columns across the near end, and metres along the vehicle.
        self.rows, self.columns, self.step = (8, 11, 0.24) if far else (17, 25, 0.115)
        outline = np.array(body.outline)
        if front:
            outline = np.stack([body.length - outline[::-1, 0], outline[::-1, 1]], axis=1)
        # Round the edges of the outline a little: a car has no sharp folds.
        self._depths = np.linspace(0, body.length, 180)
        heights = np.interp(self._depths, outline[:, 0], outline[:, 1])
        kernel = np.hanning(9) / np.hanning(9).sum()
        self._heights = np.convolve(np.pad(heights, 4, mode="edge"), kernel, mode="valid")
        self.face_top = float(self._heights[0])
        self._face_heights, self._face_depths = self._profile()

    def _profile(self) -> tuple[Floats, Floats]:
        """Return the near end seen from the side, heights and depths: sill, bumper, panel and lip."""
        low, top = self.body.clearance, self.face_top
        at = (low - 0.1, low, low + 0.1, 0.44, 0.6, 0.68, 0.76, top - 0.08, top, top + 0.1)
        if self.front:
            depths = (0.2, 0.13, 0.05, 0.0, 0.0, 0.03, 0.05, 0.12, 0.26, 0.5)
        else:
            depths = (0.22, 0.15, 0.06, 0.0, 0.0, 0.05, 0.075, 0.075, 0.12, 0.25)
        heights = np.linspace(low, top, 120)
        fine = np.interp(np.linspace(low - 0.06, top + 0.06, 140), at, depths)
        kernel = np.hanning(23) / np.hanning(23).sum()
        smooth = np.convolve(fine, kernel, mode="valid")
        return heights.astype(np.float32), np.interp(
            heights, np.linspace(low, top, len(smooth)), smooth
        ).astype(np.float32)

    def top(self, depth: Floats) -> Floats:
        """Return the height of the middle of the roof, deck or bonnet at *depth*, metres."""
        return np.interp(depth, self._depths, self._heights).astype(np.float32)

    def from_near(self, from_rear: float) -> float:
        """Return a distance from the rear end as one from the end that faces the camera."""
        return self.body.length - from_rear if self.front else from_rear

    def half_width(self, height: Floats, depth: Floats) -> Floats:
        """Return half the width of the lower body at *height* and *depth*: narrower at foot, shoulder and ends."""
        half, length = self.body.width / 2, self.body.length
        ends = 0.10 * (np.exp(-depth / 0.22) + np.exp(-(length - depth) / 0.3))
        foot = 0.05 * np.clip((0.5 - height) / 0.3, 0, 1) ** 2
        shoulder = 0.06 * np.clip((height - self.body.belt + 0.22) / 0.22, 0, 1.5) ** 2
        return np.asarray(half * (1 - ends - foot - shoulder), np.float32)

    def face_depth(self, across: Floats, height: Floats) -> Floats:
        """Return how far behind the plane of the bumper the near end's skin is, metres.

        Args:
            across: Share of half the width, -1 to 1.
            height: Metres.
        """
        profile_depths = np.interp(height, self._face_heights, self._face_depths)
        return np.asarray(profile_depths + 0.05 * across**2 + 0.16 * np.abs(across) ** 6, np.float32)

    def on_face(self, points: Floats) -> Floats:
        """Return *points*, (n, 2) (share of half the width, height), as (n, 3) metres just off the near end."""
        across, height = points[:, 0], points[:, 1]
        half = self.half_width(height, np.zeros_like(height))
        return np.stack([across * half, height, self.face_depth(across, height) - 0.004], axis=1)


_WINDOW_ROWS: Final = (0.07, 0.3, 0.5, 0.7, 0.92)
_CROWN: Final = (0.97, 0.92, 0.84, 0.72, 0.54, 0.36, 0.18, 0.0)
"""Columns of the roof, as shares of half its width, from its edge to the middle."""


def _section(shape: Shape, depth: float) -> Floats:
    """Return the right half of a cross-section, (m, 3) metres, from the sill up to the middle of the roof."""
    body = shape.body
    top = float(shape.top(np.array(depth, np.float32)))
    belt = min(body.belt, top - 0.04)
    lower = body.clearance + np.linspace(0, 1, shape.rows) * (belt - body.clearance)
    at = np.full(len(lower), depth)
    widths = shape.half_width(lower.astype(np.float32), at.astype(np.float32))
    shoulder = float(widths[-1])
    # Where there is no cabin the windows and the roof fold flat on to the deck.
    rise = np.clip((top - belt - 0.06) / 0.35, 0, 1)
    edge_height = top - 0.05 * (0.4 + rise)
    edge = shoulder + (min(body.roof_half, shoulder) - shoulder) * np.clip((edge_height - belt) / 0.5, 0, 1)
    rows, crown = np.array(_WINDOW_ROWS), np.array(_CROWN)
    window = np.stack([shoulder + (edge - shoulder) * rows, belt + (edge_height - belt) * rows], axis=1)
    roof = np.stack([edge * crown, top - (top - edge_height) * crown**3], axis=1)
    outline = np.concatenate([np.stack([widths, lower], axis=1), window, roof])
    return np.column_stack([outline, np.full(len(outline), depth)]).astype(np.float32)


def _sections(shape: Shape) -> tuple[Floats, Floats]:
    """Return whole cross-sections, (k, 2m-1, 3), near end first, and their depths (k,)."""
    near = np.array([0.0, 0.03, 0.07, 0.12, 0.18])
    depths = np.concatenate([near, np.arange(0.25, shape.body.length, shape.step)]).astype(np.float32)
    right = np.stack([_section(shape, float(depth)) for depth in depths])
    # The first section follows the skin of the near end, so that side and end meet without a gap; the bend
    # dies away along the vehicle.
    bend = shape.face_depth(_across(shape, right[0]), right[0, :, 1])
    right[:, :, 2] += bend * np.clip(1 - depths, 0, 1)[:, None] ** 2
    left = right[:, :-1][:, ::-1] * np.array([-1, 1, 1], np.float32)
    return np.concatenate([right, left], axis=1), depths


def _across(shape: Shape, points: Floats) -> Floats:
    """Return how far across the near end *points*, (n, 3) metres, are: -1 to 1."""
    half = shape.half_width(points[:, 1], np.zeros(len(points), np.float32))
    return np.asarray(np.clip(points[:, 0] / half, -1, 1), np.float32)


def _face(shape: Shape, outline: Floats) -> Floats:
    """Return the near end as a (rows, columns, 3) grid stretched inside the right half of its *outline*."""
    # From right to left, which winds the pieces so that they face out.
    spread = np.sin(np.linspace(np.pi / 2, -np.pi / 2, shape.columns)).astype(np.float32)
    across = outline[:, :1] * spread
    heights = np.repeat(outline[:, 1:2], len(spread), axis=1)
    grid = np.stack([across, heights, np.zeros_like(across)], axis=2)
    flat = grid.reshape(-1, 3)
    flat[:, 2] = shape.face_depth(_across(shape, flat), flat[:, 1])
    return grid


def _materials(shape: Shape, depths: Floats, columns: int) -> npt.NDArray[np.int_]:
    """Return what each piece between two sections is made of, (k-1, columns)."""
    body = shape.body
    middles = (depths[:-1] + depths[1:]) / 2
    from_rear = body.length - middles if shape.front else middles
    side = np.minimum(np.arange(columns), columns - 1 - np.arange(columns))
    first_window = shape.rows
    in_window = (side >= first_window) & (side < first_window + len(_WINDOW_ROWS) - 1)
    on_crown = side >= first_window + len(_WINDOW_ROWS) + 1
    near_pillar = np.any([np.abs(from_rear - at) < 0.06 for at in body.pillars], axis=0)
    cabin = (from_rear > body.cabin[0]) & (from_rear < body.cabin[1]) & ~near_pillar
    tops = shape.top(depths)
    steep = (np.abs(np.diff(tops) / np.diff(depths)) > 0.3) & (
        np.minimum(tops[:-1], tops[1:]) > body.belt + 0.05
    )
    materials = np.full((len(middles), columns), PAINT)
    materials[np.ix_(cabin & (tops[1:] > body.belt + 0.22), in_window)] = GLASS
    materials[np.ix_(steep, on_crown)] = GLASS
    in_bed = (from_rear > body.bed[0]) & (from_rear < body.bed[1])
    materials[np.ix_(in_bed, on_crown)] = TRIM
    return materials


def _strips(grid: Floats) -> Floats:
    """Return the quadrilaterals of a (k, m, 3) grid of points, ((k-1)(m-1), 4, 3)."""
    quads = np.stack([grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]], axis=2)
    return quads.reshape(-1, 4, 3)


@lru_cache(maxsize=16)
def skin(body: Body, *, front: bool, far: bool = False) -> Skin:
    """Return the skin of *body*: its sides, roof and near end (the far end is never seen).

    Args:
        body: The shape.
        front: Whether its front is the near end.
        far: Whether it stands so far away that a fifth of the pieces will do.
    """
    shape = Shape(body, front=front, far=far)
    sections, depths = _sections(shape)
    loft = _strips(sections)
    end = _strips(_face(shape, sections[0, : sections.shape[1] // 2 + 1]))
    materials = _materials(shape, depths, sections.shape[1] - 1).ravel()
    return Skin(
        quads=np.concatenate([loft, end]),
        materials=np.concatenate([materials, np.full(len(end), PAINT)]),
    )
