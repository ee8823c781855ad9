"""The ways to a query: its owner's, and that of whoever decides on a held one. Absent and forbidden look alike."""

import uuid
from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404

from platewarden.accounts.actors import owning_agency_id
from platewarden.policy import held as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.held import HeldFor
from platewarden.queries.models import Query, TakenFile


def queries_of(actor: Actor) -> QuerySet[Query]:
    """Return what *actor* has asked lately, the newest first."""
    if not actor.is_person:
        return Query.objects.none()
    return Query.objects.filter(agency_id=actor.agency_id, asked_by_id=int(actor.id))


def get_query_for(actor: Actor, query_id: uuid.UUID) -> Query:
    """Return the query *query_id* if *actor* asked it.

    > QRY-2: What a query found belongs to the person who asked and expires.

    Raises:
        Http404: There is none, or somebody else asked it.
    """
    found = queries_of(actor).filter(pk=query_id).first()
    if found is None:
        raise Http404("no such query")
    return found


def files_of(actor: Actor) -> QuerySet[TakenFile]:
    """Return the files that *actor* has taken and that are not settled."""
    if not actor.is_person:
        return TakenFile.objects.none()
    return TakenFile.objects.filter(
        agency_id=actor.agency_id, taken_by_id=int(actor.id), settled_at__isnull=True
    )


def reasons_of(query: Query) -> frozenset[HeldFor]:
    """Return why *query* was held; empty for most."""
    return frozenset(HeldFor(reason) for reason in query.held_for)


def held_searches(actor: Actor, *, now: datetime) -> list[Query]:
    """Return the searches that wait for a decision that *actor* may take, the oldest first; never their own.

    Those of guests are decided on by our own people.
    """
    waiting = _decided_here(actor).filter(decision="", expires_at__gt=now)
    others = (
        waiting.exclude(held_for=[]).exclude(asked_by_id=int(actor.id)).select_related("asked_by", "agency")
    )
    found = others.order_by("asked_at")
    return [query for query in found if policy.may_see_held(actor, reasons=reasons_of(query)).allowed]


def get_held_for(actor: Actor, query_id: uuid.UUID) -> Query:
    """Return the held search *query_id*, to be looked at and decided on by *actor*, who did not ask for it.

    Raises:
        PolicyRefusal: *actor* does not decide on such searches.
        Http404: There is none, it is not held, or it is their own.
    """
    held = _decided_here(actor).filter(pk=query_id).exclude(held_for=[])
    found = held.exclude(asked_by_id=int(actor.id)).select_related("asked_by", "decided_by", "agency").first()
    if found is None:
        raise Http404("no such held search")
    require(policy.may_see_held(actor, reasons=reasons_of(found)), action="query.review")
    return found


def _decided_here(actor: Actor) -> QuerySet[Query]:
    return Query.objects.all() if actor.agency_id == owning_agency_id() else Query.objects.none()


def is_locked(actor: Actor, *, now: datetime) -> bool:
    """Whether an exigent search of *actor* lacks its case number past its time."""
    due = queries_of(actor).filter(number_due_at__isnull=False).values_list("number_due_at", flat=True)
    return any(policy.is_overdue(due_at, now=now) for due_at in due)
