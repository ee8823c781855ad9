"""All cameras of a settings file at once, each with a line and a worker of its own."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Final

import httpx

from platewarden.bridge.carrying import Carrier
from platewarden.bridge.settings import Settings

_AGAIN_S: Final = 0.5


def run_bridge(said: Settings, *, stop: threading.Event, tell: Callable[[str], None]) -> Counter[str]:
    """Carry until *stop* is set, and return what became of the messages.

    What goes wrong in one camera's line beyond all that is expected ends them all: a bridge that runs carries for all.

    Raises:
        OSError: The file of certificates cannot be used.
    """
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=len(said.cameras))
    with (
        httpx.Client(base_url=said.server, trust_env=False, limits=limits) as http,
        ThreadPoolExecutor(2 * len(said.cameras)) as threads,
    ):
        carriers = [Carrier(said.broker, camera, http, stop=stop, tell=tell) for camera in said.cameras]
        working = [threads.submit(carrier.run) for carrier in carriers]
        listening = [threads.submit(carrier.listen) for carrier in carriers]
        for one in (*working, *listening):
            one.add_done_callback(lambda _: stop.set())
        stop.wait()
        wait(working)  # what is being pushed is acknowledged before the line ends
        waits = set(listening)
        while waits:
            for carrier in carriers:
                carrier.hang_up()
            waits = wait(waits, _AGAIN_S).not_done
        for one in (*working, *listening):
            one.result()
    return sum((carrier.counts for carrier in carriers), Counter())
