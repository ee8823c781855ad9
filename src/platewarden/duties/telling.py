"""What the register tells by itself: owners when a duty is due, those above them when it stays undone (ADM-4)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.duties.actions import forget_looks
from platewarden.duties.register import Line, duties_at, holders_at, lines_of
from platewarden.notices.actions import settle, tell
from platewarden.notices.models import Notice
from platewarden.policy.actor import Actor, Role
from platewarden.policy.duties import DutyState, is_passed_on
from platewarden.policy.notices import NoticeKind

KINDS: Final = (NoticeKind.DUTY_DUE, NoticeKind.DUTY_UNDONE, NoticeKind.DUTY_NOBODYS)


def keep(*, actor: Actor, now: datetime) -> None:
    """Tell people, once each, of what is due and of what nobody did; take back what is done meanwhile."""
    lines, holders = lines_of(duties_at(now), now), holders_at(now)
    waiting = [line for line in lines if _waits(line)]
    _settle_done({_subject(line) for line in waiting}, actor, now)
    for line in waiting:
        if line.is_nobodys:
            _tell_of_nobody(line, actor, now)
        elif not line.duty.is_told:
            _tell_owner(line, actor, now)
        if is_passed_on(line.duty, parameters=parameters_at(now), now=now):
            _tell_above(line, holders, actor, now)
    forget_looks(now=now)


def _waits(line: Line) -> bool:
    is_ahead = line.state is DutyState.SOON and (line.duty.is_rare or line.is_nobodys)
    return line.state is DutyState.OVERDUE or is_ahead


def _subject(line: Line) -> str:
    return f"duties:{line.duty.key}"


def _tell_owner(line: Line, actor: Actor, now: datetime) -> None:
    person = User.objects.get(pk=line.duty.person_id) if line.duty.person_id else None
    text = f"{line.duty.what}: due {line.duty.due_at:%Y-%m-%d} ({line.duty.evidence})."
    role = None if person else line.duty.owner
    _tell(NoticeKind.DUTY_DUE, line, text, to=(role, person), stage=str(line.state), actor=actor, now=now)


def _tell_of_nobody(line: Line, actor: Actor, now: datetime) -> None:
    text = f"{line.duty.what}: nobody can do it, because {line.why_nobody}. Let somebody have the role."
    for role in (Role.ADMINISTRATOR, Role.UNDERSHERIFF):
        _tell(NoticeKind.DUTY_NOBODYS, line, text, to=(role, None), stage="nobody", actor=actor, now=now)


def _tell_above(line: Line, holders: dict[Role, dict[str, str]], actor: Actor, now: datetime) -> None:
    text = f"{line.duty.what}: due {line.duty.due_at:%Y-%m-%d} and not done. {line.duty.owner} owes it."
    for to in _above(line, holders):
        _tell(NoticeKind.DUTY_UNDONE, line, text, to=to, stage="undone", actor=actor, now=now)


def _above(line: Line, holders: dict[Role, dict[str, str]]) -> Iterator[tuple[Role | None, User | None]]:
    """Yield the supervisors of those who owe the duty, and the Undersheriff unless it is one person's alone."""
    owners = [line.duty.person_id] if line.duty.person_id else list(holders[line.duty.owner])
    supervisors = list(User.objects.filter(is_active=True, team__pk__in=owners).distinct())
    yield from ((None, supervisor) for supervisor in supervisors)
    if not (line.duty.person_id and supervisors):
        yield Role.UNDERSHERIFF, None


def _tell(
    kind: NoticeKind,
    line: Line,
    text: str,
    *,
    to: tuple[Role | None, User | None],
    stage: str,
    actor: Actor,
    now: datetime,
) -> None:
    role, person = to
    whom = f"person:{person.pk}" if person else role
    tell(
        kind=kind,
        subject=_subject(line),
        text=text,
        to_role=role,
        to_user=person,
        actor=actor,
        due_at=line.duty.due_at,
        now=now,
        once_key=f"duties:{line.duty.key}:{line.duty.due_at:%Y-%m-%d}:{stage}:{whom}",
    )


def _settle_done(waiting: set[str], actor: Actor, now: datetime) -> None:
    open_ones = Notice.objects.filter(
        agency_id=actor.agency_id, kind__in=KINDS, subject__startswith="duties:", handled_at__isnull=True
    )
    for subject in set(open_ones.values_list("subject", flat=True)) - waiting:
        settle(subject=subject, kinds=KINDS, actor=actor, now=now)
