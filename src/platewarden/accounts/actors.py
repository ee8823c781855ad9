"""From accounts and requests to the `Actor` that policy rules look at."""

import hashlib
from datetime import datetime
from functools import lru_cache

from django.http import HttpRequest

from platewarden.accounts.models import Agency, RoleGrant, User
from platewarden.policy.actor import Actor, ActorKind, GuestTerms, Role
from platewarden.policy.agencies import may_have_users
from platewarden.policy.decision import Decision
from platewarden.policy.sign_ins import network_of
from platewarden.sharing.standing import standing_of
from platewarden.site.clock import utc_now
from platewarden.site.looks import shared
from platewarden.training.standing import decision_for


@shared
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


@shared
def founded_at(now: datetime) -> datetime:
    """Return since when there is anybody: from then on counts what was never done; *now* before there is."""
    first = User.objects.order_by("created_at").values_list("created_at", flat=True).first()
    return first or now


def actor_for(user: User, *, address: str = "", session_key: str = "") -> Actor:
    """Return *user* as an actor with the roles in force now, and where they, their training and their agency stand.

    A suspended person keeps what they were granted, and acts with none of it until the day.
    """
    now = utc_now()
    access, terms = _access_of(user.agency, now)
    return Actor(
        kind=ActorKind.PERSON,
        id=str(user.pk),
        name=user.username,
        agency_id=user.agency_id,
        roles=_roles_under(access, user, now),
        address=address,
        session=session_digest(session_key)[:16],
        supervisor_id=str(user.supervisor_id or ""),
        training=decision_for(user.pk, account_since=user.created_at, now=now),
        access=access,
        terms=terms,
    )


def roles_of(user: User, *, now: datetime) -> frozenset[Role]:
    """Return the roles of *user* in force at *now*: none where their agency has no access, or they are suspended."""
    return _roles_under(_access_of(user.agency, now)[0], user, now)


def _access_of(agency: Agency, now: datetime) -> tuple[Decision, GuestTerms | None]:
    """Return whether people of *agency* have any access, and what its agreement lets them do."""
    if agency.is_owner:
        return may_have_users(agency.facts), None
    standing = standing_of(agency, now=now)
    return standing.access, standing.terms


def _roles_under(access: Decision, user: User, now: datetime) -> frozenset[Role]:
    """Return the roles of *user* that count: people of a partner agency are guests at most, nobody else is one."""
    is_suspended = user.suspended_until is not None and user.suspended_until > now
    if is_suspended or not access.allowed:
        return frozenset()
    live = RoleGrant.objects.filter(user_id=user.pk, withdrawn_at=None).values_list("role", "ends_at")
    held = {Role(role) for role, ends_at in live if ends_at is None or ends_at > now}
    return frozenset(held - {Role.GUEST} if user.agency.is_owner else held & {Role.GUEST})


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
    """Return the network address *request* came from, as it is shown and recorded."""
    return str(request.META.get("REMOTE_ADDR", ""))


def network_of_request(request: HttpRequest) -> str:
    """Return what counts as the sender of *request* wherever failures and looks are counted: brakes go by this."""
    return network_of(address_of(request))
