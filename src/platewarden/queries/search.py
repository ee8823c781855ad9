"""Finding past reads, bounded on every side.

No search reaches beyond its agency, its window, or the day on which a read is invisible even if its purge is late
(RET-1), or exceeds the number of rows the agency has decided on (QRY-1). Plates are first looked up in
``plates_seen``, one row a plate; reads are then found by whole plates alone, which their index answers. A pattern
too loose for that names its cameras and is allowed a short window, and is compared with each read in it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.db import connection

from platewarden.cameras.models import Camera
from platewarden.matching.edits import one_edit
from platewarden.matching.patterns import is_pattern, normalise_pattern
from platewarden.matching.plates import PlateError, skeleton
from platewarden.matching.vehicles import folded, words_for
from platewarden.policy.actor import GuestTerms
from platewarden.policy.parameters import Parameters
from platewarden.policy.queries import NARROWING_CHARACTERS, QueryKind, QueryScope
from platewarden.policy.retention import visible_since
from platewarden.reads.days import day_of
from platewarden.reads.models import Read

STATE_UNKNOWN: Final = "?"
"""Asks for the reads whose state was not read."""

FEW_PLATES: Final = 16
"""Up to so many plates are looked up over the whole window at once; more of them stretch by stretch, newest first."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Attributes:
        reads: The newest reads in scope, newest first, each with its camera.
        is_cut: Whether there were more than the agency lets one search show.
    """

    reads: list[Read]
    is_cut: bool


def canonical_text(kind: QueryKind, typed: str) -> str:
    """Return what was *typed* as a canonical plate, or, for a pattern, with ``*`` and ``?`` left in it.

    Empty stays empty: whether a search must name a plate is the policy's to say.

    Raises:
        PlateError: It holds anything else than letters, digits and separators, or is too long.
    """
    text = normalise_pattern(typed)
    if kind is not QueryKind.PATTERN and is_pattern(text):
        raise PlateError("Choose the search by pattern to use * and ?, or leave them out.")
    return text


def search(
    scope: QueryScope,
    *,
    agency_id: int,
    parameters: Parameters,
    now: datetime,
    most: int | None = None,
    as_of: datetime | None = None,
    within: GuestTerms | None = None,
) -> Found:
    """Return the newest reads of the agency in *scope*.

    > QRY-1: It reaches no further, in time and in breadth, than the agency has decided

    > RET-1: nothing past its day is visible even if its removal is late

    > SHR-1: for official purposes, under an agreement that two people opened and that expires

    Args:
        scope: What is looked for; the policy has allowed it.
        agency_id: Whose reads.
        parameters: The values in force.
        now: The present moment.
        most: Reads shown at most; None for what one search may show without anybody's approval.
        as_of: Leaves out what arrived later, so that an answer stays the same from page to page.
        within: Of a guest's search, the agreement in force now: no read outside it is found, whatever was asked.
    """
    most = most or parameters.integer("query.max_rows")
    facts: dict[str, Any] = {
        "agency": agency_id,
        "since": max(scope.seen_from, visible_since(parameters=parameters, now=now)),
        "until": scope.seen_until,
        "cameras": sorted(set(scope.cameras)),
        "as_of": as_of,
        "most": most + 1,
    }
    if within is not None:
        facts["since"] = max(facts["since"], now - within.reach)
        facts["cameras"] = sorted(within.cameras & set(scope.cameras or within.cameras))
    if facts["since"] >= facts["until"] or (within is not None and not facts["cameras"]):
        return Found([], is_cut=False)
    reads = _with_cameras(_reads(scope, facts))
    return Found(reads[:most], is_cut=len(reads) > most)


_IN_WINDOW: Final = "agency_id = %(agency)s AND seen_at >= %(since)s AND seen_at < %(until)s"
_NEWEST: Final = "ORDER BY seen_at DESC, id DESC LIMIT %(most)s"
_FOLDED: Final = "replace(regexp_replace(upper({column}), '[^A-Z0-9]', '', 'g'), '0', 'O')"
"""As `matching.vehicles.folded` does it."""

# Reads are found before they are put in order: left to itself, the planner walks through time instead, hoping to
# meet a rare plate soon. Each camera's index gives its newest reads in order, so that none is read further than shown.
_COLUMNS: Final = [field.attname for field in Read._meta.concrete_fields]  # noqa: SLF001 - the way to ask a model
_SELECT: Final = f"SELECT {', '.join(_COLUMNS)} FROM reads WHERE {_IN_WINDOW}"  # noqa: S608 - our own words; values are parameters
_FETCH: Final = f"WITH found AS MATERIALIZED ({_SELECT} {{where}}) SELECT * FROM found {_NEWEST}"  # noqa: S608
_FETCH_BY_CAMERAS: Final = f"""
SELECT found.* FROM unnest(%(cameras)s::bigint[]) AS wanted (camera)
CROSS JOIN LATERAL ({_SELECT} AND camera_id = wanted.camera {{where}} {_NEWEST}) found {_NEWEST}
"""  # noqa: S608


# Many plates, and loose patterns, are met in an index alone: times and plates; only the newest are then fetched.
_MET_BY_PLATES: Final = f"SELECT seen_at, plate FROM reads WHERE {_IN_WINDOW} AND plate = ANY(%(plates)s)"  # noqa: S608
_MET_BY_CAMERAS: Final = f"""
SELECT at_camera.seen_at, at_camera.plate FROM unnest(%(cameras)s::bigint[]) AS wanted (camera) CROSS JOIN LATERAL (
    SELECT seen_at, plate FROM reads WHERE {_IN_WINDOW} AND camera_id = wanted.camera AND plate LIKE %(like)s
) at_camera
"""  # noqa: S608
_FETCH_MET: Final = f"""
WITH met AS MATERIALIZED ({{met}}), fitting AS MATERIALIZED (SELECT seen_at, plate FROM met {{newest}})
SELECT {", ".join(f"found.{column}" for column in _COLUMNS)}
FROM (SELECT DISTINCT seen_at, plate FROM fitting) AS fitting CROSS JOIN LATERAL (
    {_SELECT} AND plate = fitting.plate AND seen_at = fitting.seen_at {{where}}
) found {_NEWEST}
"""  # noqa: S608
_NEWEST_MET: Final = "ORDER BY seen_at DESC FETCH FIRST %(most)s ROWS WITH TIES"
_AT_CAMERAS: Final = " AND camera_id = ANY(%(cameras)s::bigint[])"


def _reads(scope: QueryScope, facts: dict[str, Any]) -> list[Read]:
    where, facts = _filters(scope, facts)
    if scope.kind is QueryKind.CAMERA_TIME:
        return _fetch(_FETCH_BY_CAMERAS.format(where=where), facts)
    if scope.is_broad:
        return _fetch_by_pattern(scope, where, facts)
    return _fetch_by_plates(_plates(scope, facts), where, facts)


def _fetch_by_pattern(scope: QueryScope, where: str, facts: dict[str, Any]) -> list[Read]:
    facts = facts | {"like": like(scope.plate_text)}
    if facts["cameras"]:
        return _fetch(_fetch_met(_MET_BY_CAMERAS, _AT_CAMERAS, where), facts)
    return _fetch(_FETCH.format(where=f"AND plate LIKE %(like)s {where}"), facts)


def _fetch_by_plates(seen: list[tuple[str, date]], where: str, facts: dict[str, Any]) -> list[Read]:
    """Fetch the newest reads of the plates *seen*, stretch by stretch until there are enough."""
    at_cameras = _AT_CAMERAS if facts["cameras"] else ""
    if len(seen) <= FEW_PLATES:
        statement = _FETCH.format(where=f"AND plate = ANY(%(plates)s) {at_cameras} {where}")
    else:
        statement = _fetch_met(_MET_BY_PLATES + at_cameras, at_cameras, where)
    found: list[Read] = []
    for since, until in _stretches(facts["since"], facts["until"], len(seen)):
        begun = day_of(since)
        stretch = {
            "plates": [
                plate for plate, last_day in seen if last_day >= begun
            ],  # the others were not seen in it
            "since": since,
            "until": until,
            "most": facts["most"] - len(found),
        }
        found += _fetch(statement, facts | stretch)
        if len(found) >= facts["most"]:
            break
    return found


def _fetch_met(met: str, at_cameras: str, where: str) -> str:
    """Return the statement that fetches what *met* meets; only without further conditions are the newest enough."""
    return _FETCH_MET.format(met=met, newest="" if where else _NEWEST_MET, where=at_cameras + where)


def _stretches(since: datetime, until: datetime, plates: int) -> Iterator[tuple[datetime, datetime]]:
    """Cut the window into stretches of whole capture days, newest first, each twice as long as the one before.

    Plates in number are mostly met within the first days, and looking them up in every day would take longer than
    meeting them; few plates are looked up in one go.
    """
    if plates <= FEW_PLATES:
        yield since, until
        return
    begin, length = _midnight(until - timedelta(microseconds=1)), timedelta(days=1)
    while until > since:
        yield max(since, begin), until
        until, begin, length = begin, begin - length, 2 * length


def _midnight(moment: datetime) -> datetime:
    """Return when the capture day of *moment* began."""
    return datetime.combine(day_of(moment), time.min, tzinfo=UTC)


def _filters(scope: QueryScope, facts: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return what else a read must fit, as SQL that follows a condition, and the facts with its values."""
    parts: dict[str, tuple[str, Any]] = {}
    if facts["as_of"] is not None:
        parts["as_of"] = "received_at <= %(as_of)s", facts["as_of"]
    if scope.state:
        parts["state"] = "state = %(state)s", scope.state.replace(STATE_UNKNOWN, "")
    for part, told in scope.vehicle.told.items():
        seen = _FOLDED.format(column=f"vehicle_{part}")
        if part == "model":
            parts[part] = f"{seen} LIKE %(model)s", f"{folded(told)}%"
        else:
            parts[part] = f"{seen} = ANY(%({part})s)", sorted(words_for(part, told))
    where = "".join(f" AND {condition}" for condition, _ in parts.values())
    return where, facts | {name: value for name, (_, value) in parts.items()}


def _fetch(statement: str, facts: dict[str, Any]) -> list[Read]:
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        return [_read(row) for row in cursor.fetchall()]


def _with_cameras(reads: list[Read]) -> list[Read]:
    cameras = Camera.objects.in_bulk({read.camera_id for read in reads})
    for read in reads:
        read.camera = cameras[read.camera_id]
    return reads


def _read(row: tuple[Any, ...]) -> Read:
    values = dict(zip(_COLUMNS, row, strict=True))
    values["alternates"] = json.loads(values["alternates"])
    return Read.from_db(connection.alias, list(values), list(values.values()))


def _plates(scope: QueryScope, facts: dict[str, Any]) -> list[tuple[str, date]]:
    """Return the whole plates that *scope* may mean, each with the day it was last seen, since the window began."""
    if scope.kind is QueryKind.EXACT:
        return [(scope.plate_text, date.max)]
    facts = facts | {"since_day": day_of(facts["since"])}
    with connection.cursor() as cursor:
        if scope.kind is QueryKind.NEAR:
            near = {"skeleton": skeleton(scope.plate_text), "edits": sorted(one_edit(scope.plate_text))}
            cursor.execute(_NEAR_PLATES, facts | near)
        else:
            cursor.execute(_pattern_plates(scope.plate_text), facts | _pattern_facts(scope.plate_text))
        return [(str(plate), last_day) for plate, last_day in cursor.fetchall()]


_SEEN: Final = (
    "SELECT plate, last_day FROM plates_seen WHERE agency_id = %(agency)s AND last_day >= %(since_day)s"
)
_NEAR_PLATES: Final = f"{_SEEN} AND skeleton = %(skeleton)s UNION {_SEEN} AND plate = ANY(%(edits)s)"


def like(pattern: str) -> str:
    """Return a canonical *pattern* for SQL's LIKE; its alphabet holds nothing that LIKE would misread.

    Raises:
        ValueError: The pattern is not canonical.
    """
    if not re.fullmatch(r"[A-Z0-9*?]+", pattern):
        raise ValueError("the pattern is not canonical: pass it through canonical_text first")
    return pattern.replace("*", "%").replace("?", "_")


def _pattern_facts(pattern: str) -> dict[str, str]:
    return {"like": like(pattern), "reversed": like(pattern[::-1])}


def _pattern_plates(pattern: str) -> str:
    """Return the SQL that the index for the firmer end of *pattern* answers; its middle is the trigrams' work."""
    leading, trailing = (len(re.split(r"[*?]", text)[0]) for text in (pattern, pattern[::-1]))
    if trailing >= NARROWING_CHARACTERS > leading:
        return f'{_SEEN} AND reverse(plate) COLLATE "C" LIKE %(reversed)s'
    return f"{_SEEN} AND plate LIKE %(like)s"
