"""How quickly the public portal answers a hundred readers at once, beside a static file and the page made by Django.

Two kinds of readers: each opens a page a second, which is a crowd after the evening news; and each asks again as soon
as it has the answer, which is the most that one server gives. The same pages with a query in their address are not
taken from memory: that row is what memory saves. Target: p95 below 50 ms, from memory, a page a second each.

    python -m benchmarks.portal [--readers 100] [--seconds 8]
"""

import argparse
import asyncio
import os
import random
import statistics
import time
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from benchmarks.scratch import installation, served

MONTHS = 12
TARGET_MS = 50.0


@dataclass(frozen=True)
class Row:
    """What is asked for, and the status that is expected."""

    name: str
    address: str
    path: str
    headers: str = ""
    status: int = 200


@dataclass
class Outcome:
    """What readers met: seconds of each answer, and how many went wrong."""

    times: list[float] = field(default_factory=list)
    errors: int = 0


def main() -> None:
    """Measure and print the table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--readers", type=int, default=100)
    options.add_argument("--seconds", type=float, default=8.0)
    asked = options.parse_args()
    print(f"load before: {', '.join(f'{one:.1f}' for one in os.getloadavg())} on {os.cpu_count()} cores")
    with installation() as cast:
        _publish(cast)
        with served() as address:
            print(f"{asked.readers} readers, {asked.seconds:.0f} s each row; milliseconds")
            print(f"{'':52}{'answers/s':>10}{'p50':>8}{'p95':>8}{'p99':>8}{'errors':>8}")
            for row in _rows(address):
                for pause, way in ((1.0, "a page a second"), (0.0, "without a pause")):
                    found = asyncio.run(_crowd(row, pause, readers=asked.readers, seconds=asked.seconds))
                    _tell(f"{row.name}, {way}", found, asked.seconds)


def _publish(cast: Any) -> None:
    """Publish a year of invented months, as two people do."""
    from platewarden.site.clock import utc_now
    from platewarden.transparency.actions import publish_figures, review_figures
    from platewarden.transparency.measuring import measure_month
    from platewarden.transparency.models import MonthlyFigures

    now = utc_now()
    for place in range(MONTHS):
        month = date(2025 + (place + 10) // 12, (place + 10) % 12 + 1, 1)
        counts = measure_month(cast.agency.pk, month) | {"reads": 31_000 + 1_700 * place}
        counts["hits"] = {"raised": 96 + place, "verified": 80 + place, "ended": 71 + place, "false": 6}
        MonthlyFigures.objects.create(agency=cast.agency, month=month, counts=counts, measured_at=now)
        review_figures(month=month, actor=cast.actor("ada"), now=now)
        publish_figures(month=month, actor=cast.actor("sue"), now=now)


def _rows(address: str) -> list[Row]:
    import httpx

    page = httpx.get(f"{address}/transparency/en/", trust_env=False)
    tag = f"If-None-Match: {page.headers['ETag']}\r\n"
    sheet = page.text.split('rel="stylesheet" href="')[1].split('"')[0]
    return [
        Row("the page", address, "/transparency/en/"),
        Row("unchanged page (304)", address, "/transparency/en/", tag, 304),
        Row("the data (JSON)", address, "/transparency/data.json"),
        Row("baseline: a static file", address, sheet),
        Row("baseline: the page, made by Django", address, "/transparency/en/?fresh"),
    ]


async def _crowd(row: Row, pause: float, *, readers: int, seconds: float) -> Outcome:
    """Let *readers* read at once, each over a connection of its own, for so many seconds."""
    outcome, until = Outcome(), time.perf_counter() + seconds
    await asyncio.gather(*(_reader(row, pause, until, outcome) for _ in range(readers)))
    return outcome


async def _reader(row: Row, pause: float, until: float, outcome: Outcome) -> None:
    place = urlsplit(row.address)
    incoming, outgoing = await asyncio.open_connection(place.hostname, place.port)
    request = f"GET {row.path} HTTP/1.1\r\nHost: {place.netloc}\r\n{row.headers}\r\n".encode()
    await asyncio.sleep(random.random() * pause)
    while time.perf_counter() < until:
        begun = time.perf_counter()
        outgoing.write(request)
        try:
            got = await _answer(incoming)
        except (asyncio.IncompleteReadError, ConnectionError):
            outcome.errors += 1
            break
        outcome.times.append(time.perf_counter() - begun)
        outcome.errors += got != row.status
        if pause:
            await asyncio.sleep(max(pause - (time.perf_counter() - begun), 0))
    outgoing.close()


async def _answer(incoming: asyncio.StreamReader) -> int:
    """Read one answer to its end, and return its status."""
    head = (await incoming.readuntil(b"\r\n\r\n")).lower()
    status = int(head.split(b" ", 2)[1])
    if b"content-length: " in head:
        await incoming.readexactly(int(head.split(b"content-length: ")[1].split(b"\r")[0]))
    elif b"chunked" in head:
        while (size := int((await incoming.readline()).strip(), 16)) >= 0:
            await incoming.readexactly(size + 2)
            if not size:
                break
    return status


def _tell(name: str, found: Outcome, seconds: float) -> None:
    cuts = statistics.quantiles([1000 * one for one in found.times], n=100)
    rate = len(found.times) / seconds
    print(f"{name:52}{rate:10.0f}{cuts[49]:8.1f}{cuts[94]:8.1f}{cuts[98]:8.1f}{found.errors:8}", flush=True)


if __name__ == "__main__":
    main()
