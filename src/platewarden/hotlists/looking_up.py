"""Entries by key: the statement that every read waits for, and the one that fetches whole what fits.

Both are prepared, for the database would spend longer on planning many keys than on looking them up; the keys come as
one text or array each kind, so that one plan serves any number of them. Most reads match nothing: the first statement
brings what grading takes and no more.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from django.db import connection
from django.db.models import Model

from platewarden.hotlists.in_force import IN_FORCE, in_force_values
from platewarden.hotlists.models import Entry, Hotlist, Snapshot
from platewarden.hotlists.parts import ENDS, FOUND_BY_PARTS, HEADLESS, TAILLESS
from platewarden.matching.edits import PartsNear
from platewarden.policy.parameters import Parameters
from platewarden.site.prepared import fetched


@dataclass(frozen=True, slots=True)
class WantedKeys:
    """What is looked up.

    Attributes:
        own: Skeletons under which entries of every category are wanted.
        near: Skeletons under which only those are that are also compared with plates one character away, if no index
            holds their parts.
        parts: Of such skeletons, where one does.
        anchors: Of partial entries.
    """

    own: Collection[str]
    near: Collection[str]
    parts: PartsNear
    anchors: Collection[str]


class ComparedNear(NamedTuple):
    """Categories of which entries are also compared with plates one character away, by how these are found."""

    by_parts: frozenset[str]
    by_key: frozenset[str]


def compared_near(parameters: Parameters) -> ComparedNear:
    """Return the categories that *parameters* name, each where its entries are found."""
    named = parameters.codes("hits.one_character_categories")
    return ComparedNear(named & _FOUND_BY_PARTS, named - _FOUND_BY_PARTS)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry in force under one of the keys, with what grading it takes."""

    entry_id: int
    plate: str
    skeleton: str
    state: str
    category: str
    anchor: str


_FOUND_BY_PARTS: Final = frozenset(category.value for category in FOUND_BY_PARTS)
_KEYS: Final = "ANY ((SELECT keys_of(%s))::text[])"
"""Taken apart once, not for every entry that is compared with them."""

_INDEXED: Final = ", ".join(f"'{category.value}'" for category in FOUND_BY_PARTS)
"""Written out, so that the database knows that the indexes hold them."""

_ENTRIES: Final = """
SELECT id, plate, skeleton, state, category, anchor, agency_id, snapshot_id, withdrawn_at, expires_at, needs_approval,
    approved_at, is_exigent
FROM hotlist_entries WHERE"""
_UNDER_KEYS: Final = " UNION ALL ".join(
    [
        f"{_ENTRIES} skeleton = {_KEYS} AND (category = ANY (%s) OR skeleton = {_KEYS})",
        f"{_ENTRIES} anchor <> '' AND anchor = {_KEYS}",
        *(
            f"{_ENTRIES} anchor = '' AND category IN ({_INDEXED}) AND category = ANY (%s)"
            f" AND {part % {'expressions': 'skeleton'}} = {_KEYS}"
            for part in (HEADLESS, ENDS, TAILLESS)
        ),
    ]
)
_LOOK_UP: Final = f"""
SELECT hotlist_entries.id, plate, skeleton, state, category, anchor
FROM ({_UNDER_KEYS}) AS hotlist_entries
JOIN hotlist_snapshots ON hotlist_snapshots.id = hotlist_entries.snapshot_id
WHERE hotlist_entries.agency_id = %s AND hotlist_snapshots.is_current AND {IN_FORCE}
"""  # noqa: S608 - our own words; values are parameters
_NO_KEY: Final = "-"
"""In front of parts, for what is left of a short plate may be nothing at all, and a text without keys has none."""


def look_up(keys: WantedKeys, *, agency_id: int, parameters: Parameters, now: datetime) -> list[Candidate]:
    """Return the entries in force under *keys*, each once."""
    near = compared_near(parameters)
    values: list[object] = [",".join({*keys.own, *keys.near}), sorted(near.by_key), ",".join(keys.own)]
    values.append(",".join(keys.anchors))
    for parts in keys.parts:
        values += [sorted(near.by_parts), ",".join([_NO_KEY, *parts])]
    rows = fetched(_LOOK_UP, [*values, agency_id, *in_force_values(parameters=parameters, now=now)])
    return list({row[0]: Candidate(*row) for row in rows}.values())


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
