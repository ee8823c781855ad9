"""How cameras do, computed from hourly counts: against what is usual for each of them, and unknown where that is short.

What is usual in an hour is the median of the same hour of the week over the last weeks; where those are too few, of
the same hour on the last days. Hours of days on which the camera submitted nothing at all do not count: it was down.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Max, Sum

from platewarden.cameras.models import Camera, CameraContact, CameraHour, DroppedField
from platewarden.cameras.pages import CameraSheet
from platewarden.policy.capture import CameraKind
from platewarden.policy.parameters import Parameters
from platewarden.policy.silence import HOUR, Hearing, Silence, is_few, silence_of, usual_of
from platewarden.reads.clocks import offset_in_words
from platewarden.reads.models import ReadCount
from platewarden.site.components import Badge, lasting

WEEKS: Final = 8
DAYS: Final = 14
_WEEK: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)
_MILLI: Final = 1000


class Counts:
    """The hourly counts of one camera over the last weeks."""

    def __init__(self, by_hour: dict[datetime, int]) -> None:
        """Keep *by_hour*: reads by the start of the hour (UTC)."""
        self._by_hour = by_hour
        self._days: set[date] = {hour.date() for hour, reads in by_hour.items() if reads}

    def at(self, hour: datetime) -> int:
        """Return how many reads came in that *hour*."""
        return self._by_hour.get(hour, 0)

    def usual(self, hour: datetime) -> float | None:
        """Return how many reads are usual in that *hour*; None where too little is known."""
        weekly = [hour - week * _WEEK for week in range(1, WEEKS + 1)]
        daily = [hour - day * _DAY for day in range(1, DAYS + 1)]
        found = usual_of(self._samples(weekly))
        return found if found is not None else usual_of(self._samples(daily))

    def _samples(self, hours: Iterable[datetime]) -> list[int]:
        return [self.at(hour) for hour in hours if hour.date() in self._days]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a camera's deliveries of a span say; None where nothing was said of it.

    Attributes:
        delay: Mean seconds from the read to its arrival.
        worst_delay: The longest.
        skew: Mean seconds by which its clock was ahead of ours.
        worst_skew: The one farthest from nought.
        unreadable: Vehicles that it saw without reading a plate.
        refused: Reads that were refused.
        heartbeats: How often it said that it was there, without a delivery.
        dropped: Fields that were not kept, by name, the most frequent first.
    """

    delay: float | None
    worst_delay: float | None
    skew: float | None
    worst_skew: float | None
    unreadable: int
    refused: int
    heartbeats: int
    dropped: list[tuple[str, int]]

    @property
    def clock(self) -> str:
        """How its clock goes, in words; empty where that is unknown."""
        if self.skew is None or self.worst_skew is None:
            return ""
        return f"{offset_in_words(self.skew)} on average, {offset_in_words(self.worst_skew)} at worst"

    @property
    def lateness(self) -> str:
        """How long its reads take to arrive, in words; empty where that is unknown."""
        if self.delay is None or self.worst_delay is None:
            return ""
        if self.delay < 0:  # its clock is ahead by more than the way takes
            return "by its clock they are here before they are made"
        return f"{lasting(self.delay)} on average, {lasting(self.worst_delay)} at worst"


@dataclass(frozen=True, slots=True)
class Health:
    """How one camera does.

    Attributes:
        sheet: Whether it may submit, and its reads of the last day.
        silence: What the rule says; None while it may not submit, or has no lens.
        contact: When it was last heard from.
        last_hour: Reads of the last whole hour.
        usual: How many are usual in that hour; None where that is unknown.
        hours: The last 24 whole hours, the oldest first: start, reads, what is usual.
    """

    sheet: CameraSheet
    silence: Silence | None
    contact: CameraContact | None
    last_hour: int
    usual: float | None
    hours: list[tuple[datetime, int, float | None]]

    @property
    def is_silent(self) -> bool:
        """Whether somebody has to look after it."""
        return self.silence is not None and self.silence.hearing is Hearing.SILENT

    @property
    def is_doubtful(self) -> bool:
        """Whether nothing tells an empty road from a fault: it is too early, or too little is known."""
        if self.silence is None:
            return False
        return self.silence.hearing is Hearing.UNKNOWN or self._has_not_begun

    @property
    def _has_not_begun(self) -> bool:
        """Whether it could submit only lately, and has not: then the hour says nothing."""
        silence = self.silence
        if silence is None or silence.hearing is not Hearing.HEARD or self.sheet.reads_24h:
            return False
        read_at = self.contact.read_at if self.contact else None
        return read_at is None or read_at < silence.since

    @property
    def why_silent(self) -> str:
        """By what it is silent, in words: what is usual, or how long it is; empty where it is not."""
        silence = self.silence
        if silence is None or not self.is_silent:
            return ""
        usual = f"Usually it would have been {'about' if silence.is_complete else 'at least'} {silence.expected:.0f}."
        long = "So long without a read is silence whatever is usual."
        said = [usual] if silence.is_complete or not silence.is_over else []
        return " ".join([*said, *([long] if silence.is_over else [])])

    @property
    def what_to_look_at(self) -> str:
        """Where to look for the cause of its silence, by whether anything else came from it."""
        silence, contact = self.silence, self.contact
        if silence is not None and contact is not None and contact.heard_at > silence.since:
            return "It answers, and sees nothing: look at its lens, its light and its place."
        return "Nothing at all comes from it: look at its power, its network and its credential."

    @property
    def badge(self) -> Badge:
        """How it does, in words; what is unknown is never called health."""
        if self.sheet.obstacle:
            return Badge(self.sheet.obstacle, "warning", "warning")
        if self.silence is not None:
            return self._hearing_badge(self.silence)
        if self.sheet.reads_24h:
            return Badge("Submitting", "plain", "check")
        return Badge("Quiet: it has no lens", "plain", "clock")

    def _hearing_badge(self, silence: Silence) -> Badge:
        match silence.hearing:
            case Hearing.SILENT:
                return Badge("Silent", "danger", "warning")
            case Hearing.UNKNOWN:
                return Badge("Quiet; usual unknown", "warning", "question")
            case Hearing.QUIET:
                return Badge("Quiet, as usual", "plain", "clock")
            case Hearing.HEARD if self._has_not_begun:
                return Badge("No read yet", "warning", "question")
            case Hearing.HEARD if is_few(self.last_hour, self.usual):
                return Badge("Fewer than usual", "warning", "warning")
            case _:
                return Badge("Submitting", "plain", "check")

    @property
    def in_words(self) -> str:
        """What the drawing of the last day shows."""
        return f"Reads by hour in the last 24 hours: {', '.join(str(reads) for _, reads, _ in self.hours)}."


def counts_of(cameras: Iterable[Camera], *, now: datetime) -> dict[int, Counts]:
    """Return the hourly counts of each of *cameras* over the last weeks, in one look-up."""
    by_camera: dict[int, dict[datetime, int]] = defaultdict(dict)
    since = now - (WEEKS + 1) * _WEEK
    found = ReadCount.objects.filter(camera__in=list(cameras), hour__gte=since)
    for camera_id, hour, reads in found.values_list("camera_id", "hour", "reads"):
        by_camera[camera_id][hour] = reads
    return defaultdict(lambda: Counts({}), {key: Counts(counts) for key, counts in by_camera.items()})


def healths_of(sheets: Sequence[CameraSheet], *, parameters: Parameters, now: datetime) -> list[Health]:
    """Return how the cameras of *sheets* do, in their order."""
    cameras = [sheet.camera for sheet in sheets]
    counts = counts_of(cameras, now=now)
    contacts = {contact.camera_id: contact for contact in CameraContact.objects.filter(camera__in=cameras)}
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    spans = [this_hour - back * HOUR for back in range(24, 0, -1)]
    healths = []
    for sheet in sheets:
        camera = sheet.camera
        own, contact = counts[camera.pk], contacts.get(camera.pk)
        silence = _silence(sheet, own, contact, parameters, now)
        hours = [(hour, own.at(hour), own.usual(hour)) for hour in spans]
        healths.append(Health(sheet, silence, contact, hours[-1][1], hours[-1][2], hours))
    return healths


def _silence(
    sheet: CameraSheet, counts: Counts, contact: CameraContact | None, parameters: Parameters, now: datetime
) -> Silence | None:
    camera = sheet.camera
    if not sheet.decision.allowed or camera.kind == CameraKind.RENDERED:
        return None
    return silence_of(
        _last_heard(sheet, contact, now),
        usual=counts.usual,
        must_speak=camera.kind != CameraKind.MOBILE,
        parameters=parameters,
        now=now,
    )


def _last_heard(sheet: CameraSheet, contact: CameraContact | None, now: datetime) -> datetime:
    """Return when the last read came in, or from when on one could have."""
    moments = [sheet.camera.approved_at or sheet.camera.registered_at]
    if contact is not None and contact.read_at is not None:
        moments.append(contact.read_at)
    elif sheet.last_hour is not None:
        moments.append(sheet.last_hour + HOUR)
    if sheet.deployment is not None:
        moments.append(sheet.deployment.starts_at)
    return min(max(moments), now)


def figures_of(camera: Camera, *, since: datetime) -> Figures:
    """Return what the deliveries of *camera* say from *since* on."""
    hours = CameraHour.objects.filter(camera=camera, hour__gte=since)
    names = ("delayed", "delay_ms", "compared", "skew_ms", "unreadable", "refused", "heartbeats")
    sums = {
        name: value or 0 for name, value in hours.aggregate(**{name: Sum(name) for name in names}).items()
    }
    worst = hours.aggregate(delay=Max("worst_delay_ms"))["delay"] or 0
    skews = list(hours.filter(compared__gt=0).values_list("worst_skew_ms", flat=True))
    dropped = DroppedField.objects.filter(camera=camera, hour__gte=since).values_list("name")
    return Figures(
        delay=sums["delay_ms"] / sums["delayed"] / _MILLI if sums["delayed"] else None,
        worst_delay=worst / _MILLI if sums["delayed"] else None,
        skew=sums["skew_ms"] / sums["compared"] / _MILLI if sums["compared"] else None,
        worst_skew=max(skews, key=abs) / _MILLI if skews else None,
        unreadable=sums["unreadable"],
        refused=sums["refused"],
        heartbeats=sums["heartbeats"],
        dropped=list(dropped.annotate(all=Sum("times")).order_by("-all", "name")[:40]),
    )
