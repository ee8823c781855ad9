"""What follows a violation: ordered by whoever found it, carried out by somebody else, each on record (AUD-1)."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from platewarden.accounts.models import User
from platewarden.accounts.suspending import suspend
from platewarden.adoption.in_force import parameters_at
from platewarden.audits.actions import latest_mark, reviewed
from platewarden.audits.models import Mark, Remedy, RemedyDone, ReviewItem
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle, tell
from platewarden.policy import audits as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.audits import RemedyKind
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind
from platewarden.policy.training import missing_courses
from platewarden.training.actions import order_retraining
from platewarden.training.standing import record_of


@transaction.atomic
def order(
    *,
    item: ReviewItem,
    person: User,
    kind: RemedyKind,
    note: str,
    actor: Actor,
    now: datetime,
    until: datetime | None = None,
) -> Remedy:
    """Order *kind* of *person*, one of those whose searches *item* is about, on the violation that was found.

    Training anew is in force at once: plate data is closed to the person. A suspension waits for the Undersheriff.

    > AUD-1: Periodic and random audits and inspections measure whether this policy is kept.

    Raises:
        PolicyRefusal: *actor* may not, no violation stands, or a suspension has no end.
        ValueError: The item is not about *person*.
    """
    item = ReviewItem.objects.select_for_update().get(pk=item.pk)
    if person.pk not in item.people:
        raise ValueError("a measure is ordered of somebody whose searches the item is about")
    decision = policy.may_order(actor, reviewed(item), kind, until=until, now=now)
    require(decision, action="audit.order", facts={"item": item.pk})
    found = latest_mark(item)
    assert found is not None  # the rule has seen a violation
    if kind is RemedyKind.RETRAINING:
        order_retraining(user=person, actor=actor, now=now)
    due_at = policy.remedy_due_at(now, parameters=parameters_at(now))
    until = until if kind is RemedyKind.SUSPENSION else None
    return _ordered(found, person, kind, note=note, until=until, due_at=due_at, actor=actor, now=now)


def _ordered(
    found: Mark,
    person: User,
    kind: RemedyKind,
    *,
    note: str,
    until: datetime | None,
    due_at: datetime,
    actor: Actor,
    now: datetime,
) -> Remedy:
    entry = ledger.append(
        Kind.AUDIT_REMEDY_ORDERED,
        actor=actor,
        subject=f"person:{person.pk}",
        outcome=kind.value,
        details={"item": found.item_id, "note": note.strip(), "until": until.isoformat() if until else None},
    )
    remedy = Remedy.objects.create(
        mark=found,
        person=person,
        kind=kind,
        note=note.strip(),
        until=until,
        ordered_by_id=int(actor.id),
        ordered_at=now,
        due_at=due_at,
        entry=entry.seq,
    )
    _tell(remedy, actor, now)
    return remedy


def _tell(remedy: Remedy, actor: Actor, now: datetime) -> None:
    kind = RemedyKind(remedy.kind)
    to_user, to_role = None, None
    if kind is RemedyKind.RETRAINING:
        to_user = remedy.person
        text = "After an audit you take every course again, on the page Training. Plate data is closed until then."
    elif kind is RemedyKind.TALK:
        to_user = remedy.person.supervisor
        to_role = None if to_user else Role.SUPERVISOR
        text = f"After an audit, talk to {remedy.person.full_name} and record it on the page “After audits”."
    else:
        to_role = Role.UNDERSHERIFF
        what = "a suspension" if kind is RemedyKind.SUSPENSION else "a finding"
        text = f"An audit puts {what} before you, about {remedy.person.full_name}: page “After audits”."
    tell(
        kind=NoticeKind.REMEDY_ORDERED,
        subject=f"remedy:{remedy.pk}",
        text=text,
        to_user=to_user,
        to_role=to_role,
        actor=actor,
        due_at=remedy.due_at,
        now=now,
    )


@transaction.atomic
def carry_out(*, remedy: Remedy, note: str, actor: Actor, now: datetime) -> RemedyDone:
    """Record that *remedy* is done, by *actor*; a suspension begins with it.

    Raises:
        PolicyRefusal: It is for somebody else to do, or done.
    """
    remedy = Remedy.objects.select_for_update(of=("self",)).select_related("person").get(pk=remedy.pk)
    kind = RemedyKind(remedy.kind)
    decision = policy.may_carry_out(
        actor,
        kind,
        person_id=str(remedy.person_id),
        supervisor_id=str(remedy.person.supervisor_id or ""),
        ordered_by_id=str(remedy.ordered_by_id),
        is_done=RemedyDone.objects.filter(remedy=remedy).exists(),
    )
    require(decision, action="audit.carry_out", facts={"remedy": remedy.pk})
    if kind is RemedyKind.SUSPENSION and remedy.until is not None and remedy.until > now:
        suspend(user=remedy.person, until=remedy.until, actor=actor)
    return _done(remedy, note, done_by=int(actor.id), actor=actor, now=now)


def _done(remedy: Remedy, note: str, *, done_by: int, actor: Actor, now: datetime) -> RemedyDone:
    # a guest was told in their own agency's inbox
    for agency_id in {actor.agency_id, remedy.person.agency_id}:
        told = replace(actor, agency_id=agency_id)
        settle(subject=f"remedy:{remedy.pk}", kinds=[NoticeKind.REMEDY_ORDERED], actor=told, now=now)
    entry = ledger.append(
        Kind.AUDIT_REMEDY_DONE,
        actor=actor,
        subject=f"person:{remedy.person_id}",
        outcome=remedy.kind,
        details={"item": remedy.mark.item_id, "note": note.strip()},
    )
    return RemedyDone.objects.create(
        remedy=remedy, note=note.strip(), done_by_id=done_by, done_at=now, entry=entry.seq
    )


def settle_retrainings(*, actor: Actor, now: datetime) -> int:
    """Record of everybody who was to train anew, and has passed every course since, that it is done."""
    parameters = parameters_at(now)
    waiting = Remedy.objects.filter(kind=RemedyKind.RETRAINING, done=None).select_related("person", "mark")
    done = 0
    for remedy in waiting:
        record = record_of(remedy.person_id, account_since=remedy.person.created_at)
        passed = record.passed_at.values()
        if missing_courses(record, parameters=parameters, now=now) or min(passed) <= remedy.ordered_at:
            continue
        with transaction.atomic():
            _done(remedy, "Every course passed again.", done_by=remedy.person_id, actor=actor, now=now)
        done += 1
    return done
