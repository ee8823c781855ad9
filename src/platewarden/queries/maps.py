"""A map of an agency's cameras as a drawing: places in user units for a template, which draws them as SVG.

There are no tiles, no streets and no foreign server: what is drawn is where the cameras stand, to scale.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from platewarden.cameras.models import Camera
from platewarden.policy.areas import EARTH_RADIUS_M, Point

WIDTH: Final = 720
_KILOMETRE_M: Final = 1_000
_MARGIN_M: Final = 800.0
_LEAST_M: Final = 3_000.0
_MOST_HEIGHT: Final = 440
_LEAST_HEIGHT: Final = 260
_METRES_A_DEGREE: Final = math.radians(1) * EARTH_RADIUS_M
_SCALES_M: Final = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000)
_LABEL_HEIGHT: Final = 14


@dataclass(frozen=True, slots=True)
class Mark:
    """One camera on the map: where, what stands beside it, and how many sightings it had."""

    camera: Camera
    x: float
    y: float
    label_y: float
    count: int = 0

    @property
    def radius(self) -> float:
        """Size of its dot: the area grows with the number of sightings."""
        return round(min(6 + 2.5 * math.sqrt(self.count), 30), 1)

    @property
    def is_at_the_right(self) -> bool:
        """Whether its name has to stand at its left."""
        return self.x > WIDTH * 0.7


@dataclass(frozen=True, slots=True)
class Drawing:
    """The map.

    Attributes:
        marks: The cameras that have a place.
        outline: Corners of the area as SVG points; empty for none.
        width: User units.
        height: User units.
        south: Latitude of the lower edge.
        west: Longitude of the left edge.
        north: Latitude of the upper edge.
        east: Longitude of the right edge.
        scale: Length of the scale bar in user units.
        scale_text: What it stands for.
    """

    marks: list[Mark]
    outline: str
    width: int
    height: int
    south: float
    west: float
    north: float
    east: float
    scale: float
    scale_text: str
    unplaced: list[Camera] = field(default_factory=list)

    @property
    def in_words(self) -> str:
        """What the map shows, for those who do not see it."""
        seen = [f"{mark.camera.name}: {mark.count}" for mark in self.marks if mark.count]
        return f"Map of sightings by camera. {'; '.join(seen)}." if seen else "Map of the cameras."

    @property
    def scale_end(self) -> float:
        """Where the scale bar ends."""
        return 16 + self.scale

    @property
    def scale_y(self) -> int:
        """How far down the scale bar lies."""
        return self.height - 16


def drawing_of(
    cameras: Iterable[Camera], *, corners: Sequence[Point] = (), counts: Mapping[int, int] | None = None
) -> Drawing | None:
    """Return the map of *cameras*, with an area and the *counts* of sightings by camera; None if none has a place."""
    cameras = list(cameras)
    placed = [(camera, point) for camera in cameras if (point := place_of(camera))]
    if not placed:
        return None
    frame = _Frame([point for _, point in placed])
    marks = _marks(placed, frame, counts or {})
    scale_m = max((one for one in _SCALES_M if one * frame.units_a_metre <= WIDTH / 4), default=_SCALES_M[0])
    text = f"{scale_m // _KILOMETRE_M} km" if scale_m >= _KILOMETRE_M else f"{scale_m} m"
    outline = " ".join(f"{x},{y}" for x, y in map(frame.place, corners))
    unplaced = [camera for camera in cameras if place_of(camera) is None]
    edges = (frame.south, frame.west, frame.north, frame.east)
    scale = round(scale_m * frame.units_a_metre, 1)
    return Drawing(marks, outline, WIDTH, frame.height, *edges, scale, text, unplaced)


def place_of(camera: Camera) -> Point | None:
    """Return where *camera* is registered to stand; None where that is not known."""
    if camera.latitude is None or camera.longitude is None:
        return None
    return camera.latitude, camera.longitude


class _Frame:
    """What part of the ground is drawn: all of *points* with a margin, north up, to scale at their latitude."""

    def __init__(self, points: Sequence[Point]) -> None:
        latitudes, longitudes = [lat for lat, _ in points], [lon for _, lon in points]
        middle = (min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2
        across = _METRES_A_DEGREE * max(math.cos(math.radians(middle[0])), 0.01)
        wide = max((max(longitudes) - min(longitudes)) * across + 2 * _MARGIN_M, _LEAST_M)
        high = (max(latitudes) - min(latitudes)) * _METRES_A_DEGREE + 2 * _MARGIN_M
        wide = max(wide, high * WIDTH / _MOST_HEIGHT)
        self.units_a_metre = WIDTH / wide
        self.height = round(max(high * self.units_a_metre, _LEAST_HEIGHT))
        high = self.height / self.units_a_metre
        self.south, self.north = (middle[0] + sign * high / 2 / _METRES_A_DEGREE for sign in (-1, 1))
        self.west, self.east = (middle[1] + sign * wide / 2 / across for sign in (-1, 1))

    def place(self, point: Point) -> tuple[float, float]:
        """Return where *point* is drawn, from the upper left."""
        latitude, longitude = point
        x = (longitude - self.west) / (self.east - self.west) * WIDTH
        y = (self.north - latitude) / (self.north - self.south) * self.height
        return round(x, 1), round(y, 1)


def _marks(placed: Sequence[tuple[Camera, Point]], frame: _Frame, counts: Mapping[int, int]) -> list[Mark]:
    """Put the marks down from above, and move a name down where it would lie on another one."""
    marks: list[Mark] = []
    spots = sorted(((frame.place(point), camera) for camera, point in placed), key=lambda spot: spot[0][1])
    for (x, y), camera in spots:
        taken = [mark.label_y for mark in marks if abs(mark.x - x) < WIDTH / 4]
        label_y = y
        while any(abs(label_y - other) < _LABEL_HEIGHT for other in taken):
            label_y += _LABEL_HEIGHT / 2
        marks.append(Mark(camera, x, y, round(label_y, 1), counts.get(camera.pk, 0)))
    return marks
