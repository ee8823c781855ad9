"""Reads that the server has not taken yet, on disk: sealed, bounded, in order, and gone when their time is over.

One SQLite file. A read is in it once `put` returns, whatever happens to the machine then; it leaves it when the server
has answered for it, when its time is over, or when there is no more room: then the oldest that hit nothing goes first,
and what went is counted. Camera, capture id and time of a read lie there in clear; plate, images and everything else
of it are sealed under the device's secret.
"""

import contextlib
import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from platewarden.edge.vault import DamagedError, Vault
from platewarden.site.secrets import private_folder

FILE: Final = "spool.sqlite"
BALLAST: Final = "ballast"
BALLAST_BYTES: Final = 8 << 20
"""Kept in reserve: removed when the disk is full, so that the journal has room in which reads are removed by the rule.
Until there is room again the spool itself does not grow: what is new takes the place of what went."""

COUNTERS: Final = ("dropped_non_hits", "dropped_hits", "expired", "damaged", "refused", "lost")
"""What became of reads that the server never took: no room for one that hit nothing, or for a hit; its time was over;
sealed bytes that were altered; refused by the server; no room even for itself."""

_ATTEMPTS: Final = 6
_TOGETHER: Final = 8
_MOST_PAGES: Final = 2**31 - 2
_OVERHEAD: Final = 1024
"""What a read takes in the file beside its sealed bytes, about."""

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS reads (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    camera TEXT NOT NULL,
    capture_id TEXT NOT NULL,
    at REAL NOT NULL,
    is_hit INTEGER NOT NULL,
    size INTEGER NOT NULL,
    is_signed INTEGER NOT NULL DEFAULT 0,
    facts BLOB NOT NULL,
    UNIQUE (camera, capture_id)
);
CREATE INDEX IF NOT EXISTS reads_in_order ON reads (camera, seq);
CREATE INDEX IF NOT EXISTS reads_by_worth ON reads (is_hit, seq);
CREATE INDEX IF NOT EXISTS reads_by_age ON reads (at);
CREATE TABLE IF NOT EXISTS images (seq INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Spooled:
    """One read in the spool, opened.

    Attributes:
        seq: Its place in the order.
        camera: Code of its camera.
        capture_id: The camera's own id of it.
        facts: What the device knows of it, ready for JSON.
        images: Plate image and vehicle image, as files.
        is_signed: Whether the facts are as they were signed, and stay so.
    """

    seq: int
    camera: str
    capture_id: str
    facts: dict[str, Any]
    images: tuple[bytes, bytes]
    is_signed: bool


@dataclass(frozen=True, slots=True)
class Depth:
    """What is in the spool: reads, those of them that hit, their bytes, and the time of the oldest."""

    reads: int
    hits: int
    size: int
    oldest_at: float | None


class Spool:
    """The reads of one device that wait."""

    def __init__(self, folder: Path, vault: Vault, *, most_bytes: int) -> None:
        """Open the spool in *folder*, or make it; it takes about *most_bytes* at most.

        Raises:
            sqlite3.Error: It cannot be opened, e.g. because the disk is full and no spool is there yet.
        """
        self.folder, self._vault, self._lock = private_folder(folder), vault, threading.RLock()
        self.most_bytes, self.is_closed = most_bytes, False
        path = folder / FILE
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        # secure_delete overwrites what is removed; FULL waits for the disk before a read counts as taken
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "wal_autocheckpoint=256",
            "secure_delete=ON",
            "journal_size_limit=1048576",
        ):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_TABLES)
        self._db.executemany("INSERT OR IGNORE INTO counters VALUES (?, 0)", [(name,) for name in COUNTERS])
        self._relax()

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            self.is_closed = True
            self._db.close()

    def put(
        self, camera: str, facts: dict[str, Any], images: tuple[bytes, bytes], *, at: datetime, is_hit: bool
    ) -> bool:
        """Take a read, durably; return whether it is in the spool, or was there before.

        It is not when there is no room, and nothing that may go before it; then it is counted.
        """
        capture_id = str(facts["capture_id"])
        sealed = self._seal(camera, capture_id, "facts", json.dumps(facts).encode())
        pictures = self._seal(camera, capture_id, "images", _joined(images))
        size = len(sealed) + len(pictures) + _OVERHEAD
        row = (camera, capture_id, at.timestamp(), int(is_hit), size, sealed)
        with self._lock:
            for attempt in range(_ATTEMPTS):
                try:
                    return self._take(row, pictures, more=size << attempt if attempt > 1 else 0)
                except sqlite3.OperationalError:  # the disk is full
                    self._tighten()
            with contextlib.suppress(sqlite3.OperationalError):  # not even the count can be kept
                self._count("lost")
            return False

    def batch(self, camera: str, most: int) -> list[Spooled]:
        """Return the oldest reads of *camera*, up to *most*; one that was altered is removed and counted."""
        found, damaged = [], []
        with self._lock:
            rows = self._db.execute(
                "SELECT seq, capture_id, is_signed, facts, sealed FROM reads JOIN images USING (seq)"
                " WHERE camera = ? ORDER BY seq LIMIT ?",
                (camera, most),
            ).fetchall()
            for seq, capture_id, is_signed, facts, sealed in rows:
                try:
                    opened = json.loads(self._open(camera, capture_id, "facts", facts))
                    images = _parted(self._open(camera, capture_id, "images", sealed))
                except (DamagedError, ValueError):
                    damaged.append(seq)
                    continue
                found.append(Spooled(seq, camera, capture_id, opened, images, bool(is_signed)))
            self._remove(damaged, "damaged")
        return found if found or not damaged else self.batch(camera, most)

    def settle(self, reads: list[tuple[Spooled, dict[str, Any]]]) -> None:
        """Keep the facts of *reads* as they were signed, before any of them is sent: what is sent again is the same.

        Raises:
            sqlite3.Error: It cannot be written; then nothing is sent.
        """
        with self._lock, self._on_a_full_disk(), self._transaction():
            for read, facts in reads:
                sealed = self._seal(read.camera, read.capture_id, "facts", json.dumps(facts).encode())
                self._db.execute(
                    "UPDATE reads SET facts = ?, is_signed = 1 WHERE seq = ?", (sealed, read.seq)
                )

    def forget(self, seqs: list[int], why: str = "") -> None:
        """Remove what the server has answered for; *why* names the counter where it did not take it."""
        with self._lock:
            self._remove(seqs, why)

    def expire(self, *, before: datetime) -> int:
        """Remove what was captured before *before*, submitted or not (RET-1); return how much it was.

        What was removed before, for whatever cause, is overwritten in the journal, too.
        """
        with self._lock:
            rows = self._db.execute("SELECT seq FROM reads WHERE at < ?", (before.timestamp(),)).fetchall()
            self._remove([seq for (seq,) in rows], "expired")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return len(rows)

    def depth(self) -> Depth:
        """Return what is in the spool."""
        with self._lock:
            row = self._db.execute(
                "SELECT count(*), coalesce(sum(is_hit), 0), coalesce(sum(size), 0), min(at) FROM reads"
            ).fetchone()
        return Depth(*row)

    def cameras(self) -> list[str]:
        """Return the codes of the cameras of which reads wait."""
        with self._lock:
            return [
                camera for (camera,) in self._db.execute("SELECT DISTINCT camera FROM reads ORDER BY camera")
            ]

    def counters(self) -> dict[str, int]:
        """Return how many reads never reached the server, by what became of them."""
        with self._lock:
            return dict(self._db.execute("SELECT name, value FROM counters").fetchall())

    def _take(self, row: tuple[Any, ...], pictures: bytes, *, more: int) -> bool:
        """Take a read in, after what has to go for it and *more* bytes; whether there was room."""
        is_hit, size = bool(row[3]), int(row[4])
        with self._transaction():
            if not self._make_room(size, is_hit=is_hit):
                self._count("dropped_hits" if is_hit else "dropped_non_hits")
                return False
            self._drop(more, is_hit=is_hit)
            inserted = self._db.execute(
                "INSERT OR IGNORE INTO reads (camera, capture_id, at, is_hit, size, facts) VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
            if inserted.rowcount:
                self._db.execute("INSERT INTO images VALUES (?, ?)", (inserted.lastrowid, pictures))
        self._relax()
        return True

    def _make_room(self, size: int, *, is_hit: bool) -> bool:
        depth = self.depth()
        excess = depth.size + size - self.most_bytes
        if excess <= 0:
            return True
        of_hits = self._db.execute("SELECT coalesce(sum(size), 0) FROM reads WHERE is_hit").fetchone()[0]
        if depth.size - (0 if is_hit else of_hits) < excess:
            return False
        self._drop(excess, is_hit=is_hit)
        return True

    def _drop(self, excess: int, *, is_hit: bool) -> None:
        """Remove *excess* bytes if possible: the oldest that hit nothing, then, for a hit, the oldest hits."""
        seqs: dict[str, list[int]] = {"dropped_non_hits": [], "dropped_hits": []}
        freed = 0
        kinds = (0, 1) if is_hit else (0,)
        for kind in kinds:
            for seq, size in self._db.execute(
                "SELECT seq, size FROM reads WHERE is_hit = ? ORDER BY seq", (kind,)
            ):
                if freed >= excess:
                    break
                seqs["dropped_hits" if kind else "dropped_non_hits"].append(seq)
                freed += size
        for why, gone in seqs.items():
            self._remove(gone, why)

    def _remove(self, seqs: list[int], why: str) -> None:
        """Remove reads, a few at a time: what is removed is overwritten, and each time passes through the journal."""
        for start in range(0, len(seqs), _TOGETHER):
            some = [(seq,) for seq in seqs[start : start + _TOGETHER]]
            with self._on_a_full_disk(), self._transaction():
                self._db.executemany("DELETE FROM images WHERE seq = ?", some)
                self._db.executemany("DELETE FROM reads WHERE seq = ?", some)
                if why:
                    self._count(why, len(some))

    def _count(self, name: str, count: int = 1) -> None:
        self._db.execute("UPDATE counters SET value = value + ? WHERE name = ?", (count, name))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise

    def _free_bytes(self) -> int:
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize

    @contextmanager
    def _on_a_full_disk(self) -> Iterator[None]:
        """Make the room that a journal needs before it is needed, unless a transaction has begun."""
        if not self._db.in_transaction and self._free_bytes() < BALLAST_BYTES // 2:
            self._tighten()
        yield

    def _tighten(self) -> None:
        """Give the ballast to the journal, and let the spool grow no more."""
        (self.folder / BALLAST).unlink(missing_ok=True)
        with contextlib.suppress(sqlite3.OperationalError):
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (pages,) = self._db.execute("PRAGMA page_count").fetchone()
        self._db.execute(f"PRAGMA max_page_count = {int(pages)}")

    def _relax(self) -> None:
        """Lay the ballast down again once there is room, and let the spool grow."""
        if (self.folder / BALLAST).exists() or self._free_bytes() < 2 * BALLAST_BYTES:
            return
        self._load_ballast()
        self._db.execute(f"PRAGMA max_page_count = {_MOST_PAGES}")

    def _load_ballast(self) -> None:
        path = self.folder / BALLAST
        with contextlib.suppress(OSError):
            if not path.exists():
                with path.open("wb") as file:
                    os.posix_fallocate(file.fileno(), 0, BALLAST_BYTES)

    def _seal(self, camera: str, capture_id: str, part: str, content: bytes) -> bytes:
        return self._vault.seal("spool", f"{camera}/{capture_id}/{part}", content)

    def _open(self, camera: str, capture_id: str, part: str, sealed: bytes) -> bytes:
        return self._vault.open("spool", f"{camera}/{capture_id}/{part}", sealed)


def destroy(folder: Path) -> None:
    """Remove the spool in *folder*, whatever is in it."""
    for name in (FILE, f"{FILE}-wal", f"{FILE}-shm", BALLAST):
        (folder / name).unlink(missing_ok=True)


def _joined(images: tuple[bytes, bytes]) -> bytes:
    plate, vehicle = images
    return len(plate).to_bytes(4) + plate + vehicle


def _parted(joined: bytes) -> tuple[bytes, bytes]:
    end = 4 + int.from_bytes(joined[:4])
    return joined[4:end], joined[end:]
