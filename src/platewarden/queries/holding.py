"""Held searches: who is told, who decides, and exigent ones that are given their case number afterwards."""

from datetime import datetime, timedelta

from django.db import transaction

from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle, tell
from platewarden.policy import held as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import require
from platewarden.policy.held import HeldFor, HeldSearch
from platewarden.policy.notices import NoticeKind
from platewarden.queries.casesystem import standing_of
from platewarden.queries.doors import reasons_of
from platewarden.queries.models import Query

_COSIGNERS = (Role.SUPERVISOR, Role.INVESTIGATOR, Role.OFFICER)


def tell_deciders(query: Query, reasons: frozenset[HeldFor], *, actor: Actor, now: datetime) -> None:
    """Put *query* into the inboxes of those who decide on it; part of the caller's transaction."""
    roles = _COSIGNERS if reasons == {HeldFor.COSIGNATURE} else (Role.SUPERVISOR,)
    why = "; ".join(reason.label.lower() for reason in sorted(reasons))
    for role in roles:
        tell(
            kind=NoticeKind.QUERY_HELD,
            subject=f"query:{query.pk}",
            text=f"{query.asked_by.full_name} asks for a search that waits for a second person: {why}. "
            "Look at it and release or deny it, with a reason.",
            to_role=role,
            actor=actor,
            now=now,
            due_at=query.expires_at,
        )


def held_search(query: Query, *, decider: User | None) -> HeldSearch:
    """Return *query* as the rules about deciding look at it."""
    names = {decider.username.casefold(), decider.full_name.casefold()} if decider else set()
    return HeldSearch(
        asked_by_id=str(query.asked_by_id),
        requested_by=query.requested_by,
        held_for=reasons_of(query),
        lapses_at=query.expires_at,
        is_decided=bool(query.decision),
        names=frozenset(names),
    )


@transaction.atomic
def review(query: Query, *, actor: Actor) -> int:
    """Record that *actor* looks at a held search, with the plate asked for in it; returns the entry's number.

    Raises:
        LedgerUnavailable: It cannot be recorded, so nothing is shown.
    """
    details = {"query_entry": query.entry}
    return ledger.append(
        Kind.QUERY_REVIEWED, actor=actor, subject=f"query:{query.pk}", outcome="shown", details=details
    ).seq


@transaction.atomic
def decide(*, query: Query, release: bool, note: str, actor: Actor, now: datetime) -> Query:
    """Release or deny a held search, once; whoever asked is told, and makes a released one within its time.

    > QRY-1: a broader one is made only once a supervisor who did not ask for it has released it

    > USE-4: A reason that names such a ground goes no further until a supervisor has taken it up.

    Raises:
        PolicyRefusal: *actor* may not decide on it, somebody has, it has lapsed, or no reason is given.
        LedgerUnavailable: The decision cannot be recorded.
    """
    query = Query.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=query.pk)
    parameters, decider = parameters_at(now), User.objects.get(pk=actor.id)
    decision = policy.may_decide(
        actor, held_search(query, decider=decider), note=note, parameters=parameters, now=now
    )
    require(decision, action="query.decide", facts={"query": str(query.pk)})
    query.decision = Query.RELEASED if release else Query.DENIED
    query.decided_at, query.decided_by, query.decision_note = now, decider, note
    if release:
        query.expires_at = policy.lapses_at(now, parameters=parameters)
        if HeldFor.COSIGNATURE in reasons_of(query):
            query.number_due_at = policy.completion_due_at(now, parameters=parameters)
    query.save()
    settle(subject=f"query:{query.pk}", kinds=[NoticeKind.QUERY_HELD], actor=actor, now=now)
    ledger.append(
        Kind.QUERY_RELEASED if release else Kind.QUERY_DENIED,
        actor=actor,
        subject=f"query:{query.pk}",
        outcome=query.decision,
        details={"query_entry": query.entry, "reason": note, "held_for": list(query.held_for)},
    )
    _tell_asker(query, actor=actor, now=now)
    return query


def _tell_asker(query: Query, *, actor: Actor, now: datetime) -> None:
    text = f"{actor.name} has {query.decision} your search: {query.decision_note[:200]}"
    if query.decision == Query.RELEASED:
        text += " Open it in time; it is made once, as you asked."
    if query.number_due_at:
        text += " Give it its case number in time, or you make no further search."
    tell(
        kind=NoticeKind.QUERY_DECIDED,
        subject=f"query:{query.pk}",
        text=text,
        to_user=query.asked_by,
        actor=actor,
        now=now,
        due_at=query.number_due_at,
    )


@transaction.atomic
def complete(*, query: Query, case_number: str, actor: Actor, now: datetime) -> Query:
    """Give an exigent search its case number, which unlocks its asker's searches.

    > QRY-1: the number of the case or incident it belongs to

    Raises:
        PolicyRefusal: *actor* did not ask it, or the number is none.
        LedgerUnavailable: It cannot be recorded.
    """
    query = Query.objects.select_for_update().get(pk=query.pk)
    standing = standing_of(case_number)
    decision = policy.may_complete(
        actor,
        asked_by_id=str(query.asked_by_id),
        case_number=case_number,
        standing=standing,
        parameters=parameters_at(now),
    )
    require(decision, action="query.complete", facts={"query": str(query.pk)})
    was_late = policy.is_overdue(query.number_due_at, now=now)
    query.case_number, query.case_standing, query.number_due_at = case_number.strip(), standing, None
    query.save()
    for subject in (f"query:{query.pk}", f"person:{query.asked_by_id}"):
        kinds = [NoticeKind.QUERY_INCOMPLETE, NoticeKind.QUERY_DECIDED]
        settle(subject=subject, kinds=kinds, actor=actor, now=now)
    ledger.append(
        Kind.QUERY_COMPLETED,
        actor=actor,
        subject=f"query:{query.pk}",
        details={"query_entry": query.entry, "case": query.case_number, "late": was_late},
    )
    return query


def escalate_overdue(*, actor: Actor, now: datetime) -> int:
    """Tell the supervisors of exigent searches whose case number is overdue, once each; return how many."""
    due = Query.objects.filter(number_due_at__lte=now, overdue_told_at__isnull=True)
    return sum(_escalate(query, actor=actor, now=now) for query in due.select_related("asked_by"))


@transaction.atomic
def _escalate(query: Query, *, actor: Actor, now: datetime) -> int:
    untold = Query.objects.filter(pk=query.pk, overdue_told_at__isnull=True, number_due_at__isnull=False)
    if not untold.update(overdue_told_at=now):
        return 0
    details = {"query_entry": query.entry, "person": query.asked_by_id}
    ledger.append(
        Kind.QUERY_OVERDUE, actor=actor, subject=f"query:{query.pk}", outcome="overdue", details=details
    )
    tell(
        kind=NoticeKind.QUERY_INCOMPLETE,
        subject=f"person:{query.asked_by_id}",
        text=f"An exigent search of {query.asked_by.full_name} was not given its case number in time. They make no "
        "further search until it has one: ask them.",
        to_role=Role.SUPERVISOR,
        actor=actor,
        now=now,
        once_key=f"query:{query.pk}:overdue",
    )
    return 1


def forget_expired(*, now: datetime) -> int:
    """Remove queries a day after they have expired; of an exigent one without its number the plate alone goes."""
    past = Query.objects.filter(expires_at__lt=now - timedelta(days=1))
    past.filter(number_due_at__isnull=False).exclude(plate_text="").update(plate_text="")
    gone, _ = past.filter(number_due_at__isnull=True).delete()
    return gone
