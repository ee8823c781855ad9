"""A lost second factor is reset by two people, and its person enrols anew with a one-time code (ADM-3)."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from platewarden.accounts.actions import new_code
from platewarden.accounts.models import FactorReset, User
from platewarden.accounts.sign_ins import end_session
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle, tell
from platewarden.policy import sign_ins as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind


def waiting_reset(user: User) -> FactorReset | None:
    """Return the reset of *user* that waits: for its approval, or for its code to be used."""
    latest = user.factor_resets.select_related("asked_by", "decided_by").first()
    if latest is None or latest.redeemed_at or (latest.decided_at and not latest.is_approved):
        return None
    return latest


@transaction.atomic
def ask_for_reset(*, user: User, because: str, actor: Actor, now: datetime) -> FactorReset:
    """Ask that every second factor of *user* be removed; one that waits already is returned.

    Raises:
        PolicyRefusal: *actor* may not, or it is their own.
        User.DoesNotExist: The account is closed.
    """
    require(policy.may_ask_for_reset(actor, target_id=str(user.pk)), action="second_factor.ask_reset")
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk, is_active=True)
    reset, is_new = FactorReset.objects.get_or_create(
        user=user,
        decided_at=None,
        defaults={"because": because.strip(), "asked_by_id": int(actor.id), "asked_at": now},
    )
    if is_new:
        details = {"because": because.strip()}
        ledger.append(Kind.FACTOR_RESET_ASKED, actor=actor, subject=f"person:{user.pk}", details=details)
        text = f"A reset of the second factor of {user.full_name} waits for you. Make sure who asks for it."
        tell(
            kind=NoticeKind.RESET_WAITS,
            subject=f"person:{user.pk}",
            text=text,
            to_role=Role.APPROVER,
            actor=actor,
            now=now,
        )
    return reset


@transaction.atomic
def approve_reset(*, user: User, actor: Actor, now: datetime) -> str:
    """Remove every second factor and the password of *user*, end their session; return the code that starts anew.

    Raises:
        PolicyRefusal: *actor* may not, asked for it, or is *user*.
        FactorReset.DoesNotExist: Nothing waits: decided already, or never asked for.
    """
    reset = _decide(user, is_approved=True, actor=actor, now=now)
    user = reset.user
    Authenticator.objects.filter(user=user).delete()
    user.set_unusable_password()
    user.save(update_fields=["password"])
    code = new_code(user, now)
    end_session(user=user, because="the second factor was reset", actor=actor)
    details = {"asked_by": str(reset.asked_by_id)}
    ledger.append(Kind.FACTOR_RESET, actor=actor, subject=f"person:{user.pk}", details=dict(details))
    _tell_person(user, actor, now)
    return code


def _tell_person(user: User, actor: Actor, now: datetime) -> None:
    """Tell the person, and the auditors, so that a reset nobody asked for does not stay unnoticed."""
    text = f"The second factor of {user.full_name} was reset by two people. Was it not asked for, tell the auditor."
    for role, person in ((None, user), (Role.AUDITOR, None)):
        tell(
            kind=NoticeKind.FACTOR_RESET,
            subject=f"person:{user.pk}",
            text=text,
            to_role=role,
            to_user=person,
            actor=actor,
            now=now,
        )


@transaction.atomic
def decline_reset(*, user: User, actor: Actor, now: datetime) -> None:
    """Decline what was asked for; everything stays as it is.

    Raises:
        PolicyRefusal: *actor* may not, asked for it, or is *user*.
        FactorReset.DoesNotExist: Nothing waits.
    """
    _decide(user, is_approved=False, actor=actor, now=now)
    ledger.append(Kind.FACTOR_RESET_DECLINED, actor=actor, subject=f"person:{user.pk}")


def _decide(user: User, *, is_approved: bool, actor: Actor, now: datetime) -> FactorReset:
    open_ones = FactorReset.objects.select_for_update(of=("self",)).select_related("user")
    reset = open_ones.get(user=user, decided_at=None, user__is_active=True)
    decision = policy.may_decide_reset(
        actor, asked_by_id=str(reset.asked_by_id), target_id=str(reset.user_id)
    )
    require(decision, action="second_factor.reset" if is_approved else "second_factor.decline_reset")
    reset.decided_by_id, reset.decided_at, reset.is_approved = int(actor.id), now, is_approved
    reset.save(update_fields=["decided_by", "decided_at", "is_approved"])
    settle(subject=f"person:{user.pk}", kinds=[NoticeKind.RESET_WAITS], actor=actor, now=now)
    return reset
