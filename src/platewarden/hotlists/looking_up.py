"""Entries by key: the statement that every read waits for, and the one that fetches whole what fits.

Both are prepared, for the database would spend longer on planning hundreds of keys than on looking them up; the keys
come as one text each kind, so that one plan serves any number of them. Most reads match nothing: the first statement
brings what grading takes and no more.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Model

from platewarden.hotlists.in_force import IN_FORCE, in_force_values
from platewarden.hotlists.models import Entry, Hotlist, Snapshot
from platewarden.policy.parameters import Parameters
from platewarden.site.prepared import fetched


@dataclass(frozen=True, slots=True)
class WantedKeys:
    """What is looked up.

    Attributes:
        own: Skeletons under which entries of every category are wanted.
        near: Skeletons under which only those are that are also compared with plates one character away.
        anchors: Of partial entries.
    """

    own: Collection[str]
    near: Collection[str]
    anchors: Collection[str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry in force under one of the keys, with what grading it takes."""

    entry_id: int
    plate: str
    skeleton: str
    state: str
    category: str
    anchor: str


_FROM: Final = f"""
SELECT hotlist_entries.id, hotlist_entries.plate, hotlist_entries.skeleton, hotlist_entries.state,
    hotlist_entries.category, hotlist_entries.anchor
FROM hotlist_entries JOIN hotlist_snapshots ON hotlist_snapshots.id = hotlist_entries.snapshot_id
WHERE hotlist_entries.agency_id = %s AND hotlist_snapshots.is_current AND {IN_FORCE}
"""  # noqa: S608 - our own words; values are parameters
_KEYS: Final = "ANY (string_to_array(%s, ','))"
_BY_KEY: Final = f"""
{_FROM} AND hotlist_entries.skeleton = {_KEYS}
AND (hotlist_entries.category = ANY (%s) OR hotlist_entries.skeleton = {_KEYS})
UNION ALL
{_FROM} AND hotlist_entries.anchor <> '' AND hotlist_entries.anchor = {_KEYS}
"""


def look_up(keys: WantedKeys, *, agency_id: int, parameters: Parameters, now: datetime) -> list[Candidate]:
    """Return the entries in force under *keys*, each once."""
    usual = [agency_id, *in_force_values(parameters=parameters, now=now)]
    categories = sorted(parameters.codes("hits.one_character_categories"))
    whole = [",".join({*keys.own, *keys.near}), categories, ",".join(keys.own)]
    rows = fetched(_BY_KEY, [*usual, *whole, *usual, ",".join(keys.anchors)])
    return [Candidate(*row) for row in rows]


_MODELS: Final[tuple[type[Model], ...]] = (Entry, Snapshot, Hotlist)
_UNUSED: Final = frozenset({"refused", "difference"})
"""Columns of a snapshot that say what its load was like; read when asked for."""

_NAMES: Final = tuple(
    tuple(field.attname for field in model._meta.concrete_fields if field.attname not in _UNUSED)  # noqa: SLF001
    for model in _MODELS
)
_COLUMNS: Final = ", ".join(
    f"{model._meta.db_table}.{name}"  # noqa: SLF001 - Django's own way to ask
    for model, names in zip(_MODELS, _NAMES, strict=True)
    for name in names
)
_BY_NUMBER: Final = f"""
SELECT {_COLUMNS} FROM hotlist_entries
JOIN hotlist_snapshots ON hotlist_snapshots.id = hotlist_entries.snapshot_id
JOIN hotlists ON hotlists.id = hotlist_snapshots.hotlist_id
WHERE hotlist_entries.id = ANY (%s::bigint[])
"""  # noqa: S608 - our own words; values are parameters


def whole_entries(ids: Collection[int]) -> dict[int, Entry]:
    """Return the entries numbered *ids*, by number, with their snapshots and lists; those of one snapshot share it."""
    if not ids:
        return {}
    of_entry, of_snapshot = len(_NAMES[0]), len(_NAMES[0]) + len(_NAMES[1])
    snapshots: dict[int, Snapshot] = {}
    entries: dict[int, Entry] = {}
    for row in fetched(_BY_NUMBER, [list(ids)]):
        entry = Entry.from_db(connection.alias, _NAMES[0], row[:of_entry])
        if entry.snapshot_id not in snapshots:
            snapshot = Snapshot.from_db(connection.alias, _NAMES[1], row[of_entry:of_snapshot])
            snapshot.hotlist = Hotlist.from_db(connection.alias, _NAMES[2], row[of_snapshot:])
            snapshots[entry.snapshot_id] = snapshot
        entry.snapshot = snapshots[entry.snapshot_id]
        entries[entry.pk] = entry
    return entries
