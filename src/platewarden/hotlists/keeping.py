"""What happens to entries made by hand as time passes: reminders, ends, escalations, and the erasure of plates."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from platewarden.adoption.in_force import parameters_at
from platewarden.hotlists.models import Entry
from platewarden.hotlists.steps import forget_steps
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import tell
from platewarden.policy.actor import Actor, Role
from platewarden.policy.entries import completion_due_at, survives
from platewarden.policy.hotlists import Category
from platewarden.policy.notices import NoticeKind
from platewarden.policy.parameters import Parameters
from platewarden.policy.retention import is_due
from platewarden.reads.days import day_of

BATCH: Final = 500
"""Entries whose plates one ledger entry erases at most."""


def keep_entries(*, actor: Actor, now: datetime) -> None:
    """Remind, end, escalate and erase what is due at *now*; saying it again comes to nothing.

    Whether an entry matches never waits for this: its end counts by itself.
    """
    parameters = parameters_at(now)
    for entry in _by_hand().filter(ended_at__isnull=True, expires_at__lte=now):
        _end(entry, actor=actor, now=now)
    soon = now + parameters.hours("hotlist.reminder_hours")
    for entry in _in_force(now).filter(Q(expires_at__lte=soon) | Q(is_exigent=True)):
        _remind(entry, soon=soon, actor=actor, parameters=parameters, now=now)
        if entry.is_exigent:
            _escalate(entry, actor=actor, parameters=parameters, now=now)
    erase_ended(actor=actor, now=now)
    forget_steps(parameters=parameters, now=now)


def _by_hand() -> QuerySet[Entry]:
    return Entry.objects.filter(entered_by__isnull=False).select_related("entered_by").order_by("pk")


def _in_force(now: datetime) -> QuerySet[Entry]:
    return _by_hand().filter(withdrawn_at__isnull=True, expires_at__gt=now)


@transaction.atomic
def _end(entry: Entry, *, actor: Actor, now: datetime) -> None:
    """Put the end of *entry* on record; of one whose number never came the supervisors are told (HOT-2)."""
    if not Entry.objects.filter(pk=entry.pk, ended_at__isnull=True).update(ended_at=entry.expires_at):
        return
    ledger.append(
        Kind.ENTRY_EXPIRED,
        actor=actor,
        subject=f"entry:{entry.pk}",
        details={"number_missing": entry.is_exigent},
    )
    if entry.is_exigent:
        _tell(
            entry,
            NoticeKind.ENTRY_INCOMPLETE,
            "An exigent entry has ended: its case or incident number did not come in time. Ask whether the "
            "vehicle is still looked for; if so, it must be entered with its number.",
            key="lapsed",
            actor=actor,
            now=now,
        )


def _remind(entry: Entry, *, soon: datetime, actor: Actor, parameters: Parameters, now: datetime) -> None:
    """Tell the maker of *entry* what is due by *soon*: the number of an exigent one, or its end."""
    assert entry.expires_at is not None
    due_at, key = entry.expires_at, "ending"
    text = "An entry of yours is about to end. Renew it with a fresh reason, or let it end."
    number_due_at = completion_due_at(entry.entered_at, parameters=parameters)
    if entry.is_exigent and number_due_at > now:
        due_at, key = number_due_at, "number"
        after = (
            "your supervisor is told"
            if survives(Category(entry.category), parameters=parameters)
            else "it ends"
        )
        text = f"Your exigent entry still lacks its case or incident number. Give it in time, or {after}."
    if due_at > soon:
        return
    with transaction.atomic():
        tell(
            kind=NoticeKind.ENTRY_ENDING,
            subject=f"entry:{entry.pk}",
            text=text,
            to_user=entry.entered_by,
            actor=actor,
            now=now,
            due_at=due_at,
            once_key=f"entry:{entry.pk}:{key}:{due_at.isoformat()}",
        )


def _escalate(entry: Entry, *, actor: Actor, parameters: Parameters, now: datetime) -> None:
    """Tell the supervisors of an entry about a life that stays in force although its number is overdue."""
    due_at = completion_due_at(entry.entered_at, parameters=parameters)
    if due_at <= now and survives(Category(entry.category), parameters=parameters):
        with transaction.atomic():
            _tell(
                entry,
                NoticeKind.ENTRY_INCOMPLETE,
                "The number of an exigent entry is overdue. The entry stays in force, because a life is at "
                "stake: see that it is given its number.",
                key="overdue",
                actor=actor,
                now=now,
            )


def _tell(entry: Entry, kind: NoticeKind, text: str, *, key: str, actor: Actor, now: datetime) -> None:
    tell(
        kind=kind,
        subject=f"entry:{entry.pk}",
        text=text,
        to_role=Role.SUPERVISOR,
        actor=actor,
        now=now,
        once_key=f"entry:{entry.pk}:{key}:{(entry.renewed_at or entry.entered_at).isoformat()}",
    )


def erase_ended(*, actor: Actor, now: datetime) -> int:
    """Erase the plates of entries by hand that ended as long ago as a read is kept; return how many.

    > RET-1: Reads, images and everything made from them go together

    What remains of an entry is who entered it, why, under which number, and when it ended.
    """
    parameters = parameters_at(now)
    due = [
        entry.pk for entry in _ended(now) if is_due(day_of(_end_of(entry)), parameters=parameters, now=now)
    ]
    for start in range(0, len(due), BATCH):
        _erase(due[start : start + BATCH], actor=actor, now=now)
    return len(due)


def _ended(now: datetime) -> Iterable[Entry]:
    shortest = now - timedelta(days=1)
    ended = Q(withdrawn_at__lte=shortest) | Q(expires_at__lte=shortest)
    return (
        _by_hand()
        .filter(ended, erased_at__isnull=True)
        .only("pk", "withdrawn_at", "expires_at", "entered_by")
    )


def _end_of(entry: Entry) -> datetime:
    return min(moment for moment in (entry.withdrawn_at, entry.expires_at) if moment is not None)


@transaction.atomic
def _erase(ids: list[int], *, actor: Actor, now: datetime) -> None:
    Entry.objects.filter(pk__in=ids).update(
        plate="",
        plate_as_given="",
        skeleton="",
        anchor="",
        instructions="",
        cautions="",
        vehicle_type="",
        vehicle_make="",
        vehicle_model="",
        vehicle_colour="",
        erased_at=now,
    )
    ledger.append(Kind.ENTRIES_ERASED, actor=actor, details={"entries": list(ids)})
