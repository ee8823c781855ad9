"""Scenes about false hits: an alert that ended with a finding, and the vehicle that comes by again."""

from datetime import datetime, timedelta
from typing import Any

from platewarden.alerts import actions
from platewarden.alerts.actions import Disposition
from platewarden.alerts.models import Alert
from platewarden.corrections.models import Suppression
from platewarden.hotlists.loading import create_hotlist, load_snapshot
from platewarden.hotlists.models import Hotlist
from platewarden.ingest.actions import ingest
from platewarden.policy.hits import ActionTaken, Comparison, Finding, StatusCheck, Verification
from tests.alerts.scenes import submitted
from tests.alerts.test_actions import the_hit
from tests.cast import Cast

ROW = "KAB4821,NY,stolen_vehicle,Reported stolen"
MATCHED = Verification(Comparison.MATCH, Comparison.MATCH, StatusCheck.CONTRADICTED)


def load(cast: Cast, now: datetime, *rows: str, name: str = "State extract") -> Hotlist:
    """Load *rows* (plate, state, category, reason) as the current snapshot of the list *name*."""
    sue = cast.actor("sue")
    hotlist = Hotlist.objects.filter(name=name).first() or create_hotlist(
        name=name, source="State police", max_age_hours=None, actor=sue, now=now
    )
    content = "\n".join(["plate,state,category,reason", *rows, ""]).encode()
    load_snapshot(hotlist=hotlist, content=content, file_name="x.csv", effective_at=now, actor=sue, now=now)
    return hotlist


def passes(cast: Cast, now: datetime, **changes: Any) -> Alert | None:
    """Let a vehicle pass the camera; return the alert it raises, None if it raises none."""
    before = set(Alert.objects.values_list("pk", flat=True))
    ingest(reads=[submitted(now, **changes)], camera=cast.camera, actor=cast.camera_actor, now=now)
    return Alert.objects.exclude(pk__in=before).first()


def ends(
    alert: Alert,
    cast: Cast,
    now: datetime,
    *,
    finding: Finding = Finding.WRONG_ENTRY,
    action: ActionTaken = ActionTaken.NO_ACTION,
    verification: Verification = MATCHED,
    by: str = "alice",
) -> None:
    """Let somebody open, verify and end *alert*."""
    actor, hit = cast.actor(by), the_hit(alert, now)
    assert hit
    actions.open_alert(alert=alert, hit=hit, actor=actor, now=now)
    actions.verify(alert=alert, verification=verification, actor=actor, now=now)
    case_number = "2026-004512" if action.touches_someone else ""
    ending = Disposition(finding, action, case_number)
    actions.dispose(alert=alert, disposition=ending, actor=actor, now=now)


def suppressed(cast: Cast, now: datetime, row: str = ROW) -> Suppression:
    """Load *row*, let it hit, and let Alice find the entry wrong."""
    load(cast, now, row)
    alert = passes(cast, now)
    assert alert
    ends(alert, cast, now)
    return Suppression.objects.get()


def later(now: datetime, hours: float = 1) -> datetime:
    """The same day, a while later."""
    return now + timedelta(hours=hours)
