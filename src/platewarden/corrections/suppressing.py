"""Every write about suppressions: place one, confirm it, lift it."""

from datetime import datetime

from django.db import transaction

from platewarden.adoption.in_force import parameters_at
from platewarden.alerts.models import Alert, Hit
from platewarden.corrections.digests import Digester, Digests, EntryFacts
from platewarden.corrections.models import Complaint, Suppression
from platewarden.hotlists.models import Entry, Hotlist
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle, tell
from platewarden.policy import corrections as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.corrections import LiftedBecause
from platewarden.policy.decision import require
from platewarden.policy.hits import Finding
from platewarden.policy.hotlists import Category
from platewarden.policy.notices import NoticeKind


def subject_of(suppression: Suppression) -> str:
    """Return how ledger entries and notices name *suppression*."""
    return f"suppression:{suppression.pk}"


def suppress_hit(
    *, alert: Alert, hit: Hit, finding: Finding, actor: Actor, now: datetime
) -> Suppression | None:
    """Suppress the entry behind *hit* for the plate read, because *alert* ended with *finding*.

    Part of the disposition, in its transaction; the rule that lets it happen is the disposition's. Nothing happens
    where the list is gone, or where the entry is suppressed for this plate already.

    Raises:
        KeyUnavailable: The digests cannot be made.
        LedgerUnavailable: It cannot be recorded.
    """
    hotlist = Hotlist.objects.filter(agency_id=hit.agency_id, name=hit.hotlist_name).first()
    if hotlist is None:
        return None
    digests = Digester(hit.agency_id, may_create=True).digests(
        hotlist_id=hotlist.pk, facts=EntryFacts.of_hit(hit), plate=hit.plate
    )
    category = Category(hit.entry_category)
    return _place(
        hotlist,
        digests,
        category=category,
        finding=finding,
        alert=alert,
        complaint=None,
        actor=actor,
        now=now,
    )


@transaction.atomic
def suppress_entry(
    *, complaint: Complaint, entry: Entry, plate: str, finding: Finding, actor: Actor, now: datetime
) -> Suppression | None:
    """Suppress *entry* for the *plate* of a resident who complained; None if it is suppressed already.

    Raises:
        PolicyRefusal: *actor* may not look behind complaints.
        KeyUnavailable: The digests cannot be made.
        LedgerUnavailable: It cannot be recorded.
    """
    decision = policy.may_look_behind(actor, is_answered=complaint.answered_at is not None)
    require(decision, action="suppression.place", facts={"complaint": complaint.pk})
    hotlist = entry.snapshot.hotlist
    digests = Digester(complaint.agency_id, may_create=True).digests(
        hotlist_id=hotlist.pk, facts=EntryFacts.of_entry(entry), plate=plate
    )
    category = Category(entry.category)
    return _place(
        hotlist,
        digests,
        category=category,
        finding=finding,
        alert=None,
        complaint=complaint,
        actor=actor,
        now=now,
    )


def _place(
    hotlist: Hotlist,
    digests: Digests,
    *,
    category: Category,
    finding: Finding,
    alert: Alert | None,
    complaint: Complaint | None,
    actor: Actor,
    now: datetime,
) -> Suppression | None:
    Hotlist.objects.select_for_update().get(pk=hotlist.pk)  # the same entry is called wrong one at a time
    standing = Suppression.objects.filter(
        entry_digest=digests.entry, plate_digest=digests.plate, lifted_at__isnull=True
    ).first()
    if standing:
        if complaint:
            standing.complaints.add(complaint)
        return None
    suppression = Suppression.objects.create(
        agency_id=hotlist.agency_id,
        hotlist=hotlist,
        entry_digest=digests.entry,
        plate_digest=digests.plate,
        content_digest=digests.content,
        category=category,
        finding=finding,
        alert_id=alert.pk if alert else None,
        placed_at=now,
        placed_by_id=int(actor.id),
    )
    if complaint:
        suppression.complaints.add(complaint)
    _record_placed(suppression, complaint, actor=actor, now=now)
    return suppression


def _record_placed(
    suppression: Suppression, complaint: Complaint | None, *, actor: Actor, now: datetime
) -> None:
    is_in_force = policy.silences(Category(suppression.category), is_confirmed=False)
    details: dict[str, JSON] = {
        "hotlist": suppression.hotlist_id,
        "category": suppression.category,
        "finding": suppression.finding,
        "alert": str(suppression.alert_id or ""),
        "complaint": complaint.pk if complaint else None,
        "in_force": is_in_force,
    }
    outcome = "done" if is_in_force else "waits"
    ledger.append(
        Kind.SUPPRESSION_PLACED,
        actor=actor,
        subject=subject_of(suppression),
        outcome=outcome,
        details=details,
    )
    _ask_for_review(suppression, is_in_force=is_in_force, actor=actor, now=now)


def _ask_for_review(suppression: Suppression, *, is_in_force: bool, actor: Actor, now: datetime) -> None:
    effect = (
        "It no longer alerts for that plate."
        if is_in_force
        else "It concerns a life, so it goes on alerting until you confirm that it is wrong."
    )
    tell(
        kind=NoticeKind.ENTRY_PROVED_WRONG,
        subject=subject_of(suppression),
        text=(
            f"{actor.name} found an entry of {suppression.hotlist.name} to be wrong or out of date. {effect} "
            "Review it, and write to its owner."
        ),
        to_role=Role.SUPERVISOR,
        due_at=policy.review_due_at(now, parameters=parameters_at(now)),
        actor=actor,
        now=now,
    )


@transaction.atomic
def confirm(*, suppression: Suppression, actor: Actor, now: datetime) -> Suppression:
    """Record that a second person found the entry to be wrong as well.

    Raises:
        PolicyRefusal: *actor* may not, or placed it themselves, or it is confirmed or lifted.
        LedgerUnavailable: It cannot be recorded.
    """
    suppression = _lock(suppression)
    decision = policy.may_confirm(
        actor,
        placed_by_id=str(suppression.placed_by_id),
        is_confirmed=suppression.confirmed_at is not None,
        is_lifted=suppression.lifted_at is not None,
    )
    require(decision, action="suppression.confirm", facts={"suppression": suppression.pk})
    suppression.confirmed_at, suppression.confirmed_by_id = now, int(actor.id)
    suppression.save(update_fields=["confirmed_at", "confirmed_by"])
    _settle(suppression, actor=actor, now=now)
    ledger.append(Kind.SUPPRESSION_CONFIRMED, actor=actor, subject=subject_of(suppression))
    return suppression


@transaction.atomic
def lift(*, suppression: Suppression, reason: str, actor: Actor, now: datetime) -> Suppression:
    """Let the entry alert again, for a written *reason* that stays on the ledger.

    Raises:
        PolicyRefusal: *actor* may not, does not say why, or it is lifted already.
        LedgerUnavailable: It cannot be recorded.
    """
    suppression = _lock(suppression)
    is_confirmed = suppression.confirmed_at is not None
    decision = policy.may_lift(
        actor,
        reason=reason,
        is_confirmed=is_confirmed,
        is_lifted=suppression.lifted_at is not None,
        parameters=parameters_at(now),
    )
    require(decision, action="suppression.lift", facts={"suppression": suppression.pk})
    because = LiftedBecause.BY_ADMINISTRATOR if is_confirmed else LiftedBecause.NOT_CONFIRMED
    _lift(suppression, because, actor=actor, now=now)
    details = {"because": because.value, "reason": reason.strip()}
    ledger.append(Kind.SUPPRESSION_LIFTED, actor=actor, subject=subject_of(suppression), details=details)
    return suppression


def record_corrected(*, suppression: Suppression, actor: Actor, now: datetime) -> None:
    """End *suppression* because its entry now says something else: its owner has corrected it, and it alerts again.

    Part of the transaction that found it out.
    """
    suppression = _lock(suppression)
    if suppression.lifted_at is not None:
        return
    _lift(suppression, LiftedBecause.CORRECTED, actor=actor, now=now)
    details = {"because": LiftedBecause.CORRECTED.value}
    ledger.append(Kind.SUPPRESSION_LIFTED, actor=actor, subject=subject_of(suppression), details=details)


def _lock(suppression: Suppression) -> Suppression:
    return Suppression.objects.select_for_update(of=("self",)).get(pk=suppression.pk)


def _lift(suppression: Suppression, because: LiftedBecause, *, actor: Actor, now: datetime) -> None:
    suppression.lifted_at, suppression.lifted_because = now, because.value
    suppression.lifted_by_id = int(actor.id) if actor.is_person else None
    suppression.save(update_fields=["lifted_at", "lifted_by", "lifted_because"])
    _settle(suppression, actor=actor, now=now)


def _settle(suppression: Suppression, *, actor: Actor, now: datetime) -> None:
    kinds = [NoticeKind.ENTRY_PROVED_WRONG]
    settle(subject=subject_of(suppression), kinds=kinds, actor=actor, now=now)
