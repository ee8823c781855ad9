"""When the way in shuts: an idle session, failed sign-ins, an account that nobody uses; and who opens it again."""

from collections.abc import Sequence
from datetime import datetime

from platewarden.policy.actor import Actor
from platewarden.policy.decision import Decision, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may


def is_inactive(last_active_at: datetime, *, parameters: Parameters, now: datetime) -> bool:
    """Whether an account last used at *last_active_at* is closed until the administrator opens it again.

    > ADM-4: An account that nobody uses is closed
    """
    return now - last_active_at >= parameters.days("accounts.inactive_days")


def session_is_idle(last_seen_at: datetime, *, parameters: Parameters, now: datetime) -> bool:
    """Whether a session last heard of at *last_seen_at* must ask for the secret again.

    > ADM-3: A session left alone locks.
    """
    return now - last_seen_at >= parameters.minutes("accounts.idle_lock_minutes")


def locks_account(failed_at: Sequence[datetime], *, parameters: Parameters, now: datetime) -> bool:
    """Whether failed sign-ins at these times, the present one included, lock the account until released.

    > ADM-4: Repeated failed sign-ins shut the way in until the administrator opens it again, and no setting of
    > the policy changes by one person's hand.
    """
    since = now - parameters.minutes("accounts.lockout_window_minutes")
    return sum(moment > since for moment in failed_at) >= parameters.integer("accounts.lockout_failures")


def slows_address(failed: int, *, parameters: Parameters) -> bool:
    """Whether *failed* attempts from one address within the window, under whatever names, refuse its next.

    > ADM-4: Repeated failed sign-ins shut the way in until the administrator opens it again
    """
    return failed >= parameters.integer("accounts.address_failures")


def may_release_sign_in(actor: Actor, *, username: str) -> Decision:
    """Decide whether *actor* may open the way in under *username* again; nobody opens their own.

    > ADM-4: Repeated failed sign-ins shut the way in until the administrator opens it again
    """
    if actor.is_person and actor.name == username:
        return refuse(
            "ADM-4", "Nobody opens their own way in again.", remedy="Ask another administrator to do it."
        )
    return may(actor, Right.RELEASE_SIGN_INS)
