"""Give the standing authorisation to destroy, and say which is in force (RET-4)."""

from datetime import datetime

from django.db import transaction

from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle
from platewarden.policy import retention as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind
from platewarden.policy.retention import AuthorisationState
from platewarden.retention.models import Authorisation

SUBJECT = "authorisation:destruction"


@transaction.atomic
def authorise_destruction(*, statement: str, actor: Actor, now: datetime) -> Authorisation:
    """Record that *actor* authorises, for the time the policy allows, that what is past its day is destroyed.

    Raises:
        PolicyRefusal: *actor* is not the administrator.
        LedgerUnavailable: It cannot be recorded.
    """
    require(policy.may_authorise_destruction(actor), action="destruction.authorise")
    kinds = (NoticeKind.AUTHORISATION_ENDING, NoticeKind.AUTHORISATION_LAPSED)
    settle(subject=SUBJECT, kinds=kinds, actor=actor, now=now)
    entry = ledger.append(
        Kind.PURGE_AUTHORISED,
        actor=actor,
        subject=SUBJECT,
        details={
            "statement": statement.strip(),
            "until": policy.authorisation_ends_at(now, parameters=parameters_at(now)).isoformat(),
        },
    )
    return Authorisation.objects.create(
        agency_id=actor.agency_id,
        given_by=User.objects.get(pk=actor.id),
        given_at=now,
        statement=statement.strip(),
        entry=entry.seq,
    )


def latest_authorisation() -> Authorisation | None:
    """Return the authorisation given last, in force or not."""
    return Authorisation.objects.select_related("given_by").first()


def authorisation_in_force(now: datetime) -> Authorisation | None:
    """Return the authorisation in force at *now*; None when it lapsed, or was never given."""
    latest = latest_authorisation()
    return (
        latest if state_of(latest, now) in {AuthorisationState.IN_FORCE, AuthorisationState.ENDING} else None
    )


def state_of(authorisation: Authorisation | None, now: datetime) -> AuthorisationState:
    """Return how *authorisation* stands at *now*."""
    given_at = authorisation.given_at if authorisation else None
    return policy.authorisation_stands(given_at, parameters=parameters_at(now), now=now)
