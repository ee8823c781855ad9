"""From accounts and requests to the `Actor` that policy rules look at."""

import hashlib
from functools import lru_cache

from django.http import HttpRequest

from platewarden.accounts.models import Agency, User
from platewarden.policy.actor import Actor, ActorKind, Role
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


def actor_for(user: User, *, address: str = "", session_key: str = "") -> Actor:
    """Return *user* as an actor with the roles in force now, and where they stand with their training."""
    live = user.grants.filter(withdrawn_at__isnull=True).values_list("role", flat=True)
    return Actor(
        kind=ActorKind.PERSON,
        id=str(user.pk),
        name=user.username,
        agency_id=user.agency_id,
        roles=frozenset(Role(role) for role in live),
        address=address,
        session=session_digest(session_key)[:16],
        supervisor_id=str(user.supervisor_id or ""),
        training=decision_for(user.pk, account_since=user.created_at, now=utc_now()),
    )


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
