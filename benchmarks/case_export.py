"""What the copy of a case takes: time a record, memory at most, and the time to check it.

    python -m benchmarks.case_export [--records 200]

Each record has two noisy pictures of 150 kB; of every other one the vehicle image is a rendered scene, in which the
detector finds the plate. The peer is a zip of the same pictures, stored, by Python's zipfile: no data, no masks, no
digests.
"""

import argparse
import resource
import tempfile
import time
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import cv2

from benchmarks.scratch import installation, noise


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--records", type=int, default=200)
    asked = options.parse_args()
    with installation() as cast, tempfile.TemporaryDirectory() as folder:
        case, pictures = _fill(cast, asked.records)
        before = _memory_mb()
        dest = Path(folder) / "copy.zip"
        made = _timed(lambda: _export(dest, case.number))
        after = _memory_mb()
        checked = _timed(lambda: _check(dest))
        peer = _timed(lambda: _zip(Path(folder) / "peer.zip", pictures))
        size = dest.stat().st_size / 1e6
    print(f"{asked.records} records, {size:.0f} MB")
    each = 1000 * made / asked.records
    print(f"made      {made:7.1f} s   {each:6.0f} ms a record, memory {before:.0f} -> {after:.0f} MB")
    print(f"checked   {checked:7.1f} s   {size / checked:6.0f} MB/s")
    print(f"peer: zip {peer:7.1f} s")


def _fill(cast: Any, records: int) -> tuple[Any, list[bytes]]:
    from platewarden.cases import holds
    from platewarden.cases.models import Case
    from platewarden.images.store import Shelf, image_store
    from platewarden.ledger.keys import ensure_log_key
    from platewarden.reads import days
    from platewarden.rendering.scene import render_scene
    from platewarden.site.clock import utc_now
    from platewarden.site.settings import PLATEWARDEN_KEYS, PLATEWARDEN_ORIGIN
    from tests.cases.scenes import PLATE, asked
    from tests.sightings import a_sighting, store

    ensure_log_key(PLATEWARDEN_KEYS, PLATEWARDEN_ORIGIN)
    now = utc_now()
    scene = cv2.imencode(".jpg", render_scene(3, plate="KRT4821", state="NY").image)[1].tobytes()
    pictures: list[bytes] = []
    reads = []
    for number in range(records):
        read = a_sighting(cast.camera, PLATE, now - timedelta(hours=2, seconds=number))
        views = (noise(), scene if number % 2 else noise())
        shelf = Shelf.of_day(read.agency_id, days.day_of(read.seen_at))
        named = [(f"{read.id}/{view}", each) for view, each in zip(("plate", "vehicle"), views, strict=True)]
        read.plate_image, read.vehicle_image = image_store().seal(shelf, named)
        pictures += views
        reads.append(read)
    store(reads)
    query = asked(cast, now)
    for read in reads:
        holds.take_read(
            query=query, read=read, case_number=query.case_number, actor=cast.actor("ivan"), now=now
        )
    return Case.objects.get(), pictures


def _export(dest: Path, number: str) -> None:
    from platewarden.cases.exporting.by_command import export_to
    from tests.cast import PASSWORD

    export_to(dest, number=number, username="ivan", password=PASSWORD, reason="A benchmark, for nobody")


def _check(dest: Path) -> None:
    from platewarden.bags.checking import check_bag
    from platewarden.ledger.keys import verifiers

    assert check_bag(dest, trusted=verifiers()).is_sound


def _zip(dest: Path, pictures: list[bytes]) -> None:
    with zipfile.ZipFile(dest, "w", zipfile.ZIP_STORED) as archive:
        for number, picture in enumerate(pictures):
            archive.writestr(f"{number}.jpg", picture)


def _timed(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
