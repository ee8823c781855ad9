"""Off-boarding, at once: accounts are closed with their sessions and live streams, and opened again (ADM-4)."""

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Coalesce, Greatest

from platewarden.accounts.models import RoleGrant, User
from platewarden.accounts.sign_ins import end_session
from platewarden.adoption.in_force import parameters_at
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import tell
from platewarden.policy import accounts as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind
from platewarden.policy.rights import Right, may
from platewarden.policy.sign_ins import is_inactive

_USED_AT = Greatest(Coalesce("last_login", "created_at"), Coalesce("active_since", "created_at"))
_KEPT_HELD = (Role.ADMINISTRATOR, Role.APPROVER)


@transaction.atomic
def close_account(*, user: User, because: str, actor: Actor) -> None:
    """Close the account of *user* at once: the next request and the live stream find nobody.

    Raises:
        PolicyRefusal: *actor* may not, it is their own, or nobody would be left to grant and approve.
    """
    decision = policy.may_withdraw_from(actor, target_id=str(user.pk), is_last=is_last_of_its_kind(user))
    require(decision, action="account.close")
    _close(user, because, actor)


def _close(user: User, because: str, actor: Actor) -> None:
    since = Coalesce("active_since", "created_at")  # whoever was never approved has neither, and stays so
    User.objects.filter(pk=user.pk, is_active=True).update(
        is_active=False, closed_because=because.strip()[:200], active_since=since
    )
    end_session(user=user, because="the account was closed", actor=actor)
    ledger.append(
        Kind.ACCOUNT_DISABLED, actor=actor, subject=f"person:{user.pk}", details={"because": because.strip()}
    )


def is_last_of_its_kind(user: User) -> bool:
    """Whether nobody else with an open account is administrator, or approver, where *user* is."""
    held = set(user.grants.filter(withdrawn_at=None).values_list("role", flat=True))
    others = RoleGrant.objects.filter(withdrawn_at=None, user__is_active=True).exclude(user=user)
    return any(role in held and not others.filter(role=role).exists() for role in _KEPT_HELD)


@transaction.atomic
def reopen_account(*, user: User, actor: Actor, now: datetime) -> None:
    """Open a closed account again, with the roles it had; one that was never approved stays closed.

    Raises:
        PolicyRefusal: *actor* does not manage accounts.
    """
    require(may(actor, Right.MANAGE_ACCOUNTS), action="account.reopen")
    held = User.objects.select_for_update().get(pk=user.pk, is_active=False, active_since__isnull=False)
    held.is_active, held.active_since, held.closed_because = True, now, ""
    held.save(update_fields=["is_active", "active_since", "closed_because"])
    ledger.append(Kind.ACCOUNT_REOPENED, actor=actor, subject=f"person:{user.pk}")


def close_unused(*, actor: Actor, now: datetime) -> int:
    """Close every account that nobody has used for too long, and tell the administrators; returns how many.

    The last administrator and the last approver stay: somebody must be able to open the others again.
    """
    parameters, closed = parameters_at(now), 0
    for user in User.objects.filter(is_active=True).annotate(used_at=_USED_AT).order_by("pk"):
        is_unused = is_inactive(user.used_at, parameters=parameters, now=now)
        if is_unused and not is_last_of_its_kind(user):
            _close_unused(user, actor, now)
            closed += 1
    return closed


def close_if_unused(*, username: str, actor: Actor, now: datetime) -> None:
    """Close the account that signs in as *username* if nobody has used it for too long; the timer need not have run."""
    user = User.objects.filter(username=username, is_active=True).annotate(used_at=_USED_AT).first()
    if user is None or is_last_of_its_kind(user):
        return
    if is_inactive(user.used_at, parameters=parameters_at(now), now=now):
        _close_unused(user, actor, now)


@transaction.atomic
def _close_unused(user: User, actor: Actor, now: datetime) -> None:
    _close(user, "Nobody used it for too long.", actor)
    tell(
        kind=NoticeKind.ACCOUNT_CLOSED,
        subject=f"person:{user.pk}",
        text=f"The account of {user.full_name} was closed: nobody used it. Open it again if it is needed.",
        to_role=Role.ADMINISTRATOR,
        actor=actor,
        now=now,
    )


@transaction.atomic
def withdraw_ended(*, actor: Actor, now: datetime) -> int:
    """Withdraw every role whose last day is over; returns how many. It counted for nothing from that moment on."""
    ended = list(RoleGrant.objects.select_for_update().filter(withdrawn_at=None, ends_at__lte=now))
    for grant in ended:
        grant.withdrawn_at, grant.withdrawn_by = now, actor.name
        grant.save(update_fields=["withdrawn_at", "withdrawn_by"])
        ledger.append(
            Kind.ROLE_REVOKED, actor=actor, subject=f"person:{grant.user_id}", details={"role": grant.role}
        )
    return len(ended)
