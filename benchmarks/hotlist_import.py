"""How long a whole list takes to load, and how much memory: the national extract's layout, a million lines or more.

What is measured is `platewarden hotlist load` from its start to its end: the first load of a list, and a second one
in which one line of a hundred differs, which takes the place of the first. Beside it, in the same run: a plain
COPY of the same rows, ready made, into a table without any index, and a Python dictionary from plate to row.
CPU seconds are those of the measured process and of the database together: on a machine that does other work they
say more than the clock. The generated file names nobody's plate.

    python -m benchmarks.hotlist_import [--entries 1000000]
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scratch import installation

LETTERS = np.frombuffer(b"ABCDEFGHJKLMNPRSTUVWXYZ", dtype=np.uint8)
DIGITS = np.frombuffer(b"0123456789", dtype=np.uint8)
STATES = ("NY", "PA", "NJ", "0H", "CT", "MA", "VT", "TX", "CA", "FL")
CHUNK = 100_000


def main() -> None:
    """Measure and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, default=1_000_000)
    entries: int = options.parse_args().entries
    with installation():
        home = Path(os.environ["PLATEWARDEN_HOME"])
        first, second = home / "first.txt", home / "second.txt"
        write_extract(first, entries, changed=0)
        write_extract(second, entries, changed=entries // 100)
        load = ("hotlist", "load", "--list", "National", "--source", "bench", "--create", "--quiet")
        at = ("--effective", "2026-01-01T00:00:00Z"), ("--effective", "2026-01-02T00:00:00Z")
        rows = [
            ("platewarden hotlist load, first", commanded(*load, *at[0], str(first))),
            ("platewarden hotlist load, 1 % differs", commanded(*load, *at[1], str(second))),
            ("baseline: COPY of the rows, no index", in_child(lambda: copied(first))),
            ("baseline: Python dict by plate", in_child(lambda: built(first))),
        ]
        size = first.stat().st_size
    print(f"{entries:,} lines, {size / 1e6:.0f} MB, one in five of a category that is left out")
    print(f"{'':40}{'seconds':>9}{'lines/s':>11}{'CPU s':>8}{'peak MB':>9}")
    for name, taken in rows:
        rate = entries / taken.seconds
        print(f"{name:40}{taken.seconds:9.1f}{rate:11,.0f}{taken.cpu:8.1f}{taken.megabytes:9.0f}")


def write_extract(path: Path, entries: int, *, changed: int) -> None:
    """Write an extract of *entries* records after a header; the first *changed* have another colour."""
    rng = np.random.default_rng(7)
    with path.open("w", encoding="ascii") as file:
        file.write("HEADER INVENTED RECORDS\n")
        for start in range(0, entries, CHUNK):
            file.writelines(_records(rng, start, min(CHUNK, entries - start), changed))


def _records(rng: np.random.Generator, start: int, count: int, changed: int) -> Iterator[str]:
    heads = LETTERS[rng.integers(0, len(LETTERS), (count, 3))].tobytes().decode()
    tails = DIGITS[rng.integers(0, 10, (count, 4))].tobytes().decode()
    kinds = np.frombuffer(b"VVPPWMVVTX", dtype=np.uint8)[rng.integers(0, 10, count)].tobytes().decode()
    for place in range(count):
        plate = f"{heads[3 * place : 3 * place + 3]}{tails[4 * place : 4 * place + 4]}"
        number, state = start + place, STATES[place % len(STATES)]
        colour = "RED" if number < changed else "BLK"
        yield (
            f"{kinds[place]}{number:09d}NY0540000202601{place % 28 + 1:02d}{plate:10}{state}2026PC"
            f"{2000 + place % 26}T0YTCAM4D{colour}\n"
        )


@dataclass(frozen=True)
class Taken:
    """What something took: seconds by the clock, seconds of processors, and a process's greatest size in MB."""

    seconds: float
    cpu: float
    megabytes: float


def commanded(*arguments: str) -> Taken:
    """Run `platewarden` with *arguments*."""
    return _measured(
        lambda: os.posix_spawn(
            sys.executable, [sys.executable, "-m", "platewarden", *arguments], dict(os.environ)
        )
    )


def in_child(act: Callable[[], None]) -> Taken:
    """Let *act* happen in a process of its own."""

    def forked() -> int:
        process = os.fork()
        if process == 0:
            act()
            os._exit(0)
        return process

    return _measured(forked)


def _measured(start: Callable[[], int]) -> Taken:
    from django.db import connections

    connections.close_all()
    before, began = _database_seconds(), time.perf_counter()
    _, status, usage = os.wait4(start(), 0)
    seconds = time.perf_counter() - began
    if status:
        raise SystemExit(f"a measured process ended with status {status}")
    cpu = usage.ru_utime + usage.ru_stime + _database_seconds() - before
    return Taken(seconds, cpu, usage.ru_maxrss / 1024)


def _database_seconds() -> float:
    """Return the processor seconds of all connections to the database that have ended, and of its helpers so far."""
    (file,) = Path(os.environ["PLATEWARDEN_HOME"], "pg").rglob("postmaster.pid")
    main = file.read_text().split()[0]
    ended = sum(map(int, Path(f"/proc/{main}/stat").read_text().rpartition(")")[2].split()[13:15]))
    helpers = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    running = [
        Path(f"/proc/{helper}/stat").read_text().rpartition(")")[2].split()[11:13] for helper in helpers
    ]
    return (ended + sum(int(tick) for ticks in running for tick in ticks)) / os.sysconf("SC_CLK_TCK")


def copied(path: Path) -> None:
    """COPY what an entry holds into a bare table; the rows come ready made, a tab between values."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        columns = "record text, plate text, skeleton text, state text, category text, make text, colour text"
        cursor.execute(f"CREATE TABLE bare ({columns})")
        with path.open(encoding="ascii") as file, cursor.copy("COPY bare FROM STDIN") as copy:
            next(file)
            batch: list[str] = []
            for line in file:
                plate = line[27:37].rstrip()
                values = (line[:10], plate, plate, line[37:39], line[0], line[49:53], line[58:61])
                batch.append("\t".join(values) + "\n")
                if len(batch) == 2000:
                    copy.write("".join(batch))
                    batch.clear()
            copy.write("".join(batch))


def built(path: Path) -> None:
    """Build the dictionary that a matcher in one process would look plates up in."""
    found: dict[str, Any] = {}
    with path.open(encoding="ascii") as file:
        next(file)
        for line in file:
            found[line[27:37].rstrip()] = (line[37:39], line[0], line[49:53], line[58:61])


if __name__ == "__main__":
    main()
