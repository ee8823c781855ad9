"""The same rows and the same questions in SQLite and, where it is installed, DuckDB: to measure searches beside."""

import csv
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from benchmarks.search_store import NOW

COLUMNS = ("seen_at", "id", "camera", "plate", "state", "vehicle_type", "vehicle_colour", "skeleton")
LISTS = {"EDITS": "plate", "CAMERAS": "camera"}
"""What stands in a condition for a column being one of many values, which each peer says in its own way."""

MOST = 200


class Peer(Protocol):
    """Another database with the same rows."""

    name: str

    def rows(self, condition: str, facts: dict[str, Any]) -> int:
        """Return how many rows *condition* finds in the window that *facts* name."""


def available() -> list[str]:
    """Return the peers that can be measured here."""
    return ["sqlite", *(["duckdb"] if find_spec("duckdb") else [])]


def question(condition: str) -> str:
    """Return the statement that asks for the newest reads that fit *condition*."""
    return (
        f"select * from reads where {condition} and seen_at >= $since and seen_at < $until "  # noqa: S608 - our own words
        f"order by seen_at desc limit {MOST}"
    )


class SQLite:
    """Indexes for each of the ways in; patterns and look-alikes have an index where their beginning is known."""

    name = "SQLite"

    def __init__(self, home: Path) -> None:
        path = home / "beside.sqlite"
        is_made = path.exists()
        self._connection = sqlite3.connect(path)
        if not is_made:
            self._fill(home)

    def _fill(self, home: Path) -> None:
        types = ("real", "text", "int", "text", "text", "text", "text", "text")
        columns = ", ".join(f"{name} {kind}" for name, kind in zip(COLUMNS, types, strict=True))
        self._connection.execute("pragma journal_mode = off")
        self._connection.execute("pragma synchronous = off")
        self._connection.execute(f"create table reads ({columns})")
        marks = ", ".join("?" * len(COLUMNS))
        with closing(as_csv(home).open(encoding="ascii", newline="")) as file:
            self._connection.executemany(f"insert into reads values ({marks})", csv.reader(file))  # noqa: S608 - our own words
        for columns in ("seen_at", "plate, seen_at", "camera, seen_at", "skeleton, seen_at"):
            self._connection.execute(f"create index 'by {columns}' on reads ({columns})")
        self._connection.execute("analyze")
        self._connection.commit()

    def rows(self, condition: str, facts: dict[str, Any]) -> int:
        """Return how many rows *condition* finds."""
        for name, column in LISTS.items():
            values = f"select value from json_each(${name.lower()})"  # noqa: S608 - our own words
            condition = condition.replace(name, f"{column} in ({values})")
        return len(self._connection.execute(question(condition), facts).fetchall())


class DuckDB:
    """Columns and no index: it looks through the window, on every core it is given."""

    name = "DuckDB"

    def __init__(self, home: Path) -> None:
        path = home / "beside.duckdb"
        is_made = path.exists()
        self._connection = import_module("duckdb").connect(str(path))
        if not is_made:
            self._connection.execute(
                "create table reads as select * from read_csv(?, header = false, all_varchar = false, names = ?)",
                [str(as_csv(home)), list(COLUMNS)],
            )

    def rows(self, condition: str, facts: dict[str, Any]) -> int:
        """Return how many rows *condition* finds."""
        for name, column in LISTS.items():
            values = f"unnest(from_json(${name.lower()}, '[\"varchar\"]'))"
            condition = condition.replace(name, f"{column}::varchar in (select {values})")
        statement = question(condition)
        asked = {name: value for name, value in facts.items() if re.search(rf"\${name}\b", statement)}
        return len(self._connection.execute(statement, asked).fetchall())


@contextmanager
def peers(names: list[str], home: Path) -> Iterator[list[Peer]]:
    """Yield the peers *names*, filled."""
    makers: dict[str, Callable[[Path], Peer]] = {"sqlite": SQLite, "duckdb": DuckDB}
    yield [makers[name](home) for name in names]
    as_csv(home, make=False).unlink(missing_ok=True)


def as_csv(home: Path, *, make: bool = True) -> Path:
    """Return the rows as a file that every peer reads."""
    path = home / "rows.csv"
    if path.exists() or not make:
        return path
    from django.db import connection

    select = """
        copy (select extract(epoch from seen_at)::float8, id, camera_id, reads.plate, state, vehicle_type,
            vehicle_colour, skeleton from reads join plates_seen using (agency_id, plate)) to stdout (format csv)
    """
    with connection.cursor() as cursor, path.open("wb") as file, cursor.copy(select) as copy:
        for block in copy:
            file.write(block)
    return path


def window_facts(since: Any, until: Any) -> dict[str, float]:
    """Return the window as the peers keep time: seconds since 1970."""
    assert until <= NOW
    return {"since": since.timestamp(), "until": until.timestamp()}


if __name__ == "__main__":
    raise SystemExit("This is no benchmark of its own: see benchmarks/search.py.")
