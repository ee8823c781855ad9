"""What makes a box a mobile unit: each read is placed, compared with the list on board, and told of if it hits."""

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx

from platewarden.edge.board.entries import BoardError
from platewarden.edge.board.fetching import fetch_board
from platewarden.edge.board.matching import BoardMatch, matches_on_board
from platewarden.edge.board.store import BoardStore
from platewarden.edge.board.wire import Statement
from platewarden.edge.clock import Clock
from platewarden.edge.identity import Identity
from platewarden.edge.place.fixes import Places, put_place
from platewarden.edge.talking import Line, RevokedError
from platewarden.edge.unit import hits
from platewarden.edge.unit.hits import HitStore, Shown
from platewarden.edge.upload import UploadError
from platewarden.edge.vault import Vault
from platewarden.matching.plates import PlateError, normalise
from platewarden.policy.hits import ReadFacts

BOARD: Final = "board.sqlite"
_BATCH: Final = 50
_ASK_S: Final = 30.0
_SHOWN: Final = timedelta(hours=12)
"""So long a hit stays on the page once the server knows of it: a long shift."""


@dataclass(frozen=True, slots=True)
class BoardAge:
    """How old what is on board is.

    Attributes:
        entries: How many there are.
        made_at: When the server put the version together; None where none was taken yet.
        stale: Names of the lists that are past their age.
    """

    entries: int
    made_at: datetime | None
    stale: tuple[str, ...]


@dataclass(slots=True)
class MobileUnit:
    """The list, the places and the hits of one car.

    Attributes:
        folder: Where list and hits lie.
        vault: Seals both.
        places: Where the car was.
        clock: The device's clock.
        tell: Takes each message.
    """

    folder: Path
    vault: Vault
    places: Places
    clock: Clock
    tell: Callable[[str], None]
    hits: HitStore = field(init=False)
    is_connected: bool = False
    _board: BoardStore = field(init=False)
    _trouble: str = ""

    def __post_init__(self) -> None:
        """Open list and hits; a list that cannot be opened is thrown away, and taken anew when there is a line."""
        self.hits = HitStore(self.folder, self.vault)
        try:
            self._board = BoardStore(self.folder / BOARD, self.vault)
        except BoardError as error:
            self.tell(f"{error}")
            destroy_board(self.folder)
            self._board = BoardStore(self.folder / BOARD, self.vault)

    def now(self) -> datetime:
        """Return the time by the server's clock, as far as it is known."""
        return datetime.fromtimestamp(self.clock.now(), UTC)

    def age(self) -> BoardAge:
        """Return how old the list on board is."""
        statement, now = self._statement(), self.now()
        if statement is None:
            return BoardAge(0, None, ())
        stale = tuple(one.name for one in statement.lists if statement.is_stale(one.name, now=now))
        return BoardAge(len(self._board), statement.made_at, stale)

    def examine(self, camera: str, facts: dict[str, Any], images: tuple[bytes, bytes]) -> bool:
        """Place a read, whose *facts* are completed here, and tell the crew if it hits; return whether it does."""
        at = put_place(facts, self.places, offset_s=self.clock.offset_s or 0.0)
        statement = self._statement()
        found = self._alerting(facts, statement) if statement else []
        if not found or statement is None:
            return False
        now, best = self.now(), found[0]
        shown = Shown.of(facts, images, best, is_stale=statement.is_stale(best.entry.hotlist, now=now))
        hit = hits.unnumbered(camera, facts, version=statement.version, at=at, now=now)
        if self.hits.add(hit, shown):
            self.tell("a read hits the list on board")
        return True

    def _alerting(self, facts: dict[str, Any], statement: Statement) -> list[BoardMatch]:
        try:
            plate = normalise(facts["plate"])
        except PlateError:
            return []
        alternates = {one["plate"]: one["confidence"] for one in facts.get("alternates") or ()}
        read = ReadFacts(
            plate, facts.get("state") or "", tuple(facts.get("char_confidences") or ()), alternates
        )
        for _ in range(2):  # a change of the list may come between finding an entry and opening it
            try:
                found = matches_on_board(read, self._board, parameters=statement.weighing(), now=self.now())
            except BoardError:
                continue
            return [one for one in found if one.alerts]
        self.tell("the list on board cannot be opened: nothing is compared until it has been taken anew")
        return []

    def _statement(self) -> Statement | None:
        said = self._board.statement
        return Statement.of_json(said) if said else None

    def start(self, identity: Callable[[], Identity], stop: threading.Event) -> threading.Thread:
        """Begin to keep up with the server, beside what else the agent does, until *stop*."""
        thread = threading.Thread(target=self._run, args=(identity, stop), daemon=True, name="unit")
        thread.start()
        return thread

    def _run(self, identity: Callable[[], Identity], stop: threading.Event) -> None:
        while not stop.is_set():
            who = identity()
            line = Line(who, self.clock)
            try:
                self.keep_up(line, who)
                self.is_connected = True
            except (UploadError, RevokedError):  # what it means is said by whoever submits
                self.is_connected = False
            except (OSError, sqlite3.Error) as error:
                self.tell(f"the list on board: {error}")
            finally:
                line.close()
            stop.wait(_ASK_S)

    def keep_up(self, line: Line, identity: Identity) -> None:
        """Bring the list up to date and tell the server what the crew was told and said.

        Raises:
            UnreachableError, RevokedError, StrangerError: See `Line.ask`.
        """
        try:
            came = fetch_board(line, self._board, identity)
        except BoardError as error:
            if str(error) != self._trouble:
                self.tell(f"{error}; the list on board stays")
            self._trouble = str(error)
        else:
            self._trouble = ""
            if came:
                version = self._board.statement["version"]
                self.tell(f"version {version} of the hotlists is on board: {len(self._board)} entries")
        self._report(line)

    def _report(self, line: Line) -> None:
        for hit in self.hits.unreported()[:_BATCH]:
            answer = line.ask("POST", f"/cameras/{hit.camera}/told", hit.report())
            if answer.status_code == httpx.codes.OK:
                self.hits.reported(hit)
        self.hits.expire_reported(before=self.now() - _SHOWN)

    def close(self) -> None:
        """Let the files go."""
        self.hits.close()


def destroy_board(folder: Path) -> None:
    """Remove the list in *folder*."""
    for name in (BOARD, f"{BOARD}-wal", f"{BOARD}-shm"):
        (folder / name).unlink(missing_ok=True)


def destroy(folder: Path) -> None:
    """Remove list and hits in *folder*."""
    destroy_board(folder)
    hits.destroy(folder)
