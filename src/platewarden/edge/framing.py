"""When the frames of a live stream were seen: by the camera's own times, fitted to this machine's clock.

What the network held up, or what waited while the stream was being opened, comes all at once. Taken for seen on
arrival, a vehicle would stand in it for no time at all; by the camera's times it passes as it passed.
"""

import math
from typing import Final

_FITTED_S: Final = 1.0
"""The fit looks back so long, and as long again at most: clocks that run apart by a little are followed."""

_STANDS_STILL: Final = 3
"""A camera whose times stand still in so many frames in a row has none."""

_HELD_S: Final = 2.0
"""Opening holds no frame back for longer: a camera that is slow to answer has shown nothing meanwhile."""


class FrameClock:
    """Tells when frames of one connection were seen, in this machine's seconds.

    A frame can only be late, so the one that was least late of the last second or two shows how the camera's times lie
    to ours.
    """

    def __init__(self, opened_s: float) -> None:
        """Begin with a connection whose opening began at *opened_s*: nothing it brings was seen before."""
        self._lags = math.inf, math.inf
        """Least difference between arrival and the camera's time: of the period before and of this one."""
        self._period_s = opened_s
        self._own_s, self._seen_s = math.inf, opened_s
        self._still = 0

    def seen(self, own_s: float, arrived_s: float) -> float:
        """Return when the frame was seen that has the camera's time *own_s* and came at *arrived_s*.

        Never later than it came, never before the frame that came before it.
        """
        # The first frame, or the camera's clock was set: nothing known of it holds any more.
        if own_s < self._own_s:
            lag_s = max(self._seen_s, arrived_s - _HELD_S) - own_s
            self._lags, self._period_s, self._still = (lag_s, lag_s), arrived_s, 0
        else:
            self._still = 0 if own_s > self._own_s else self._still + 1
        self._own_s = own_s
        has_times = self._still < _STANDS_STILL
        fitted_s = own_s + self._fitted(arrived_s - own_s, arrived_s) if has_times else arrived_s
        self._seen_s = min(arrived_s, max(self._seen_s, fitted_s))
        return self._seen_s

    def _fitted(self, lag_s: float, arrived_s: float) -> float:
        before, present = self._lags
        if arrived_s - self._period_s >= _FITTED_S:
            before, present, self._period_s = present, lag_s, arrived_s
        self._lags = before, min(present, lag_s)
        return min(self._lags)
