"""How long from a camera's submission to the alert on a person's screen.

Serves a scratch installation, opens the alert list in Chromium as a signed-in officer, submits reads that all
hit, one by one over HTTP, and notes when each row stands in the page. The baseline, in the same run, is a bare
LISTEN/NOTIFY round trip through the same PostgreSQL: what no alert can be quicker than.

    python -m benchmarks.alert_latency [ALERTS]
"""

import base64
import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psycopg
from playwright.sync_api import Page

from benchmarks.scratch import a_hit, installation, noise, served, want

CHANNEL = "benchmark_round_trip"

_WATCH = """
() => {
  window.seen = {};
  const note = () => document.querySelectorAll("tr[data-alert]").forEach(
    (row) => { window.seen[row.dataset.number] ??= Date.now() / 1000; });
  new MutationObserver(note).observe(document.body, { childList: true, subtree: true });
}
"""


def main(alerts: int) -> None:
    """Measure *alerts* alerts and print the table."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop running in this thread
    with wanted_and_watched(alerts + 10) as (page, address, credential, plates):
        baseline = round_trips(alerts)
        submit(
            address, credential, page, plates, 10
        )  # warm: processes, connections, the day's partition and key
        answered, shown = submit(address, credential, page, plates, alerts)
    print(
        f"{alerts} alerts, one read a submission, two images of {len(noise()) // 1000} kB each, milliseconds"
    )
    print(f"{'':46}{'p50':>8}{'p95':>8}{'worst':>8}")
    for name, times in (
        ("baseline: LISTEN/NOTIFY round trip", baseline),
        ("camera's submission answered", answered),
        ("camera's submission to row on screen", shown),
    ):
        low, high = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        print(f"{name:46}{low:8.1f}{high:8.1f}{max(times):8.1f}")
    print(f"lost: {alerts - len(shown)}")


@contextmanager
def wanted_and_watched(alerts: int) -> Iterator[tuple[Page, str, str, Iterator[str]]]:
    """Serve an installation with the alert list open; yields page, address, credential and the wanted plates."""
    from tests.browser.looks import open_browser

    with installation() as cast:
        from django.test import Client

        plates = iter(want(cast, alerts))
        client = Client()
        client.force_login(cast.alice)
        session = client.cookies["sessionid"].value
        with served() as address, open_browser() as browser:
            window = browser.new_context()
            window.add_cookies([{"name": "sessionid", "value": session, "url": address}])
            page = window.new_page()
            page.goto(f"{address}/alerts/")
            page.wait_for_selector("[data-live-state][data-state=on]", state="attached")
            page.evaluate(_WATCH)
            yield page, address, cast.credential, plates


def submit(
    address: str, credential: str, page: Page, plates: Iterator[str], count: int
) -> tuple[list[float], list[float]]:
    """Submit *count* reads that hit; return milliseconds to the answer and to the row on *page*."""
    answered, shown = [], []
    image = base64.b64encode(noise()).decode()
    headers = {"Authorization": f"Bearer {credential}", "Content-Type": "application/json"}
    with httpx.Client(base_url=address, headers=headers, timeout=30, trust_env=False) as camera:
        for _ in range(count):
            before = set(rows(page))
            body = json.dumps({"reads": [a_hit(next(plates), image)]})
            clock, began = time.time(), time.perf_counter()
            camera.post("/api/v1/reads", content=body).raise_for_status()
            answered.append(1000 * (time.perf_counter() - began))
            shown += [1000 * (at - clock) for at in new_rows(page, before)]
    return answered, shown


def rows(page: Page) -> dict[str, float]:
    """Return when each alert's row was first seen on *page* (seconds since the epoch), by number."""
    found: dict[str, float] = page.evaluate("window.seen")
    return found


def new_rows(page: Page, before: set[str]) -> list[float]:
    """Return when rows not among *before* appeared, waiting up to five seconds for the first."""
    deadline = time.perf_counter() + 5
    while time.perf_counter() < deadline:
        if new := [at for number, at in rows(page).items() if number not in before]:
            return new
        time.sleep(0.005)
    return []


def round_trips(count: int) -> list[float]:
    """Return milliseconds of *count* bare LISTEN/NOTIFY round trips."""
    from django.db import connection

    parameters = connection.get_connection_params()
    keys = ("dbname", "user", "host", "port", "password")
    target = {key: parameters[key] for key in keys if parameters.get(key)}
    times = []
    with (
        psycopg.connect(**target, autocommit=True) as listening,
        psycopg.connect(**target, autocommit=True) as telling,
    ):
        listening.execute(f"LISTEN {CHANNEL}")
        for _ in range(count):
            started = time.perf_counter()
            telling.execute(f"NOTIFY {CHANNEL}")
            next(listening.notifies(timeout=5, stop_after=1))
            times.append(1000 * (time.perf_counter() - started))
    return times


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
