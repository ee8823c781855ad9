"""How many reads a second one server takes: batches of 20 from 4 clients, with images, against a large hotlist.

Each batch is a whole submission: checked, sealed under the day's key, durable, stored, matched, on the ledger
where it hits. The baseline in the same run is a bare multi-row INSERT of the same facts without images, ledger
or matching, committed batch by batch through the same PostgreSQL.

    python -m benchmarks.ingest [--reads 2000] [--entries 100000]
"""

import argparse
import base64
import secrets
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import numpy as np

from benchmarks.scratch import installation, noise, served, small_picture

CLIENTS = 4
BATCH = 20
LETTERS = np.array(list("ABCDEFGHJKLMNPRSTUVWXYZ"))


def main() -> None:
    """Measure and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--reads", type=int, default=2000)
    options.add_argument("--entries", type=int, default=100_000)
    asked = options.parse_args()
    with installation() as cast:
        load_list(cast, asked.entries)
        with served() as address:
            rows = [("baseline: bare INSERT", 0, *inserted(cast, asked.reads))]
            for name, plate_image, vehicle_image in (
                ("small images", small_picture(), small_picture()),
                ("images of 150 kB", small_picture(), noise()),
            ):
                submitted(address, cast.credential, BATCH * CLIENTS, plate_image, vehicle_image)  # warm
                size = len(plate_image) + len(vehicle_image)
                rows.append(
                    (
                        name,
                        size,
                        *submitted(address, cast.credential, asked.reads, plate_image, vehicle_image),
                    )
                )
    print(f"{asked.reads} reads, batches of {BATCH}, {CLIENTS} clients, {asked.entries} hotlist entries")
    print(f"{'':26}{'kB a read':>10}{'reads/s':>10}{'batch p50 ms':>14}{'p95 ms':>9}")
    for name, size, rate, times in rows:
        p95 = statistics.quantiles(times, n=20)[-1]
        print(
            f"{name:26}{size / 1000:10.0f}{rate:10.0f}{1000 * statistics.median(times):14.1f}{1000 * p95:9.1f}"
        )


def plates(count: int, seed: int) -> list[str]:
    """Return *count* plates of the pattern LLL9999."""
    rng = np.random.default_rng(seed)
    heads = LETTERS[rng.integers(0, len(LETTERS), (count, 3))]
    return [
        f"{''.join(head)}{number:04d}"
        for head, number in zip(heads, rng.integers(0, 10_000, count), strict=True)
    ]


def load_list(cast: Any, entries: int, *, persons: int = 0) -> None:
    """Load a list of *entries* through the product's own import, and say how long it took.

    They are of stolen vehicles, but one in *persons* of a wanted person, so compared with plates one character away.
    """
    from platewarden.hotlists.loading import create_hotlist, load_snapshot
    from platewarden.site.clock import utc_now

    sue, now = cast.actor("sue"), utc_now()
    hotlist = create_hotlist(name="Large", source="Bench", max_age_hours=None, actor=sue, now=now)
    lines = "".join(
        f"{plate},NY,{'wanted_person' if persons and number % persons == 0 else 'stolen_vehicle'}\n"
        for number, plate in enumerate(plates(entries, seed=1))
    )
    content = f"plate,state,category\n{lines}".encode()
    began = time.perf_counter()
    load_snapshot(
        hotlist=hotlist, content=content, file_name="large.csv", effective_at=now, actor=sue, now=now
    )
    print(f"hotlist of {entries} lines loaded in {time.perf_counter() - began:.1f} s")


def submitted(
    address: str, credential: str, reads: int, plate_image: bytes, vehicle_image: bytes
) -> tuple[float, list[float]]:
    """Submit *reads* from several clients; return reads a second and the seconds of each batch."""
    images = {
        "plate_image": base64.b64encode(plate_image).decode(),
        "vehicle_image": base64.b64encode(vehicle_image).decode(),
    }
    share = reads // CLIENTS // BATCH
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        runs = [clients.submit(client, address, credential, share, images, seed) for seed in range(CLIENTS)]
        times = [taken for run in runs for taken in run.result()]
    return CLIENTS * share * BATCH / (time.perf_counter() - began), times


def client(address: str, credential: str, batches: int, images: dict[str, str], seed: int) -> list[float]:
    """Submit *batches*, one after the other, as one camera would; return the seconds of each."""
    from platewarden.site.clock import utc_now

    times = []
    texts = iter(plates(batches * BATCH, seed=100 + seed))
    headers = {"Authorization": f"Bearer {credential}"}
    with httpx.Client(base_url=address, headers=headers, timeout=60, trust_env=False) as camera:
        for _ in range(batches):
            seen = (utc_now() - timedelta(seconds=1)).isoformat()
            body = {"reads": [{**a_read(next(texts), seen), **images} for _ in range(BATCH)]}
            began = time.perf_counter()
            camera.post("/api/v1/reads", json=body).raise_for_status()
            times.append(time.perf_counter() - began)
    return times


def a_read(plate: str, seen_at: str) -> dict[str, Any]:
    """A read without its images."""
    return {
        "capture_id": secrets.token_hex(8),
        "seen_at": seen_at,
        "plate": plate,
        "confidence": 0.97,
        "char_confidences": [0.97] * 7,
        "state": "NY",
        "state_confidence": 0.9,
    }


def inserted(cast: Any, reads: int) -> tuple[float, list[float]]:
    """Insert the bare facts of *reads* into an unindexed table, a batch a transaction; return as `submitted`."""
    from django.db import connections

    from platewarden.site.clock import utc_now

    times = []
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bare (agency int, seen_at timestamptz, plate text, state text, camera bigint)"
        )
        rows = [(cast.agency.pk, utc_now(), plate, "NY", cast.camera.pk) for plate in plates(reads, seed=5)]
        began = time.perf_counter()
        for start in range(0, reads, BATCH):
            each = time.perf_counter()
            cursor.executemany("INSERT INTO bare VALUES (%s, %s, %s, %s, %s)", rows[start : start + BATCH])
            times.append(time.perf_counter() - each)
        taken = time.perf_counter() - began
    return reads / taken, times


if __name__ == "__main__":
    main()
