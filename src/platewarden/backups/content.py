"""What a backup holds of the database, and how it comes out and goes in: rows as text, by table, in one snapshot."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from graphlib import TopologicalSorter
from typing import Any, Final

from platewarden.retention.inventory import TABLES, Backup, Fate, Table

_BY_NAME: Final = {table.name: table for table in TABLES}

_COLUMNS: Final = """
SELECT attname FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""

# A deferred reference is checked at the commit, so it sets no order; those to oneself set none either.
_BEFORE: Final = """
SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
WHERE contype = 'f' AND NOT condeferrable AND conparentid = 0 AND conrelid <> confrelid
"""

_SEQUENCES: Final = """
SELECT sequence.oid::regclass::text, owner.relname, attname
FROM pg_class sequence
JOIN pg_depend ON pg_depend.objid = sequence.oid AND deptype IN ('a', 'i') AND refclassid = 'pg_class'::regclass
JOIN pg_class owner ON owner.oid = refobjid
JOIN pg_attribute ON attrelid = owner.oid AND attnum = refobjsubid
WHERE sequence.relkind = 'S' AND sequence.relnamespace = 'public'::regnamespace
"""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a backup takes: with reads captured on *since* (UTC) or later, or without reads.

    Attributes:
        since: The oldest capture day in it; None for a lasting backup, which holds no read.
    """

    since: date | None

    def tables(self) -> list[Table]:
        """Return the tables that it holds rows of."""
        kinds = {Backup.EVERY} if self.since is None else {Backup.EVERY, Backup.SHORT}
        return [table for table in TABLES if table.backup in kinds]

    def condition(self, table: Table) -> str:
        """Return SQL for the rows of *table* that it holds; empty for all."""
        if self.since is None or not table.day:
            return table.lasting if self.since is None else ""
        day = self.since.isoformat()
        opens = f"date '{day}'" if table.day == "last_day" else f"timestamptz '{day} 00:00:00+00'"
        recent = f"{table.day} >= {opens}"
        return f"({table.lasting}) OR {recent}" if table.lasting else recent


def columns_of(cursor: Any, table: str) -> list[str]:
    """Return the names of *table*'s columns that are stored, in order."""
    cursor.execute(_COLUMNS, [table])
    return [name for (name,) in cursor.fetchall()]


def copy_out(cursor: Any, table: Table, columns: Collection[str], condition: str) -> Iterator[bytes]:
    """Yield the rows of *table* that meet *condition*, as PostgreSQL writes them out."""
    where = f" WHERE {condition}" if condition else ""
    select = f'SELECT {_list(columns)} FROM "{table.name}"{where}'  # noqa: S608 - all from the inventory and the catalogue
    with cursor.copy(f"COPY ({select}) TO STDOUT") as rows:
        for block in rows:
            yield bytes(block)


def copy_in(cursor: Any, table: str, columns: Collection[str], blocks: Iterator[bytes]) -> int:
    """Put rows that `copy_out` wrote into *table*; return how many there were.

    Raises:
        KeyError: There is no such table in the inventory.
    """
    known = _BY_NAME[table]
    with cursor.copy(f'COPY "{known.name}" ({_list(columns)}) FROM STDIN') as rows:
        for block in blocks:
            rows.write(block)
    return int(cursor.rowcount)


def in_order(cursor: Any, tables: Collection[Table]) -> list[Table]:
    """Return *tables* so that each comes after those it refers to."""
    cursor.execute(_BEFORE)
    before: dict[str, set[str]] = {table.name: set() for table in tables}
    for table, needed in cursor.fetchall():
        if table in before and needed in before:
            before[table].add(needed)
    return [_BY_NAME[name] for name in TopologicalSorter(before).static_order()]


def set_sequences(cursor: Any) -> None:
    """Let every numbering go on after the highest number there is."""
    cursor.execute(_SEQUENCES)
    for sequence, table, column in cursor.fetchall():
        highest = f'SELECT max("{column}") FROM "{table}"'  # noqa: S608 - both from the catalogue
        cursor.execute(f"SELECT setval(%s::regclass, coalesce(({highest}), 0) + 1, false)", [sequence])


def prepare_days(cursor: Any, days: Collection[date]) -> None:
    """Make room for what is kept by day."""
    for day in days:
        for table in TABLES:
            if table.fate is Fate.DROPPED:
                cursor.execute("SELECT prepare_day(%s, %s)", [table.name, day])


def _list(columns: Collection[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
