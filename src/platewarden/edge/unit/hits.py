"""What the car was told of, until the server knows of it and its time is over: sealed, bounded, and never a read."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Self

from platewarden.edge.board.entries import BoardEntry
from platewarden.edge.board.matching import BoardMatch
from platewarden.edge.vault import DamagedError, Vault

FILE: Final = "hits.sqlite"
MOST: Final = 200
"""Hits kept at most; the oldest goes. A car that meets more of them in its days on board has another trouble."""

_PURPOSE: Final = "hits"
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS hits (
    number INTEGER PRIMARY KEY AUTOINCREMENT, camera TEXT NOT NULL, capture_id TEXT NOT NULL, at REAL NOT NULL,
    told_at REAL NOT NULL, version INTEGER NOT NULL, sealed BLOB NOT NULL, answer TEXT NOT NULL DEFAULT '',
    answered_at REAL, is_reported INTEGER NOT NULL DEFAULT 0, UNIQUE (camera, capture_id));
"""


class Answer(StrEnum):
    """What the crew said when they compared image and entry."""

    MATCH = "match"
    DIFFER = "differ"
    UNREADABLE = "unreadable"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return _ANSWERS[self]


_ANSWERS: Final = {
    Answer.MATCH: "Characters and state both match",
    Answer.DIFFER: "They differ",
    Answer.UNREADABLE: "Cannot be read",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One hit as the crew sees it.

    Attributes:
        plate: As read.
        state: As read; empty where it is not known.
        grade: How read and entry fit, in words.
        entry: The entry.
        is_stale: Whether its list was past its age.
        has_place: Whether it is known where it was.
        plate_image: A file.
        vehicle_image: A file.
    """

    plate: str
    state: str
    grade: str
    entry: BoardEntry
    is_stale: bool
    has_place: bool
    plate_image: bytes
    vehicle_image: bytes

    @classmethod
    def of(
        cls, facts: dict[str, Any], images: tuple[bytes, bytes], found: BoardMatch, *, is_stale: bool
    ) -> Self:
        """Return how a read with *facts* and *images* that *found* an entry is shown."""
        return cls(
            str(facts["plate"]),
            str(facts.get("state") or ""),
            found.match.grade.label,
            found.entry,
            is_stale,
            facts.get("position") is not None,
            *images,
        )


@dataclass(frozen=True, slots=True)
class UnitHit:
    """A hit on board.

    Attributes:
        number: Its number on this unit.
        camera: Code of its camera.
        capture_id: The camera's own id of the read.
        at: When the vehicle was seen.
        told_at: When the crew was told.
        version: Of the list on board.
        answer: What the crew said; None while they have not.
        answered_at: When they did.
    """

    number: int
    camera: str
    capture_id: str
    at: datetime
    told_at: datetime
    version: int
    answer: Answer | None
    answered_at: datetime | None

    def report(self) -> dict[str, Any]:
        """Return what the server is told: ids and times, nothing of the plate."""
        return {
            "capture_id": self.capture_id,
            "told_at": self.told_at.isoformat(),
            "version": self.version,
            "answer": self.answer.value if self.answer else "",
            "answered_at": self.answered_at.isoformat() if self.answered_at else None,
        }


class HitStore:
    """The hits of one unit."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        """Open the file in *folder*, or make it."""
        self._vault, self._lock = vault, threading.RLock()
        self._db = sqlite3.connect(folder / FILE, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            self._db.close()

    def add(self, hit: UnitHit, shown: Shown) -> bool:
        """Keep *hit*, whose number is given here; return whether it was not there before."""
        sealed = self._vault.seal(_PURPOSE, f"{hit.camera}/{hit.capture_id}", _packed(shown))
        row = (hit.camera, hit.capture_id, hit.at.timestamp(), hit.told_at.timestamp(), hit.version, sealed)
        with self._transaction():
            added = self._db.execute(
                "INSERT OR IGNORE INTO hits (camera, capture_id, at, told_at, version, sealed)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
            self._db.execute("DELETE FROM hits WHERE number <= (SELECT max(number) FROM hits) - ?", (MOST,))
        return bool(added.rowcount)

    def latest(self, most: int = MOST) -> list[UnitHit]:
        """Return the hits, the latest first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT number, camera, capture_id, at, told_at, version, answer, answered_at FROM hits"
                " ORDER BY number DESC LIMIT ?",
                (most,),
            )
            return [_hit(row) for row in rows]

    def shown(self, number: int) -> tuple[UnitHit, Shown] | None:
        """Return the hit *number* with what is shown of it; None if it is gone or cannot be opened."""
        with self._lock:
            row = self._db.execute(
                "SELECT number, camera, capture_id, at, told_at, version, answer, answered_at, sealed FROM hits"
                " WHERE number = ?",
                (number,),
            ).fetchone()
        if row is None:
            return None
        hit = _hit(row[:-1])
        try:
            return hit, _unpacked(self._vault.open(_PURPOSE, f"{hit.camera}/{hit.capture_id}", row[-1]))
        except DamagedError:
            return None

    def answer(self, number: int, answer: Answer, *, now: datetime) -> bool:
        """Keep what the crew said of the hit *number*, once; return whether it was the first answer."""
        with self._lock:
            done = self._db.execute(
                "UPDATE hits SET answer = ?, answered_at = ?, is_reported = 0 WHERE number = ? AND answer = ''",
                (answer.value, now.timestamp(), number),
            )
        return bool(done.rowcount)

    def unreported(self) -> list[UnitHit]:
        """Return the hits of which the server does not know all yet, the oldest first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT number, camera, capture_id, at, told_at, version, answer, answered_at FROM hits"
                " WHERE NOT is_reported ORDER BY number"
            )
            return [_hit(row) for row in rows]

    def reported(self, hit: UnitHit) -> None:
        """Note that the server knows of *hit* as it is given here; an answer that came since stays to be said."""
        with self._lock:
            self._db.execute(
                "UPDATE hits SET is_reported = 1 WHERE number = ? AND answer = ?",
                (hit.number, hit.answer.value if hit.answer else ""),
            )

    def expire(self, *, before: datetime) -> int:
        """Remove the hits of what was seen before *before* (RET-1); return how many."""
        with self._lock:
            return self._db.execute("DELETE FROM hits WHERE at < ?", (before.timestamp(),)).rowcount

    def expire_reported(self, *, before: datetime) -> int:
        """Remove the hits of before *before* of which the server knows everything; return how many."""
        with self._lock:
            done = self._db.execute("DELETE FROM hits WHERE is_reported AND at < ?", (before.timestamp(),))
            return done.rowcount

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise


def destroy(folder: Path) -> None:
    """Remove the hits in *folder*."""
    for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
        (folder / name).unlink(missing_ok=True)


def _hit(row: tuple[Any, ...]) -> UnitHit:
    number, camera, capture_id, at, told_at, version, answer, answered_at = row
    return UnitHit(
        number,
        camera,
        capture_id,
        datetime.fromtimestamp(at, UTC),
        datetime.fromtimestamp(told_at, UTC),
        version,
        Answer(answer) if answer else None,
        datetime.fromtimestamp(answered_at, UTC) if answered_at else None,
    )


def _packed(shown: Shown) -> bytes:
    facts = {
        "plate": shown.plate,
        "state": shown.state,
        "grade": shown.grade,
        "entry": shown.entry.row(),
        "is_stale": shown.is_stale,
        "has_place": shown.has_place,
    }
    head = json.dumps(facts).encode()
    images = b"".join(len(one).to_bytes(4) + one for one in (shown.plate_image, shown.vehicle_image))
    return len(head).to_bytes(4) + head + images


def _unpacked(content: bytes) -> Shown:
    parts = []
    while content:
        end = 4 + int.from_bytes(content[:4])
        parts.append(content[4:end])
        content = content[end:]
    head, plate_image, vehicle_image = parts
    facts = json.loads(head)
    facts["entry"] = BoardEntry.of_row(facts["entry"])
    return Shown(**facts, plate_image=plate_image, vehicle_image=vehicle_image)


def unnumbered(camera: str, facts: dict[str, Any], *, version: int, at: datetime, now: datetime) -> UnitHit:
    """Return the hit that a read of *camera* is, before it is kept."""
    return UnitHit(0, camera, str(facts["capture_id"]), at, now, version, None, None)
