"""What it adds to a read to match it: for each set of grades, against hotlists of millions, one read at a time.

The list is loaded by the product's own import, and partial entries stand beside it. Two peers run on the same plates in
the same run: an SQL equality join through an index on the plate, which finds the same characters and nothing else, and
a Python dictionary in memory, which must be filled anew by every process and with every change of a list.
CPU is what a read costs this process and its connection to the database together: on a machine that does other work it
says more than the clock.

    python -m benchmarks.matching [--entries 1000000 ...] [--reads 400]
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.ingest import load_list, plates
from benchmarks.scratch import installation

PARTIAL_ENTRIES = 1000
GRADE_SETS: dict[str, dict[str, Any]] = {
    "same characters": {"hits.one_character_categories": [], "hits.alternate_least_percent": 100},
    "and the camera's other readings": {"hits.one_character_categories": []},
    "as adopted by default": {},
    "one character on every entry": {"hits.one_character_categories": ["stolen_vehicle"]},
}
"""What differs from the default values; look-alikes and partial entries are always looked for."""


def main() -> None:
    """Measure and print a table for each size of list."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, nargs="+", default=[1_000_000])
    options.add_argument("--reads", type=int, default=400)
    options.add_argument(
        "--persons", type=int, default=10, help="one entry in how many is of a wanted person"
    )
    asked = options.parse_args()
    for entries in asked.entries:
        with installation() as cast:
            load_list(cast, entries, persons=asked.persons)
            _enter_partial(cast)
            _print(entries, asked.reads, list(_measured(cast, entries, asked.reads)))


@dataclass(frozen=True)
class Taken:
    """What looking things up took: milliseconds of each by the clock, of processors on average; how many were found."""

    times: list[float]
    cpu: float
    found: float


def _print(entries: int, reads: int, rows: list[tuple[str, Taken]]) -> None:
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(
        f"{entries:,} entries and {PARTIAL_ENTRIES} partial ones, {reads} reads one by one with three other readings "
        f"each, milliseconds; load average {load} on {os.cpu_count()} cores"
    )
    print(f"{'':44}{'p50':>8}{'p95':>8}{'worst':>8}{'CPU':>8}{'found a read':>14}")
    for name, taken in rows:
        p50, p95 = statistics.median(taken.times), statistics.quantiles(taken.times, n=20)[-1]
        print(f"{name:44}{p50:8.2f}{p95:8.2f}{max(taken.times):8.2f}{taken.cpu:8.2f}{taken.found:14.2f}")


def _measured(cast: Any, entries: int, count: int) -> Iterator[tuple[str, Taken]]:
    from platewarden.hotlists.matching import matches_for
    from platewarden.policy.parameters import defaults
    from platewarden.site.clock import utc_now

    now, seen = utc_now(), plates(count, seed=99)
    reads = [_read(cast, plate, now) for plate in seen]
    yield "peer: SQL equality join", _timed(_joined(cast), seen)
    yield "peer: dictionary in memory", _timed(_looked_up(entries), seen)
    for name, values in GRADE_SETS.items():
        parameters = defaults(now).adopting(values)
        yield (
            name,
            _timed(lambda read: len(matches_for([read], parameters=parameters, now=now)), reads),  # noqa: B023 - called at once
        )


def _timed(look: Callable[[Any], int], things: list[Any]) -> Taken:
    """Return what looking each of *things* up took, after one round to warm."""
    for thing in things[:50]:
        look(thing)
    times, found, before = [], 0, _cpu_seconds()
    for thing in things:
        began = time.perf_counter()
        found += look(thing)
        times.append(1000 * (time.perf_counter() - began))
    return Taken(times, 1000 * (_cpu_seconds() - before) / len(things), found / len(things))


def _cpu_seconds() -> float:
    """Return the processor seconds of this process and of its connection to the database so far."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    nanoseconds = int(Path(f"/proc/{backend}/schedstat").read_text().split()[0])
    return time.process_time() + nanoseconds / 1e9


def _read(cast: Any, plate: str, now: Any) -> Any:
    """A read with three other readings, each with another last character."""
    from tests.sightings import a_sighting

    read = a_sighting(cast.camera, plate, now)
    read.alternates = [
        {"plate": f"{plate[:-1]}{char}", "confidence": 0.3 - 0.05 * place} for place, char in enumerate("137")
    ]
    return read


def _enter_partial(cast: Any) -> None:
    """Put partial entries beside the list, as people would have entered them, and let the planner know."""
    from datetime import timedelta

    from django.db import connections

    from platewarden.hotlists.actions import enter_manually
    from platewarden.hotlists.models import Entry
    from platewarden.matching.patterns import anchor
    from platewarden.matching.plates import skeleton
    from platewarden.policy.entries import ManualEntryFacts
    from platewarden.site.clock import utc_now

    now = utc_now()
    facts = ManualEntryFacts(
        "Seen leaving a robbery", "2026-004417", "NY", any_state=False, expires_at=now + timedelta(days=7)
    )
    first = enter_manually(plate="ABC?2*", facts=facts, actor=cast.actor("alice"), now=now)
    entries = []
    for plate in plates(PARTIAL_ENTRIES - 1, seed=7):
        pattern = f"{plate[:3]}?{plate[4]}*"
        entry = Entry.objects.get(pk=first.pk)
        entry.pk, entry.plate, entry.plate_as_given = None, pattern, pattern
        entry.skeleton, entry.anchor = skeleton(pattern), anchor(pattern)
        entries.append(entry)
    Entry.objects.bulk_create(entries)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE hotlist_entries")


def _joined(cast: Any) -> Callable[[str], int]:
    """A look-up by an equality join, through an index made for it."""
    from django.db import connection, connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE INDEX benchmark_plate ON hotlist_entries (agency_id, plate)")
        cursor.execute("ANALYZE hotlist_entries")

    def look(plate: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT entry.id FROM (VALUES (%s, %s)) AS seen (agency, plate) JOIN hotlist_entries entry"
                " ON entry.agency_id = seen.agency AND entry.plate = seen.plate",
                [cast.agency.pk, plate],
            )
            return len(cursor.fetchall())

    return look


def _looked_up(entries: int) -> Callable[[str], int]:
    """A look-up in a dictionary of the same plates; what it takes to fill one is printed."""
    began = time.perf_counter()
    by_plate = {plate: number for number, plate in enumerate(plates(entries, seed=1))}
    print(f"dictionary filled in {time.perf_counter() - began:.1f} s")
    return lambda plate: int(plate in by_plate)


if __name__ == "__main__":
    main()
