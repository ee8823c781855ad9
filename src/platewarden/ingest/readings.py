"""Passes that a camera reads more than once: the latest reading stands, in whatever order they arrive.

Nothing is overwritten: every reading is a read of its own and kept until its day ends. Which one stands is decided by
the camera's own count of its readings, never by the time of arrival, so that one that was held up changes nothing.
"""

import uuid
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.db import DEFAULT_DB_ALIAS

from platewarden.cameras.models import Camera
from platewarden.ingest.schemas import SubmittedRead
from platewarden.matching.plates import normalise
from platewarden.reads.again import PASS_SPAN
from platewarden.reads.models import Read, Reading
from platewarden.site.prepared import execute, fetched, insert

_LOCK: Final = 6967
"""First half of the advisory locks that submissions of the same pass hold against each other."""


def stored_alike(reads: Iterable[SubmittedRead], camera: Camera) -> dict[str, uuid.UUID]:
    """Return, by capture id, the read that stands for the pass of each of *reads* and says the same: it is a repeat."""
    alike = {}
    for read in reads:
        known = _known(read.pass_id, camera, read.seen_at, read.seen_at) if read.pass_id else []
        standing = next((one for one in known if one.superseded_by is None), None)
        if standing is None:
            continue
        told = Read.objects.filter(
            agency_id=camera.agency_id, seen_at=standing.seen_at, id=standing.read_id
        ).values_list("plate", "state")
        if told.first() == (normalise(read.plate), read.state):
            alike[read.capture_id] = standing.read_id
    return alike


def is_behind(read: SubmittedRead, camera: Camera) -> bool:
    """Whether a later reading of the pass of *read* is stored already."""
    known = _known(read.pass_id, camera, read.seen_at, read.seen_at) if read.pass_id else []
    return any(one.revision > read.revision for one in known)


def enter(
    fresh: Sequence[tuple[SubmittedRead, uuid.UUID]], camera: Camera, *, kept: bool = True
) -> list[Reading]:
    """Enter *fresh* reads, each with its id, among the readings of their passes; part of the caller's transaction.

    Args:
        fresh: The reads; those that name no pass are left out.
        camera: Whose passes they are.
        kept: Whether the reads themselves are stored; if not, they take the place of others all the same.

    Returns:
        The readings that do not stand any more, or do not stand from the first: each says by which read.
    """
    of_passes: dict[str, list[Reading]] = defaultdict(list)
    for read, read_id in fresh:
        if read.pass_id:
            of_passes[read.pass_id].append(
                Reading(
                    agency_id=camera.agency_id,
                    read_id=read_id,
                    camera=camera,
                    pass_id=read.pass_id,
                    revision=read.revision,
                    seen_at=read.seen_at,
                )
            )
    if not of_passes:
        return []
    _lock(camera, of_passes)
    fallen = [reading for readings in of_passes.values() for reading in _fallen(readings, camera)]
    new = {reading.read_id for readings in of_passes.values() for reading in readings}
    if kept:
        insert([reading for readings in of_passes.values() for reading in readings])
    Reading.objects.bulk_update([one for one in fallen if one.read_id not in new], ["superseded_by"])
    return fallen


def _fallen(fresh: list[Reading], camera: Camera) -> list[Reading]:
    """Let the latest reading of one pass stand, and return the others that stood before, or are new."""
    first, last = min(one.seen_at for one in fresh), max(one.seen_at for one in fresh)
    known = _known(fresh[0].pass_id, camera, first, last)
    standing = max([*known, *fresh], key=lambda one: (one.revision, one.seen_at, one.read_id))
    changed = [
        one for one in (*known, *fresh) if one is not standing and one.superseded_by != standing.read_id
    ]
    for one in changed:
        one.superseded_by = standing.read_id
    return changed


_READING: Final = tuple(field.attname for field in Reading._meta.concrete_fields)  # noqa: SLF001 - Django's own way
_KNOWN: Final = f"""
SELECT {", ".join(_READING)} FROM readings
WHERE agency_id = %s AND camera_id = %s AND pass_id = %s AND seen_at BETWEEN %s AND %s
ORDER BY agency_id, read_id
"""  # noqa: S608 - names of columns; values are parameters


def _known(pass_id: str, camera: Camera, first: datetime, last: datetime) -> list[Reading]:
    """Return the stored readings of the pass of *camera* that was seen from *first* to *last*."""
    near = (first - PASS_SPAN, last + PASS_SPAN)
    rows = fetched(_KNOWN, [camera.agency_id, camera.pk, pass_id, *near])
    return [Reading.from_db(DEFAULT_DB_ALIAS, _READING, row) for row in rows]


def _lock(camera: Camera, pass_ids: Iterable[str]) -> None:
    numbers = {zlib.crc32(f"{camera.pk}\n{pass_id}".encode()) for pass_id in pass_ids}
    for number in sorted(numbers):  # one order for all, so that parallel submissions cannot deadlock
        execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, number - 2**31])
