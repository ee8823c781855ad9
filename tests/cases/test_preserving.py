"""A hit in a case outlives its day, with everything that makes it evidence."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from platewarden.accounts.actors import system_actor
from platewarden.alerts import actions
from platewarden.alerts.actions import Disposition
from platewarden.alerts.models import Alert
from platewarden.cases.actions import preserve_by_hand, preserve_hit, sweep_cases
from platewarden.cases.copies import open_copy
from platewarden.cases.models import Case, PreservedHit
from platewarden.images.store import ImageUnavailable, Shelf, image_store
from platewarden.ingest.actions import ingest
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.hits import ActionTaken, Finding
from platewarden.retention.actions import purge_due
from tests.alerts.scenes import entries, picture
from tests.alerts.test_actions import the_hit
from tests.cast import Cast
from tests.conftest import NOW
from tests.corrections.scenes import ends
from tests.reports.scenes import MATCHED, an_alert

pytestmark = pytest.mark.django_db


@pytest.fixture
def preserve(cast: Cast) -> Any:
    """Let a vehicle pass and preserve the hit in a case."""
    from platewarden.adoption.in_force import parameters_at
    from platewarden.alerts.doors import hit_of
    from tests.alerts.scenes import another

    def _preserve(case_number: str = "2026-004512") -> PreservedHit:
        alert = another(cast, NOW)
        alert.verified_by, alert.characters, alert.state = cast.alice, "match", "match"
        hit = hit_of(alert, parameters=parameters_at(NOW), now=NOW)
        assert hit
        return preserve_hit(alert=alert, hit=hit, case_number=case_number, actor=cast.actor("alice"), now=NOW)

    return _preserve


def opened(preserved: PreservedHit, name: str) -> bytes:
    """What the case holds under *name*."""
    reference = {
        "facts": preserved.facts,
        "plate": preserved.plate_image,
        "vehicle": preserved.vehicle_image,
    }[name]
    return image_store().open(Shelf.of_case(preserved.case_id), f"{preserved.alert_id}/{name}", reference)


@transaction.atomic
def preserve_in_vain(preserve: Any, case_number: str) -> None:
    """Seal a hit in a case, and let the act fail after that."""
    preserve(case_number)
    raise RuntimeError("what comes after it fails")


@pytest.mark.clause("RET-2")
def test_a_case_keeps_images_and_facts_after_the_purge(preserve: Any) -> None:
    """Read, entry, comparison, who verified: all of it can be opened when the day is gone."""
    from tests.alerts.scenes import picture

    preserved = preserve()
    purge_due(actor=system_actor("tests"), now=datetime(2026, 12, 20, tzinfo=NOW.tzinfo))
    facts = json.loads(opened(preserved, "facts"))
    assert (facts["hit"]["plate_as_read"], facts["hit"]["entry_reason"]) == ("KXT 1000", "Reported stolen")
    assert (facts["alert"]["verified_by"], facts["alert"]["characters"]) == ("alice", "match")
    assert (opened(preserved, "plate"), opened(preserved, "vehicle")) == (picture(), picture("navy"))


@pytest.mark.clause("RET-2", "HIT-1")
def test_every_sighting_of_the_alert_goes_into_the_case(preserve: Any, cast: Cast) -> None:
    """Each with its images and its place, once; one that joins later is taken with the next act on the alert."""
    from tests.alerts.scenes import submitted

    def again(minutes: int) -> None:
        seen_at = (NOW + timedelta(minutes=minutes)).isoformat()
        later, read = NOW + timedelta(minutes=5), submitted(NOW, plate="KXT 1000", seen_at=seen_at)
        ingest(reads=[read], camera=cast.camera, actor=cast.camera_actor, now=later)

    first = preserve()
    alert = Alert.objects.get()
    again(2)
    again(4)
    hit = the_hit(alert)
    assert hit
    for _ in range(2):
        preserve_hit(alert=alert, hit=hit, case_number="2026-004512", actor=cast.actor("alice"), now=NOW)
    kept = list(PreservedHit.objects.order_by("pk"))
    assert [one.hit_id is None for one in kept] == [True, False, False]
    assert kept[0] == first
    purge_due(actor=system_actor("tests"), now=datetime(2026, 12, 20, tzinfo=NOW.tzinfo))
    copies = [open_copy(one) for one in kept]
    assert [(copy.hit.seen_at - NOW) // timedelta(minutes=1) for copy in copies] == [-1, 2, 4]
    assert {copy.plate_image for copy in copies} == {picture()}
    assert [entry["details"]["sightings"] for entry in entries("case.hit_preserved")] == [0, 2, 0]
    assert sweep_cases(actor=system_actor("tests"), now=datetime.now(UTC) + timedelta(days=2)) == 2
    assert [open_copy(one).hit.id for one in kept] == [copy.hit.id for copy in copies]


@pytest.mark.clause("RET-2")
def test_hits_of_one_number_are_in_one_case(preserve: Any) -> None:
    """Blanks around the number do not make another case."""
    assert preserve("2026-004512").case == preserve(" 2026-004512 ").case
    assert Case.objects.count() == 1


def test_what_one_case_holds_cannot_be_taken_for_anothers(preserve: Any) -> None:
    """Each case has a key of its own, and each sealed copy its own name."""
    first, second = preserve("2026-000001"), preserve("2026-000002")
    with pytest.raises(ImageUnavailable):
        image_store().open(Shelf.of_case(first.case_id), f"{second.alert_id}/plate", second.plate_image)
    with pytest.raises(ImageUnavailable):
        image_store().open(Shelf.of_case(first.case_id), f"{first.alert_id}/vehicle", first.plate_image)


@pytest.mark.clause("RET-2")
def test_what_a_failed_disposition_sealed_is_swept_away(preserve: Any, store_home: Path, cast: Cast) -> None:
    """Rolled back after sealing: neither bytes nor key stay for more than a day; what is on record does."""
    kept = preserve("2026-000001")
    with pytest.raises(RuntimeError):
        preserve_in_vain(preserve, "2026-000002")
    assert len(list((store_home / "keys/wrapped").glob("case-*"))) == 2
    today = datetime.now(UTC)  # files carry the real time
    assert sweep_cases(actor=system_actor("tests"), now=today) == 0
    assert sweep_cases(actor=system_actor("tests"), now=today + timedelta(days=1, minutes=1)) == 2
    assert entries("case.swept")[0]["details"]["removed"] == 2
    assert opened(kept, "plate") == picture()
    left = {path.name for path in (store_home / "keys/wrapped").glob("case-*")}
    assert left == {f"case-{kept.case_id}.key"}
    assert sweep_cases(actor=system_actor("tests"), now=today + timedelta(days=2)) == 0


@pytest.mark.clause("RET-2")
def test_bytes_without_a_record_go_though_their_case_stays(preserve: Any, store_home: Path) -> None:
    """A second hit of the same case that came to nothing."""
    kept = preserve("2026-000001")
    with pytest.raises(RuntimeError):
        preserve_in_vain(preserve, "2026-000001")
    later = datetime.now(UTC) + timedelta(days=2)
    assert sweep_cases(actor=system_actor("tests"), now=later) == 1
    assert opened(kept, "vehicle") == picture("navy")


@pytest.mark.clause("RET-2")
def test_whoever_works_cases_keeps_a_hit_by_hand(cast: Cast) -> None:
    """Under a case number, though nobody was stopped; an officer may not, and without a number nobody may."""
    alert = an_alert(cast, NOW)
    hit = the_hit(alert)
    assert hit
    for name, number in (("alice", "2026-000001"), ("ivan", ""), ("ivan", "soon")):
        with pytest.raises(PolicyRefusal) as refused:
            preserve_by_hand(alert=alert, hit=hit, case_number=number, actor=cast.actor(name), now=NOW)
        assert refused.value.decision.clause == "RET-2"
    first = preserve_by_hand(
        alert=alert, hit=hit, case_number="2026-000001", actor=cast.actor("ivan"), now=NOW
    )
    again = preserve_by_hand(
        alert=alert, hit=hit, case_number="2026-000002", actor=cast.actor("sue"), now=NOW
    )
    assert (again, again.case.number) == (first, "2026-000001")


@pytest.mark.clause("RET-2", "HIT-3")
def test_a_case_that_has_a_hit_gets_it_as_it_ends(cast: Cast) -> None:
    """What is verified and done afterwards is in the copy; the hit does not move to another case."""
    alert = an_alert(cast, NOW)
    hit = the_hit(alert)
    assert hit
    preserve_by_hand(alert=alert, hit=hit, case_number="2026-000001", actor=cast.actor("ivan"), now=NOW)
    with pytest.raises(PolicyRefusal, match="Case 2026-000001 has this hit already"):
        ends(alert, cast, NOW, finding=Finding.CORRECT_READ, action=ActionTaken.STOP, verification=MATCHED)
    actor = cast.actor("alice")
    ending = Disposition(Finding.CORRECT_READ, ActionTaken.STOP, "2026-000001")
    actions.dispose(alert=alert, disposition=ending, actor=actor, now=NOW)
    facts = json.loads(opened(PreservedHit.objects.get(), "facts"))["alert"]
    assert (facts["verified_by"], facts["disposed_by"], facts["action_taken"]) == ("alice", "alice", "stop")
