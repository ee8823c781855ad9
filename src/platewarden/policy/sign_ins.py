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


def may_ask_for_reset(actor: Actor, *, target_id: str) -> Decision:
    """Decide whether *actor* may ask that the second factor of the account *target_id* be reset.

    > ADM-3: Each user has a login, a secret and a second factor of their own, which are never shared

    Never one's own: whoever has somebody's session must not be able to put their own factor in its place.
    """
    if actor.id == target_id:
        return refuse(
            "ADM-3", "Nobody asks for their own reset.", remedy="Ask another administrator, in person."
        )
    return may(actor, Right.MANAGE_ACCOUNTS)


def may_decide_reset(approver: Actor, *, asked_by_id: str, target_id: str) -> Decision:
    """Decide whether *approver* may approve or decline a reset that *asked_by_id* asked for *target_id*.

    > ADM-2: only the agency's administrator grants a role, somebody else approves it, and nobody does either for
    > themselves.

    One person who could do it alone could become anybody.
    """
    if approver.id in {asked_by_id, target_id}:
        return refuse(
            "ADM-2",
            "Whoever asks for a reset, or gets it, does not decide on it.",
            remedy="Ask another approver.",
        )
    return may(approver, Right.APPROVE_ACCOUNTS)


def may_issue_code(actor: Actor, *, waits_for_reset: bool) -> Decision:
    """Decide whether *actor* may issue somebody's one-time code; not while a reset has left them no second factor.

    > ADM-3: Each user has a login, a secret and a second factor of their own, which are never shared

    The code of a reset comes from its approver: another would let whoever asked for the reset in by themselves.
    """
    if waits_for_reset:
        return refuse(
            "ADM-3",
            "The second factor was just reset, and only the code that the approver handed out counts.",
            remedy="Ask for another reset if that code is lost.",
        )
    return may(actor, Right.MANAGE_ACCOUNTS)
