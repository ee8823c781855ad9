"""Which file an entry came with, and in which line of it, stays with the hit whatever becomes of the list."""

import hashlib
from datetime import timedelta

import pytest

from platewarden.alerts.models import Alert, Hit
from platewarden.hotlists.models import Entry
from platewarden.ingest.actions import ingest
from platewarden.ingest.schemas import SubmittedRead
from tests.cast import Cast
from tests.conftest import NOW
from tests.hotlists.lists import a_list, csv_of, load
from tests.ingest.test_ingest import a_read

pytestmark = [pytest.mark.django_db, pytest.mark.clause("HOT-1")]


def see(cast: Cast, capture_id: str) -> None:
    """The camera sees the wanted plate."""
    read = SubmittedRead.model_validate(a_read(capture_id))
    ingest(reads=[read], camera=cast.camera, actor=cast.camera_actor, now=NOW)


def test_a_hit_keeps_the_digest_and_the_line_of_its_list(cast: Cast) -> None:
    """A newer load sweeps the entry away; the hit still names the file and the line that it came from."""
    hotlist, lines = a_list(cast), ("HXB7730,NY,P,", "KAB4821,NY,P,")
    load(cast, hotlist, *lines)
    see(cast, "c-1")
    load(cast, hotlist, "LDV2096,NY,P,", effective_at=NOW)
    hit = Hit.objects.get()
    assert hit.snapshot_digest == hashlib.sha256(csv_of(*lines)).hexdigest()
    assert (hit.entry_line, hit.snapshot_layout) == (3, "csv")
    assert hit.snapshot_effective_at == NOW - timedelta(hours=1)
    assert Entry.objects.get().plate == "LDV2096"


def test_an_entry_gone_from_the_new_list_raises_nothing_more(cast: Cast) -> None:
    """From the load on the plate is nobody's business."""
    hotlist = a_list(cast)
    load(cast, hotlist, "KAB4821,NY,P,")
    load(cast, hotlist, "LDV2096,NY,P,", effective_at=NOW)
    see(cast, "c-1")
    assert (Hit.objects.count(), Alert.objects.count()) == (0, 0)
