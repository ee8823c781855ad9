"""Alerts that nobody takes or ends reach supervisors, at a bounded rate; tests move the clock."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from platewarden.accounts.actors import system_actor
from platewarden.alerts import actions
from platewarden.alerts.escalating import escalate_due
from platewarden.alerts.models import Alert, Hit
from platewarden.notices.doors import inbox_of
from platewarden.notices.models import Notice
from platewarden.policy.hits import ActionTaken, Comparison, Finding, StatusCheck, Verification
from platewarden.retention.actions import purge_due
from tests.alerts.scenes import PLATE, another, entries
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

MATCHED = Verification(Comparison.MATCH, Comparison.MATCH, StatusCheck.CONFIRMED)


def timers_at(moment: datetime) -> int:
    """Let the timer run at *moment*; returns how many alerts it passed on."""
    return escalate_due(actor=system_actor("escalation timer"), now=moment)


def waiting(cast: Cast, name: str) -> list[str]:
    """What waits in somebody's inbox, oldest first."""
    held = inbox_of(cast.actor(name)).filter(handled_at__isnull=True).order_by("pk")
    return [str(notice.kind) for notice in held]


@pytest.mark.clause("HIT-1")
def test_an_alert_that_nobody_takes_reaches_every_supervisor(cast: Cast, alert: Alert) -> None:
    """After ten minutes, and not a second before; nobody else is told, and the ledger says so."""
    assert timers_at(NOW + timedelta(minutes=10, seconds=-1)) == 0
    assert timers_at(NOW + timedelta(minutes=10)) == 1
    assert waiting(cast, "sue") == waiting(cast, "max") == ["alert.unacknowledged"]
    assert waiting(cast, "alice") == waiting(cast, "ada") == []
    (escalated,) = entries("alert.escalated")
    assert escalated["details"] == {"why": "alert.unacknowledged", "step": 0}
    assert escalated["actor"]["kind"] == "system"
    alert.refresh_from_db()
    assert alert.escalated_at == NOW + timedelta(minutes=10)
    assert alert.changed_number > alert.number


@pytest.mark.clause("HIT-1")
def test_high_priority_escalates_sooner(cast: Cast) -> None:
    """After two minutes."""
    another(cast, NOW, entry={"category": "amber_alert", "priority": "high"})
    assert timers_at(NOW + timedelta(minutes=2)) == 1


@pytest.mark.clause("HIT-1")
def test_supervisors_are_told_again_at_a_bounded_rate(cast: Cast, alert: Alert) -> None:
    """However often the timer runs: once an hour, four times, and the last time is never missed."""
    for minute in range(10, 10 + 8 * 60):
        timers_at(NOW + timedelta(minutes=minute))
    assert waiting(cast, "sue") == ["alert.unacknowledged"] * 4


@pytest.mark.clause("HIT-1")
def test_a_timer_that_stood_still_tells_once(cast: Cast, alert: Alert) -> None:
    """After a night without power supervisors find one notice an alert and reason, not forty."""
    assert timers_at(NOW + timedelta(hours=40)) == 2
    assert waiting(cast, "sue") == ["alert.unacknowledged", "alert.undisposed"]


@pytest.mark.clause("HIT-1")
def test_taking_the_alert_takes_the_notice_away(cast: Cast, alert: Alert) -> None:
    """What supervisors were told is over, under the name of whoever did it; nothing more is told of it."""
    timers_at(NOW + timedelta(minutes=10))
    actions.acknowledge(alert=alert, actor=cast.actor("alice"), now=NOW + timedelta(minutes=11))
    assert waiting(cast, "sue") == []
    assert Notice.objects.get().handled_by == cast.alice
    assert timers_at(NOW + timedelta(minutes=80)) == 0


@pytest.mark.clause("HIT-3")
def test_an_alert_that_nobody_ends_escalates_though_it_was_taken(cast: Cast, alert: Alert) -> None:
    """After twelve hours supervisors are told, and who has it; its disposition settles it."""
    actions.acknowledge(alert=alert, actor=cast.actor("alice"), now=NOW)
    assert timers_at(NOW + timedelta(hours=12, seconds=-1)) == 0
    assert timers_at(NOW + timedelta(hours=12)) == 1
    assert "Alice Example has it." in Notice.objects.get().text
    later = NOW + timedelta(hours=12, minutes=5)
    actions.open_alert(alert=alert, hit=Hit.objects.get(), actor=cast.actor("alice"), now=later)
    actions.verify(alert=alert, verification=MATCHED, actor=cast.actor("alice"), now=later)
    ending = actions.Disposition(Finding.CORRECT_READ, ActionTaken.NO_ACTION)
    actions.dispose(alert=alert, disposition=ending, actor=cast.actor("alice"), now=later)
    assert waiting(cast, "sue") == []
    assert timers_at(NOW + timedelta(hours=30)) == 0


def test_what_supervisors_are_told_holds_no_plate(cast: Cast, alert: Alert) -> None:
    """Nor the place: number, category, priority and how long it has waited."""
    timers_at(NOW + timedelta(hours=12))
    for notice in Notice.objects.all():
        assert str(alert.number) in notice.text
        for secret in (PLATE, PLATE.replace(" ", ""), "Route 13", "Mill Street"):
            assert secret not in notice.text


@pytest.mark.clause("RET-1")
def test_notices_about_an_alert_go_with_its_day(cast: Cast, alert: Alert, store_home: Any) -> None:
    """And an alert whose day is over escalates no more: nobody could deal with it."""
    timers_at(NOW + timedelta(minutes=10))
    later = NOW + timedelta(days=31)
    purge_due(actor=system_actor("purge timer"), now=later)
    assert not Notice.objects.exists()
    assert timers_at(later) == 0
