"""An entry that was found wrong does not alert for that plate until its owner changes it."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from platewarden.corrections import suppressing
from platewarden.corrections.models import Suppression
from platewarden.images.keystore import KeyName
from platewarden.images.store import image_store
from platewarden.notices.models import Notice
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.hits import Finding
from tests.alerts.scenes import adopted, entries
from tests.cast import Cast
from tests.corrections.scenes import ROW, ends, later, load, passes, suppressed
from tests.telling import spoken

pytestmark = pytest.mark.django_db


@pytest.mark.clause("HIT-3")
@pytest.mark.parametrize("finding", [Finding.WRONG_ENTRY, Finding.STALE_ENTRY])
def test_an_entry_found_wrong_or_stale_is_silent_for_that_plate(
    cast: Cast, now: datetime, finding: Finding
) -> None:
    """From the disposition on; what it would have alerted on is counted, with no time and no place."""
    load(cast, now, ROW)
    alert = passes(cast, now)
    assert alert
    ends(alert, cast, now, finding=finding)
    assert passes(cast, later(now)) is None
    assert passes(cast, later(now, 2)) is None
    suppression = Suppression.objects.get()
    assert (suppression.applied, suppression.finding, suppression.placed_by) == (2, finding, cast.alice)
    placed = entries("suppression.placed")[0]
    assert (placed["outcome"], placed["details"]["alert"]) == ("done", str(alert.pk))


@pytest.mark.clause("HIT-3")
@pytest.mark.parametrize("finding", [Finding.CORRECT_READ, Finding.WRONG_CHARACTERS, Finding.WRONG_STATE])
def test_an_entry_that_is_right_goes_on_alerting(cast: Cast, now: datetime, finding: Finding) -> None:
    """A misread is the camera's fault, and another state's plate is another vehicle."""
    load(cast, now, ROW)
    alert = passes(cast, now)
    assert alert
    ends(alert, cast, now, finding=finding)
    assert passes(cast, later(now))
    assert not Suppression.objects.exists()


@pytest.mark.clause("HIT-3")
def test_the_vehicle_that_is_really_wanted_still_alerts(cast: Cast, now: datetime) -> None:
    """0 was written for O: the driver with the 0 is left alone, the vehicle with the O is not."""
    adopted(cast, now, "hits.alerting_grades", value=["exact_state_agrees", "confusable"])
    load(cast, now, "KA0 123,NY,stolen_vehicle,Reported stolen")
    alert = passes(cast, now, plate="KA0 123")
    assert alert
    ends(alert, cast, now)
    assert passes(cast, later(now), plate="KA0 123") is None
    assert passes(cast, later(now), plate="KAO 123")


@pytest.mark.clause("HIT-3")
def test_it_survives_a_new_snapshot_that_says_the_same(cast: Cast, now: datetime) -> None:
    """The next load brings the same wrong entry under another number: it stays silent."""
    suppressed(cast, now)
    load(cast, later(now), ROW, "AAA1111,NY,stolen_vehicle,Another")
    assert passes(cast, later(now, 2)) is None


@pytest.mark.clause("HIT-3", "HOT-1")
def test_it_ends_when_the_owner_changes_the_entry(cast: Cast, now: datetime) -> None:
    """The corrected entry alerts, and the ledger says why the suppression ended."""
    suppression = suppressed(cast, now)
    load(cast, later(now), "KAB4821,NY,wanted_person,Warrant of 20 November")
    assert passes(cast, later(now, 2))
    suppression.refresh_from_db()
    assert (suppression.lifted_because, suppression.lifted_by) == ("corrected", None)
    assert entries("suppression.lifted")[0]["details"]["because"] == "corrected"


@pytest.mark.clause("HIT-3")
def test_another_list_that_wants_the_plate_still_alerts(cast: Cast, now: datetime) -> None:
    """What one owner got wrong says nothing about another's entry."""
    suppressed(cast, now)
    load(cast, later(now), ROW, name="County list")
    assert passes(cast, later(now, 2))


@pytest.mark.clause("HIT-1", "HIT-3")
def test_an_entry_about_a_life_takes_a_second_person(cast: Cast, now: datetime) -> None:
    """One person's word does not silence an AMBER alert; two do."""
    suppression = suppressed(cast, now, "KAB4821,NY,amber_alert,Child taken")
    assert entries("suppression.placed")[0]["outcome"] == "waits"
    assert passes(cast, later(now))
    suppressing.confirm(suppression=suppression, actor=cast.actor("sue"), now=later(now))
    assert passes(cast, later(now, 2)) is None


@pytest.mark.clause("HIT-3")
def test_supervisors_are_told_and_somebody_else_confirms(cast: Cast, now: datetime) -> None:
    """Sue called it wrong, so Max confirms; the notice has then done its work."""
    load(cast, now, ROW)
    alert = passes(cast, now)
    assert alert
    ends(alert, cast, now, by="sue")
    suppression, notice = Suppression.objects.get(), Notice.objects.get()
    assert (notice.kind, notice.to_role, notice.subject) == (
        "entry.proved_wrong",
        "supervisor",
        f"suppression:{suppression.pk}",
    )
    assert "4821" not in spoken(notice.text)
    with pytest.raises(PolicyRefusal, match="does not confirm"):
        suppressing.confirm(suppression=suppression, actor=cast.actor("sue"), now=now)
    suppressing.confirm(suppression=suppression, actor=cast.actor("max"), now=now)
    notice.refresh_from_db()
    assert notice.handled_at == now
    with pytest.raises(PolicyRefusal, match="confirmed already"):
        suppressing.confirm(suppression=suppression, actor=cast.actor("ada"), now=now)


@pytest.mark.clause("HIT-3")
def test_whoever_reviews_may_refuse_and_the_administrator_lifts(cast: Cast, now: datetime) -> None:
    """Each with a reason that stays on the ledger; the entry alerts again at once."""
    suppression = suppressed(cast, now)
    with pytest.raises(PolicyRefusal, match="does not say why"):
        suppressing.lift(suppression=suppression, reason="wrong", actor=cast.actor("sue"), now=now)
    reason = "Dispatch confirms the entry after all"
    suppressing.lift(suppression=suppression, reason=reason, actor=cast.actor("sue"), now=now)
    alert = passes(cast, later(now))
    assert alert
    lifted = entries("suppression.lifted")[0]["details"]
    assert (lifted["because"], lifted["reason"]) == ("not_confirmed", reason)

    ends(alert, cast, later(now))
    second = Suppression.objects.get(lifted_at=None)
    suppressing.confirm(suppression=second, actor=cast.actor("sue"), now=later(now))
    with pytest.raises(PolicyRefusal, match="do not allow"):
        suppressing.lift(suppression=second, reason=reason, actor=cast.actor("sue"), now=later(now))
    suppressing.lift(suppression=second, reason=reason, actor=cast.actor("ada"), now=later(now))
    assert entries("suppression.lifted")[1]["details"]["because"] == "by_administrator"
    assert passes(cast, later(now, 2))


@pytest.mark.clause("RET-1", "HIT-3")
def test_what_outlives_the_day_holds_no_plate(cast: Cast, now: datetime) -> None:
    """Neither in the clear nor as a digest that anybody could try out without the key."""
    import hashlib

    suppression = suppressed(cast, now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(s)::text FROM suppressions s")
        row = cursor.fetchone()[0]
    assert "KAB" not in row  # digits alone may stand in a digest by chance
    kept = {bytes(getattr(suppression, name)) for name in ("entry_digest", "plate_digest", "content_digest")}
    guesses = {
        hashlib.sha256(guess.encode()).digest() for guess in ("KAB4821", "KAB 4821", '["plate", "KAB4821"]')
    }
    assert not kept & guesses
    assert "KAB" not in spoken(str(entries("suppression.placed")))


@pytest.mark.clause("HIT-1")
def test_without_its_key_nothing_is_suppressed(cast: Cast, now: datetime, caplog: Any) -> None:
    """What cannot be compared alerts: a person looks before anybody is stopped."""
    suppressed(cast, now)
    image_store().keystore.destroy(KeyName.of_register(cast.agency.pk))
    assert passes(cast, later(now))
    assert "key of the register" in caplog.text
    assert "4821" not in spoken(caplog.text)
