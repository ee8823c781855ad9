"""Where and when a vehicle was seen under one alert: a timeline, and a small map without anybody's tiles.

The map is drawn by the server from the places of the cameras: numbered sightings, the order between them, and the
agency's other cameras for orientation. At the size of a county the earth is flat enough.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from platewarden.alerts.models import Alert, Hit
from platewarden.cameras.models import Camera
from platewarden.matching.grades import Grade
from platewarden.policy.parameters import Parameters
from platewarden.policy.retention import visible_since

WIDTH: Final = 480
HEIGHT: Final = 280
MARGIN: Final = 36
LEAST_KM: Final = 3.0
"""Width of the country that the map shows at least."""

_KM_A_DEGREE: Final = 111.32
_SCALES: Final = (50, 20, 10, 5, 2, 1)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One time that the vehicle was seen."""

    number: int
    hit: Hit
    is_latest: bool

    @property
    def at(self) -> datetime:
        """When."""
        return self.hit.seen_at

    @property
    def title(self) -> str:
        """Where, for the timeline."""
        return f"{self.number}. {self.hit.camera_name}"

    @property
    def detail(self) -> str:
        """The place, and how well that read matched."""
        return f"{self.hit.place}; {Grade(self.hit.grade).label}"

    @property
    def tone(self) -> str:
        """The latest stands out."""
        return "danger" if self.is_latest else ""


@dataclass(frozen=True, slots=True)
class Dot:
    """One place on the map, in its own units from the top left."""

    x: float
    y: float
    label: str
    title: str
    is_latest: bool = False


@dataclass(frozen=True, slots=True)
class Map:
    """What is drawn.

    Attributes:
        sightings: Numbered places, the numbers of one place together.
        cameras: The agency's other cameras in this part of the country.
        path: Points of the line from sighting to sighting, as SVG has them.
        scale_km: Length of the scale bar in kilometres.
        scale_width: The same on the map.
    """

    sightings: list[Dot]
    cameras: list[Dot]
    path: str
    scale_km: int
    scale_width: float

    @property
    def words(self) -> str:
        """The same for who cannot see it."""
        return "; ".join(f"{dot.label}: {dot.title}" for dot in self.sightings)


@dataclass(frozen=True, slots=True)
class Trail:
    """All sightings of one alert, oldest first, and their map; None when no place is known."""

    sightings: list[Sighting]
    map: Map | None


def trail_of(alert: Alert, *, parameters: Parameters, now: datetime) -> Trail:
    """Return what can still be seen of *alert*'s sightings; those whose day is over are gone."""
    since = visible_since(parameters=parameters, now=now)
    hits = Hit.objects.filter(agency_id=alert.agency_id, alert_id=alert.pk, seen_at__gte=since)
    seen = list(hits.order_by("seen_at"))
    sightings = [Sighting(place, hit, place == len(seen)) for place, hit in enumerate(seen, start=1)]
    cameras = Camera.objects.filter(
        agency_id=alert.agency_id, latitude__isnull=False, longitude__isnull=False
    )
    return Trail(sightings, map_of(sightings, cameras))


def map_of(sightings: Sequence[Sighting], cameras: Iterable[Camera]) -> Map | None:
    """Return the map of *sightings* among *cameras*; None when the place of none is known."""
    placed = [one for one in sightings if one.hit.latitude is not None and one.hit.longitude is not None]
    if not placed:
        return None
    view = _View.around([_position(one.hit) for one in placed])
    own = {one.hit.camera_id for one in placed}
    others = [(camera, view.point(*_position(camera))) for camera in cameras if camera.pk not in own]
    scale_km = next((km for km in _SCALES if km * view.per_km <= WIDTH / 3), _SCALES[-1])
    return Map(
        sightings=_dots(placed, view),
        cameras=[Dot(*point, "", camera.name) for camera, point in others if _is_inside(point)],
        path=" ".join(f"{x},{y}" for x, y in (view.point(*_position(one.hit)) for one in placed)),
        scale_km=scale_km,
        scale_width=round(scale_km * view.per_km, 1),
    )


def _dots(placed: Sequence[Sighting], view: "_View") -> list[Dot]:
    """Return one dot a place, with the numbers of all its sightings."""
    by_point: dict[tuple[float, float], list[Sighting]] = {}
    for one in placed:
        by_point.setdefault(view.point(*_position(one.hit)), []).append(one)
    return [
        Dot(
            *point,
            label=", ".join(str(one.number) for one in there),
            title=there[-1].hit.camera_name,
            is_latest=there[-1].number == placed[-1].number,
        )
        for point, there in by_point.items()
    ]


def _position(thing: Hit | Camera) -> tuple[float, float]:
    assert thing.latitude is not None
    assert thing.longitude is not None
    return thing.latitude, thing.longitude


def _is_inside(point: tuple[float, float]) -> bool:
    return 0 <= point[0] <= WIDTH and 0 <= point[1] <= HEIGHT


@dataclass(frozen=True, slots=True)
class _View:
    """The part of the country that is shown: its middle, and how many units of the map a kilometre has."""

    latitude: float
    longitude: float
    per_km: float

    @classmethod
    def around(cls, positions: Sequence[tuple[float, float]]) -> "_View":
        """Return the view that holds all *positions*, as (latitude, longitude) in degrees."""
        south, north = min(lat for lat, _ in positions), max(lat for lat, _ in positions)
        west, east = min(lon for _, lon in positions), max(lon for _, lon in positions)
        middle = (south + north) / 2
        across = max((east - west) * _KM_A_DEGREE * math.cos(math.radians(middle)), LEAST_KM)
        up = max((north - south) * _KM_A_DEGREE, LEAST_KM * HEIGHT / WIDTH)
        per_km = min((WIDTH - 2 * MARGIN) / across, (HEIGHT - 2 * MARGIN) / up)
        return cls(middle, (west + east) / 2, per_km)

    def point(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Return where a position lies on the map."""
        east_km = (longitude - self.longitude) * _KM_A_DEGREE * math.cos(math.radians(self.latitude))
        north_km = (latitude - self.latitude) * _KM_A_DEGREE
        return round(WIDTH / 2 + east_km * self.per_km, 1), round(HEIGHT / 2 - north_km * self.per_km, 1)
