"""When the way in shuts: an idle session, failed sign-ins, an account that nobody uses; and who opens it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address

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


def network_of(address: str) -> str:
    """Return what counts as one place on the network where failures are counted: *address*, or the /64 of an IPv6.

    > ADM-4: Repeated failed sign-ins shut the way in until the administrator opens it again

    Whoever is given IPv6 is given at least a /64, which is 2**64 addresses: each would get the full count. An IPv4
    address written as IPv6 (RFC 4291 section 2.5.5.2) is itself; what is no address counts as it is written.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"


def slows_address(failed: int, *, parameters: Parameters) -> bool:
    """Whether *failed* attempts from one network within the window, under whatever names, refuse its next.

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

    The code of a reset comes from its approver: another would let whoever asked for the reset in by themselves, also
    after that code was used, until its person has set up a new factor.
    """
    if waits_for_reset:
        return refuse(
            "ADM-3",
            "The second factor was reset and no new one is set up: only the code that the approver handed out counts.",
            remedy="Ask for another reset if that code, or the password set with it, is lost.",
        )
    return may(actor, Right.MANAGE_ACCOUNTS)


class SharingSign(StrEnum):
    """What the history of sign-ins may show where several people use one account; each has innocent reasons too."""

    APART = "two sign-ins from two addresses within minutes"
    BACK_AND_FORTH = "one address, another, and the first again within minutes"
    MOVES = "live sessions that changed their address often"
    BROWSERS = "many different browsers"


@dataclass(frozen=True, slots=True)
class Appearance:
    """One sign-in, or one change of address by a live session.

    Attributes:
        at: When.
        is_move: Whether a live session changed its address.
        address: From where.
        browser: What the browser called itself.
    """

    at: datetime
    is_move: bool
    address: str
    browser: str


def signs_of_sharing(
    seen: Sequence[Appearance], *, parameters: Parameters
) -> dict[SharingSign, tuple[Appearance, ...]]:
    """Return signs that one account is shared, each with the latest rows of *seen*, oldest first, that show it.

    > ADM-3: Each user has a login, a secret and a second factor of their own, which are never shared

    A sign is a reason to ask its person, never a finding: nothing is shut and nothing is counted against anybody.
    """
    window = parameters.hours("accounts.sharing_window_hours")
    found: dict[SharingSign, tuple[Appearance, ...]] = {}
    for place, last in enumerate(seen):
        recent = [each for each in seen[: place + 1] if last.at - each.at <= window]
        moves = [each for each in recent if each.is_move]
        by_browser = {each.browser: each for each in recent if not each.is_move}
        if len(moves) >= parameters.integer("accounts.sharing_moves"):
            found[SharingSign.MOVES] = tuple(moves)
        if len(by_browser) >= parameters.integer("accounts.sharing_browsers"):
            found[SharingSign.BROWSERS] = tuple(sorted(by_browser.values(), key=lambda each: each.at))
        if pair := _apart(recent, parameters):
            found[SharingSign.APART] = pair
        if three := _back_and_forth(recent, parameters):
            found[SharingSign.BACK_AND_FORTH] = three
    return found


def _apart(recent: Sequence[Appearance], parameters: Parameters) -> tuple[Appearance, ...]:
    """Return the last two sign-ins, where they came from two addresses at nearly the same time."""
    pair = tuple(each for each in recent if not each.is_move)[-2:]
    if len(pair) < 2 or pair[-1] is not recent[-1] or pair[0].address == pair[1].address:  # noqa: PLR2004 - a pair
        return ()
    near = pair[1].at - pair[0].at <= parameters.minutes("accounts.sharing_apart_minutes")
    return pair if near else ()


def _back_and_forth(recent: Sequence[Appearance], parameters: Parameters) -> tuple[Appearance, ...]:
    """Return the last three appearances, where the first and the third share an address that the second does not."""
    three = tuple(recent[-3:])
    if len(three) < 3 or three[0].address != three[2].address or three[1].address == three[2].address:  # noqa: PLR2004 - three
        return ()
    near = three[2].at - three[0].at <= parameters.minutes("accounts.sharing_back_minutes")
    return three if near else ()
