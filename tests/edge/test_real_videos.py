"""Real videos beside the checkout, read with the real models."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from platewarden.edge.passes import PassRead
from platewarden.edge.sources import open_video
from platewarden.edge.watch import Watch
from platewarden.recognition.pipeline import load_recogniser

VIDEOS = Path(__file__).resolve().parents[3] / "shared" / "data" / "videos"

pytestmark = [
    pytest.mark.photos,
    pytest.mark.skipif(not VIDEOS.is_dir(), reason="the development videos are not beside the checkout"),
]


def labelled(name: str) -> list[range]:
    """Return the frames of each pass in the video *name* whose plate a person can read."""
    with (VIDEOS / "labels.csv").open(newline="") as file:
        return [
            range(int(row["first_frame"]), int(row["last_frame"]) + 1)
            for row in csv.DictReader(file)
            if row["file"] == name and row["country"]
        ]


def passes(name: str) -> Sequence[PassRead]:
    """Read the video *name*."""
    video = open_video(
        str(VIDEOS / name),
        began_at=datetime(2026, 11, 20, tzinfo=UTC),
        now=lambda: datetime.now(UTC),
        tell=pytest.fail,
    )
    watch = Watch(video, load_recogniser(threads=1))
    found = [read for finished in watch.passes() for read in finished] + watch.last_passes()
    video.close()
    return found


@pytest.mark.parametrize("name", ["aig_license_plate.mp4", "parkpow_cars.mp4"])
def test_each_vehicle_that_passes_is_one_read(name: str) -> None:
    """As many reads as passes, each of a frame of its pass; British and Vietnamese texts may be misread.

    One thread a model: how several share a sum may change its last digit, and a plate of two lines hangs on little.
    """
    expected, reads = labelled(name), sorted(passes(name), key=lambda read: read.sight.index)
    assert len(reads) == len(expected)
    for frames, read in zip(expected, reads, strict=True):
        assert read.sight.index in frames
