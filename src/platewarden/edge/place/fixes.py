"""What a receiver says, and where the car was at a moment between two such sayings."""

import json
import re
import threading
from bisect import bisect_left
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

_LONGEST_GAP_S: Final = 10.0
"""Between two fixes further apart than this the way of the car is anybody's guess."""

_KEPT: Final = 600
_POLE: Final = 90
_DATE_LINE: Final = 180
_KNOTS: Final = 0.514444
_SENTENCE: Final = re.compile(r"\$(?P<body>[A-Z]{2}RMC,[^*$]{1,90})\*(?P<sum>[0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Fix:
    """Where the receiver was.

    Attributes:
        at: When, by the satellites' clock.
        latitude: Degrees, WGS 84.
        longitude: Degrees, WGS 84.
        heading: Degrees from north, clockwise; None while it stands or does not say.
        speed: Metres a second; None where it does not say.
    """

    at: datetime
    latitude: float
    longitude: float
    heading: float | None = None
    speed: float | None = None


def parse_gpsd(line: str | bytes) -> Fix | None:
    """Return the fix in one line of gpsd's JSON (class TPV, mode 2 or 3); None where there is none.

    Source: gpsd_json(5).
    """
    try:
        report = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(report, dict) or report.get("class") != "TPV" or report.get("mode") not in {2, 3}:
        return None
    try:
        at = datetime.fromisoformat(str(report["time"]))
        return _fix(at, report["lat"], report["lon"], report.get("track"), report.get("speed"))
    except (KeyError, TypeError, ValueError):
        return None


def parse_nmea(line: str) -> Fix | None:
    """Return the fix in one NMEA 0183 sentence RMC of any talker; None where there is none, or its sum is wrong."""
    found = _SENTENCE.search(line)
    if not found or _checksum(found["body"]) != int(found["sum"], 16):
        return None
    fields = found["body"].split(",")
    try:
        _, clock, status, latitude, north, longitude, east, knots, track, date = fields[:10]
        if status != "A":
            return None
        at = datetime.strptime(f"{date}{clock.partition('.')[0]}+0000", "%d%m%y%H%M%S%z")
        return _fix(
            at.replace(microsecond=int(1e6 * float(f"0.{clock.partition('.')[2] or 0}"))),
            _degrees(latitude, 2) * {"N": 1, "S": -1}[north],
            _degrees(longitude, 3) * {"E": 1, "W": -1}[east],
            float(track) if track else None,
            _KNOTS * float(knots) if knots else None,
        )
    except (KeyError, ValueError):
        return None


def _fix(at: datetime, latitude: Any, longitude: Any, heading: Any, speed: Any) -> Fix:
    if at.tzinfo is None or not (abs(latitude) <= _POLE and abs(longitude) <= _DATE_LINE):
        raise ValueError("no place on earth, or no time")
    return Fix(
        at.astimezone(UTC),
        float(latitude),
        float(longitude),
        None if heading is None else float(heading) % 360,
        None if speed is None else float(speed),
    )


def _degrees(text: str, whole: int) -> float:
    if not re.fullmatch(rf"\d{{{whole}}}[0-5]\d(\.\d+)?", text):
        raise ValueError("not degrees and minutes")
    return int(text[:whole]) + float(text[whole:]) / 60


def _checksum(body: str) -> int:
    total = 0
    for char in body.encode("ascii", "replace"):
        total ^= char
    return total


class Places:
    """The last ten minutes of fixes; safe to use from several threads."""

    def __init__(self) -> None:
        """Begin with none."""
        self._fixes: deque[Fix] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()

    def note(self, fix: Fix) -> None:
        """Take *fix*, unless it is no later than the last one."""
        with self._lock:
            if not self._fixes or fix.at > self._fixes[-1].at:
                self._fixes.append(fix)

    def last(self) -> Fix | None:
        """Return the latest fix."""
        with self._lock:
            return self._fixes[-1] if self._fixes else None

    def at(self, moment: datetime) -> Fix | None:
        """Return where the car was at *moment*: on the line between the fixes before and after it.

        At the edge of what is known, the nearest fix stands for up to ten seconds. None means unknown: a place that
        is only likely is none.
        """
        with self._lock:
            fixes = list(self._fixes)
        after = bisect_left(fixes, moment, key=lambda fix: fix.at)
        if 0 < after < len(fixes):
            before, behind = fixes[after - 1], fixes[after]
            if (behind.at - before.at).total_seconds() <= _LONGEST_GAP_S:
                return _between(before, behind, moment)
        near = [fix for fix in fixes[max(0, after - 1) : after + 1] if _apart(fix, moment) <= _LONGEST_GAP_S]
        return min(near, key=lambda fix: _apart(fix, moment), default=None)


def put_place(facts: dict[str, Any], places: Places, *, offset_s: float) -> datetime:
    """Add to the *facts* of a read where the box was when it was made, if that is known; return when that was.

    *offset_s* is how far the clock by which the read is dated is ahead.
    """
    at = datetime.fromisoformat(facts["seen_at"]) - timedelta(seconds=offset_s)
    if fix := places.at(at):
        facts["position"] = {"latitude": round(fix.latitude, 6), "longitude": round(fix.longitude, 6)}
    return at


def _apart(fix: Fix, moment: datetime) -> float:
    return abs((fix.at - moment).total_seconds())


def _between(before: Fix, behind: Fix, moment: datetime) -> Fix:
    share = (moment - before.at) / (behind.at - before.at)
    east = (behind.longitude - before.longitude + 180) % 360 - 180  # the short way round
    longitude = (before.longitude + share * east + 180) % 360 - 180
    nearer = behind if share > 1 / 2 else before
    return Fix(
        moment,
        before.latitude + share * (behind.latitude - before.latitude),
        longitude,
        nearer.heading,
        nearer.speed,
    )
