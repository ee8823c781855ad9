"""One alert a vehicle and period: later reads of the same vehicle join the alert that is open."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from platewarden.alerts import actions
from platewarden.alerts.models import Alert, Hit
from platewarden.cameras.models import Area, Camera
from platewarden.hotlists.models import Entry
from platewarden.ingest.actions import ingest
from platewarden.policy.actor import Actor, ActorKind
from tests.alerts.scenes import another, entries, list_entry, pass_by, submitted
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

WINDOW = timedelta(minutes=30)


def at(moment: datetime) -> dict[str, Any]:
    """The time at which a vehicle was seen, as a camera submits it."""
    return {"seen_at": moment.isoformat()}


@pytest.mark.clause("HIT-1")
def test_a_further_read_joins_the_open_alert(cast: Cast, alert: Alert) -> None:
    """One alert with two sightings, each a hit and an entry of its own; the first hit stays the alert's."""
    joined = pass_by(cast, NOW + timedelta(minutes=5), **at(NOW + timedelta(minutes=4)))
    assert joined == alert
    assert (joined.sightings, joined.number, joined.hit_id) == (2, alert.number, alert.hit_id)
    assert joined.last_seen_at == NOW + timedelta(minutes=4)
    assert set(Hit.objects.values_list("alert_id", flat=True)) == {alert.pk}
    (sighted,) = entries("alert.sighted")
    assert sighted["subject"] == f"alert:{alert.pk}"
    assert joined.changed_number > joined.number
    assert len(entries("alert.raised")) == 1


@pytest.mark.clause("HIT-1")
@pytest.mark.parametrize(("gap", "alerts"), [(WINDOW, 1), (WINDOW + timedelta(seconds=1), 2)])
def test_after_the_window_it_is_news_again(cast: Cast, alert: Alert, gap: timedelta, alerts: int) -> None:
    """Counted from the sighting before, to the second."""
    seen = Hit.objects.get().seen_at
    pass_by(cast, NOW + gap, **at(seen + gap))
    assert Alert.objects.count() == alerts


@pytest.mark.clause("HIT-1")
def test_a_chain_of_sightings_stays_one_alert(cast: Cast, alert: Alert) -> None:
    """A vehicle that passes a camera every twenty minutes is one alert for as long as it does."""
    for minutes in (20, 40, 60):
        pass_by(cast, NOW + timedelta(minutes=minutes), **at(NOW + timedelta(minutes=minutes)))
    assert Alert.objects.get().sightings == 4


@pytest.mark.clause("HIT-1", "HIT-3")
def test_what_has_ended_is_not_joined(cast: Cast, alert: Alert) -> None:
    """Seen again after its alert has ended, the vehicle raises another."""
    Alert.objects.update(disposed_at=NOW)
    pass_by(cast, NOW + timedelta(minutes=5))
    assert Alert.objects.count() == 2


def test_another_vehicle_or_another_entry_is_another_alert(cast: Cast, alert: Alert) -> None:
    """The same plate wanted on another ground raises an alert of its own; so does another plate."""
    list_entry(cast, NOW, category="wanted_person", priority="high")
    pass_by(cast, NOW)
    another(cast, NOW)
    assert sorted(Alert.objects.values_list("category", "sightings")) == [
        ("stolen_vehicle", 1),
        ("stolen_vehicle", 2),
        ("wanted_person", 1),
    ]


def test_the_same_entry_in_a_newer_snapshot_is_joined(cast: Cast, alert: Alert) -> None:
    """A list that is loaded anew twice a day gives its entries new numbers, and its vehicles no new alerts."""
    Entry.objects.all().delete()
    list_entry(cast, NOW)
    assert pass_by(cast, NOW + timedelta(minutes=5)).sightings == 2


def test_two_reads_in_one_submission_are_one_alert(cast: Cast, now: datetime) -> None:
    """Numbers and times are those of the first and of the last."""
    list_entry(cast, now)
    reads = [submitted(now, **at(now - timedelta(minutes=minutes))) for minutes in (1, 9)]
    ingest(reads=reads, camera=cast.camera, actor=cast.camera_actor, now=now)
    alert = Alert.objects.get()
    assert (alert.sightings, alert.last_seen_at) == (2, now - timedelta(minutes=1))
    assert alert.hit_seen_at == now - timedelta(minutes=9)
    assert len(entries("alert.raised")) == len(entries("alert.sighted")) == 1


def test_an_alert_moves_to_the_area_of_its_latest_sighting(cast: Cast, alert: Alert) -> None:
    """Whoever is on duty there is told; a read that arrives late does not move it back."""
    assert (alert.areas, alert.moved_number) == ([], None)
    camera = camera_in(cast, "north")
    actor = Actor(kind=ActorKind.CAMERA, id=str(camera.pk), name=camera.code, agency_id=cast.agency.pk)
    read = submitted(NOW, **at(NOW + timedelta(seconds=1)))
    ingest(reads=[read], camera=camera, actor=actor, now=NOW + timedelta(seconds=2))
    moved = Alert.objects.get()
    assert (moved.areas, moved.moved_number) == (["north"], moved.changed_number)
    late = pass_by(cast, NOW + timedelta(minutes=1), **at(NOW - timedelta(minutes=3)))
    assert (late.areas, late.moved_number, late.sightings) == (["north"], moved.moved_number, 3)


def camera_in(cast: Cast, code: str) -> Camera:
    """The cast's camera again, in an area."""
    area = Area.objects.create(agency=cast.agency, code=code, name=code.capitalize())
    cast.camera.area = area
    cast.camera.save()
    again = Camera.objects.get(pk=cast.camera.pk)
    cast.camera.area = None
    return again


def test_looking_and_verifying_still_mean_the_first_hit(cast: Cast, alert: Alert) -> None:
    """A later sighting does not exchange the image that somebody is comparing."""
    before = Hit.objects.get()
    pass_by(cast, NOW + timedelta(minutes=5))
    hit = Hit.objects.get(id=before.id)
    look = actions.open_alert(alert=Alert.objects.get(), hit=hit, actor=cast.actor("alice"), now=NOW)
    assert look.shown == ["plate", "vehicle"]
    assert entries("alert.opened")[0]["details"]["read"] == str(before.read_id)
