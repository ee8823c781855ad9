"""Rows into the database by COPY, and what distinguishes two versions of a list: millions in minutes, little memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from dataclasses import field as having
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

from django.db import connection

from platewarden.hotlists.formats.rows import Row
from platewarden.hotlists.models import Entry, Snapshot

EXAMPLES: Final = 5
"""How many entries of each kind of difference are named."""

_BATCH: Final = 2000
_MANY: Final = 10_000
_TEXTS: Final = tuple(name for name in Row._fields if name not in {"line", "expires_at"})
_CHECKED: Final = "hotlist_checked"


@dataclass(frozen=True, slots=True)
class Example:
    """One entry in which two versions differ: its line in the file (of the former file, if removed), and its plate."""

    line: int
    plate: str
    state: str
    category: str


@dataclass(slots=True)
class Difference:
    """What a new version of a list changes.

    An entry is the same while plate, state and category are; it is changed when anything else of it differs.
    """

    added: int = 0
    removed: int = 0
    changed: int = 0
    examples: dict[str, list[Example]] = having(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """The numbers alone."""
        return {"added": self.added, "removed": self.removed, "changed": self.changed}


def fingerprint_of(content: str) -> int:
    """Return a number that two rows share if they say the same, and practically never otherwise."""
    return int.from_bytes(blake2b(content.encode(), digest_size=8).digest(), signed=True)


def _written(row: Row) -> tuple[int, str]:
    """Return the fingerprint of *row*, and its texts in the form that COPY takes; none has a tab or a line end."""
    content = "\t".join(row[1:-1])
    if "\\" in content:
        content = content.replace("\\", "\\\\")
    if row.expires_at is None:
        return fingerprint_of(content), f"{content}\t\\N"
    content = f"{content}\t{row.expires_at.isoformat()}"
    return fingerprint_of(content), content


def copy_entries(snapshot: Snapshot, rows: Iterable[Row], *, now: datetime) -> None:
    """Write *rows* as the entries of *snapshot*."""
    constants = _constants(snapshot, now)
    after = "".join(f"\t{value}" for value in constants.values())
    columns = ("line", "fingerprint", *_TEXTS, "expires_at", *constants)
    lines = (f"{row.line}\t{mark}\t{text}{after}\n" for row in rows for mark, text in (_written(row),))
    _copy("hotlist_entries", columns, lines)


def _constants(snapshot: Snapshot, now: datetime) -> dict[str, object]:
    """Return what all entries of a loaded list have in common, by column; the database adds its own defaults."""
    told: dict[str, object] = {
        "agency_id": snapshot.hotlist.agency_id,
        "snapshot_id": snapshot.pk,
        "entered_at": now.isoformat(),
    }
    named = {*_TEXTS, "line", "fingerprint", "expires_at"}
    for field in Entry._meta.concrete_fields:  # noqa: SLF001 - Django's own way to ask
        by_itself = field.primary_key or field.null or field.has_db_default()
        if not (by_itself or field.attname in named or field.attname in told):
            told[field.attname] = field.get_default()
    return told


def copy_checked(rows: Iterable[Row]) -> None:
    """Write what distinguishes *rows* where rows are only checked; whoever does this rolls it back."""
    lines = (f"{row.line}\t{_written(row)[0]}\t{row.plate}\t{row.state}\t{row.category}\n" for row in rows)
    _copy(_CHECKED, ("line", "fingerprint", "plate", "state", "category"), lines)


def _copy(table: str, columns: Iterable[str], lines: Iterator[str]) -> None:
    batch: list[str] = []
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for line in lines:
            batch.append(line)
            if len(batch) == _BATCH:
                copy.write("".join(batch))
                batch.clear()
        copy.write("".join(batch))


_OF_SNAPSHOT: Final = (
    "SELECT line, fingerprint, plate, state, category FROM hotlist_entries WHERE snapshot_id = %s"
)
_OF_CHECKED: Final = f"SELECT line, fingerprint, plate, state, category FROM {_CHECKED}"  # noqa: S608 - ours


def remove_repeated(snapshot: Snapshot | None) -> int:
    """Take away what repeats an earlier row, of *snapshot* or of what is only checked; return how many it were."""
    table, where, of = ("hotlist_entries", "AND e.snapshot_id = %(of)s", _OF_SNAPSHOT.replace("%s", "%(of)s"))
    if snapshot is None:
        table, where, of = _CHECKED, "", _OF_CHECKED
    statement = f"""
        DELETE FROM {table} e
        USING (SELECT fingerprint, plate, min(line) AS line FROM ({of}) s
               GROUP BY fingerprint, plate HAVING count(*) > 1) first
        WHERE e.fingerprint = first.fingerprint AND e.plate = first.plate AND e.line > first.line {where}
    """  # noqa: S608 - made of our own texts alone
    with connection.cursor() as cursor:
        _plan_for_millions(cursor)
        cursor.execute(statement, {"of": snapshot.pk} if snapshot else None)
        return int(cursor.rowcount)


_DIFFERENCE: Final = """
    WITH former AS ({former}), latter AS ({latter}),
    gone AS (
        SELECT f.*, row_number() OVER (PARTITION BY plate, state, category ORDER BY line) AS place
        FROM former f WHERE NOT EXISTS (SELECT FROM latter l WHERE l.fingerprint = f.fingerprint)
    ),
    come AS (
        SELECT l.*, row_number() OVER (PARTITION BY plate, state, category ORDER BY line) AS place
        FROM latter l WHERE NOT EXISTS (SELECT FROM former f WHERE f.fingerprint = l.fingerprint)
    ),
    added AS (SELECT * FROM come c WHERE NOT EXISTS (SELECT FROM gone g WHERE {same})),
    changed AS (SELECT * FROM come c WHERE EXISTS (SELECT FROM gone g WHERE {same})),
    removed AS (SELECT * FROM gone c WHERE NOT EXISTS (SELECT FROM come g WHERE {same}))
    {told}
"""
_SAME: Final = "(g.plate, g.state, g.category, g.place) = (c.plate, c.state, c.category, c.place)"
_KINDS: Final = ("added", "removed", "changed")
_TOLD: Final = " UNION ALL ".join(
    f"(SELECT '{kind}', (SELECT count(*) FROM {kind}), line, plate, state, category "  # noqa: S608 - ours
    f"FROM {kind} ORDER BY line LIMIT {EXAMPLES})"
    for kind in _KINDS
)


_FIRST: Final = """
    WITH latter AS ({latter})
    SELECT 'added', (SELECT count(*) FROM latter), line, plate, state, category FROM latter ORDER BY line LIMIT {limit}
"""


def difference(former: Snapshot | None, latter: Snapshot | None) -> Difference:
    """Return what *latter*, or what is only checked, changes against *former*; None is an empty list."""
    of_latter = _OF_SNAPSHOT if latter else _OF_CHECKED
    if former is None:  # all of it is new: there is nothing to compare
        return _differing(_FIRST.format(latter=of_latter, limit=EXAMPLES), [latter.pk] if latter else [])
    statement = _DIFFERENCE.format(former=_OF_SNAPSHOT, latter=of_latter, same=_SAME, told=_TOLD)
    return _differing(statement, [former.pk, *([latter.pk] if latter else [])])


def _differing(statement: str, values: list[int]) -> Difference:
    found = Difference()
    with connection.cursor() as cursor:
        _plan_for_millions(cursor)
        cursor.execute(statement, values)
        for kind, count, *example in cursor.fetchall():
            setattr(found, kind, count)
            found.examples.setdefault(kind, []).append(Example(*example))
    return found


def _plan_for_millions(cursor: Any) -> None:
    """Keep the planner, which cannot know yet how many rows this transaction wrote, from a loop within a loop."""
    cursor.execute("SET LOCAL enable_nestloop = off")
    cursor.execute("SET LOCAL work_mem = '128MB'")


def delete_entries(snapshot: Snapshot) -> None:
    """Remove the entries of *snapshot*, which is superseded."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM hotlist_entries WHERE snapshot_id = %s", [snapshot.pk])


def tell_planner(snapshot: Snapshot) -> None:
    """Let the database count its entries now if *snapshot* has brought many.

    Matching keeps its plan; one made while the list was short would look through all of a long one for every read,
    until the database counts by itself a minute later.
    """
    if snapshot.accepted < _MANY:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT count_hotlist_entries()")
