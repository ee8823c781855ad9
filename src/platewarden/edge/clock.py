"""How far the device's clock is off, by the server's; and when, by the server's clock, something was seen.

The server's time is tied to a clock that only goes forward while the machine runs, so setting the device's own clock
right, or wrong, changes nothing of it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a read was taken down.

    Attributes:
        wall_s: By the device's clock, in seconds since 1970.
        boot_s: Seconds since the machine started.
        boot: Which start that was.
        is_live: Whether the read was seen just then; a recording's time is the recording's.
        offset_s: What was known then of how far the device's clock was ahead; None for nothing.
    """

    wall_s: float
    boot_s: float
    boot: str
    is_live: bool
    offset_s: float | None

    def as_json(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {name: getattr(self, name) for name in ("wall_s", "boot_s", "boot", "is_live", "offset_s")}

    @classmethod
    def of_json(cls, facts: dict[str, Any]) -> Self:
        """Return what `as_json` wrote."""
        return cls(**facts)


class Clock:
    """The device's clock, and what it knows of the server's."""

    def __init__(
        self, *, wall: Callable[[], float] = time.time, running: Callable[[], float] | None = None
    ) -> None:
        """Take the time from *wall*, in seconds since 1970, and from *running*, which never goes back."""
        self._wall = wall
        self._running = running or _since_boot
        self._boot = _BOOT_ID.read_text().strip() if _BOOT_ID.exists() else uuid4().hex
        self._ahead: float | None = None

    def learn(self, server_s: float, *, asked: float) -> None:
        """Take into account that the server's clock said *server_s* between *asked* (by `running`) and now."""
        self._ahead = server_s - (asked + self._running()) / 2

    def running(self) -> float:
        """Return the time by the clock that never goes back."""
        return self._running()

    def wall(self) -> float:
        """Return the time by the device's clock."""
        return self._wall()

    @property
    def offset_s(self) -> float | None:
        """How far the device's clock is ahead of the server's; None while nothing is known."""
        return None if self._ahead is None else self._wall() - (self._running() + self._ahead)

    def now(self) -> float:
        """Return the server's time as far as it is known, else the device's."""
        return self._wall() if self._ahead is None else self._running() + self._ahead

    def stamp(self, *, is_live: bool) -> Stamp:
        """Return when this is."""
        return Stamp(self._wall(), self._running(), self._boot, is_live, self.offset_s)

    def offset_of(self, stamp: Stamp) -> float | None:
        """Return how far the device's clock was ahead at *stamp*, to the millisecond; None where that is not known."""
        if self._ahead is not None and stamp.boot == self._boot:
            return round(stamp.wall_s - (stamp.boot_s + self._ahead), 3)
        return None if stamp.offset_s is None else round(stamp.offset_s, 3)


def _since_boot() -> float:
    """Return seconds since the machine started, sleep included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
