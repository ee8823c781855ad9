"""Thirty days, then gone: rows, images, keys, and every way back to them. Until then, nothing is touched."""

import base64
import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from platewarden.accounts.actors import system_actor
from platewarden.alerts.models import Alert, AlertOpening, Hit
from platewarden.cameras.models import FieldOfViewStatement
from platewarden.hotlists.models import Entry, Hotlist, Snapshot
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import ImageStore, Shelf, image_store
from platewarden.ingest import actions as ingest
from platewarden.ingest.schemas import SubmittedRead
from platewarden.ledger.actions import LedgerUnavailable
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.matching.plates import skeleton
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.parameters import defaults
from platewarden.reads import days
from platewarden.reads.models import Capture, PlateSeen, Read
from platewarden.retention import actions
from platewarden.retention.models import PurgeClock
from tests.cast import Cast
from tests.sightings import picture

MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)
"""The moment at which the reads of 21 October are due; those of 22 October are not."""
DUE, NEXT = date(2026, 10, 21), date(2026, 10, 22)
SECOND = timedelta(seconds=1)
PLATE = "WLK9027"
Submit = Callable[..., str]


@pytest.fixture
def submit(cast: Cast) -> Submit:
    """Submit one read as the cast's camera does, moments after it was seen, and return its id."""
    FieldOfViewStatement.objects.update(signed_at=MIDNIGHT - timedelta(days=60))

    def _submit(seen_at: datetime, plate: str = PLATE) -> str:
        submitted = SubmittedRead.model_validate(
            {
                "capture_id": f"c-{seen_at.timestamp()}-{plate}",
                "seen_at": seen_at.isoformat(),
                "plate": plate,
                "confidence": 0.97,
                "char_confidences": [0.97] * len(plate),
                "plate_image": base64.b64encode(picture()).decode(),
                "vehicle_image": base64.b64encode(picture("navy")).decode(),
            }
        )
        (result,) = ingest.ingest(
            reads=[submitted], camera=cast.camera, actor=cast.camera_actor, now=seen_at + SECOND
        )
        assert result.code == 201, result
        return str(result.read_id)

    return _submit


@pytest.fixture
def wanted(cast: Cast) -> Entry:
    """A hotlist entry for the plate, so that its reads raise alerts."""
    start = MIDNIGHT - timedelta(days=40)
    hotlist = Hotlist.objects.create(
        agency=cast.agency, name="By hand", source="us", is_manual=True, created_at=start, created_by="ada"
    )
    snapshot = Snapshot.objects.create(
        hotlist=hotlist, effective_at=start, loaded_at=start, loaded_by="ada", file_digest=b"", accepted=1
    )
    return Entry.objects.create(
        agency=cast.agency,
        snapshot=snapshot,
        plate_as_given=PLATE,
        plate=PLATE,
        skeleton=skeleton(PLATE),
        category="manual",
        entered_at=start,
    )


def purge(now: datetime) -> list[actions.Destruction]:
    """Purge as the timer does."""
    return actions.purge_due(actor=system_actor("purge timer"), now=now)


def shelf(cast: Cast, day: date) -> Shelf:
    """Return the shelf of the agency's images of *day*."""
    return Shelf.of_day(cast.agency.pk, day)


@pytest.mark.django_db
@pytest.mark.clause("RET-1")
@pytest.mark.parametrize(
    ("seen_at", "is_due"),
    [
        (datetime(2026, 10, 21, tzinfo=UTC), True),
        (datetime(2026, 10, 22, tzinfo=UTC) - timedelta(microseconds=1), True),
        (datetime(2026, 10, 22, tzinfo=UTC), False),
        (datetime(2026, 10, 21, 20, 30, tzinfo=UTC), True),
        (datetime.fromisoformat("2026-10-21T20:30:00-04:00"), False),
    ],
)
def test_the_line_is_midnight_utc(submit: Submit, cast: Cast, seen_at: datetime, is_due: bool) -> None:  # noqa: FBT001
    """A read of the last microsecond of the day goes; one of the first of the next stays, whatever its local date."""
    submit(seen_at)
    assert purge(MIDNIGHT - SECOND) == []
    assert Read.objects.count() == 1
    assert [done.day for done in purge(MIDNIGHT)] == ([DUE] if is_due else [])
    assert Read.objects.count() == Capture.objects.count() == (0 if is_due else 1)


@pytest.mark.django_db
@pytest.mark.clause("RET-1")
def test_other_days_are_untouched(submit: Submit, cast: Cast) -> None:
    """The day after keeps its rows, its images and its plates; a plate seen on both days stays known."""
    submit(datetime(2026, 10, 21, 12, tzinfo=UTC))
    submit(datetime(2026, 10, 21, 13, tzinfo=UTC), "ONLYDUE")
    kept = submit(datetime(2026, 10, 22, 12, tzinfo=UTC))
    (done,) = purge(MIDNIGHT)
    assert (done.rows["reads"], done.rows["captures"], done.rows["plates_seen"], done.objects) == (2, 2, 1, 2)
    read = Read.objects.get()
    assert (str(read.id), PlateSeen.objects.get().plate) == (kept, PLATE)
    opened = image_store().open(shelf(cast, NEXT), f"{kept}/vehicle", read.vehicle_image)
    assert opened == picture("navy")


@pytest.mark.django_db
@pytest.mark.clause("RET-1")
def test_images_cannot_be_opened_even_from_a_copy(submit: Submit, cast: Cast, store_home: Path) -> None:
    """With the key gone, sealed bytes that somebody copied before are noise."""
    read_id = submit(datetime(2026, 10, 21, 12, tzinfo=UTC))
    read = Read.objects.get()
    folder = store_home / "images" / shelf(cast, DUE).folder
    (sealed,) = folder.iterdir()
    name, copy = sealed.name, sealed.read_bytes()
    purge(MIDNIGHT)
    assert not folder.exists()
    folder.mkdir()
    (folder / name).write_bytes(copy)
    with pytest.raises(KeyUnavailable):
        image_store().open(shelf(cast, DUE), f"{read_id}/plate", read.plate_image)


@pytest.mark.django_db
@pytest.mark.clause("RET-1")
def test_the_destruction_is_on_the_ledger(submit: Submit, cast: Cast) -> None:
    """Counts, key and authority; the key's id was there before the key was destroyed."""
    submit(datetime(2026, 10, 21, 12, tzinfo=UTC))
    key = image_store().keystore.identify(shelf(cast, DUE).key)
    (done,) = purge(MIDNIGHT)
    body = LedgerBody.objects.get(pk=done.entry).content
    assert body["subject"] == "day:2026-10-21"
    assert body["details"]["keys_destroyed"] == {str(cast.agency.pk): key}
    assert body["details"]["rows_removed"]["reads"] == 1
    (ordered,) = LedgerBody.objects.filter(leaf__kind="key.destroyed")
    assert (ordered.content["outcome"], ordered.content["details"]["keys"]) == (
        "ordered",
        {str(cast.agency.pk): key},
    )
    assert ordered.pk < done.entry


@pytest.mark.django_db
@pytest.mark.clause("RET-1", "HIT-3")
def test_alerts_are_reduced_to_figures(submit: Submit, wanted: Entry, cast: Cast) -> None:
    """Category, grade, outcome, disposition and times stay; no hit, nobody's name, no opening."""
    submit(datetime(2026, 10, 21, 12, tzinfo=UTC))
    submit(datetime(2026, 10, 22, 12, tzinfo=UTC))
    first, second = Alert.objects.order_by("number")
    Alert.objects.update(
        verified_by=cast.alice, verified_at=MIDNIGHT, characters="match", acknowledged_by=cast.dee
    )
    AlertOpening.objects.create(alert=first, user=cast.alice, opened_at=MIDNIGHT)
    AlertOpening.objects.create(alert=second, user=cast.alice, opened_at=MIDNIGHT)
    (done,) = purge(MIDNIGHT)
    assert (done.rows["hits"], done.rows["alerts_reduced"], done.rows["alert_openings"]) == (1, 1, 1)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.hit_id, first.hit_seen_at, first.verified_by, first.acknowledged_by) == (
        None,
        None,
        None,
        None,
    )
    assert (first.category, first.grade, first.characters) == ("manual", second.grade, "match")
    assert (second.hit_id, second.verified_by) == (Hit.objects.get().id, cast.alice)


@pytest.mark.django_db
def test_purging_again_does_nothing(submit: Submit, cast: Cast) -> None:
    """A day that is gone is not due."""
    submit(datetime(2026, 10, 21, 12, tzinfo=UTC))
    assert len(purge(MIDNIGHT)) == 1
    before = LedgerLeaf.objects.count()
    assert purge(MIDNIGHT + timedelta(hours=1)) == []
    assert LedgerLeaf.objects.count() == before


@pytest.mark.django_db
def test_all_days_that_are_due_go_oldest_first(submit: Submit, cast: Cast) -> None:
    """After an outage every day past its limit goes, each with a record of its own."""
    for day in (19, 21, 18, 22):
        submit(datetime(2026, 10, day, 12, tzinfo=UTC))
    assert [done.day.day for done in purge(MIDNIGHT)] == [18, 19, 21]
    assert [day.day for day in days.kept()] == [22]


@pytest.mark.django_db
@pytest.mark.clause("RET-1")
def test_a_purge_that_died_half_way_is_finished_by_the_next(
    submit: Submit, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Images went first and stay gone; rows remain, and go with the next; the key's id is not lost."""
    submit(datetime(2026, 10, 21, 12, tzinfo=UTC))
    key = image_store().keystore.identify(shelf(cast, DUE).key)
    with monkeypatch.context() as broken:
        broken.setattr(actions, "_forget", lambda _day: (_ for _ in ()).throw(OSError("power cut")))
        with pytest.raises(actions.PurgeIncompleteError, match="power cut"):
            purge(MIDNIGHT)
    assert Read.objects.count() == 1
    assert not image_store().holds(shelf(cast, DUE))
    (done,) = purge(MIDNIGHT + timedelta(minutes=5))
    assert (done.rows["reads"], Read.objects.count()) == (1, 0)
    assert LedgerBody.objects.filter(leaf__kind="key.destroyed", body__contains=key).count() == 1


@pytest.mark.django_db
@pytest.mark.clause("RET-1")
def test_a_purge_that_died_between_key_and_objects_is_finished(
    submit: Submit, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Objects that outlived their key are removed by the next purge."""
    submit(datetime(2026, 10, 21, 12, tzinfo=UTC))
    with monkeypatch.context() as broken:
        broken.setattr(
            ImageStore, "_delete_objects", lambda _self, _folder: (_ for _ in ()).throw(OSError("full"))
        )
        with pytest.raises(actions.PurgeIncompleteError, match="full"):
            purge(MIDNIGHT)
    assert Read.objects.count() == 0, "rows do not wait for files that are noise"
    (done,) = purge(MIDNIGHT)
    assert done.objects == 1
    assert not image_store().holds(shelf(cast, DUE))


@pytest.mark.django_db
@pytest.mark.clause("RET-1")
def test_images_without_any_read_go_with_their_day(cast: Cast) -> None:
    """A submission that failed after sealing leaves images nobody can find; they have a day, and it ends."""
    image_store().seal(shelf(cast, DUE), [("orphan/plate", picture())])
    assert days.kept() == []
    assert [done.day for done in purge(MIDNIGHT)] == [DUE]
    assert not image_store().holds(shelf(cast, DUE))
    assert image_store().days() == set()


@pytest.mark.django_db
@pytest.mark.clause("RET-1")
def test_an_unreadable_key_does_not_keep_its_day(submit: Submit, cast: Cast, store_home: Path) -> None:
    """A damaged key is destroyed all the same, and the record says that it was unreadable."""
    submit(datetime(2026, 10, 21, 12, tzinfo=UTC))
    (path,) = (store_home / "keys" / "wrapped").glob("day-*")
    path.write_bytes(os.urandom(60))
    (done,) = purge(MIDNIGHT)
    assert done.key_ids == {cast.agency.pk: "unreadable"}
    assert not path.exists()


@pytest.mark.django_db
def test_without_a_record_nothing_is_dropped(
    submit: Submit, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the ledger cannot append, keys and rows stay until it can; nothing past its day is visible meanwhile."""

    def unavailable(*_: object, **__: object) -> None:
        raise LedgerUnavailable("down")

    submit(datetime(2026, 10, 21, 12, tzinfo=UTC))
    with monkeypatch.context() as down:
        down.setattr("platewarden.ledger.actions.append", unavailable)
        with pytest.raises(actions.PurgeIncompleteError, match="took no record"):
            purge(MIDNIGHT)
    assert Read.objects.count() == 1
    assert image_store().holds(shelf(cast, DUE))
    assert len(purge(MIDNIGHT)) == 1


@pytest.mark.django_db
@pytest.mark.clause("RET-1")
def test_a_clock_that_jumps_forward_destroys_nothing(submit: Submit, cast: Cast) -> None:
    """More than a day ahead pauses the purge, once on the ledger, until the administrator has confirmed the time."""
    submit(datetime(2026, 10, 22, 12, tzinfo=UTC))
    assert purge(MIDNIGHT - timedelta(hours=1)) == []
    wrong = MIDNIGHT + timedelta(days=300)
    for _ in range(2):
        with pytest.raises(actions.ClockDoubtedError, match="administrator"):
            purge(wrong)
    assert LedgerLeaf.objects.filter(kind="purge.paused").count() == 1
    assert Read.objects.count() == 1
    with pytest.raises(PolicyRefusal):
        actions.confirm_clock(actor=cast.actor("sue"), now=wrong)
    actions.confirm_clock(actor=cast.actor("ada"), now=wrong)
    assert [done.day for done in purge(wrong + SECOND)] == [NEXT]


@pytest.mark.django_db
@pytest.mark.clause("RET-1")
def test_a_clock_set_right_again_needs_nobody(submit: Submit, cast: Cast) -> None:
    """When the jump was a mistake and is corrected, the purge goes on by itself; a day exactly is no jump."""
    purge(MIDNIGHT - timedelta(hours=1))
    with pytest.raises(actions.ClockDoubtedError):
        purge(MIDNIGHT + timedelta(days=300))
    submit(datetime(2026, 10, 21, 12, tzinfo=UTC))
    assert [done.day for done in purge(MIDNIGHT + timedelta(minutes=1))] == [DUE]
    assert PurgeClock.objects.get().paused_at is None
    assert purge(MIDNIGHT + timedelta(days=1, minutes=1)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["alice", "ivan", "sue", "tom", "dee", "eve"])
def test_only_timer_and_administrator_purge(cast: Cast, name: str) -> None:
    """Nobody else starts it; nobody at all can skip it."""
    with pytest.raises(PolicyRefusal):
        actions.purge_due(actor=cast.actor(name), now=MIDNIGHT)
    assert actions.purge_due(actor=cast.actor("ada"), now=MIDNIGHT) == []


@pytest.mark.django_db
@pytest.mark.clause("RET-1")
def test_a_late_arrival_past_its_day_is_refused(submit: Submit, cast: Cast) -> None:
    """A purged day does not come back through the camera's door."""
    purge(MIDNIGHT)
    late = SubmittedRead.model_validate(
        {
            "capture_id": "late",
            "seen_at": "2026-10-21T23:59:59+00:00",
            "plate": PLATE,
            "confidence": 0.9,
            "char_confidences": [0.9] * 7,
            "plate_image": base64.b64encode(picture()).decode(),
            "vehicle_image": base64.b64encode(picture()).decode(),
        }
    )
    (result,) = ingest.ingest(reads=[late], camera=cast.camera, actor=cast.camera_actor, now=MIDNIGHT)
    assert result.code == 403
    assert (days.kept(), image_store().days()) == ([], set())


@pytest.mark.django_db
def test_the_days_due_can_be_listed_without_purging(submit: Submit, cast: Cast) -> None:
    """A dry run changes nothing."""
    submit(datetime(2026, 10, 21, 12, tzinfo=UTC))
    listed = actions.days_due(parameters=defaults(MIDNIGHT), now=MIDNIGHT)
    assert (listed, Read.objects.count(), PurgeClock.objects.count()) == ([DUE], 1, 0)
