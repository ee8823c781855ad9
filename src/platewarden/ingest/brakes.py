"""What keeps a device that sends nothing but noise, or a stranger who guesses, from taking the server's time."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final

MOST_KEYS: Final = 4096
"""So many senders are remembered; the one that has been quiet longest is forgotten first."""


class Brake:
    """Counts failures by sender in a window of time; from the limit on its requests are not looked at.

    Kept in the memory of one process: it spares the server work, and decides nothing that must be known elsewhere.
    """

    def __init__(self, limit: int, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Let a sender fail *limit* times within *seconds*."""
        self.limit, self.seconds = limit, seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: OrderedDict[Hashable, tuple[float, int]] = OrderedDict()

    def is_on(self, sender: Hashable) -> bool:
        """Whether *sender* has failed too often in the window that is running."""
        with self._lock:
            begun, failures = self._failures.get(sender, (0.0, 0))
            return failures >= self.limit and self._clock() - begun < self.seconds

    def note_failure(self, sender: Hashable) -> None:
        """Count one failure of *sender*."""
        with self._lock:
            begun, failures = self._failures.pop(sender, (self._clock(), 0))
            if self._clock() - begun >= self.seconds:
                begun, failures = self._clock(), 0
            self._failures[sender] = begun, failures + 1
            while len(self._failures) > MOST_KEYS:
                self._failures.popitem(last=False)


UNKNOWN: Final = Brake(limit=20, seconds=60.0)
"""Requests without a credential that holds, by network: `accounts.actors.network_of_request`."""

UNUSABLE: Final = Brake(limit=60, seconds=60.0)
"""Deliveries that cannot be used, by camera."""

CODES: Final = Brake(limit=10, seconds=600.0)
"""Codes to enrol by that are none, by network; from the limit on a right one is not taken either.

There is no limit over all networks: a code cannot be guessed in its day by however many (125 bits), and strangers in
many places could keep everybody from enrolling.
"""
