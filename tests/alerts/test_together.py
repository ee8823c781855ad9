"""Two people at one alert, or two cameras at one vehicle, at the same moment, each in a transaction of their own."""

import threading
from typing import Any

import pytest
from django.db import connections

from platewarden.alerts import actions
from platewarden.alerts.models import Alert, Hit
from platewarden.cases.models import PreservedHit
from platewarden.ingest.actions import ingest
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.hits import ActionTaken, Comparison, Finding, StatusCheck, Verification
from tests.alerts.scenes import entries, list_entry, submitted
from tests.cast import Cast
from tests.conftest import NOW


@pytest.mark.clause("HIT-3")
def test_an_alert_ends_once_when_two_end_it_together(cast: Cast, fresh_database: str, alert: Alert) -> None:
    """One wins; the other is told that the alert already has its disposition."""
    hit = Hit.objects.get()
    verification = Verification(Comparison.MATCH, Comparison.MATCH, StatusCheck.CONFIRMED)
    people = [cast.actor("alice"), cast.actor("dee")]
    actions.open_alert(alert=alert, hit=hit, actor=people[0], now=NOW)
    actions.verify(alert=alert, verification=verification, actor=people[0], now=NOW)
    ending = actions.Disposition(Finding.CORRECT_READ, ActionTaken.STOP, "2026-004512")
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def end(actor: Any) -> None:
        try:
            together.wait()
            actions.dispose(alert=alert, disposition=ending, actor=actor, now=NOW)
            outcomes.append("recorded")
        except PolicyRefusal as refusal:
            outcomes.append(refusal.decision.reason)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=end, args=[actor]) for actor in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["This alert already has its disposition.", "recorded"]
    assert len(entries("alert.disposed")) == PreservedHit.objects.count() == 1


@pytest.mark.clause("HIT-1")
def test_two_cameras_at_the_same_moment_raise_one_alert(cast: Cast, fresh_database: str) -> None:
    """Submissions of one vehicle wait for each other."""
    list_entry(cast, NOW)
    together = threading.Barrier(2)

    def submit() -> None:
        try:
            together.wait()
            ingest(reads=[submitted(NOW)], camera=cast.camera, actor=cast.camera_actor, now=NOW)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=submit) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Alert.objects.get().sightings == 2
