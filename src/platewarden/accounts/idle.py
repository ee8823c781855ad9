"""Locking an idle console: the session stays, its pages do not, until the password is given again (ADM-4)."""

from datetime import datetime

from platewarden.accounts import actions, terminals
from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.policy.sign_ins import session_is_idle
from platewarden.site.requests import ActorRequest

_ACTIVE_AT = "active_at"
_LOCKED = "locked"
_GRAIN_SECONDS = 30


def is_locked(request: ActorRequest) -> bool:
    """Whether this session waits for its owner's password."""
    return bool(request.session.get(_LOCKED, False))


def lock_if_idle(request: ActorRequest, *, now: datetime) -> bool:
    """Lock the session if it has been idle too long; return whether it is locked."""
    if is_locked(request):
        return True
    active_at = request.session.get(_ACTIVE_AT)
    if active_at is None:
        return False
    if session_is_idle(
        datetime.fromisoformat(active_at), parameters=parameters_at(now), now=now
    ) and not is_exempt(request, now=now):
        actions.record_session_locked(actor=request.actor)
        request.session[_LOCKED] = True
        return True
    return False


def is_exempt(request: ActorRequest, *, now: datetime) -> bool:
    """Whether this session is on a registered terminal, of somebody whom that exempts from the lock."""
    user = request.user
    return isinstance(user, User) and terminals.is_exempt(
        request, user=user, roles=request.actor.roles, now=now
    )


def unlock(request: ActorRequest, *, now: datetime) -> None:
    """Open the session again, after its owner has given the password."""
    request.session[_LOCKED] = False
    request.session[_ACTIVE_AT] = now.isoformat()


def mark_activity(request: ActorRequest, *, now: datetime) -> None:
    """Note that a person did something; written at most every half minute."""
    active_at = request.session.get(_ACTIVE_AT)
    if active_at is None or (now - datetime.fromisoformat(active_at)).total_seconds() > _GRAIN_SECONDS:
        request.session[_ACTIVE_AT] = now.isoformat()
