"""One box for several cameras: each watched by a thread of its own, one spool, one line to the server.

It listens on nothing and serves nobody: no picture, no stream, no status. What it has to say it says to the server and
to the log of its machine.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx

from platewarden import __version__
from platewarden.edge import identity as identities
from platewarden.edge import spool as spools
from platewarden.edge.clock import Clock
from platewarden.edge.decoder import VideoError, is_live
from platewarden.edge.delivery import Backoff, Delivery, spoolable
from platewarden.edge.gate import Looking, Region
from platewarden.edge.identity import Identity
from platewarden.edge.place.fixes import Places, put_place
from platewarden.edge.settings import MOST_HOURS, Settings, SettingsError, open_settings
from platewarden.edge.sources import LiveStream, VideoSource, open_video
from platewarden.edge.spool import Spool
from platewarden.edge.talking import Line, RevokedError, answer_facts
from platewarden.edge.unit import unit as units
from platewarden.edge.unit.unit import MobileUnit
from platewarden.edge.upload import UnreachableError
from platewarden.edge.vault import Vault, destroy_secret
from platewarden.edge.views.looking import EVERY_S, Lookout
from platewarden.edge.views.wire import ViewsError, open_views
from platewarden.edge.watch import Watch
from platewarden.recognition.types import Detection, Frame, Look, PlateRead, Recognises, Surroundings

_REOPEN_S: Final = 15.0
_IDLE_S: Final = 0.5
_PURGE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class SourceSetting:
    """One source: the code of its camera, where its video comes from, and the part of the picture that counts."""

    camera: str
    source: str
    region: Region | None = None


@dataclass(slots=True)
class SourceState:
    """How one source fares."""

    camera: str
    state: str = "opening"
    video: VideoSource | None = None
    reads: int = 0
    lookout: Lookout = field(default_factory=Lookout)

    def as_json(self) -> dict[str, Any]:
        """Return it ready for JSON: never an address, which may hold a password."""
        health = self.video.health if self.video else None
        return {
            "camera": self.camera,
            "state": "still" if health and health.still_for_s else self.state,
            "reads": self.reads,
            "frames": health.frames if health else 0,
            "dropped": health.dropped if health else 0,
            "reconnects": health.reconnects if health else 0,
            "view": self.lookout.as_json(),
        }


class OneAtATime:
    """A recogniser that several threads share."""

    def __init__(self, recogniser: Recognises) -> None:
        """Guard *recogniser*."""
        self._recogniser, self._lock = recogniser, threading.Lock()

    def find(self, frame: Frame) -> list[Detection]:
        """Find plates."""
        with self._lock:
            return self._recogniser.find(frame)

    def look(self, frame: Frame, detection: Detection) -> Look:
        """Read one plate."""
        with self._lock:
            return self._recogniser.look(frame, detection)

    def describe(self, frame: Frame, look: Look) -> Surroundings:
        """Describe what is around it."""
        with self._lock:
            return self._recogniser.describe(frame, look)

    def conclude(self, looks: Sequence[Look], described: Sequence[Surroundings] = ()) -> PlateRead | None:
        """Make one read of several looks."""
        with self._lock:
            return self._recogniser.conclude(looks, described)

    def read(self, frame: Frame) -> list[PlateRead]:
        """Read all plates of one picture."""
        with self._lock:
            return self._recogniser.read(frame)


@dataclass(slots=True)
class Agent:
    """The running agent.

    Attributes:
        folder: Where identity and spool lie.
        vault: Seals both.
        key_from: Where the vault's secret lies, to destroy it when the device is revoked.
        identity: Who the device is.
        sources: What it watches.
        tell: Takes each message.
        clock: The device's clock.
        unit: What makes the box a car's.
        places: Of a box that stands and has a receiver: where that says it is.
        stop: Set by whoever wants it to end.
        transport: What carries its requests; None for the network.
    """

    folder: Path
    vault: Vault
    key_from: str
    identity: Identity
    sources: Sequence[SourceSetting]
    tell: Callable[[str], None]
    clock: Clock = field(default_factory=Clock)
    unit: MobileUnit | None = None
    places: Places | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    transport: httpx.BaseTransport | None = None
    settings: Settings = field(init=False)
    spool: Spool = field(init=False)
    states: list[SourceState] = field(init=False)
    _views_due: float = 0.0
    _told: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open the spool under the settings last taken."""
        self.settings = _settings_of(self.identity)
        self.spool = Spool(self.folder, self.vault, most_bytes=self.settings.spool_megabytes << 20)
        self.states = [SourceState(setting.camera) for setting in self.sources]

    def run(self, recogniser: Recognises | None, *, until_delivered: bool = False) -> None:
        """Work until `stop` is set, or, where *until_delivered*, until recordings have ended and nothing waits.

        Raises:
            RevokedError: The server has revoked this device; everything it held is destroyed.
            StrangerError: The server does not know it.
        """
        shared = OneAtATime(recogniser) if recogniser else None
        watchers = [
            threading.Thread(target=self._watch, args=(setting, state, shared), daemon=True)
            for setting, state in zip(self.sources, self.states, strict=True)
            if shared is not None
        ]
        for watcher in watchers:
            watcher.start()
        if self.unit:
            self.unit.start(lambda: self.identity, self.stop)
        try:
            with self._line() as line:
                self._serve(line, watchers, until_delivered=until_delivered)
        except RevokedError:
            self.wipe()
            raise
        finally:
            self.stop.set()
            for watcher in watchers:
                watcher.join(5)

    def wipe(self) -> None:
        """Destroy secret, identity and spool: the secret first, since the rest is noise without it."""
        self.stop.set()
        is_gone = destroy_secret(self.key_from)
        self.spool.close()
        if self.unit:
            self.unit.close()
        identities.forget(self.folder)
        spools.destroy(self.folder)
        units.destroy(self.folder)
        left = "" if is_gone else "; the secret lies with systemd: remove it there"
        self.tell(f"everything this device held is destroyed{left}")

    @contextmanager
    def _line(self) -> Iterator[Line]:
        line = Line(self.identity, self.clock, transport=self.transport)
        try:
            yield line
        finally:
            line.close()

    def _serve(self, line: Line, watchers: list[threading.Thread], *, until_delivered: bool) -> None:
        delivery, backoff = Delivery(self.spool, line, self.clock, tell=self.tell), Backoff()
        report_due = purge_due = 0.0
        while not self.stop.is_set():
            now = time.monotonic()
            try:
                if now >= purge_due:
                    self.purge()
                    purge_due = now + _PURGE_S
                if now >= report_due:
                    self.report(line)
                    report_due = now + self.settings.report_seconds
                done = delivery.round(self.identity, batch=self.settings.batch)
            except (UnreachableError, sqlite3.OperationalError) as error:  # no server, or no room on the disk
                pause = backoff.fail()
                self.tell(f"{error}; {self.spool.depth().reads} read(s) wait, next attempt in {pause:.0f} s")
                self.stop.wait(pause)
                continue
            backoff.succeed()
            is_over = not done and not any(watcher.is_alive() for watcher in watchers)
            if until_delivered and is_over and not self.spool.depth().reads:
                self.report(line)
                return
            if not done:
                self.stop.wait(_IDLE_S)

    def purge(self) -> None:
        """Remove what has reached the end of its time, by the server's clock as far as it is known (RET-1)."""
        now = datetime.fromtimestamp(self.clock.now(), UTC)
        limit = kept_since(now, self.settings.retention_hours)
        if self.unit:
            self.unit.hits.expire(before=limit)
        if gone := self.spool.expire(before=limit):
            self.tell(f"{gone} read(s) had reached the end of their time and are gone; nobody took them")

    def report(self, line: Line) -> None:
        """Say how the device fares, and take newer settings if there are any.

        Raises:
            UnreachableError, RevokedError, StrangerError: See `Line.ask`.
        """
        self._say_drops()
        answer = answer_facts(line.ask("POST", "/state", self.state()))
        if answer.get("settings_version", 0) > self.identity.settings_version:
            self._take_settings(line)
        if self.sources and time.monotonic() >= self._views_due:
            self._views_due = time.monotonic() + EVERY_S
            self._take_views(line)

    def state(self) -> dict[str, Any]:
        """Return how the device fares, ready for JSON."""
        depth, offset = self.spool.depth(), self.clock.offset_s
        return {
            "software": __version__,
            "settings_version": self.identity.settings_version,
            "clock_offset_seconds": None if offset is None else round(offset, 3),
            "spool": {"reads": depth.reads, "hits": depth.hits, "bytes": depth.size},
            "oldest_at": depth.oldest_at and datetime.fromtimestamp(depth.oldest_at, UTC).isoformat(),
            "counters": self.spool.counters(),
            "sources": [state.as_json() for state in self.states],
        }

    def keep(self, camera: str, submission: dict[str, Any], *, is_live: bool) -> bool:
        """Put a read into the spool unless it is too unsure; return whether it is there."""
        if 100 * submission["confidence"] < self.settings.least_confidence:
            return False
        facts, images = spoolable(submission, self.clock.stamp(is_live=is_live))
        at = datetime.fromisoformat(facts["seen_at"])
        if self.places is not None:
            put_place(facts, self.places, offset_s=self.clock.offset_s or 0.0)
        is_hit = self.unit is not None and self.unit.examine(camera, facts, images)
        return self.spool.put(camera, facts, images, at=at, is_hit=is_hit)

    def _say_drops(self) -> None:
        counters = self.spool.counters()
        for name, count in counters.items():
            if more := count - self._told.get(name, 0):
                self.tell(f"{more} read(s) {name.replace('_', ' ')}, {count} in all")
        self._told = counters

    def _take_settings(self, line: Line) -> None:
        answer = line.ask("GET", "/settings")
        note = answer_facts(answer).get("note", "") if answer.status_code == httpx.codes.OK else ""
        try:
            version, settings = open_settings(
                note,
                device=self.identity.device,
                key=self.identity.server_key,
                least_version=self.identity.settings_version,
            )
        except SettingsError as error:
            self.tell(f"{error}; the ones in use stay")
            return
        self.identity = replace(self.identity, settings_note=note, settings_version=version)
        self.identity.save(self.folder, self.vault)
        self.settings, self.spool.most_bytes = settings, settings.spool_megabytes << 20
        self.tell(f"settings {version} are in use")

    def _take_views(self, line: Line) -> None:
        """Take what the cameras are to see; what was taken before stays where the answer cannot be used."""
        answer = line.ask("GET", "/views")
        if answer.status_code != httpx.codes.OK:
            return
        note = answer_facts(answer).get("note", "")
        try:
            views = open_views(str(note), device=self.identity.device, key=self.identity.server_key)
        except ViewsError as error:
            self.tell(f"{error}; what cameras see is not compared with it")
            return
        for state in self.states:
            state.lookout.reference = views.get(state.camera)

    def _watch(self, setting: SourceSetting, state: SourceState, recogniser: Recognises) -> None:
        """Watch one source until told to stop, or until a recording ends; trouble with it ends no other."""
        while not self.stop.is_set():
            try:
                video = open_video(setting.source, now=self._now, tell=self.tell)
            except (VideoError, OSError) as error:
                self.tell(f"{setting.camera}: {error}")
                state.state = "failed"
                if not is_live(setting.source) or self.stop.wait(_REOPEN_S):
                    return
                continue
            state.video, state.state = video, "watching"
            try:
                self._read(setting, state, video, recogniser)
            except Exception as error:  # noqa: BLE001 - a thread that dies in silence watches nothing
                # Destroyed, for the device is revoked: the vehicle in sight has no place.
                if self.spool.is_closed:
                    return
                self.tell(f"{setting.camera}: {type(error).__name__}: {error}")
                state.state = "failed"
                self.stop.wait(_REOPEN_S)
                continue
            finally:
                video.close()
            state.state = "ended"
            return

    def _read(
        self, setting: SourceSetting, state: SourceState, video: VideoSource, recogniser: Recognises
    ) -> None:
        looking, is_live = self._looking(setting), isinstance(video, LiveStream)
        beside = state.lookout.see if is_live else None  # a recording may be of any day
        watching = Watch(video, recogniser, looking=looking, beside=beside)
        for finished in watching.reads():
            if (looking := self._looking(setting)) != watching.looking:  # set anew from afar meanwhile
                watching.look(looking)
            for read in finished:
                state.reads += self.keep(setting.camera, read, is_live=is_live)
            if self.stop.is_set():
                break
        for read in watching.finish():
            state.reads += self.keep(setting.camera, read, is_live=is_live)

    def _looking(self, setting: SourceSetting) -> Looking:
        """Return what of a source is looked at: as the server says, where it says anything, else as the box's file."""
        chosen = self.settings.of_source(setting.camera).looking
        return chosen if chosen.region else replace(chosen, region=setting.region)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.wall(), UTC)


def kept_since(now: datetime, hours: int) -> datetime:
    """Return before which capture time nothing is kept: *hours* ago, and no longer than the server keeps its days.

    > RET-1: Nothing is stored longer than 30 days after it was captured
    """
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(now - timedelta(hours=hours), midnight - timedelta(hours=MOST_HOURS - 24))


def _settings_of(identity: Identity) -> Settings:
    """Return the settings last taken; those of the program where none were, or where they are damaged."""
    if not identity.settings_note:
        return Settings()
    return open_settings(
        identity.settings_note,
        device=identity.device,
        key=identity.server_key,
        least_version=identity.settings_version,
    )[1]
