"""What the demo's cameras send."""

from pathlib import Path

import pytest

from platewarden.demo.feed import PAST, PRESENT, _read_twice
from platewarden.edge.pictures import Captured
from platewarden.ingest.actions import ingest
from platewarden.ingest.schemas import SubmittedRead
from platewarden.reads.models import Read, Reading
from tests.cast import Cast
from tests.conftest import NOW
from tests.ingest.test_ingest import a_read


@pytest.mark.django_db
def test_one_vehicle_of_the_demo_is_read_again(cast: Cast) -> None:
    """Its camera has a first text and a better one, as cameras of some makes do; the better one stands."""
    (passage,) = (each for each in PAST + PRESENT if each.first_text)
    captured = _read_twice(Captured(Path("x.jpg"), (a_read(plate=passage.plate),)), passage.first_text)
    reads = [SubmittedRead.model_validate(read) for read in captured.reads]
    assert [r.code for r in ingest(reads=reads, camera=cast.camera, actor=cast.camera_actor, now=NOW)] == [
        201,
        201,
    ]
    standing = Reading.objects.get(superseded_by=None)
    assert Read.objects.get(id=standing.read_id).plate == passage.plate
    assert Read.objects.filter(plate=passage.first_text).count() == 1
