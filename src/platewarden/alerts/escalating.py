"""Telling supervisors of alerts that nobody has taken, or that nobody has ended, in time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from platewarden.adoption.in_force import parameters_at
from platewarden.alerts.changes import record_change
from platewarden.alerts.models import Alert
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import tell
from platewarden.notices.models import Notice
from platewarden.policy.actor import Actor, Role
from platewarden.policy.attention import Escalation, WaitingAlert, escalations_of
from platewarden.policy.audiences import Priority
from platewarden.policy.hotlists import Category
from platewarden.policy.notices import NoticeKind
from platewarden.policy.parameters import Parameters

_TEXTS: Final = {
    NoticeKind.ALERT_UNACKNOWLEDGED: (
        "Alert {number} ({category}, {priority} priority) was raised {minutes} minutes ago and nobody has taken it. "
        "Take it, or reach somebody on duty."
    ),
    NoticeKind.ALERT_UNDISPOSED: (
        "Alert {number} ({category}, {priority} priority) was raised {minutes} minutes ago and nobody has said how it "
        "ended. {holder}"
    ),
}


def escalate_due(*, actor: Actor, now: datetime) -> int:
    """Tell supervisors of every alert that waits too long; what they were told before is not told again.

    Returns:
        How many alerts were passed on.

    Raises:
        LedgerUnavailable: It cannot be recorded; the timer tries again.
    """
    parameters = parameters_at(now)
    due = {_key(alert, one): (alert, one) for alert, one in _due(actor.agency_id, parameters, now)}
    told = Notice.objects.filter(agency_id=actor.agency_id, once_key__in=list(due))
    for key in told.values_list("once_key", flat=True):
        del due[key]
    return sum(_escalate(alert.pk, key, parameters, actor=actor, now=now) for key, (alert, _) in due.items())


def _due(agency_id: int, parameters: Parameters, now: datetime) -> Iterator[tuple[Alert, Escalation]]:
    """Yield what escalates; an alert whose day is over can no longer be dealt with."""
    waiting = Alert.objects.filter(agency_id=agency_id, disposed_at__isnull=True, hit_id__isnull=False)
    for alert in waiting.order_by("number"):
        for escalation in escalations_of(waiting_of(alert), parameters=parameters, now=now):
            yield alert, escalation


def waiting_of(alert: Alert) -> WaitingAlert:
    """Return *alert* as the policy looks at its waiting."""
    return WaitingAlert(
        raised_at=alert.raised_at,
        priority=Priority(alert.priority),
        is_taken=alert.acknowledged_at is not None or alert.verified_at is not None,
        is_disposed=alert.disposed_at is not None,
    )


def _key(alert: Alert, escalation: Escalation) -> str:
    return f"alert:{alert.pk}:{escalation.kind}:{escalation.step}"


@transaction.atomic
def _escalate(alert_id: UUID, key: str, parameters: Parameters, *, actor: Actor, now: datetime) -> bool:
    """Pass one alert on, unless somebody has dealt with it since it was looked for."""
    alert = Alert.objects.select_for_update(of=("self",)).select_related("acknowledged_by").get(pk=alert_id)
    due = escalations_of(waiting_of(alert), parameters=parameters, now=now)
    escalation = next((one for one in due if _key(alert, one) == key), None)
    if escalation is None:
        return False
    subject = f"alert:{alert.pk}"
    told = tell(
        kind=escalation.kind,
        to_role=Role.SUPERVISOR,
        subject=subject,
        text=_text(alert, escalation, now),
        now=now,
        actor=actor,
        due_at=escalation.due_at,
        once_key=key,
    )
    if told is None:
        return False
    Alert.objects.filter(pk=alert.pk).update(escalated_at=now)
    details: dict[str, JSON] = {"why": escalation.kind.value, "step": escalation.step}
    record_change(Kind.ALERT_ESCALATED, alert=alert, actor=actor, now=now, details=details)
    return True


def _text(alert: Alert, escalation: Escalation, now: datetime) -> str:
    holder = alert.acknowledged_by
    return _TEXTS[escalation.kind].format(
        number=alert.number,
        category=Category(alert.category).label,
        priority=alert.priority,
        minutes=int((now - alert.raised_at).total_seconds() // 60),
        holder=f"{holder.full_name} has it." if holder else "Nobody has taken it.",
    )
