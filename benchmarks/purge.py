"""How long a day takes to go: the purge with keys, files, partitions and record, beside DELETE and VACUUM of one table.

Two days of as many reads each are stored, with their images in segments of twenty reads, as cameras submit them. One
goes by the product's own purge. The baseline in the same run is the same two days in one plain table with the same
indexes, of which one is deleted and the table vacuumed, and the removal of as many files; it keeps no
record, destroys no key, and its space is reused at best.

    python -m benchmarks.purge [--reads 1000000] [--kilobytes 2]
"""

import argparse
import os
import secrets
import shutil
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.scratch import installation

A_SEGMENT = 20
"""Reads whose images lie in one object."""

_FILL = """
INSERT INTO {table} (agency_id, seen_at, id, received_at, camera_id, plate, plate_as_read, confidence, char_confidences,
    alternates, state, state_confidence, plate_image, vehicle_image, vehicle_type, vehicle_make, vehicle_model,
    vehicle_colour)
SELECT %(agency)s, %(opens)s::timestamptz + n * interval '1 day' / %(reads)s, gen_random_uuid(), now(), %(camera)s,
    plate, plate, 0.97, array_fill(0.97::float8, array[7]), '[]', 'NY', 0.9, 'segment:0:2000', 'segment:2000:2000',
    '', '', '', ''
FROM (SELECT n, upper(substr(md5((n + %(salt)s)::text), 1, 7)) AS plate FROM generate_series(0, %(reads)s - 1) n) made
"""

_CAPTURES = """
INSERT INTO captures (agency_id, camera_id, capture_id, digest, read_id, seen_at, signature, has_position)
SELECT agency_id, camera_id, id::text, decode(md5(id::text), 'hex'), id, seen_at, '', false FROM reads
"""

_PLATES = """
INSERT INTO plates_seen (agency_id, plate, skeleton, last_day)
SELECT agency_id, plate, plate, max((seen_at AT TIME ZONE 'UTC')::date) FROM reads GROUP BY agency_id, plate
"""

_PLAIN = """
CREATE TABLE plain_reads (LIKE reads INCLUDING ALL);
GRANT ALL ON plain_reads TO platewarden_app;
"""


def main() -> None:
    """Measure and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--reads", type=int, default=1_000_000)
    options.add_argument("--kilobytes", type=int, default=2, help="size of a read's images together")
    asked = options.parse_args()
    with installation() as cast:
        from platewarden.site.clock import utc_now

        now = utc_now()
        days = [now - timedelta(days=age) for age in (31, 5)]
        built = timed(lambda: build(cast, days, asked.reads, asked.kilobytes))
        files = image_folder(cast, days[0])
        print(
            f"{asked.reads:,} reads a day, {len(list(files.iterdir())):,} files of {asked.kilobytes * A_SEGMENT} kB; "
            f"built in {built:.0f} s"
        )
        whole, of_files = purged(now)
        rows = [
            ("purge: keys, files, partitions, plates, record", whole),
            ("  of which removing files", of_files),
            ("  of which everything else", whole - of_files),
        ]
        rows += baseline(days[0], asked)
    print(f"{'':52}{'seconds':>9}")
    for name, seconds in rows:
        print(f"{name:52}{seconds:9.2f}")


def purged(now: datetime) -> tuple[float, float]:
    """Return how many seconds the purge took, and how many of them went into removing files."""
    from unittest.mock import patch

    from platewarden.images.store import ImageStore

    spent, real = [0.0], ImageStore.remove_objects

    def remove(store: ImageStore, shelf: Any) -> int:
        began = time.perf_counter()
        removed = real(store, shelf)
        spent[0] += time.perf_counter() - began
        return removed

    with patch.object(ImageStore, "remove_objects", remove):
        whole = timed(lambda: purge(now))
    return whole, spent[0]


def timed(act: Callable[[], Any]) -> float:
    """Return how many seconds *act* took."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def build(cast: Any, days: list[datetime], reads: int, kilobytes: int) -> None:
    """Store two days of *reads* in the product's tables and in a plain one, with images for each."""
    from django.db import connection, connections

    from platewarden.images.store import Shelf, image_store
    from platewarden.reads.days import day_of, prepare

    with connections["owner"].cursor() as owner:
        owner.execute(_PLAIN)
    prepare([day_of(day) for day in days])
    with connection.cursor() as cursor:
        for salt, day in enumerate(days):
            for table in ("reads", "plain_reads"):
                cursor.execute(_FILL.format(table=table), _facts(cast, day, reads, salt))
            image_store().keystore.obtain(Shelf.of_day(cast.agency.pk, day_of(day)).key)
            fill(image_folder(cast, day), reads // A_SEGMENT, kilobytes)
        cursor.execute(_CAPTURES)
        cursor.execute(_PLATES)
    with connections["owner"].cursor() as owner:
        owner.execute("VACUUM ANALYZE")


def _facts(cast: Any, day: datetime, reads: int, salt: int) -> dict[str, Any]:
    opens = day.replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "agency": cast.agency.pk,
        "camera": cast.camera.pk,
        "opens": opens,
        "reads": reads,
        "salt": salt * reads // 2,  # half of the plates are seen on both days
    }


def image_folder(cast: Any, day: datetime) -> Path:
    """Return where the sealed images of *day* lie."""
    from django.core.files.storage import storages

    from platewarden.images.store import Shelf
    from platewarden.reads.days import day_of

    return Path(storages["images"].path(Shelf.of_day(cast.agency.pk, day_of(day)).folder))


def fill(folder: Path, segments: int, kilobytes: int) -> None:
    """Write *segments* files as large as those of a batch; sealed bytes look like noise."""
    folder.mkdir(parents=True, exist_ok=True)
    noise = os.urandom(kilobytes * 1000 * A_SEGMENT)
    for _ in range(segments):
        (folder / secrets.token_hex(16)).write_bytes(noise)
    os.sync()  # files that are not on the disk yet are removed in no time, which is not what is measured


def purge(now: datetime) -> None:
    """Let the product's purge take what is due."""
    from platewarden.accounts.actors import system_actor
    from platewarden.retention.actions import purge_due

    (done,) = purge_due(actor=system_actor("benchmark"), now=now)
    assert done.rows["reads"], "the day had reads"


def baseline(day: datetime, asked: argparse.Namespace) -> list[tuple[str, float]]:
    """Delete the same day from the plain table, vacuum it, and remove as many files."""
    from django.db import connections

    opens = day.replace(hour=0, minute=0, second=0, microsecond=0)
    with connections["owner"].cursor() as cursor:
        delete = timed(
            lambda: cursor.execute(
                "DELETE FROM plain_reads WHERE seen_at >= %s AND seen_at < %s",
                [opens, opens + timedelta(days=1)],
            )
        )
        vacuum = timed(lambda: cursor.execute("VACUUM plain_reads"))
        full = timed(lambda: cursor.execute("VACUUM FULL plain_reads"))
    from platewarden.site import configuration

    folder = configuration.load().home / "files"
    fill(folder, asked.reads // A_SEGMENT, asked.kilobytes)
    unlink = timed(lambda: shutil.rmtree(folder))
    return [
        ("baseline: DELETE of the same day", delete),
        ("baseline: VACUUM, which gives nothing back", vacuum),
        ("baseline: VACUUM FULL, which locks the table", full),
        ("baseline: removing as many files", unlink),
    ]


if __name__ == "__main__":
    main()
