"""From accounts and requests to the `Actor` that policy rules look at."""

import hashlib
from datetime import datetime
from functools import lru_cache

from django.http import HttpRequest

from platewarden.accounts.models import Agency, RoleGrant, User
from platewarden.policy.actor import Actor, ActorKind, Role
from platewarden.policy.agencies import AgencyFacts, AgencyKind, may_have_users
from platewarden.site.clock import utc_now
from platewarden.training.standing import decision_for


def owning_agency() -> Agency:
    """Return the agency that owns this installation.

    Raises:
        Agency.DoesNotExist: `platewarden init` has not been run.
    """
    return Agency.objects.get(is_owner=True)


@lru_cache(maxsize=1)
def owning_agency_id() -> int:
    """Return the id of the owning agency; it never changes once set."""
    return owning_agency().id


def founded_at(now: datetime) -> datetime:
    """Return since when there is anybody: from then on counts what was never done; *now* before there is."""
    first = User.objects.order_by("created_at").values_list("created_at", flat=True).first()
    return first or now


def actor_for(user: User, *, address: str = "", session_key: str = "") -> Actor:
    """Return *user* as an actor with the roles in force now, and where they stand with their training.

    A suspended person keeps what they were granted, and acts with none of it until the day.
    """
    now = utc_now()
    is_suspended = user.suspended_until is not None and user.suspended_until > now
    return Actor(
        kind=ActorKind.PERSON,
        id=str(user.pk),
        name=user.username,
        agency_id=user.agency_id,
        roles=frozenset() if is_suspended else roles_of(user, now=now),
        address=address,
        session=session_digest(session_key)[:16],
        supervisor_id=str(user.supervisor_id or ""),
        training=decision_for(user.pk, account_since=user.created_at, now=now),
    )


def roles_of(user: User, *, now: datetime) -> frozenset[Role]:
    """Return the roles of *user* in force at *now*: none where their agency may have no users (USE-2)."""
    agency = [f"user__agency__{name}" for name in ("kind", "state", "express_access", "access_ended_at")]
    live = RoleGrant.objects.filter(user_id=user.pk, withdrawn_at=None)
    roles = set()
    for role, ends_at, kind, state, express_access, ended_at in live.values_list("role", "ends_at", *agency):
        facts = AgencyFacts(AgencyKind(kind), state, bool(express_access), ended_at is not None)
        if (ends_at is None or ends_at > now) and may_have_users(facts).allowed:
            roles.add(Role(role))
    return frozenset(roles)


def session_digest(session_key: str) -> str:
    """Return what is kept of a session's key: enough to know it again, useless to whoever reads it."""
    return hashlib.sha256(session_key.encode()).hexdigest() if session_key else ""


def system_actor(name: str) -> Actor:
    """Return Platewarden itself, acting through the command or timer *name*."""
    return Actor(kind=ActorKind.SYSTEM, id=name, name=name, agency_id=owning_agency_id())


def anonymous_actor(request: HttpRequest) -> Actor:
    """Return whoever sent *request* without being signed in."""
    return Actor(kind=ActorKind.PERSON, id="", name="", agency_id=0, address=address_of(request))


def browser_of(request: HttpRequest) -> str:
    """Return what the browser behind *request* calls itself."""
    return str(request.META.get("HTTP_USER_AGENT", ""))[:200]


def address_of(request: HttpRequest) -> str:
    """Return the network address *request* came from."""
    return str(request.META.get("REMOTE_ADDR", ""))
