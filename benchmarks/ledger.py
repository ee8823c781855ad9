"""Entries appended a second, beside plain inserts into a table without hashes; the time to verify and to export them.

    python -m benchmarks.ledger [--seconds S] [--entries N]

Runs on a PostgreSQL of its own, with commits as durable as in service, in a folder that is removed afterwards.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg

from platewarden.commands.support import with_django
from platewarden.database import APP_ROLE, OWNER_ROLE

BODY = (
    '{"actor":{"address":"192.0.2.7","agency":1,"id":"7","kind":"person","name":"alice","roles":["officer"],'
    '"session":"5e55"},"details":{"read":"018f2e7c-0000-7000-8000-000000000000"},"outcome":"done",'
    '"subject":"alert:12"}'
)
HASHED = (
    "select count(*) from ledger_append("
    "array_fill('alert.opened'::text, array[%s]), array_fill(%s::text, array[%s]))"
)
PLAIN = "insert into benchmark_plain (kind, body) select 'alert.opened', %s from generate_series(1, %s)"
CASES = [(clients, batch) for clients in (1, 8) for batch in (1, 100)]


def append(connection: psycopg.Connection[Any], batch: int) -> None:
    """Append *batch* entries in one transaction."""
    connection.execute(HASHED, [batch, BODY, batch])


def insert(connection: psycopg.Connection[Any], batch: int) -> None:
    """Insert as many rows into the table without hashes."""
    connection.execute(PLAIN, [BODY, batch])


def rate(url: str, work: Any, *, clients: int, batch: int, seconds: float) -> float:
    """Return rows a second that *clients* connections write together, *batch* a transaction."""

    def client(_: int) -> int:
        count, end = 0, time.monotonic() + seconds
        with psycopg.connect(url, autocommit=True) as connection:
            while time.monotonic() < end:
                work(connection, batch)
                count += batch
        return count

    started = time.monotonic()
    with ThreadPoolExecutor(clients) as pool:
        written = sum(pool.map(client, range(clients)))
    return written / (time.monotonic() - started)


def measure_appends(url: str, seconds: float) -> None:
    """Print a line a case: hashed, plain, and their ratio."""
    print("clients  rows a commit   ledger rows/s   plain rows/s   ledger/plain")
    for clients, batch in CASES:
        hashed = rate(url, append, clients=clients, batch=batch, seconds=seconds)
        plain = rate(url, insert, clients=clients, batch=batch, seconds=seconds)
        print(f"{clients:7}{batch:15}{hashed:16,.0f}{plain:15,.0f}{hashed / plain:14.2f}")


def fill(url: str, entries: int) -> None:
    """Append until there are *entries*."""
    with psycopg.connect(url, autocommit=True) as connection:
        (present,) = connection.execute("select count(*) from ledger_leaf").fetchone() or (0,)
        started = time.monotonic()
        for start in range(present, entries, 1000):
            append(connection, min(1000, entries - start))
    print(f"\nfill:   {entries - present:,} entries, 1,000 a commit, in {time.monotonic() - started:.0f} s")


def measure_verification(url: str, entries: int) -> None:
    """Print how long it takes to verify the ledger, and beside it merely to read the same rows in the same batches."""
    from platewarden.ledger import verify

    with psycopg.connect(url, autocommit=True) as connection:
        started = time.monotonic()
        for start in range(0, entries, 1024):
            connection.execute(
                "select leaf.seq, at, kind, canon, salt, body from ledger_leaf leaf join ledger_body using (seq)"
                " where leaf.seq >= %s and leaf.seq < %s",
                [start, start + 1024],
            ).fetchall()
        read = time.monotonic() - started
        started = time.monotonic()
        verdict = verify.verify_ledger(connection.cursor(), trusted=[])
        spent = time.monotonic() - started
    print(f"read:   the same rows and nothing else in {read:.1f} s")
    print(f"verify: {verdict.entries:,} entries in {spent:.1f} s, {verdict.entries / spent:,.0f} a second,")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"        sound: {verdict.is_sound}, peak memory {peak:.0f} MB")


def measure_export(home: Path) -> None:
    """Print how long it takes to export the ledger, and to check the export with the one file, alone."""
    from platewarden.accounts.actors import system_actor
    from platewarden.ledger import handout, keys, verify_ledger
    from platewarden.site.clock import utc_now
    from tests.cast import make_cast

    make_cast(utc_now())
    keys.ensure_log_key(home / "keys", "platewarden.invalid/ledger")
    path, started = home / "x.ledger", time.monotonic()
    upto = handout.order_export(has_bodies=True, actor=system_actor("benchmark"), now=utc_now())
    with path.open("wb") as file:
        file.writelines(handout.export(upto, has_bodies=True))
    spent = time.monotonic() - started
    print(f"export: {upto.size:,} entries in {spent:.1f} s, {path.stat().st_size / 1e6:.0f} MB")
    started = time.monotonic()
    command = [
        sys.executable,
        "-I",
        verify_ledger.__file__,
        str(path),
        "--key",
        str(home / "keys" / "ledger.pub"),
    ]
    _, status, usage = os.wait4(subprocess.Popen(command, stdout=subprocess.DEVNULL).pid, 0)
    spent = time.monotonic() - started
    print(f"alone:  checked in {spent:.1f} s, {upto.size / spent:,.0f} a second, status {status},")
    print(f"        peak memory {usage.ru_maxrss / 1024:.0f} MB")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=4, help="how long each case runs")
    parser.add_argument("--entries", type=int, default=1_000_000, help="how many entries to verify, at least")
    asked = parser.parse_args()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pw-bench-")))
        home.chmod(0o711)  # the database's account passes through
        stack.enter_context(with_django(home))
        from django.db import connections

        from platewarden.site import databases

        databases.migrate()
        urls = {
            role: psycopg.conninfo.make_conninfo(
                host=connections["default"].settings_dict["HOST"],
                dbname=connections["default"].settings_dict["NAME"],
                user=role,
            )
            for role in (APP_ROLE, OWNER_ROLE)
        }
        with psycopg.connect(urls[OWNER_ROLE], autocommit=True) as owner:
            owner.execute(
                "create table benchmark_plain (seq bigserial primary key,"
                " at timestamptz not null default clock_timestamp(), kind text not null, body text not null)"
            )
        measure_appends(urls[APP_ROLE], asked.seconds)
        fill(urls[APP_ROLE], asked.entries)
        measure_verification(urls[APP_ROLE], asked.entries)
        measure_export(home)
        connections.close_all()


if __name__ == "__main__":
    main()
