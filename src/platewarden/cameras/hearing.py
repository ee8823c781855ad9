"""What is noted of each delivery of a camera: counts and times by the hour, without any plate."""

import logging
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import InterfaceError, OperationalError
from psycopg.types.numeric import Int8

from platewarden.cameras.models import Camera
from platewarden.policy.cameras import countable_names
from platewarden.site.prepared import execute

logger = logging.getLogger(__name__)

_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._+/()-]{0,39}")
_MOST_SECONDS: Final = 40 * 86_400.0
"""Delays and skews beyond this say no more than that they are beyond it."""

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
_NOTE: Final = f"""
WITH
no_wait AS (SELECT set_config('synchronous_commit', 'off', true) AS setting),
contact AS (
  INSERT INTO camera_contacts (camera_id, heard_at, read_at, version)
  SELECT %(camera)s, %(now)s, %(read_at)s::timestamptz, %(version)s FROM no_wait WHERE setting = 'off'
  ON CONFLICT (camera_id) DO UPDATE SET
    heard_at = greatest(camera_contacts.heard_at, excluded.heard_at),
    read_at = greatest(camera_contacts.read_at, excluded.read_at),
    version = CASE WHEN excluded.version = '' THEN camera_contacts.version ELSE excluded.version END
),
dropped AS (
  INSERT INTO camera_dropped_fields AS held (camera_id, hour, name, times)
  SELECT %(camera)s, %(hour)s, name, times FROM unnest(%(names)s::text[], %(times)s::integer[]) AS sent (name, times)
  ON CONFLICT (camera_id, hour, name) DO UPDATE SET times = held.times + excluded.times
)
INSERT INTO camera_hours AS held (camera_id, hour, {", ".join(_SUMS)}, worst_delay_ms, worst_skew_ms)
VALUES (%(camera)s, %(hour)s, {", ".join(f"%({name})s" for name in _SUMS)}, %(worst_delay_ms)s, %(worst_skew_ms)s)
ON CONFLICT (camera_id, hour) DO UPDATE SET
  {", ".join(f"{name} = held.{name} + excluded.{name}" for name in _SUMS)},
  worst_delay_ms = greatest(held.worst_delay_ms, excluded.worst_delay_ms),
  worst_skew_ms = CASE WHEN abs(excluded.worst_skew_ms) > abs(held.worst_skew_ms)
                       THEN excluded.worst_skew_ms ELSE held.worst_skew_ms END
"""  # noqa: S608 - names of columns, from here
"""One statement, which is a transaction of its own unless the caller has one.

It waits for no disk: the reads are durable by then, and a crash of the machine may cost these figures a moment.
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

    Reads themselves are counted where they are stored (`reads.counting`); nothing here names a plate or a place. What
    became of them is settled by then: where these figures cannot be written they are lost, which the log says, and the
    sender is answered as it fared. Told to send all of it again, it would be answered with repeats, which have none.

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
    try:
        _note(
            camera,
            figures,
            now=now,
            skew_seconds=skew_seconds,
            version=version,
            read_at=now if reads else None,
            dropped=countable_names(dropped or {}),
        )
    except (OperationalError, InterfaceError) as error:
        logger.error(  # noqa: TRY400 - what failed is said, values are not
            "camera %s: figures of a delivery could not be written (%s)", camera.pk, type(error).__name__
        )


def note_heartbeat(
    *, camera: Camera, now: datetime, skew_seconds: float | None = None, version: str = ""
) -> None:
    """Note that *camera* is there, though it has nothing to deliver; arguments as of `note_delivery`."""
    figures = dict.fromkeys((*_SUMS, "worst_delay_ms"), 0) | {"heartbeats": 1}
    _note(camera, figures, now=now, skew_seconds=skew_seconds, version=version, read_at=None, dropped={})


def _note(
    camera: Camera,
    figures: dict[str, int],
    *,
    now: datetime,
    skew_seconds: float | None,
    version: str,
    read_at: datetime | None,
    dropped: Mapping[str, int],
) -> None:
    skew = _milliseconds(skew_seconds)
    figures |= {"compared": int(skew is not None), "skew_ms": skew or 0, "worst_skew_ms": skew or 0}
    said, names = version.strip()[:40], sorted(dropped)
    told: dict[str, object] = {
        "camera": camera.pk,
        "now": now,
        "read_at": read_at,
        "version": said if _VERSION.fullmatch(said) else "",
        "hour": _hour(now),
        "names": names,
        "times": [dropped[name] for name in names],
    }
    # of one width, so that small and large figures are one statement
    execute(_NOTE, {name: Int8(value) for name, value in figures.items()} | told)


def _milliseconds(seconds: float | None) -> int | None:
    if seconds is None or seconds != seconds:  # noqa: PLR0124 - not a number
        return None
    return round(1000 * max(-_MOST_SECONDS, min(seconds, _MOST_SECONDS)))


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
