"""What it takes to answer whether the policy holds: each clause's figures, and the whole page, with a store of reads.

    python -m benchmarks.compliance [--reads 1000000] [--entries 200000] [--rounds 7]

The reads lie in thirty days; the ledger holds entries of the kinds that the figures count, one in twenty a refusal.
Figures that share a look at the ledger are charged for it one by one, as if the others did not need it.
The peer is what the slowest figure costs at least: counting the reads, once.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from benchmarks.scratch import installation

_READS = """
INSERT INTO reads
SELECT %(agency)s, at, gen_random_uuid(), at, %(camera)s, plate, plate, 0.97, '{}', '[]', 'NY', 0.9, NULL, NULL,
       '', '', '', '', '', ''
FROM (SELECT %(now)s::timestamptz - interval '28 days' * random() AS at,
             upper(substr(md5(n::text), 1, 7)) AS plate FROM generate_series(1, %(count)s) n) made
"""
_ENTRIES = """
SELECT count(*) FROM ledger_append(
    array(SELECT (array['query.answered', 'image.opened', 'sign_in.failed', 'request.refused'])[
        CASE WHEN n %% 20 = 0 THEN 4 ELSE 1 + n %% 3 END] FROM generate_series(1, %(count)s) n),
    array_fill('{"actor":{"name":"ivan"},"details":{"action":"query.ask","clause":"QRY-1"},"subject":"x:1"}'::text,
        array[%(count)s]))
"""
SLOW_MS = 50.0
_BATCH = 1000


def main() -> None:
    """Measure and print a table; figures above 50 ms are marked."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--reads", type=int, default=1_000_000)
    options.add_argument("--entries", type=int, default=200_000)
    options.add_argument("--rounds", type=int, default=7)
    asked = options.parse_args()
    with installation() as cast:
        _fill(cast, asked.reads, asked.entries)
        rows = _measured(cast, asked.rounds)
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(
        f"{asked.reads:,} reads, {asked.entries:,} entries; milliseconds; load average {load} on {os.cpu_count()} cores"
    )
    print(f"{'':32}{'p50':>9}{'worst':>9}")
    for name, times in rows:
        middle = statistics.median(times)
        print(f"{name:32}{middle:9.1f}{max(times):9.1f}{'  above 50' if middle > SLOW_MS else ''}")


def _fill(cast: Any, reads: int, entries: int) -> None:
    from django.db import connections

    from platewarden.reads import days
    from platewarden.site.clock import utc_now

    now = utc_now()
    days.prepare({(now - timedelta(days=age)).date() for age in range(30)})
    facts = {"agency": cast.agency.pk, "camera": cast.camera.pk, "now": now, "count": reads}
    with connections["owner"].cursor() as cursor:
        cursor.execute(_READS, facts)
        for _ in range(entries // _BATCH):
            cursor.execute(_ENTRIES, {"count": _BATCH})
        cursor.execute("ANALYZE")


def _measured(cast: Any, rounds: int) -> list[tuple[str, list[float]]]:
    from django.db import connection

    from platewarden.adoption.in_force import parameters_at
    from platewarden.compliance.evidence import _MEASURES
    from platewarden.compliance.figures import Scene
    from platewarden.compliance.pages import page_of
    from platewarden.site.clock import utc_now

    now = utc_now()
    parameters = parameters_at(now)

    def alone(take: Callable[[Scene], object]) -> None:
        take(Scene(cast.agency.pk, parameters, now))

    def count() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM reads")

    rows = [(clause, _times(partial(alone, take), rounds)) for clause, take in _MEASURES.items()]
    rows.sort(key=lambda row: -statistics.median(row[1]))
    rows.append(("the whole page", _times(lambda: page_of(cast.agency.pk, now=now), rounds)))
    return [*rows, ("peer: counting the reads", _times(count, rounds))]


def _times(work: Callable[[], object], rounds: int) -> list[float]:
    work()
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - begun))
    return taken


if __name__ == "__main__":
    main()
