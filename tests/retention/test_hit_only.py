"""Hits alone, where the agency wants it: of a read that hits nothing, nothing is stored at all."""

from datetime import timedelta
from typing import Any

import pytest

from platewarden.adoption.in_force import parameters_at
from platewarden.alerts.models import Hit
from platewarden.candidates.models import Candidate
from platewarden.compliance.figures import Scene
from platewarden.compliance.retained import kept_and_purged
from platewarden.hotlists.models import Entry
from platewarden.images.store import Shelf, image_store
from platewarden.ingest import actions as ingest
from platewarden.ingest.schemas import ReadResult
from platewarden.ingest.sealing import seal
from platewarden.reads.models import Capture, PlateSeen, Read, ReadCount
from tests.adoption.scenes import adopt
from tests.alerts.scenes import list_entry, submitted
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hit_only(cast: Cast) -> None:
    """Two people have adopted it; one plate is wanted."""
    adopt(cast, "retention.hit_only", value=True)
    list_entry(cast, NOW)


def submit(cast: Cast, *plates: str) -> list[ReadResult]:
    """Let the camera submit reads of *plates* in one batch."""
    reads = [submitted(NOW, plate=plate) for plate in plates]
    return ingest.ingest(reads=reads, camera=cast.camera, actor=cast.camera_actor, now=NOW)


@pytest.mark.clause("RET-1")
def test_of_a_read_that_hits_nothing_nothing_is_stored(cast: Cast) -> None:
    """No row, no plate, no register of the capture, no candidate, no image, no key; but it is counted."""
    results = submit(cast, "WLK 9027", "KA8 4821")
    assert [(one.code, one.read_id) for one in results] == [(202, ""), (202, "")]
    assert [rows.objects.count() for rows in (Read, Hit, PlateSeen, Capture, Candidate)] == [0] * 5
    assert image_store().days() == set()
    assert ReadCount.objects.get().reads == 2


@pytest.mark.clause("RET-1", "HIT-1")
def test_a_hit_is_stored_and_alerts_as_ever(cast: Cast) -> None:
    """In one batch with others, each on its own merits; sent again it is a repeat."""
    assert [one.code for one in submit(cast, "WLK 9027", "KAB 4821")] == [202, 201]
    assert (Read.objects.get().plate, Hit.objects.count(), ReadCount.objects.get().reads) == ("KAB4821", 1, 2)
    assert PlateSeen.objects.get().plate == "KAB4821"


def test_a_capture_id_stands_for_the_read_that_was_looked_at_alone(cast: Cast) -> None:
    """Another read under the same id in one batch is a conflict, as where all is stored: it may be a hit."""
    reads = [submitted(NOW, plate=plate, capture_id="c-1") for plate in ("WLK 9027", "WLK 9027", "KAB 4821")]
    results = ingest.ingest(reads=reads, camera=cast.camera, actor=cast.camera_actor, now=NOW)
    assert [one.code for one in results] == [202, 202, 409]


@pytest.mark.clause("RET-1")
def test_an_entry_that_ends_in_between_leaves_no_read(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """It hit when it was looked at first, and hits no more when it is written: it is looked at anew, and not kept."""

    def sealing(*arguments: Any) -> Any:
        Entry.objects.update(withdrawn_at=NOW - timedelta(seconds=1))
        return seal(*arguments)

    monkeypatch.setattr(ingest, "seal", sealing)
    assert [one.code for one in submit(cast, "KAB 4821")] == [202]
    assert [rows.objects.count() for rows in (Read, PlateSeen, Capture)] == [0] * 3
    assert not image_store().holds(Shelf.of_day(cast.agency.pk, NOW.date()))


@pytest.mark.clause("RET-1")
def test_pages_say_that_hits_alone_are_kept(
    cast: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who searches must know that nothing found means nothing; the policy page shows it among its figures."""
    monkeypatch.setattr("platewarden.site.context.utc_now", lambda: NOW)
    assert "Hits alone are kept" in sign_in(cast.ivan).get("/queries/").content.decode()
    figures = kept_and_purged(Scene(cast.agency.pk, parameters_at(NOW), NOW))
    assert ("Reads that hit nothing", "never stored") in [(one.label, one.value) for one in figures]
