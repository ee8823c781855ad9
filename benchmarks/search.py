"""How quickly past reads are found, beside SQLite and DuckDB on the same rows.

Makes a store of synthetic reads over 29 days (or takes the one in a folder that is named), asks each kind of search
for plates that occur, and prints p50 and p95 as the asker waits for them, and the processor time that the database
and this process spent: other work on the machine makes people wait, and costs no processor time here. Every answer is
checked against window and limit while it is timed.

    python -m benchmarks.search [--reads 200000] [--rounds 60] [--store FOLDER] [--beside sqlite duckdb]
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.search_peers import MOST, Peer, available, peers, window_facts
from benchmarks.search_store import NOW, SPAN, store


@dataclass(frozen=True)
class Sample:
    """One read that occurs: what the searches are made for."""

    plate: str
    seen_at: datetime
    camera: int


@dataclass(frozen=True)
class Search:
    """One kind of search: as the product makes it, and as a peer is asked; `target` is for p95, in milliseconds."""

    name: str
    kind: str
    text: Callable[[str], str]
    span: timedelta
    peer: str
    target: int | None = None
    cameras: int = 0
    colour: str = ""
    most: int | None = None


def _none(_: str) -> str:
    return ""


DAY, HOUR = timedelta(days=1), timedelta(hours=1)
_LIKE = "plate glob $text"
_AT = "CAMERAS"
SEARCHES = (
    Search("exact plate, 29 days", "exact", lambda p: p, SPAN, "plate = $text", 20),
    Search("exact plate, latest 50", "exact", lambda p: p, SPAN, "plate = $text", 20, most=50),
    Search("pattern ABC*, 29 days", "pattern", lambda p: f"{p[:3]}*", SPAN, _LIKE, 60),
    Search("pattern ABC?2*, 29 days", "pattern", lambda p: f"{p[:3]}?{p[4]}*", SPAN, _LIKE, 60),
    Search("pattern *1234, 29 days", "pattern", lambda p: f"*{p[3:]}", SPAN, _LIKE, 60),
    Search("pattern *C12*, 29 days", "pattern", lambda p: f"*{p[2:5]}*", SPAN, _LIKE, 60),
    Search("pattern *123*, 29 days", "pattern", lambda p: f"*{p[3:6]}*", SPAN, _LIKE, 60),
    Search(
        "near: look-alike, one edit, 29 days",
        "near",
        lambda p: p,
        SPAN,
        "(skeleton = $skeleton or EDITS)",
        60,
    ),
    Search("one camera, 1 hour", "camera_time", _none, HOUR, "camera = $camera", 60, cameras=1),
    Search("one camera, 1 day", "camera_time", _none, DAY, "camera = $camera", 60, cameras=1),
    Search("one camera, latest 50", "camera_time", _none, DAY, "camera = $camera", 20, cameras=1, most=50),
    Search("five cameras, 1 day", "camera_time", _none, DAY, _AT, 60, cameras=5),
    Search(
        "five cameras, 1 day, red vehicles",
        *("camera_time", _none, DAY, f"{_AT} and vehicle_colour = 'red'", 60),
        cameras=5,
        colour="red",
    ),
    Search(
        "five cameras, pattern A*4, 1 day",
        "pattern",
        lambda p: f"{p[0]}*{p[-1]}",
        DAY,
        f"{_AT} and {_LIKE}",
        cameras=5,
    ),
    Search(
        "five cameras, pattern A?C?3*, 1 day",
        "pattern",
        lambda p: f"{p[0]}?{p[2]}?{p[4]}*",
        DAY,
        f"{_AT} and {_LIKE}",
        cameras=5,
    ),
)


def samples(rounds: int) -> list[Sample]:
    """Draw reads that occur, the same for every search."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select plate, seen_at, camera_id from reads tablesample system (0.05) repeatable (7) "
            "order by md5(id::text) limit %s",
            [rounds],
        )
        return [Sample(*row) for row in cursor.fetchall()]


def window(search: Search, sample: Sample) -> tuple[datetime, datetime]:
    """Return a window that holds the sample, as long as the search allows, and ends early enough."""
    until = min(sample.seen_at + search.span / 2, NOW - timedelta(minutes=15))
    return until - search.span, until


def cameras_of(search: Search, sample: Sample) -> tuple[int, ...]:
    """Return as many cameras as the search names, the sample's own among them."""
    return tuple(range(sample.camera, sample.camera + search.cameras)) if search.cameras else ()


def ours(search: Search, sample: Sample) -> int:
    """Search as the product does, check what came, and return how many reads that were."""
    from platewarden.accounts.actors import owning_agency_id
    from platewarden.policy.parameters import defaults
    from platewarden.policy.retention import visible_since
    from platewarden.queries.search import search as find

    parameters = defaults(NOW)
    scope = scope_of(search, sample)
    answer = find(scope, agency_id=owning_agency_id(), parameters=parameters, now=NOW, most=search.most).reads
    oldest = max(scope.seen_from, visible_since(parameters=parameters, now=NOW))
    if len(answer) > MOST or not all(oldest <= read.seen_at < scope.seen_until for read in answer):
        raise SystemExit(f"{search.name}: found something out of scope")
    return len(answer)


def scope_of(search: Search, sample: Sample) -> Any:
    """Return what *search* asks for."""
    from platewarden.policy.queries import QueryKind, QueryScope, VehicleAsked

    since, until = window(search, sample)
    text, cameras = search.text(sample.plate), cameras_of(search, sample)
    vehicle = VehicleAsked(colour=search.colour)
    return QueryScope(QueryKind(search.kind), text, cameras, since, until, vehicle=vehicle)


def theirs(search: Search, sample: Sample, peer: Peer) -> int:
    """Ask *peer* the same; return how many rows came."""
    from platewarden.matching.edits import one_edit
    from platewarden.matching.plates import skeleton

    facts: dict[str, Any] = window_facts(*window(search, sample)) | {
        "text": search.text(sample.plate),
        "camera": sample.camera,
        "cameras": json.dumps(cameras_of(search, sample)),
        "skeleton": skeleton(sample.plate),
        "edits": json.dumps(sorted(one_edit(sample.plate))) if search.kind == "near" else "[]",
    }
    return peer.rows(search.peer, facts)


@dataclass(frozen=True)
class Timing:
    """What one kind of search took, in milliseconds; processor times are medians."""

    p50: float
    p95: float
    rows: int
    database_cpu: float
    own_cpu: float


def database_cpu() -> float:
    """Return the processor time that the database's process for our connection has had, in milliseconds."""
    from django.db import connection

    pid = connection.connection.info.backend_pid
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


def timed(
    once: Callable[[Sample], int], drawn: list[Sample], cpu: Callable[[], float] = lambda: 0.0
) -> Timing:
    """Time *once* over *drawn*; the first is asked twice and counted once."""
    waits, rows, theirs_cpu, own_cpu = [], [], [], []
    for sample in (drawn[0], *drawn):
        began, cpu_began, own_began = time.perf_counter(), cpu(), time.process_time()
        rows.append(once(sample))
        waits.append(1000 * (time.perf_counter() - began))
        own_cpu.append(1000 * (time.process_time() - own_began))
        theirs_cpu.append(cpu() - cpu_began)
    cuts = statistics.quantiles(waits[1:], n=20)
    medians = (statistics.median(values[1:]) for values in (rows, theirs_cpu, own_cpu))
    count, database, own = medians
    return Timing(cuts[9], cuts[18], int(count), database, own)


def measure(rounds: int, beside: list[Peer]) -> None:
    """Time every search and print the table."""
    drawn = samples(rounds)
    names = "".join(f"{f'{peer.name} p50':>14}" for peer in beside)
    print(f"{len(drawn)} rounds; milliseconds")
    print(f"{'search':38}{'rows':>5}{'p50':>8}{'p95':>8}{'target':>8}{'db cpu':>8}{'own cpu':>8}{names}")
    for search in SEARCHES:
        took = timed(partial(ours, search), drawn, database_cpu)
        few = drawn[: max(4, rounds // 10)]
        others = "".join(f"{timed(partial(theirs, search, peer=peer), few).p50:14.1f}" for peer in beside)
        target = f"< {search.target}" if search.target else ""
        print(
            f"{search.name:38}{took.rows:5}{took.p50:8.1f}{took.p95:8.1f}{target:>8}"
            f"{took.database_cpu:8.1f}{took.own_cpu:8.1f}{others}",
            flush=True,
        )


def main() -> None:
    """Make or take the store, measure, print."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--reads", type=int, default=200_000)
    options.add_argument("--rounds", type=int, default=60)
    options.add_argument(
        "--store", type=Path, default=None, help="folder that keeps the store for another time"
    )
    options.add_argument("--beside", nargs="*", choices=("sqlite", "duckdb"), default=available())
    chosen: Any = options.parse_args()
    with store(chosen.store, chosen.reads) as home, peers(chosen.beside, home) as beside:
        measure(chosen.rounds, beside)


if __name__ == "__main__":
    main()
