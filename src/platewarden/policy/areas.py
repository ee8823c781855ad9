"""Areas drawn on a map: what they hold, and how large they are. Corners are WGS 84 degrees, latitude first."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

Point = tuple[float, float]
"""Latitude and longitude, degrees."""

LEAST_CORNERS: Final = 3
MOST_CORNERS: Final = 60
_OF_A_RECTANGLE: Final = 2
_POLE, _HALF_ROUND = 90, 180
EARTH_RADIUS_M: Final = 6_371_008.8
_ROUND: Final = 48
"""Corners of the polygon that stands for a circle."""


class AreaError(ValueError):
    """The corners make no area; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Area:
    """A simple polygon on the map.

    Attributes:
        corners: Three or more, in order around it; the last is joined to the first.

    Raises:
        AreaError: The corners are too few or too many, lie nowhere on Earth, or its sides cross.
    """

    corners: tuple[Point, ...]

    def __post_init__(self) -> None:
        if not LEAST_CORNERS <= len(self.corners) <= MOST_CORNERS:
            raise AreaError(
                f"An area has {LEAST_CORNERS} to {MOST_CORNERS} corners; give two for a rectangle."
            )
        for corner in self.corners:
            _check_on_earth(corner)
        if max(_longitudes(self.corners)) - min(_longitudes(self.corners)) > _HALF_ROUND:
            raise AreaError("The area reaches round the world: its corners lie too far apart.")
        if _crosses_itself(self.corners):
            raise AreaError("The sides of the area cross: give its corners in order around it.")

    def holds(self, point: Point) -> bool:
        """Whether *point* lies inside."""
        latitude, longitude = point
        inside = False
        for (lat_a, lon_a), (lat_b, lon_b) in _sides(self.corners):
            if (lat_a > latitude) is not (lat_b > latitude):
                crossing = lon_a + (latitude - lat_a) / (lat_b - lat_a) * (lon_b - lon_a)
                inside ^= longitude < crossing
        return inside

    @property
    def square_km(self) -> float:
        """How large it is, in square kilometres, on a sphere."""
        total = sum(
            math.radians(lon_b - lon_a) * (2 + math.sin(math.radians(lat_a)) + math.sin(math.radians(lat_b)))
            for (lat_a, lon_a), (lat_b, lon_b) in _sides(self.corners)
        )
        return abs(total) / 2 * (EARTH_RADIUS_M / 1000) ** 2


def rectangle(first: Point, second: Point) -> Area:
    """Return the rectangle between two opposite corners.

    Raises:
        AreaError: They lie nowhere on Earth, or on one line.
    """
    (south, west), (north, east) = first, second
    return Area(((south, west), (south, east), (north, east), (north, west)))


def around(centre: Point, metres: float) -> Area:
    """Return the surroundings of *centre* up to a distance of *metres*.

    Raises:
        AreaError: The distance is not positive, or reaches over a pole.
    """
    latitude, longitude = centre
    _check_on_earth(centre)
    degrees = math.degrees(metres / EARTH_RADIUS_M)
    if not 0 < degrees < 89 - abs(latitude):
        raise AreaError("Give a distance in metres that stays well away from the poles.")
    across = degrees / math.cos(math.radians(latitude))
    angles = [2 * math.pi * step / _ROUND for step in range(_ROUND)]
    return Area(
        tuple(
            (latitude + degrees * math.sin(angle), longitude + across * math.cos(angle)) for angle in angles
        )
    )


def parse_area(text: str) -> Area:
    """Return the area whose corners *text* lists, one a line or parted by semicolons: ``42.45, -76.50``.

    Two corners are opposite ones of a rectangle.

    Raises:
        AreaError: A line is no pair of degrees, or the corners make no area.
    """
    corners = [_corner(line) for line in text.replace(";", "\n").splitlines() if line.strip()]
    if len(corners) == _OF_A_RECTANGLE:
        return rectangle(*corners)
    return Area(tuple(corners))


def _corner(line: str) -> Point:
    parts = line.replace(",", " ").split()
    try:
        latitude, longitude = (float(part) for part in parts)
    except ValueError:
        raise AreaError(
            "Each line gives one corner as latitude and longitude, e.g. 42.4512, -76.5033."
        ) from None
    return latitude, longitude


def _check_on_earth(point: Point) -> None:
    latitude, longitude = point
    if not (abs(latitude) <= _POLE and abs(longitude) <= _HALF_ROUND):  # not a number is not on Earth either
        raise AreaError("A corner lies nowhere on Earth: latitude is -90 to 90, longitude -180 to 180.")


def _longitudes(corners: Sequence[Point]) -> list[float]:
    return [longitude for _, longitude in corners]


def _sides(corners: Sequence[Point]) -> list[tuple[Point, Point]]:
    return list(zip(corners, [*corners[1:], corners[0]], strict=True))


def _crosses_itself(corners: Sequence[Point]) -> bool:
    """Whether two sides that are not neighbours touch, two neighbours fold back, or a corner comes twice."""
    if len(set(corners)) < len(corners) or not any(
        _turn(corners[0], corners[1], corner) for corner in corners[2:]
    ):
        return True
    sides = list(enumerate(_sides(corners)))
    last = len(sides) - 1
    return any(
        _folds_back(a, b) if second - first in {1, last} else _touch(a, b)
        for (first, a), (second, b) in combinations(sides, 2)
    )


def _turn(a: Point, b: Point, c: Point) -> int:
    """Return which way the path from *a* over *b* to *c* turns: 1, -1, or 0 for straight on."""
    cross = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (cross > 0) - (cross < 0)


def _touch(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    (a, b), (c, d) = one, other
    turns = (_turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b))
    if turns[0] != turns[1] and turns[2] != turns[3]:
        return True
    return any(
        turn == 0 and _is_between(point, side)
        for turn, point, side in zip(turns, (c, d, a, b), (one, one, other, other), strict=True)
    )


def _is_between(point: Point, side: tuple[Point, Point]) -> bool:
    return all(
        min(side[0][axis], side[1][axis]) <= point[axis] <= max(side[0][axis], side[1][axis])
        for axis in (0, 1)
    )


def _folds_back(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Whether two sides with a corner in common lie on one another."""
    (shared,) = set(one) & set(other)
    (near,) = set(one) - {shared}
    (far,) = set(other) - {shared}
    return _turn(near, shared, far) == 0 and (_is_between(near, other) or _is_between(far, one))
