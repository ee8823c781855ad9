"""What is noted of each delivery of a camera: counts and times by the hour, without any plate."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from platewarden.cameras.models import Camera
from platewarden.policy.cameras import countable_names

_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._+/()-]{0,39}")
_MOST_SECONDS: Final = 40 * 86_400.0
"""Delays and skews beyond this say no more than that they are beyond it."""

_HEARD = """
INSERT INTO camera_contacts (camera_id, heard_at, read_at, version)
VALUES (%(camera)s, %(now)s, %(read_at)s, %(version)s)
ON CONFLICT (camera_id) DO UPDATE SET
  heard_at = greatest(camera_contacts.heard_at, excluded.heard_at),
  read_at = greatest(camera_contacts.read_at, excluded.read_at),
  version = CASE WHEN excluded.version = '' THEN camera_contacts.version ELSE excluded.version END
"""

_NO_WAIT: Final = "SET LOCAL synchronous_commit TO off"
"""The reads are durable by then: a crash of the machine may cost these figures a moment, and they wait for no disk."""

_SUMS: Final = (
    "deliveries",
    "heartbeats",
    "unreadable",
    "refused",
    "delayed",
    "delay_ms",
    "compared",
    "skew_ms",
)
_HOUR = f"""
INSERT INTO camera_hours AS held (camera_id, hour, {", ".join(_SUMS)}, worst_delay_ms, worst_skew_ms)
VALUES (%(camera)s, %(hour)s, {", ".join(f"%({name})s" for name in _SUMS)}, %(worst_delay_ms)s, %(worst_skew_ms)s)
ON CONFLICT (camera_id, hour) DO UPDATE SET
  {", ".join(f"{name} = held.{name} + excluded.{name}" for name in _SUMS)},
  worst_delay_ms = greatest(held.worst_delay_ms, excluded.worst_delay_ms),
  worst_skew_ms = CASE WHEN abs(excluded.worst_skew_ms) > abs(held.worst_skew_ms)
                       THEN excluded.worst_skew_ms ELSE held.worst_skew_ms END
"""  # noqa: S608 - names of columns, from here

_DROPPED = """
INSERT INTO camera_dropped_fields AS held (camera_id, hour, name, times)
SELECT %s, %s, name, times FROM unnest(%s::text[], %s::integer[]) AS sent (name, times)
ON CONFLICT (camera_id, hour, name) DO UPDATE SET times = held.times + excluded.times
"""


def note_delivery(
    *,
    camera: Camera,
    now: datetime,
    reads: int,
    refused: int = 0,
    unreadable: int = 0,
    dropped: Mapping[str, int] | None = None,
    delay_seconds: float | None = None,
    skew_seconds: float | None = None,
    version: str = "",
) -> None:
    """Note one delivery of *camera*, once it is stored: whoever takes reads in calls it, once a request or file.

    Reads themselves are counted where they are stored (`reads.counting`); nothing here names a plate or a place.

    Args:
        camera: Whose delivery it is.
        now: When it came in.
        reads: How many reads of it were stored now; repeats of earlier ones are none.
        refused: How many were refused, for whatever cause.
        unreadable: How many vehicles the device says it saw without reading a plate.
        dropped: How often each field was sent that may not be kept (CAP-2), by its name in the device's format:
            never a value. Names that could be values are counted as ``other`` (`policy.cameras.countable_names`).
        delay_seconds: Mean of *now* less the time seen, over the *reads*; None where it is not known.
        skew_seconds: The device's clock less ours, where the device says what time it has; positive: it is ahead.
        version: What the device says of its software; empty keeps what it said last.
    """
    delay = _milliseconds(delay_seconds) if reads else None
    figures = {
        "deliveries": 1,
        "heartbeats": 0,
        "unreadable": unreadable,
        "refused": refused,
        "delayed": 0 if delay is None else reads,
        "delay_ms": (delay or 0) * reads,
        "worst_delay_ms": max(delay or 0, 0),
    }
    counted, read_at = countable_names(dropped or {}), now if reads else None
    with transaction.atomic():
        _note(camera, figures, now=now, skew_seconds=skew_seconds, version=version, read_at=read_at)
        if counted:
            names = sorted(counted)
            with connection.cursor() as cursor:
                cursor.execute(_DROPPED, [camera.pk, _hour(now), names, [counted[name] for name in names]])


def note_heartbeat(
    *, camera: Camera, now: datetime, skew_seconds: float | None = None, version: str = ""
) -> None:
    """Note that *camera* is there, though it has nothing to deliver; arguments as of `note_delivery`."""
    figures = dict.fromkeys((*_SUMS, "worst_delay_ms"), 0) | {"heartbeats": 1}
    _note(camera, figures, now=now, skew_seconds=skew_seconds, version=version, read_at=None)


@transaction.atomic
def _note(
    camera: Camera,
    figures: dict[str, int],
    *,
    now: datetime,
    skew_seconds: float | None,
    version: str,
    read_at: datetime | None,
) -> None:
    skew = _milliseconds(skew_seconds)
    figures |= {"compared": int(skew is not None), "skew_ms": skew or 0, "worst_skew_ms": skew or 0}
    said = version.strip()[:40]
    with connection.cursor() as cursor:
        cursor.execute(_NO_WAIT)
        cursor.execute(_HOUR, {"camera": camera.pk, "hour": _hour(now), **figures})
        cursor.execute(
            _HEARD,
            {
                "camera": camera.pk,
                "now": now,
                "read_at": read_at,
                "version": said if _VERSION.fullmatch(said) else "",
            },
        )


def _milliseconds(seconds: float | None) -> int | None:
    if seconds is None or seconds != seconds:  # noqa: PLR0124 - not a number
        return None
    return round(1000 * max(-_MOST_SECONDS, min(seconds, _MOST_SECONDS)))


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
