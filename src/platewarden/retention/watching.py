"""What retention tells people by itself: days that are still there, a paused purge, an authorisation that lapses."""

from datetime import date, datetime

from platewarden.adoption.in_force import parameters_at
from platewarden.images.store import image_store
from platewarden.notices.actions import settle, tell
from platewarden.notices.models import Notice
from platewarden.policy import retention as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.notices import NoticeKind
from platewarden.policy.retention import AuthorisationState
from platewarden.reads import days
from platewarden.retention.actions import days_due
from platewarden.retention.authorising import SUBJECT, latest_authorisation, state_of
from platewarden.retention.models import PurgeClock

CLOCK = "clock:purge"
_TOLD = (Role.ADMINISTRATOR, Role.AUDITOR)
"""Who is told of data past its day: who can do something about it, and who must know."""


def look_after_purge(*, actor: Actor, now: datetime) -> None:
    """Tell people, once each, of days that are overdue and of a paused purge; take back what is settled."""
    parameters = parameters_at(now)
    due = days_due(parameters=parameters, now=now)
    for day in due:
        if policy.is_overdue(day, parameters=parameters, now=now):
            _tell_of_day(day, actor=actor, now=now)
    late = parameters.minutes("retention.overdue_alarm_minutes")
    for name, oldest in image_store().keystore.backups().items():
        if policy.backup_ends_at(oldest, parameters=parameters) + late <= now:
            _tell_of_backup(name.text.rpartition("-")[2], actor=actor, now=now)
    _settle_gone({days.subject_of(day) for day in due}, actor=actor, now=now)
    clock = PurgeClock.objects.filter(id=1).first()
    if clock and clock.paused_at:
        text = (
            "The clock jumped, and nothing is removed until you have compared it and said that it is right."
        )
        key = f"paused:{clock.paused_at.isoformat()}"
        _tell(NoticeKind.PURGE_PAUSED, CLOCK, text, key=key, role=Role.ADMINISTRATOR, actor=actor, now=now)
    else:
        settle(subject=CLOCK, kinds=[NoticeKind.PURGE_PAUSED], actor=actor, now=now)


def look_after_authorisation(*, actor: Actor, now: datetime) -> None:
    """Remind the administrator before the standing authorisation lapses; raise an alarm once it has (RET-4)."""
    latest = latest_authorisation()
    key = str(latest.pk) if latest else "never"
    roles: tuple[Role, ...] = _TOLD
    match state_of(latest, now):
        case AuthorisationState.IN_FORCE:
            return
        case AuthorisationState.ENDING:
            text = "Renew it on the page on retention: it holds a year."
            kind, roles = NoticeKind.AUTHORISATION_ENDING, (Role.ADMINISTRATOR,)
        case _:
            text = "What is past its day is destroyed all the same. The administrator gives the authorisation anew."
            kind = NoticeKind.AUTHORISATION_LAPSED
    for role in roles:
        _tell(kind, SUBJECT, text, key=f"{kind}:{key}:{role}", role=role, actor=actor, now=now)


def _tell_of_day(day: date, *, actor: Actor, now: datetime) -> None:
    text = (
        f"What was captured on {day} is past its limit and still there, though nobody sees it. Find out why."
    )
    for role in _TOLD:
        key = f"overdue:{day}:{role}"
        _tell(NoticeKind.PURGE_OVERDUE, days.subject_of(day), text, key=key, role=role, actor=actor, now=now)


def _tell_of_backup(backup_id: str, *, actor: Actor, now: datetime) -> None:
    text = "The key of a backup that holds reads is past its end and still there. Find out why, and run the purge."
    for role in _TOLD:
        key, subject = f"backup:{backup_id}:{role}", f"backup:{backup_id}"
        _tell(NoticeKind.PURGE_OVERDUE, subject, text, key=key, role=role, actor=actor, now=now)


def _settle_gone(still_due: set[str], *, actor: Actor, now: datetime) -> None:
    still_due |= {f"backup:{name.text.rpartition('-')[2]}" for name in image_store().keystore.backups()}
    open_ones = Notice.objects.filter(kind=NoticeKind.PURGE_OVERDUE, handled_at__isnull=True)
    for subject in set(open_ones.values_list("subject", flat=True)) - still_due:
        settle(subject=subject, kinds=[NoticeKind.PURGE_OVERDUE], actor=actor, now=now)


def _tell(
    kind: NoticeKind, subject: str, text: str, *, key: str, role: Role, actor: Actor, now: datetime
) -> None:
    tell(kind=kind, subject=subject, text=text, to_role=role, actor=actor, due_at=now, now=now, once_key=key)
