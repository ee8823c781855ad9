"""A hit in a case outlives its day, with everything that makes it evidence."""

import json
from datetime import datetime
from typing import Any

import pytest

from platewarden.accounts.actors import system_actor
from platewarden.cases.actions import preserve_hit
from platewarden.cases.models import Case, PreservedHit
from platewarden.images.store import ImageUnavailable, Shelf, image_store
from platewarden.retention.actions import purge_due
from tests.cast import Cast
from tests.conftest import NOW

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
