"""Several made-up cameras at once, each a thread, and what is said of them."""

import threading
import time
from collections.abc import Callable, Sequence
from statistics import median, quantiles
from typing import Final

import httpx

from platewarden.simulation.cameras import Results, SimulatedCamera

SAY_EVERY_S: Final = 5.0
_FEW: Final = 2


def run_cameras(
    server: str,
    cameras: Sequence[SimulatedCamera],
    *,
    seconds: float = 0.0,
    most: int = 0,
    stop: threading.Event | None = None,
    tell: Callable[[str], None] = lambda _text: None,
) -> Results:
    """Push to *server* from all of *cameras* and return what became of it.

    Args:
        server: Its address.
        cameras: The cameras.
        seconds: How long; 0 until *stop* is set.
        most: Vehicles a camera; 0 for any number.
        stop: Ends it.
        tell: Takes a line every few seconds.
    """
    results, over = Results(), stop or threading.Event()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=len(cameras))
    with httpx.Client(base_url=server, timeout=60.0, trust_env=False, limits=limits) as client:
        threads = [
            threading.Thread(
                target=camera.run, args=(client, results), kwargs={"most": most}, name=camera.code
            )
            for camera in cameras
        ]
        for thread in threads:
            thread.start()
        until, said = time.monotonic() + seconds if seconds else float("inf"), time.monotonic()
        while any(thread.is_alive() for thread in threads) and time.monotonic() < until:
            if over.wait(0.1):
                break
            if time.monotonic() - said >= SAY_EVERY_S:
                said = time.monotonic()
                tell(summary(results))
        for camera in cameras:
            camera.stop.set()
        for thread in threads:
            thread.join()
    return results


def summary(results: Results) -> str:
    """Return what became of everything so far, on one line."""
    counts = ", ".join(f"{count} {name}" for name, count in sorted(results.counts.items()))
    times = list(results.seconds)
    if len(times) < _FEW:
        return counts or "nothing yet"
    p95 = quantiles(times, n=20)[-1]
    return f"{counts}; answered in {1000 * median(times):.0f} ms (median), {1000 * p95:.0f} ms (95 of 100)"
