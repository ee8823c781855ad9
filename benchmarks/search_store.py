"""A store of past reads to measure searches in: made by the database itself, kept in a folder if one is named."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
SPAN = timedelta(days=29)
CAMERAS = 40
READS_A_VEHICLE = 5
INDEXED = ("reads", "plates_seen")


@contextmanager
def store(folder: Path | None, reads: int) -> Iterator[Path]:
    """Yield the home of an installation with *reads* reads; made in *folder* unless it holds one already.

    It is made without waiting for the disk, and then served as an agency's own is.
    """
    with ExitStack() as stack:
        home = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pw-bench-")))
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o711)  # the database's service account passes through it
        done = home / "made"
        if not done.exists():
            _make(home, reads)
            done.write_text(str(reads))
        with _running(home, durable=True):
            yield home


@contextmanager
def _running(home: Path, *, durable: bool) -> Iterator[None]:
    from platewarden import database
    from platewarden.commands.support import with_django

    os.environ["PLATEWARDEN_HOME"] = str(home)
    with database.attach_or_start(home / "pg", durable=durable), with_django(home):
        from django.db import connections

        try:
            yield
        finally:
            connections.close_all()


def _make(home: Path, reads: int) -> None:
    (home / "platewarden.toml").write_text('mode = "test"\norigin = "bench.invalid/ledger"\n')
    with _running(home, durable=False):
        from platewarden.site import databases

        databases.migrate()
        began = time.perf_counter()
        fill(reads, found())
        print(f"{reads:,} reads made in {time.perf_counter() - began:.0f} s", flush=True)


def found() -> list[int]:
    """Enter the cast of the tests, and further cameras on a grid of a mile; return the cameras' ids."""
    from platewarden.cameras.models import Camera
    from tests.cast import make_cast

    cast = make_cast(NOW - SPAN)
    cameras = Camera.objects.bulk_create(
        Camera(
            agency=cast.agency,
            code=f"c-{number}",
            name=f"Camera {number}",
            kind="fixed",
            place="Somewhere",
            latitude=42.4 + 0.0145 * (number // 8),
            longitude=-76.6 + 0.0196 * (number % 8),
            registered_at=NOW,
            registered_by=cast.ada,
        )
        for number in range(CAMERAS - 1)
    )
    return [cast.camera.pk, *(camera.pk for camera in cameras)]


# Plates of the shape ABC1234, one a vehicle (the factor is a prime); a vehicle seen once is likely to be seen again.
_PLATE = """
CREATE FUNCTION pg_temp.plate_of(vehicle bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT chr((65 + n / 6760000)::int) || chr((65 + n / 260000 % 26)::int) || chr((65 + n / 10000 % 26)::int)
        || lpad((n % 10000)::text, 4, '0')
    FROM (SELECT vehicle * 2654435761 % 175760000 AS n) numbered
$$
"""
_DAY = """
INSERT INTO reads (agency_id, seen_at, id, received_at, camera_id, plate, plate_as_read, confidence,
    char_confidences, alternates, state, state_confidence, plate_image, vehicle_image,
    vehicle_type, vehicle_make, vehicle_model, vehicle_colour)
SELECT %(agency)s, seen_at, gen_random_uuid(), seen_at, camera, plate, plate, 0.97,
    array[0.97, 0.97, 0.97, 0.97, 0.97, 0.97, 0.97], '[]',
    (array['NY', 'NY', 'NY', 'NY', 'NY', 'NY', 'PA', 'NJ', 'CT', ''])[1 + vehicle %% 10], 0.9,
    repeat('a', 40), repeat('b', 40),
    (array['car', 'suv', 'pickup', 'van'])[1 + vehicle %% 4], '', '',
    (array['black', 'red', 'blue', 'green', '', '', ''])[1 + vehicle %% 7]
FROM (
    SELECT *, pg_temp.plate_of(vehicle) AS plate FROM (
        SELECT 1 + floor(power(random(), 1.5) * %(vehicles)s)::bigint AS vehicle,
            %(day)s::date::timestamp AT TIME ZONE 'UTC' + random() * interval '1 day' AS seen_at,
            (%(cameras)s::bigint[])[1 + floor(random() * cardinality(%(cameras)s::bigint[]))::int] AS camera
        FROM generate_series(1, %(reads)s)
    ) drawn
) seen WHERE seen_at < %(until)s ORDER BY seen_at
"""
_SEEN = """
INSERT INTO plates_seen (agency_id, plate, skeleton, last_day)
SELECT %(agency)s, plate, translate(plate, %(alike)s, %(standing)s), max((seen_at AT TIME ZONE 'UTC')::date)
FROM reads GROUP BY plate
"""


def fill(reads: int, cameras: list[int]) -> None:
    """Generate *reads* over the last 29 days, day by day in the order of time, and the register of their plates.

    Indexes are taken off and put back, which is quicker for so many rows and leaves the same indexes.
    """
    from django.db import connections

    from platewarden.accounts.actors import owning_agency_id
    from platewarden.matching.plates import CONFUSION_CLASSES
    from platewarden.reads import days

    dates = [(NOW - SPAN).date() + timedelta(days=n) for n in range(SPAN.days + 1)]
    days.prepare(dates)
    facts: dict[str, Any] = {
        "agency": owning_agency_id(),
        "cameras": cameras,
        "until": NOW,
        "reads": reads // SPAN.days,
        "vehicles": max(reads // READS_A_VEHICLE, 10),
        "alike": "".join(group[1:] for group in CONFUSION_CLASSES),
        "standing": "".join(group[0] * (len(group) - 1) for group in CONFUSION_CLASSES),
    }
    with connections["owner"].cursor() as cursor:
        put_back = _take_indexes_off(cursor)
        cursor.execute("SET maintenance_work_mem = '1GB'; SET work_mem = '256MB'; SELECT setseed(0.5)")
        cursor.execute(_PLATE)
        for day in dates:
            cursor.execute(_DAY, facts | {"day": day})
        cursor.execute(_SEEN, facts)
        for statement in put_back:
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE reads")
        cursor.execute("VACUUM ANALYZE plates_seen")


def _take_indexes_off(cursor: Any) -> list[str]:
    """Drop the indexes of what is filled and return the statements that make the same ones."""
    cursor.execute(
        """
        SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || conname,
            'ALTER TABLE ' || conrelid::regclass || ' ADD CONSTRAINT ' || conname || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE contype = 'p' AND conrelid = ANY(%(tables)s::regclass[])
        UNION ALL
        SELECT 'DROP INDEX ' || indexrelid::regclass, pg_get_indexdef(indexrelid)
        FROM pg_index WHERE NOT indisprimary AND indrelid = ANY(%(tables)s::regclass[])
        """,
        {"tables": list(INDEXED)},
    )
    both = cursor.fetchall()
    for drop, _ in both:
        cursor.execute(drop)
    return [make.replace(" ON ONLY ", " ON ") for _, make in both]


if __name__ == "__main__":
    raise SystemExit("This is no benchmark of its own: see benchmarks/search.py.")
