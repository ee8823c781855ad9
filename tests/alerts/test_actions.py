"""Opening, taking, verifying and ending an alert."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from platewarden.accounts.actors import system_actor
from platewarden.adoption.in_force import parameters_at
from platewarden.alerts import actions
from platewarden.alerts.actions import Disposition, HitGoneError, PreservationError
from platewarden.alerts.doors import get_alert_for, hit_of
from platewarden.alerts.models import Alert, AlertOpening, Hit
from platewarden.cases.models import Case, PreservedHit
from platewarden.images.keystore import KeyName
from platewarden.images.store import image_store
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.hits import ActionTaken, Comparison, Finding, StatusCheck, Verification
from platewarden.reads.days import day_of
from platewarden.retention.actions import purge_due
from tests.alerts.scenes import entries
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

MATCHED = Verification(Comparison.MATCH, Comparison.MATCH, StatusCheck.CONFIRMED)
DIFFERED = Verification(Comparison.DIFFER, Comparison.MATCH, StatusCheck.NOT_POSSIBLE, "Radio was busy")
STOP = Disposition(Finding.CORRECT_READ, ActionTaken.STOP, "2026-004512", "Driver taken along")


def the_hit(alert: Alert, now: datetime = NOW) -> Hit | None:
    """The hit behind *alert*, if it is still visible."""
    return hit_of(alert, parameters=parameters_at(now), now=now)


@pytest.fixture
def look(alert: Alert, cast: Cast) -> Callable[[str], actions.Look]:
    """Open the alert as a member of the cast."""

    def _look(name: str = "alice") -> actions.Look:
        hit = the_hit(alert)
        assert hit
        return actions.open_alert(alert=alert, hit=hit, actor=cast.actor(name), now=NOW)

    return _look


@pytest.mark.clause("HIT-2")
def test_every_look_is_an_entry_and_says_which_images_were_shown(alert: Alert, look: Any) -> None:
    """Opening an alert twice leaves two entries, each with the read and its images."""
    assert look().shown == ["plate", "vehicle"]
    look()
    opened = entries("alert.opened")
    assert [entry["details"]["images"] for entry in opened] == [["plate", "vehicle"]] * 2
    assert opened[0]["subject"] == f"alert:{alert.pk}"
    assert AlertOpening.objects.count() == 2


@pytest.mark.clause("HIT-2")
def test_an_image_that_cannot_be_opened_is_not_looked_at(alert: Alert, look: Any, cast: Cast) -> None:
    """Without the day's key there is an entry without images, and nobody counts as having looked."""
    image_store().keystore.destroy(KeyName.of_day(cast.agency.pk, day_of(NOW)))
    assert look().shown == []
    assert entries("alert.opened")[0]["details"]["images"] == []
    with pytest.raises(PolicyRefusal, match="not opened"):
        actions.verify(alert=alert, verification=MATCHED, actor=cast.actor("alice"), now=NOW)


def test_an_alert_is_taken_and_taken_over(alert: Alert, cast: Cast) -> None:
    """The latest who took it has it; the ledger keeps both."""
    for name in ("alice", "dee"):
        actions.acknowledge(alert=alert, actor=cast.actor(name), now=NOW)
    alert.refresh_from_db()
    assert alert.acknowledged_by == cast.dee
    assert [entry["actor"]["name"] for entry in entries("alert.acknowledged")] == ["alice", "dee"]


@pytest.mark.clause("HIT-2")
def test_the_latest_verification_counts_and_the_ledger_keeps_all(alert: Alert, look: Any, cast: Cast) -> None:
    """A second comparison replaces the first on the alert, never on the ledger."""
    look()
    for verification in (DIFFERED, MATCHED):
        actions.verify(alert=alert, verification=verification, actor=cast.actor("alice"), now=NOW)
    alert.refresh_from_db()
    assert (alert.characters, alert.state, alert.status_check) == ("match", "match", "confirmed")
    assert (alert.verified_by, alert.verified_at) == (cast.alice, NOW)
    assert [entry["details"]["characters"] for entry in entries("alert.verified")] == ["differ", "match"]


@pytest.mark.clause("HIT-2", "RET-1")
def test_notes_stay_with_the_hit_and_off_the_ledger(alert: Alert, look: Any, cast: Cast) -> None:
    """What people write may name a plate: it goes with the day, and the ledger says only that it was there."""
    look()
    actions.verify(alert=alert, verification=DIFFERED, actor=cast.actor("alice"), now=NOW)
    hit = the_hit(alert)
    assert hit
    assert hit.status_check_note == "Radio was busy"
    assert entries("alert.verified")[0]["details"]["note"] is True
    assert "Radio" not in str(entries("alert.verified"))


@pytest.mark.clause("HIT-3")
def test_an_alert_ends_with_what_was_found_and_done(alert: Alert, look: Any, cast: Cast) -> None:
    """Finding and action are on the alert and on the ledger; a false hit needs no case."""
    look()
    actions.verify(alert=alert, verification=DIFFERED, actor=cast.actor("alice"), now=NOW)
    ending = Disposition(Finding.WRONG_CHARACTERS, ActionTaken.NO_ACTION)
    actions.dispose(alert=alert, disposition=ending, actor=cast.actor("alice"), now=NOW)
    alert.refresh_from_db()
    assert (alert.finding, alert.action_taken, alert.disposed_by) == (
        "wrong_characters",
        "no_action",
        cast.alice,
    )
    details = entries("alert.disposed")[0]["details"]
    assert (details["finding"], details["action"], details["case"]) == ("wrong_characters", "no_action", "")
    assert not PreservedHit.objects.exists()


@pytest.mark.clause("HIT-3", "RET-2")
def test_a_stop_takes_the_hit_into_its_case_at_once(alert: Alert, look: Any, cast: Cast) -> None:
    """Disposition, case and preserved hit are one act."""
    look()
    actions.verify(alert=alert, verification=MATCHED, actor=cast.actor("alice"), now=NOW)
    actions.dispose(alert=alert, disposition=STOP, actor=cast.actor("alice"), now=NOW)
    preserved = PreservedHit.objects.get()
    assert (preserved.case.number, preserved.alert_id) == ("2026-004512", alert.pk)
    kinds = list(LedgerLeaf.objects.order_by("-seq").values_list("kind", flat=True)[:3])
    assert kinds == ["alert.disposed", "case.hit_preserved", "case.opened"]


@pytest.mark.clause("HIT-3", "RET-2")
def test_a_stop_that_cannot_be_preserved_is_not_recorded(alert: Alert, look: Any, cast: Cast) -> None:
    """When the images cannot be opened, the disposition fails clearly and nothing is written."""
    look()
    actions.verify(alert=alert, verification=MATCHED, actor=cast.actor("alice"), now=NOW)
    image_store().keystore.destroy(KeyName.of_day(cast.agency.pk, day_of(NOW)))
    before = LedgerLeaf.objects.count()
    with pytest.raises(PreservationError, match="nothing was recorded"):
        actions.dispose(alert=alert, disposition=STOP, actor=cast.actor("alice"), now=NOW)
    alert.refresh_from_db()
    hit = the_hit(alert)
    assert hit
    assert (alert.disposed_at, hit.disposition_note, LedgerLeaf.objects.count()) == (None, "", before)
    assert Case.objects.count() == PreservedHit.objects.count() == 0


@pytest.mark.clause("RET-1")
def test_an_alert_past_its_day_has_no_hit_even_before_the_purge(alert: Alert, look: Any, cast: Cast) -> None:
    """On the last evening it can be worked on; at midnight it cannot, whether or not the purge has run."""
    look()
    last = datetime(2026, 12, 19, 23, 59, tzinfo=NOW.tzinfo)
    actions.verify(alert=alert, verification=MATCHED, actor=cast.actor("alice"), now=last)
    with pytest.raises(HitGoneError):
        actions.verify(
            alert=alert, verification=MATCHED, actor=cast.actor("alice"), now=last + timedelta(minutes=1)
        )
    assert the_hit(alert, last + timedelta(minutes=1)) is None


@pytest.mark.clause("RET-1")
def test_the_purge_leaves_an_alert_without_names_and_without_a_hit(
    alert: Alert, look: Any, cast: Cast
) -> None:
    """Outcome and times remain for the rates; who, what plate and where do not."""
    look()
    actions.verify(alert=alert, verification=MATCHED, actor=cast.actor("alice"), now=NOW)
    purge_due(actor=system_actor("tests"), now=datetime(2026, 12, 20, 0, 0, tzinfo=NOW.tzinfo))
    alert.refresh_from_db()
    assert (alert.hit_id, alert.verified_by, alert.characters) == (None, None, "match")
    assert not AlertOpening.objects.exists()
    assert get_alert_for(cast.actor("alice"), alert.pk).pk == alert.pk
