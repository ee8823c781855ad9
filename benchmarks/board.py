"""The list on board of a car: how long taking it takes, how much memory it needs, how fast a read is compared.

Five million invented entries are taken, a tenth of a per cent changed by difference, and reads looked up; each in a
process of its own, whose peak of memory is given. The baseline in the same run is a Python dict of the same plates.

    python -m benchmarks.board [--entries 5000000] [--reads 2000]
"""

import argparse
import multiprocessing
import resource
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.ingest import plates
from platewarden.edge.board.entries import BoardEntry
from platewarden.edge.board.matching import matches_on_board
from platewarden.edge.board.store import BoardStore, Removal
from platewarden.edge.vault import Vault
from platewarden.policy.hits import ReadFacts
from platewarden.policy.parameters import defaults

NOW = datetime.now(UTC)
STATEMENT = {"version": 1}


def main() -> None:
    """Measure and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, default=5_000_000)
    options.add_argument("--reads", type=int, default=2000)
    asked = options.parse_args()
    secret = secrets.token_bytes(32)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "board.sqlite"
        print(f"{asked.entries} entries, {asked.reads} reads; each line a process of its own")
        for name, step in (
            ("take the whole list", take),
            ("take a change of it", change),
            ("open it", opened),
            ("compare reads, as adopted by default", compared),
            ("compare reads, one character away too", compared_near),
            ("baseline: a dict of the same plates", dictionary),
        ):
            alone(name, step, path, secret, asked.entries, asked.reads)
        print(f"on disk: {path.stat().st_size / 1e6:.0f} MB")


def alone(name: str, step: Callable[..., str], *arguments: Any) -> None:
    """Run *step* in a process of its own and print what it says, with its time and peak of memory."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        said, took, peak = pool.apply(_measured, (step, arguments))
    print(f"{name:40}{took:8.1f} s {peak:6.0f} MB  {said}", flush=True)


def _measured(step: Callable[..., str], arguments: tuple[Any, ...]) -> tuple[str, float, float]:
    began = time.perf_counter()
    said = step(*arguments)
    took = time.perf_counter() - began
    return said, took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def entries(count: int, *, seed: int) -> Iterator[BoardEntry]:
    """Yield *count* invented entries; those made with one *seed* are the same each time."""
    for part in range(0, count, 100_000):
        texts = plates(min(100_000, count - part), seed=seed + part)
        for number, plate in enumerate(texts, start=part):
            yield BoardEntry(
                number + seed,
                plate,
                "NY",
                "stolen_vehicle",
                hotlist="State extract",
                reason="Taken from a driveway overnight",
                case_number=f"2026-{number % 1_000_000:06d}",
                vehicle=("sedan", "Toyota", "Camry", "grey"),
            )


def take(path: Path, secret: bytes, count: int, _reads: int) -> str:
    """Take the whole list."""
    store = BoardStore(path, Vault(secret))
    store.replace(entries(count, seed=1), statement=STATEMENT)
    return f"{len(store)} on board"


def change(path: Path, secret: bytes, count: int, _reads: int) -> str:
    """Take a thousandth off the list, and as many new ones on it."""
    store, few = BoardStore(path, Vault(secret)), max(1, count // 1000)
    step = count // few
    removed = [
        Removal(one.plate, one.fingerprint)
        for number, one in enumerate(entries(count, seed=1))
        if number % step == 0
    ]
    began = time.perf_counter()
    store.change(removed=removed[:few], added=entries(few, seed=900_000_007), statement=STATEMENT)
    return f"{few} off and {few} on in {time.perf_counter() - began:.1f} s"


def opened(path: Path, secret: bytes, _count: int, _reads: int) -> str:
    """Open the list after a start."""
    return f"{len(BoardStore(path, Vault(secret)))} on board"


def compared(path: Path, secret: bytes, _count: int, reads: int, near: tuple[str, ...] = ()) -> str:
    """Compare reads with the list."""
    store = BoardStore(path, Vault(secret))
    parameters = defaults(NOW).adopting({"hits.one_character_categories": near})
    times, hits = [], 0
    for plate in plates(reads, seed=77):
        began = time.perf_counter()
        hits += any(
            one.alerts
            for one in matches_on_board(ReadFacts(plate, "NY"), store, parameters=parameters, now=NOW)
        )
        times.append(1000 * (time.perf_counter() - began))
    return f"p50 {statistics.median(times):.2f} ms, p95 {np.percentile(times, 95):.2f} ms, {hits} hits"


def compared_near(path: Path, secret: bytes, count: int, reads: int) -> str:
    """Compare reads with the list, and every entry also one character away."""
    return compared(path, secret, count, reads, near=("stolen_vehicle",))


def dictionary(_path: Path, _secret: bytes, count: int, reads: int) -> str:
    """Hold the same entries in a dict by plate, and look the reads up."""
    known = {one.plate: one for one in entries(count, seed=1)}
    times, hits = [], 0
    for plate in plates(reads, seed=77):
        began = time.perf_counter()
        hits += plate in known
        times.append(1000 * (time.perf_counter() - began))
    return f"p50 {statistics.median(times):.4f} ms, {hits} hits; same characters only"


if __name__ == "__main__":
    main()
