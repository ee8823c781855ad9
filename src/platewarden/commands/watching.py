"""How `platewarden capture` watches a video: until its end or Ctrl-C, saying how far it is."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from platewarden.commands.progress import Progress
from platewarden.edge.gate import Looking, Region
from platewarden.edge.sources import VideoSource
from platewarden.edge.watch import Watch

if TYPE_CHECKING:
    from platewarden.commands.capture import Outlet

_RATE_OVER_S: Final = 2.0
"""Frames a second are told as they were over the last seconds, not since the start."""


def watch(video: VideoSource, region: Region | None, outlet: "Outlet", progress: Progress) -> list[str]:
    """Read the plates in *video*, hand the reads on as they come, and return what was wrong with it.

    Ctrl-C and SIGTERM end it in good order: the vehicles in sight are read and handed on.
    """
    from platewarden.recognition.pipeline import load_recogniser

    watching = Watch(video, load_recogniser(), looking=Looking(region))
    account = Account(video, outlet)
    try:
        with _asked_to_stop() as stop:
            for finished in watching.reads():
                account.hand_on(finished)
                if progress.is_due:
                    progress.show(account.line())
                if stop.is_set():
                    break
            account.hand_on(watching.finish())
    finally:
        video.close()
    progress.end(account.line())
    return video.problems()


class Account:
    """What came of a video so far."""

    def __init__(self, video: VideoSource, outlet: "Outlet") -> None:
        """Begin at the present frame of *video*."""
        self._video, self._outlet, self._reads = video, outlet, 0
        self._from = time.monotonic(), video.health.frames
        self._rate = 0.0

    def hand_on(self, reads: list[dict[str, object]]) -> None:
        """Hand *reads* to the outlet."""
        for read in reads:
            self._outlet.put(read)
        self._reads += len(reads)

    def line(self) -> str:
        """Return the account as one line."""
        health = self._video.health
        before_s, before = self._from
        passed_s = time.monotonic() - before_s
        if passed_s >= _RATE_OVER_S or not self._rate:
            self._rate = (health.frames - before) / max(passed_s, 0.001)
            self._from = time.monotonic(), health.frames
        parts = [f"{health.frames} frames ({self._rate:.0f}/s)", f"{self._reads} reads"]
        parts += [
            f"{count} {what}"
            for what, count in (
                ("waiting", self._outlet.waiting),
                ("dropped", health.dropped),
                ("damaged", health.damaged),
                ("reconnects", health.reconnects),
                ("standstills", health.stalls),
            )
            if count
        ]
        if health.still_for_s:
            parts.append(f"NO FRAME for {health.still_for_s:.0f} s")
        return ", ".join(parts)


@contextmanager
def _asked_to_stop() -> Iterator[threading.Event]:
    """Yield what the first SIGINT or SIGTERM sets; the second has its usual effect."""
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def ask(_number: int, _frame: object) -> None:
        stop.set()
        restore()

    for number in before:
        signal.signal(number, ask)
    try:
        yield stop
    finally:
        restore()
