"""How long from a camera's submission to the alert on every one of many consoles, and whether any alert is lost.

Serves a scratch installation and opens consoles: one in Chromium with the alert list, the others as bare listeners to
`/events` in a process of their own, each with a session of its own. Reads that all hit are submitted one by one and
timed; the rest follow in batches, as after a camera's outage, and are only counted. The baseline, in the same run, is a
bare LISTEN/NOTIFY round trip through the same PostgreSQL.

    python -m benchmarks.alert_fanout [--consoles 50] [--timed 200] [--alerts 1000]
"""

import argparse
import asyncio
import base64
import json
import multiprocessing
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Page

from benchmarks.alert_latency import _WATCH, round_trips, rows
from benchmarks.scratch import a_hit, installation, noise, served, small_picture, want

WARM = 10
BATCH = 50
PATIENCE = 60.0
Arrivals = dict[int, list[float]]


@dataclass
class Consoles:
    """Everybody who listens: the browser's page, and the other end of the process of listeners."""

    page: Page
    listeners: Connection
    count: int

    def arrivals(self) -> Arrivals:
        """Return when each alert arrived at the listeners so far, by number."""
        self.listeners.send("tell")
        found: Arrivals = self.listeners.recv()
        return found


def main(consoles: int, timed: int, alerts: int) -> None:
    """Measure and print."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop running in this thread
    with listening_consoles(consoles, WARM + alerts) as (open_consoles, address, credential, plates):
        baseline = round_trips(timed)
        with httpx.Client(base_url=address, timeout=60, trust_env=False) as camera:
            camera.headers["Authorization"] = f"Bearer {credential}"
            submit_one_by_one(camera, plates[:WARM])
            began = submit_one_by_one(camera, plates[WARM : WARM + timed])
            wait_for(open_consoles, WARM + timed)
            submit_in_batches(camera, plates[WARM + timed :])
        wait_for(open_consoles, WARM + alerts)
        report(open_consoles, baseline, began, alerts)


def submit_one_by_one(camera: httpx.Client, plates: list[str]) -> list[float]:
    """Submit a read of each plate, 20 a second at most; return when each was sent, in seconds since the epoch."""
    image, began = base64.b64encode(noise()).decode(), []
    for plate in plates:
        body = json.dumps({"reads": [a_hit(plate, image)]})
        began.append(time.time())
        post(camera, body)
        time.sleep(max(0.0, 0.05 - (time.time() - began[-1])))
    return began


def submit_in_batches(camera: httpx.Client, plates: list[str]) -> None:
    """Submit the rest as quickly as they are taken."""
    image = base64.b64encode(small_picture()).decode()
    for start in range(0, len(plates), BATCH):
        post(camera, json.dumps({"reads": [a_hit(plate, image) for plate in plates[start : start + BATCH]]}))


def post(camera: httpx.Client, body: str) -> None:
    """Submit, or stop the measurement: a read that was not stored could not be told."""
    answer = camera.post("/api/v1/reads", content=body, headers={"Content-Type": "application/json"})
    answer.raise_for_status()
    if not all(result["code"] == 201 for result in answer.json()["results"]):
        raise SystemExit(f"a read was not stored: {answer.text[:300]}")


def wait_for(consoles: Consoles, alerts: int) -> None:
    """Wait until every listener and the page have heard of *alerts* alerts, as long as any still arrive."""
    heard, changed_at = -1, time.monotonic()
    while time.monotonic() - changed_at < PATIENCE:
        arrived = consoles.arrivals()
        now = sum(map(len, arrived.values())) + len(rows(consoles.page))
        if now >= alerts * consoles.count:
            return
        if now != heard:
            heard, changed_at = now, time.monotonic()
        time.sleep(0.2)


def report(consoles: Consoles, baseline: list[float], began: list[float], alerts: int) -> None:
    """Print the table."""
    arrived, on_page = consoles.arrivals(), rows(consoles.page)
    numbers = sorted(arrived)[WARM : WARM + len(began)]
    each = [
        1000 * (at - start) for number, start in zip(numbers, began, strict=True) for at in arrived[number]
    ]
    last = [1000 * (max(arrived[number]) - start) for number, start in zip(numbers, began, strict=True)]
    shown = [
        1000 * (on_page[str(n)] - start) for n, start in zip(numbers, began, strict=True) if str(n) in on_page
    ]
    listeners = consoles.count - 1
    print(f"{consoles.count} consoles, one of them Chromium; {len(began)} alerts one by one, milliseconds")
    print(f"{'':52}{'p50':>8}{'p95':>8}{'worst':>8}")
    for name, times in (
        ("baseline: LISTEN/NOTIFY round trip", baseline),
        ("camera's submission to each listener", each),
        ("camera's submission to the last of the listeners", last),
        ("camera's submission to the row on the screen", shown),
    ):
        low, high = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        print(f"{name:52}{low:8.1f}{high:8.1f}{max(times):8.1f}")
    expected = (alerts + WARM) * listeners
    told = sum(map(len, arrived.values()))
    print(f"told to listeners: {told} of {expected} ({alerts + WARM} alerts); lost: {expected - told}")
    print(f"rows on the screen: {len(on_page)} of {alerts + WARM}")


@contextmanager
def listening_consoles(count: int, alerts: int) -> Iterator[tuple[Consoles, str, str, list[str]]]:
    """Serve an installation with *count* consoles open; yields them, the address, a credential, and wanted plates."""
    from tests.browser.looks import open_browser

    with installation() as cast:
        plates = want(cast, alerts)
        sessions = [session_of(cast, ("alice", "dee", "ivan", "sue")[number % 4]) for number in range(count)]
        with served() as address, open_browser() as browser, listeners_at(address, sessions[1:]) as listeners:
            window = browser.new_context()
            window.add_cookies([{"name": "sessionid", "value": sessions[0], "url": address}])
            page = window.new_page()
            page.goto(f"{address}/alerts/")
            page.wait_for_selector("[data-live-state][data-state=on]", state="attached")
            page.evaluate(_WATCH)
            yield Consoles(page, listeners, count), address, cast.credential, plates


def session_of(cast: Any, name: str) -> str:
    """Return the cookie of a session of its own."""
    from django.test import Client

    client = Client()
    client.force_login(cast.people[name])
    return client.cookies["sessionid"].value


@contextmanager
def listeners_at(address: str, sessions: list[str]) -> Iterator[Connection]:
    """Run one listener a session in a process of its own; yields the line on which it tells what arrived."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=listen, args=(address, sessions, theirs))
    process.start()
    if ours.recv() != "ready":
        raise SystemExit("the listeners did not connect")
    try:
        yield ours
    finally:
        process.terminate()
        process.join()


def listen(address: str, sessions: list[str], line: Connection) -> None:
    """Listen with every session, and tell what arrived when asked; runs in a process of its own."""
    asyncio.run(_listen(address, sessions, line))


async def _listen(address: str, sessions: list[str], line: Connection) -> None:
    arrived: Arrivals = {}
    ready = [asyncio.Event() for _ in sessions]
    parts = urlsplit(address)
    tasks = [
        asyncio.create_task(_follow(str(parts.hostname), int(parts.port or 80), session, arrived, event))
        for session, event in zip(sessions, ready, strict=True)
    ]
    await asyncio.gather(*(event.wait() for event in ready))
    line.send("ready")
    while True:
        await asyncio.to_thread(line.recv)
        line.send(arrived)
        if any(task.done() for task in tasks):
            print("a listener was sent away")


async def _follow(host: str, port: int, session: str, arrived: Arrivals, ready: asyncio.Event) -> None:
    """Note when each alert arrives on one connection."""
    reader, writer = await asyncio.open_connection(host, port, limit=1 << 20)
    request = f"GET /events HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: sessionid={session}\r\n\r\n"
    writer.write(request.encode())
    kind = ""
    while line := await reader.readline():
        text = line.decode().rstrip()
        if text.startswith("event: "):
            kind = text.removeprefix("event: ")
        elif text.startswith("data: ") and kind == "ready":
            ready.set()
        elif text.startswith("data: ") and kind == "alert":
            number = json.loads(text.removeprefix("data: "))["number"]
            arrived.setdefault(number, []).append(time.time())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--consoles", type=int, default=50)
    parser.add_argument("--timed", type=int, default=200)
    parser.add_argument("--alerts", type=int, default=1000)
    chosen = parser.parse_args()
    main(chosen.consoles, chosen.timed, max(chosen.alerts, chosen.timed))
