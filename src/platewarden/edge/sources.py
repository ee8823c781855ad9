"""Where the frames of a video come from: a recording, of which none is lost, or a camera that waits for nobody."""

import hashlib
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from platewarden.edge.decoder import OPEN_TIMEOUT_S, Address, Decoder, VideoError, address_of
from platewarden.edge.framing import FrameClock
from platewarden.recognition.types import Frame

STALLED_AFTER_S: Final = 5.0
"""A stream that gives no frame for so long is said to stand still, and is opened anew."""

_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 30.0
"""Pauses before a broken stream is opened anew: doubled each time, up to the longest."""

_WAITING_FRAMES: Final = 12
_WAITING_BYTES: Final = 64_000_000
"""Of a live stream so many frames at most wait for recognition: half a second, to bridge the end of a pass."""

_CLOSING_S: Final = 2.0

_TICK_S: Final = 0.25
"""Without a frame for so long, a live source says so, that what waits for time to pass can go on."""

_ENDS_BYTES: Final = 1_000_000
_MISSING_S: Final = 1.0
_MISSING_SHARE: Final = 0.05
"""A recording that ends earlier than it says by more than this is cut off."""


@dataclass(frozen=True, slots=True, eq=False)
class VideoFrame:
    """One frame of a video.

    Attributes:
        picture: (H, W, 3) uint8, BGR.
        seen_at: When the camera saw it, aware, UTC.
        at_s: Seconds since the video began; never goes back.
        index: Number of the frame, from 0; frames that were lost have one too.
    """

    picture: Frame
    seen_at: datetime
    at_s: float
    index: int


@dataclass(slots=True)
class Health:
    """How a source fares: counts since it was opened."""

    frames: int = 0
    dropped: int = 0
    damaged: int = 0
    reconnects: int = 0
    stalls: int = 0
    still_for_s: float = 0.0
    """How long no frame has come by now; 0 unless it is `STALLED_AFTER_S`."""


class VideoSource(Protocol):
    """A recording or a stream, opened."""

    name: str
    """What it is called in messages: never with credentials."""
    identity: str
    """The same for the same recording taken at the same time, else another each time: 32 hex digits."""
    health: Health

    def frames(self) -> Iterator[VideoFrame | float]:
        """Yield the frames in order; from a live source also the present `at_s` alone while no frame comes.

        What comes after such a wait may have been seen before its end: it was held up on the way.
        """

    def problems(self) -> list[str]:
        """Return what was wrong with it, in words; empty when nothing was."""

    def close(self) -> None:
        """Let it go."""


class Recording:
    """A video that has an end. Every frame is given; time runs from when it began."""

    def __init__(self, decoder: Decoder, *, began_at: datetime, content: bytes) -> None:
        """Read from *decoder*; *content* tells this recording from others."""
        self._decoder, self._began_at = decoder, began_at
        self._at_s, self._is_over = 0.0, False
        self.name, self.health = decoder.name, Health()
        self.identity = hashlib.sha256(content + began_at.isoformat().encode()).hexdigest()[:32]

    def frames(self) -> Iterator[VideoFrame]:
        """Yield every frame that can be decoded."""
        index = 0
        while taken := self._decoder.read():
            picture, at_s = taken
            self._at_s = max(self._at_s, at_s)  # broken files go back in time
            self.health.frames, self.health.damaged = index + 1, self._decoder.skipped
            seen_at = self._began_at + timedelta(seconds=self._at_s)
            yield VideoFrame(picture, seen_at, self._at_s, index)
            index += 1
        self._is_over = True

    def problems(self) -> list[str]:
        """Return what was wrong with the recording: that it ended before its time."""
        length_s = self._decoder.duration_s
        missing_s = length_s - self._at_s
        if not self._is_over or missing_s <= max(_MISSING_S, _MISSING_SHARE * length_s):
            return []
        ended = f"ends after {self._at_s:.0f} of {length_s:.0f} s, cut off or damaged from there on"
        return [f"{self.name}: {ended}; copy it again"]

    def close(self) -> None:
        """Let the file go."""
        self._decoder.close()


@dataclass(slots=True)
class _Waiting:
    """Frames between the thread that reads and the one that recognises; the oldest gives way to the newest."""

    frames: deque[VideoFrame] = field(default_factory=deque)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def put(self, frame: VideoFrame) -> int:
        """Add *frame*; return how many gave way to it."""
        room = max(1, min(_WAITING_FRAMES, _WAITING_BYTES // frame.picture.nbytes))
        dropped = 0
        with self.changed:
            while len(self.frames) >= room:
                self.frames.popleft()
                dropped += 1
            self.frames.append(frame)
            self.changed.notify()
        return dropped

    def take(self, timeout_s: float) -> VideoFrame | None:
        """Return the oldest frame, having waited for one up to *timeout_s*."""
        with self.changed:
            self.changed.wait_for(lambda: self.frames, timeout_s)
            return self.frames.popleft() if self.frames else None


class LiveStream:
    """A camera that sends now: a thread keeps up with it, opens it anew when it breaks, and counts what is lost."""

    def __init__(
        self,
        address: Address,
        decoder: Decoder,
        *,
        identity: str,
        now: Callable[[], datetime],
        tell: Callable[[str], None],
        stalled_after_s: float = STALLED_AFTER_S,
    ) -> None:
        """Read from *decoder*, and when that breaks from *address* anew.

        Args:
            address: The stream.
            decoder: The stream, opened.
            identity: See `VideoSource`.
            now: The clock that says when a frame was seen.
            tell: Takes each message about a stream that stands still or goes on; called by who reads `frames`.
            stalled_after_s: How long without a frame is a standstill.
        """
        self.name, self.identity, self.health = address.name, identity, Health()
        self._address, self._now, self._tell, self._stalled_after_s = address, now, tell, stalled_after_s
        self._waiting, self._closed = _Waiting(), threading.Event()
        self._began_s, self._last_s = decoder.opened_s, time.monotonic()
        self._cause = ""
        self._thread = threading.Thread(target=self._read_on, args=(decoder,), daemon=True)
        self._thread.start()

    def frames(self) -> Iterator[VideoFrame | float]:
        """Yield frames as they come, and every quarter of a second without one the time alone."""
        while not self._closed.is_set():
            frame = self._waiting.take(_TICK_S)
            self._watch(frame)
            yield frame if frame is not None else time.monotonic() - self._began_s

    def problems(self) -> list[str]:
        """Return what was wrong: a stream's troubles are told when they happen and counted in `health`."""
        return []

    def close(self) -> None:
        """End the connection; a thread that is in the middle of opening one is left to its time limit."""
        self._closed.set()
        self._thread.join(_CLOSING_S)

    def _watch(self, frame: VideoFrame | None) -> None:
        """Say when the stream begins to stand still and when it goes on."""
        now_s, health = time.monotonic(), self.health
        if frame is not None:
            if health.still_for_s:
                self._tell(f"{self.name}: frames again after {now_s - self._last_s:.0f} s")
            self._last_s, health.still_for_s = now_s, 0.0
        elif now_s - self._last_s >= self._stalled_after_s:
            if not health.still_for_s:
                health.stalls += 1
                cause = self._cause or "connected, but nothing comes"
                self._tell(f"{self.name}: no frame for {now_s - self._last_s:.0f} s ({cause}); trying on")
            health.still_for_s = now_s - self._last_s

    def _read_on(self, decoder: Decoder | None) -> None:
        """Read until closed, whatever happens to the stream."""
        index, pause_s = 0, _FIRST_PAUSE_S
        while not self._closed.is_set():
            if decoder is not None:
                read = self._read_from(decoder, index)
                index, pause_s = index + read, _FIRST_PAUSE_S if read else pause_s
            if self._closed.wait(pause_s):
                return
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
            decoder = self._reopened()

    def _reopened(self) -> Decoder | None:
        try:
            decoder = Decoder(self._address, read_timeout_s=self._stalled_after_s)
        except VideoError as error:
            self._cause = str(error).removeprefix(f"{self.name}: ")
            return None
        self._cause = ""
        self.health.reconnects += 1
        return decoder

    def _read_from(self, decoder: Decoder, index: int) -> int:
        """Hand on the frames of one connection until it breaks, numbered from *index*; return how many."""
        before, damaged = index, self.health.damaged
        clock = FrameClock(decoder.opened_s) if self._address.has_camera_times else None
        while not self._closed.is_set() and (taken := decoder.read()):
            picture, own_s = taken
            arrived_s, now = time.monotonic(), self._now()
            seen_s = clock.seen(own_s, arrived_s) if clock is not None else arrived_s
            seen_at = now - timedelta(seconds=arrived_s - seen_s)
            frame = VideoFrame(picture, seen_at, seen_s - self._began_s, index)
            self.health.dropped += self._waiting.put(frame)
            index += 1
            self.health.frames += 1
            self.health.damaged = damaged + decoder.skipped
        decoder.close()
        return index - before


def open_video(
    source: str,
    *,
    began_at: datetime | None = None,
    ended_now: bool = False,
    now: Callable[[], datetime],
    tell: Callable[[str], None],
    stalled_after_s: float = STALLED_AFTER_S,
) -> VideoSource:
    """Open *source*, a path or a URL.

    Args:
        source: The path of a recording, or an address with one of the schemes of `decoder.SCHEMES`.
        began_at: When a recording began; otherwise its own length before the file was last written.
        ended_now: Instead, a recording ended now.
        now: The clock.
        tell: See `LiveStream`.
        stalled_after_s: See `LiveStream`.

    Raises:
        VideoError: It cannot be opened, or nothing says when it began.
    """
    address = address_of(source)
    is_file = address.scheme == "file"
    decoder = Decoder(address, read_timeout_s=OPEN_TIMEOUT_S if is_file else stalled_after_s)
    if is_file or (decoder.frames and address.scheme in {"http", "https"}):
        ended_at = now() if ended_now else _written_at(address)
        content = _ends_of(Path(address.location)) if is_file else address.location.encode()
        return Recording(decoder, began_at=began_at or _began_at(decoder, ended_at), content=content)
    if began_at is not None:
        decoder.close()
        raise VideoError(f"{address.name}: sends live, at the time the clock says; leave --started-at out")
    return LiveStream(
        address, decoder, identity=secrets.token_hex(16), now=now, tell=tell, stalled_after_s=stalled_after_s
    )


def _written_at(address: Address) -> datetime | None:
    if address.scheme != "file":
        return None
    return datetime.fromtimestamp(Path(address.location).stat().st_mtime, UTC)


def _began_at(decoder: Decoder, ended_at: datetime | None) -> datetime:
    if ended_at is None or not decoder.duration_s:
        decoder.close()
        raise VideoError(f"{decoder.name}: nothing tells when this recording began; say it with --started-at")
    return ended_at - timedelta(seconds=decoder.duration_s)


def _ends_of(path: Path) -> bytes:
    """Return what tells *path* from other recordings: its length, its beginning, its end."""
    size = path.stat().st_size
    with path.open("rb") as file:
        beginning = file.read(_ENDS_BYTES)
        file.seek(max(0, size - _ENDS_BYTES))
        return str(size).encode() + beginning + file.read(_ENDS_BYTES)
