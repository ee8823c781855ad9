"""What the pages of an answer show, put together for their templates."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from platewarden.accounts.actors import owning_agency
from platewarden.cameras.models import Camera
from platewarden.images.inline import data_uri
from platewarden.matching.plates import skeleton
from platewarden.policy.held import HeldFor
from platewarden.policy.queries import QueryKind
from platewarden.policy.use import Purpose
from platewarden.queries import actions
from platewarden.queries.forms import KINDS
from platewarden.queries.maps import Drawing, drawing_of
from platewarden.queries.models import Query
from platewarden.queries.search import STATE_UNKNOWN
from platewarden.reads.again import earlier_readings, read_again_as
from platewarden.reads.models import Read

_LEFT, _RIGHT, _TOP, _ROW = 150, 16, 26, 24
STRIP_WIDTH: Final = 960
_TICKS: Final = (
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(days=1),
    timedelta(days=2),
    timedelta(days=7),
)
_MOST_TICKS: Final = 9


@dataclass(frozen=True, slots=True)
class Row:
    """One read as the answer shows it.

    Attributes:
        read: The read.
        picture: Its plate image as a data: URI.
        nearness: How near it comes to the plate asked for.
        is_earlier: Whether its camera has read the pass again since, and otherwise.
        again: What it was read as then; None where that lies outside of what was asked for.
    """

    read: Read
    picture: str
    nearness: str
    is_earlier: bool = False
    again: Read | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """The rows of one day of the agency's calendar."""

    date: date
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Group:
    """One plate of an answer with its sightings, the newest first, and the plate image of the newest.

    `earlier` says how many of them their cameras have read again since, and otherwise.
    """

    plate: str
    reads: list[Read]
    picture: str
    nearness: str
    earlier: int = 0

    @property
    def newest(self) -> Read:
        """The last sighting."""
        return self.reads[0]

    @property
    def oldest(self) -> Read:
        """The first sighting."""
        return self.reads[-1]

    @property
    def cameras(self) -> int:
        """At how many cameras."""
        return len({read.camera_id for read in self.reads})


@dataclass(frozen=True, slots=True)
class Line:
    """One camera's line of the timeline: its name, and where along it the sightings lie."""

    camera: Camera
    y: float
    dots: list[tuple[float, Read]]


@dataclass(frozen=True, slots=True)
class Strip:
    """Sightings along time, a line a camera."""

    lines: list[Line]
    ticks: list[tuple[float, str]]
    height: int
    width: int = STRIP_WIDTH
    left: int = _LEFT
    right: int = STRIP_WIDTH - _RIGHT

    @property
    def in_words(self) -> str:
        """What the timeline shows, for those who do not see it."""
        said = "; ".join(f"{line.camera.name}: {len(line.dots)}" for line in self.lines)
        return f"Sightings along time, by camera. {said}."


def about(query: Query) -> dict[str, object]:
    """Return what was asked, and why, in words."""
    return {
        "query": query,
        "purpose": Purpose(query.purpose),
        "kind": KINDS[QueryKind(query.kind)],
        "cameras": Camera.objects.filter(pk__in=query.camera_ids),
        "state_asked": "not read" if query.state == STATE_UNKNOWN else query.state,
        "vehicle_asked": " ".join(str(part).replace("_", " ") for part in query.vehicle.values()),
        "reasons": [HeldFor(reason).label for reason in query.held_for],
    }


def rows_of(reads: Sequence[Read], query: Query, *, now: datetime) -> list[Row]:
    """Return *reads* as the answer of *query* shows them; the look must be on the ledger already."""
    again = read_again_as(reads, seen_until=query.seen_until, received_until=query.run_at or now)
    return [
        Row(
            read,
            data_uri(actions.plate_image(read)),
            nearness(read.plate, query),
            is_earlier=read.id in again,
            again=again.get(read.id),
        )
        for read in reads
    ]


def nearness(plate: str, query: Query) -> str:
    """Return how near *plate* comes to the one asked for; empty unless that was the question."""
    if query.kind != QueryKind.NEAR:
        return ""
    if plate == query.plate_text:
        return "same characters"
    if skeleton(plate) == skeleton(query.plate_text):
        return "characters that look alike"
    return "one character different"


def by_day(rows: list[Row]) -> list[Day]:
    """Return *rows*, newest first, by days of the agency's calendar."""
    zone = agency_zone()
    grouped = groupby(rows, key=lambda row: row.read.seen_at.astimezone(zone).date())
    return [Day(day, list(of_day)) for day, of_day in grouped]


def by_plate(reads: Sequence[Read], query: Query) -> list[Group]:
    """Return *reads*, newest first, by plate; the plate seen most often first, then the one seen last."""
    grouped: dict[str, list[Read]] = defaultdict(list)
    for read in reads:
        grouped[read.plate].append(read)
    earlier = earlier_readings(reads)
    groups = [
        Group(
            plate,
            seen,
            data_uri(actions.plate_image(seen[0])),
            nearness(plate, query),
            sum(read.id in earlier for read in seen),
        )
        for plate, seen in grouped.items()
    ]
    return sorted(groups, key=lambda group: -len(group.reads))


def map_of(reads: Sequence[Read], query: Query, cameras: Iterable[Camera]) -> Drawing | None:
    """Return the map of *cameras* with how many of *reads* each had, and the area asked for."""
    counts = Counter(read.camera_id for read in reads)
    corners = [(latitude, longitude) for latitude, longitude in query.area]
    return drawing_of(cameras, corners=corners, counts=counts)


def strip_of(reads: Sequence[Read]) -> Strip | None:
    """Return *reads*, newest first, along time; None when there are none."""
    if not reads:
        return None
    first, last = reads[-1].seen_at, reads[0].seen_at
    pad = max((last - first) / 40, timedelta(minutes=5))
    begin, end = first - pad, last + pad
    seen: dict[Camera, list[Read]] = defaultdict(list)
    for read in reads:
        seen[read.camera].append(read)
    lines = [
        Line(
            camera,
            _TOP + _ROW * place + _ROW / 2,
            [(_x(read.seen_at, begin, end), read) for read in of_camera],
        )
        for place, (camera, of_camera) in enumerate(sorted(seen.items(), key=lambda pair: pair[0].name))
    ]
    return Strip(lines, _ticks(begin, end), _TOP + _ROW * len(lines) + 8)


def _x(moment: datetime, begin: datetime, end: datetime) -> float:
    return round(_LEFT + (moment - begin) / (end - begin) * (STRIP_WIDTH - _LEFT - _RIGHT), 1)


def _ticks(begin: datetime, end: datetime) -> list[tuple[float, str]]:
    """Return round times on the agency's clock between the ends, with what stands above them."""
    zone = agency_zone()
    step = next((one for one in _TICKS if (end - begin) / one <= _MOST_TICKS), _TICKS[-1])
    local = begin.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    form = "%d %b" if step >= timedelta(days=1) else "%H:%M"
    ticks, moment = [], local.astimezone(begin.tzinfo)
    while moment <= end:
        if moment >= begin:
            shown = moment.astimezone(zone)
            text = shown.strftime("%d %b") if shown.hour == shown.minute == 0 else shown.strftime(form)
            ticks.append((_x(moment, begin, end), text))
        moment += step
    return ticks


def agency_zone() -> ZoneInfo:
    """Return the zone in which the agency keeps time."""
    return ZoneInfo(owning_agency().time_zone)
