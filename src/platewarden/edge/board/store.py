"""The list on disk: every part sealed, changed as a whole or not at all.

One SQLite file holds what was last taken: the columns of the index in chunks, and the entries in blocks of 256, each
sealed under the device's secret. Taking a list or a change of one is one transaction; whatever interrupts it, the
list before it is still there. What a change removes is rewritten out of its block at once.
"""

import json
import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from platewarden.edge.board.entries import BoardEntry, BoardError
from platewarden.edge.board.index import COLUMNS, Batch, Index
from platewarden.matching.plates import skeleton

BLOCK: Final = 256
"""Entries sealed together: few enough to open one for a hit, enough that they pack well."""

_CHUNK: Final = 1 << 20
_BATCH: Final = 64 * BLOCK
_PURPOSE: Final = "board"
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS columns (
    name TEXT NOT NULL, chunk INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (name, chunk));
CREATE TABLE IF NOT EXISTS blocks (number INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
"""


class Seals(Protocol):
    """What seals under the device's secret."""

    def seal(self, purpose: str, name: str, content: bytes) -> bytes:
        """Return *content*, sealed, with *name* bound to it."""

    def open(self, purpose: str, name: str, sealed: bytes) -> bytes:
        """Return what was sealed; ValueError if it was altered."""


@dataclass(frozen=True, slots=True)
class Removal:
    """An entry that is on the list no more."""

    plate: str
    fingerprint: int


@dataclass(slots=True)
class _Facts:
    """What is kept beside columns and blocks.

    Attributes:
        statement: What the server says of this version, as it came.
        words: States and categories by number.
        partials: Anchor and place of each partial entry.
        next_place: Where the next entry goes.
    """

    statement: dict[str, Any]
    words: list[str]
    partials: list[tuple[str, int]]
    next_place: int


class BoardStore:
    """The list that a car carries; one process at a time changes it."""

    def __init__(self, path: Path, seals: Seals) -> None:
        """Use the file *path*, made if there is none, with what *seals* opens.

        Raises:
            BoardError: It cannot be opened under this secret, or is damaged.
        """
        self._path, self._seals = path, seals
        with closing(self._connected()) as database:
            database.executescript(_TABLES)
            self._facts = self._read_facts(database)
            self.index = self._read_index(database)

    @property
    def statement(self) -> dict[str, Any]:
        """What the server said of the version on board; empty before any was taken."""
        return self._facts.statement

    @property
    def partials(self) -> Sequence[tuple[str, int]]:
        """Anchor and place of each partial entry."""
        return self._facts.partials

    def __len__(self) -> int:
        """How many entries are on board."""
        return len(self.index) + len(self._facts.partials)

    def entry(self, place: int) -> BoardEntry:
        """Return the entry at *place*.

        Raises:
            BoardError: It is not there, or was altered.
        """
        with closing(self._connected()) as database:
            row = self._block(database, place // BLOCK).get(place % BLOCK)
        if row is None:
            raise BoardError("the list on board has lost an entry: take it anew")
        return BoardEntry.of_row(row)

    def replace(self, entries: Iterable[BoardEntry], *, statement: dict[str, Any]) -> None:
        """Put *entries* in the place of everything on board.

        Raises:
            BoardError: They cannot be taken; what was on board stays.
        """
        facts = _Facts(statement, [], [], 0)
        with closing(self._connected()) as database, database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("DELETE FROM blocks")
            fresh = Index()
            fresh = fresh.changed(without=(), added=self._write_entries(database, entries, facts, fresh))
            self._write_all(database, facts, fresh)
        self._facts, self.index = facts, fresh

    def change(
        self, *, removed: Sequence[Removal], added: Iterable[BoardEntry], statement: dict[str, Any]
    ) -> None:
        """Take *removed* off the list and put *added* on it.

        Raises:
            BoardError: Something to be removed is not there: the list on board is not the one that was changed.
        """
        old = self._facts
        facts = _Facts(statement, list(old.words), list(old.partials), old.next_place)
        with closing(self._connected()) as database, database:
            database.execute("BEGIN IMMEDIATE")
            rows = self._take_out(database, removed, facts)
            batch = self._write_entries(database, added, facts, self.index)
            fresh = self.index.changed(without=rows, added=batch)
            self._write_all(database, facts, fresh)
        self._facts, self.index = facts, fresh

    def _write_entries(
        self, database: sqlite3.Connection, entries: Iterable[BoardEntry], facts: _Facts, index: Index
    ) -> Batch:
        batch = Batch()
        for part in _parts(entries):
            facts.next_place = -(-facts.next_place // BLOCK) * BLOCK  # a block is written once
            ordered = sorted(
                part, key=lambda entry: bool(entry.anchor)
            )  # whole plates first: their places run on
            for at in range(0, len(ordered), BLOCK):
                rows = dict(enumerate(entry.row() for entry in ordered[at : at + BLOCK]))
                self._write_block(database, (facts.next_place + at) // BLOCK, rows)
            whole = [entry for entry in ordered if not entry.anchor]
            if whole:
                batch.add(whole, first_place=facts.next_place, index=index)
            partial = enumerate(ordered[len(whole) :], start=facts.next_place + len(whole))
            facts.partials += [(entry.anchor, place) for place, entry in partial]
            facts.next_place += len(ordered)
        return batch

    def _take_out(self, database: sqlite3.Connection, removed: Sequence[Removal], facts: _Facts) -> list[int]:
        """Rewrite the blocks of what is *removed*, and return the rows of the index that go with it."""
        wanted = {(one.plate, one.fingerprint) for one in removed}
        plates = {one.plate for one in removed}
        rows = {
            self.index.place(row): row
            for row in self.index.rows_of({skeleton(plate) for plate in plates if plate.isalnum()})
            if self.index.plate(row) in plates
        }
        blocks: dict[int, list[int]] = defaultdict(list)
        for place in [*rows, *(place for _, place in facts.partials)]:
            blocks[place // BLOCK].append(place)
        gone: set[int] = set()
        for number, places in blocks.items():
            kept = self._block(database, number)
            for place in places:
                row = kept.get(place % BLOCK)
                if row and (row[1], row[0]) in wanted:
                    wanted.remove((row[1], row[0]))
                    del kept[place % BLOCK]
                    gone.add(place)
            self._write_block(database, number, kept)
        if wanted:
            raise BoardError("the change is of another version of the list: take the whole list")
        facts.partials = [one for one in facts.partials if one[1] not in gone]
        return [row for place, row in rows.items() if place in gone]

    def _write_all(self, database: sqlite3.Connection, facts: _Facts, index: Index) -> None:
        database.execute("DELETE FROM columns")
        for name, _ in COLUMNS:
            column = index.column(name)
            for chunk in range(-(-len(column) // _CHUNK)):
                part = column[chunk * _CHUNK : (chunk + 1) * _CHUNK].tobytes()
                sealed = self._seals.seal(_PURPOSE, f"{name}-{chunk}", part)
                database.execute("INSERT INTO columns VALUES (?, ?, ?)", (name, chunk, sealed))
        facts.words = index.words
        whole = [facts.statement, facts.words, facts.partials, facts.next_place, len(index)]
        sealed = self._seals.seal(_PURPOSE, "facts", json.dumps(whole).encode())
        database.execute("INSERT OR REPLACE INTO facts VALUES ('facts', ?)", (sealed,))

    def _read_facts(self, database: sqlite3.Connection) -> _Facts:
        found = database.execute("SELECT sealed FROM facts").fetchone()
        if not found:
            return _Facts({}, [], [], 0)
        statement, words, partials, next_place, self._length = json.loads(self._opened("facts", found[0]))
        return _Facts(statement, words, [(anchor, place) for anchor, place in partials], next_place)

    def _read_index(self, database: sqlite3.Connection) -> Index:
        columns = {}
        for name, kind in COLUMNS:
            chunks = database.execute(
                "SELECT chunk, sealed FROM columns WHERE name = ? ORDER BY chunk", (name,)
            )
            parts = [np.frombuffer(self._opened(f"{name}-{chunk}", sealed), kind) for chunk, sealed in chunks]
            columns[name] = np.concatenate(parts) if parts else np.empty(0, kind)
        return Index(columns, self._facts.words)

    def _block(self, database: sqlite3.Connection, number: int) -> dict[int, list[Any]]:
        found = database.execute("SELECT sealed FROM blocks WHERE number = ?", (number,)).fetchone()
        if not found:
            return {}
        rows = json.loads(zlib.decompress(self._opened(f"block-{number}", found[0])))
        return {int(place): row for place, row in rows.items()}

    def _write_block(self, database: sqlite3.Connection, number: int, rows: dict[int, list[Any]]) -> None:
        if not rows:
            database.execute("DELETE FROM blocks WHERE number = ?", (number,))
            return
        packed = zlib.compress(json.dumps(rows, separators=(",", ":")).encode(), 1)
        sealed = self._seals.seal(_PURPOSE, f"block-{number}", packed)
        database.execute("INSERT OR REPLACE INTO blocks VALUES (?, ?)", (number, sealed))

    def _opened(self, name: str, sealed: bytes) -> bytes:
        try:
            return self._seals.open(_PURPOSE, name, sealed)
        except ValueError as error:
            raise BoardError("the list on board was altered, or is another device's: take it anew") from error

    def _connected(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, isolation_level=None, timeout=30)
        database.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
        )
        return database


def _parts(entries: Iterable[BoardEntry]) -> Iterator[list[BoardEntry]]:
    remaining = iter(entries)
    while part := list(islice(remaining, _BATCH)):
        yield part
