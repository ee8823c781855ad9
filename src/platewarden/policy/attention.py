"""Being on duty, being disturbed, and what happens when nobody answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from platewarden.policy.actor import Actor
from platewarden.policy.audiences import Priority
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.notices import NoticeKind
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may

_BY_LOUDNESS: Final = (Priority.LOW, Priority.NORMAL, Priority.HIGH)


def may_start_shift(actor: Actor, *, ends_at: datetime, parameters: Parameters, now: datetime) -> Decision:
    """Decide whether *actor* may sign on for duty until *ends_at*.

    > HIT-1: A hit raises an alert that is seen and heard.

    A shift that nobody ended would cover areas in which nobody listens any more, so it has a greatest length.
    """
    return first_refusal(
        may(actor, Right.SEE_ALERTS),
        _ends_in_time(ends_at, now + parameters.hours("hits.shift_hours_most"), now=now, what="shift"),
    )


def may_mute(
    actor: Actor, priority: Priority, *, until: datetime, parameters: Parameters, now: datetime
) -> Decision:
    """Decide whether *actor* may mute alerts up to *priority*, for themselves, until a moment.

    > HIT-1: A high-priority alert cannot be muted.
    """
    if priority is Priority.HIGH:
        return refuse(
            "HIT-1",
            "A high-priority alert cannot be muted.",
            remedy="Turn the volume down, not off.",
            field="priority",
        )
    longest = parameters.minutes("hits.mute_minutes_most")
    return first_refusal(
        may(actor, Right.SEE_ALERTS), _ends_in_time(until, now + longest, now=now, what="mute")
    )


def mutes(priority: Priority) -> frozenset[Priority]:
    """Return what is silent while alerts up to *priority* are muted; the high ones never are."""
    silent = _BY_LOUDNESS[: _BY_LOUDNESS.index(priority) + 1]
    return frozenset(silent) - {Priority.HIGH}


def _ends_in_time(ends_at: datetime, latest: datetime, *, now: datetime, what: str) -> Decision:
    if now < ends_at <= latest:
        return allow("HIT-1")
    return refuse(
        "HIT-1",
        f"A {what} ends later than now, and not as late as this.",
        remedy=f"Choose an end before {latest:%Y-%m-%d %H:%M} UTC.",
        field="until",
    )


@dataclass(frozen=True, slots=True)
class WaitingAlert:
    """An open alert as far as its waiting is concerned.

    Attributes:
        raised_at: When it was raised.
        priority: How loudly it is told.
        is_taken: Whether somebody has acknowledged or verified it.
        is_disposed: Whether it has ended.
    """

    raised_at: datetime
    priority: Priority
    is_taken: bool = False
    is_disposed: bool = False


@dataclass(frozen=True, slots=True)
class Escalation:
    """What supervisors are to be told of an alert.

    Attributes:
        kind: Why.
        step: How often they have been told before of the same alert for the same reason, had every timer run.
        due_at: When it ought to have been dealt with.
    """

    kind: NoticeKind
    step: int
    due_at: datetime


def escalations_of(alert: WaitingAlert, *, parameters: Parameters, now: datetime) -> list[Escalation]:
    """Return what supervisors are to be told of *alert* at *now*; each is told once by its kind and step.

    > HIT-3: The disposition of every alert is recorded

    > HIT-1: A hit raises an alert that is seen and heard.

    A timer that stood still tells the present step, not all that it missed; the last step is never missed.
    """
    if alert.is_disposed:
        return []
    due = [(NoticeKind.ALERT_UNDISPOSED, alert.raised_at + parameters.hours("hits.dispose_hours"))]
    if not alert.is_taken:
        due.insert(0, (NoticeKind.ALERT_UNACKNOWLEDGED, acknowledge_by(alert, parameters=parameters)))
    found = (_escalation(kind, due_at, parameters=parameters, now=now) for kind, due_at in due)
    return [escalation for escalation in found if escalation]


def acknowledge_by(alert: WaitingAlert, *, parameters: Parameters) -> datetime:
    """Return until when somebody ought to take *alert*."""
    return alert.raised_at + parameters.minutes(f"hits.acknowledge_minutes_{alert.priority}")


def _escalation(
    kind: NoticeKind, due_at: datetime, *, parameters: Parameters, now: datetime
) -> Escalation | None:
    if now < due_at:
        return None
    repeat: timedelta = parameters.minutes("hits.escalation_repeat_minutes")
    last_step = parameters.integer("hits.escalations_most") - 1
    return Escalation(kind, min((now - due_at) // repeat, last_step), due_at)
