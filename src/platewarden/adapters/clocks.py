"""Times as devices write them, made UTC: with an offset, as milliseconds, or by a clock on the wall of some zone."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from platewarden.adapters.results import UnusableError

_AXIS: Final = re.compile(r"(\d{4})(\d\d)(\d\d) (\d\d)(\d\d)(\d\d)(\d{3})")
_DAY_FIRST: Final = re.compile(r"(\d\d?)/(\d\d?)/(\d{4})")
_CLOCK: Final = re.compile(r"(\d\d?):(\d\d):(\d\d)(?:\.(\d{1,6}))?")
_LATEST_EPOCH_MS: Final = 32_503_680_000_000  # the year 3000


def from_wall(wall: datetime, *, zone: tzinfo, received_at: datetime) -> datetime:
    """Return when a clock of *zone* showed *wall*, UTC.

    In the hour that a clock shows twice, the reading nearer to *received_at* counts: devices push within seconds. An
    hour that it skips is taken as by a clock that was not put forward.

    Raises:
        UnusableError: It lies outside what a calendar holds.
    """
    try:
        readings = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
        if _is_skipped(wall, zone):
            return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
        return min(readings, key=lambda reading: (abs(reading - received_at), reading))
    except (OverflowError, ValueError) as error:
        raise UnusableError("seen_at", "is no time that a calendar holds") from error


def _is_skipped(wall: datetime, zone: tzinfo) -> bool:
    """Whether no clock of *zone* ever showed *wall*: it comes back as another hour."""
    there = wall.replace(tzinfo=zone, fold=0)
    return there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall


def from_iso(text: Any, *, zone: tzinfo, received_at: datetime) -> datetime:
    """Return the time that *text* is in ISO 8601, or with a blank for its ``T``; without an offset by *zone*.

    Raises:
        UnusableError: It is none.
    """
    try:
        moment = datetime.fromisoformat(str(text).strip()[:40])
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnusableError("seen_at", "is no time as the format has it") from error
    return from_wall(moment, zone=zone, received_at=received_at)


def from_epoch_ms(value: Any) -> datetime:
    """Return the time that is *value* milliseconds after 1970 began, UTC.

    Raises:
        UnusableError: It is none.
    """
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise UnusableError("seen_at", "is no number of milliseconds") from error
    if isinstance(value, bool) or not 0 < number < _LATEST_EPOCH_MS:
        raise UnusableError("seen_at", "is no number of milliseconds since 1970")
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=number)


def from_axis(text: Any, *, zone: tzinfo, received_at: datetime) -> datetime:
    """Return the time that *text* is in the form ``YYYYMMDD HHMMSSmmm``, by *zone*.

    Raises:
        UnusableError: It is none.
    """
    found = _AXIS.fullmatch(str(text).strip()[:40])
    if not found:
        raise UnusableError("seen_at", "is not of the form YYYYMMDD HHMMSSmmm")
    *parts, thousandths = (int(part) for part in found.groups())
    return from_wall(_wall(*parts, thousandths * 1000), zone=zone, received_at=received_at)


def from_day_first(day: Any, clock: Any) -> datetime:
    """Return the time that *day*, ``dd/mm/yyyy``, and *clock*, ``HH:MM:SS[.fff]``, are in UTC.

    Raises:
        UnusableError: They are none.
    """
    date, hour = _DAY_FIRST.fullmatch(str(day).strip()[:40]), _CLOCK.fullmatch(str(clock).strip()[:40])
    if not (date and hour):
        raise UnusableError("seen_at", "is not of the form dd/mm/yyyy with HH:MM:SS")
    micro = int((hour[4] or "0").ljust(6, "0"))
    wall = _wall(int(date[3]), int(date[2]), int(date[1]), int(hour[1]), int(hour[2]), int(hour[3]), micro)
    return wall.replace(tzinfo=UTC)


def _wall(*parts: int) -> datetime:
    try:
        year, month, day, hour, minute, second, micro = parts
        return datetime(year, month, day, hour, minute, second, micro)  # noqa: DTZ001 - its zone is given later
    except ValueError as error:
        raise UnusableError("seen_at", "is no time of any day") from error
