"""Who co-signs the ledger's checkpoints, and who says so."""

from collections.abc import Sequence

from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.rights import Right, may
from platewarden.policy.webhooks import Network, address_is_fit

ALARMED = (Role.ADMINISTRATOR, Role.AUDITOR, Role.UNDERSHERIFF)
"""Who is told when the ledger and a witnessed checkpoint disagree: those who can act, and those who watch them."""


def may_see_witnesses(actor: Actor) -> Decision:
    """Decide whether *actor* may see who co-signs, and how far they have come.

    > AUD-1: Auditors read the whole log
    """
    return may(actor, Right.READ_LEDGER)


def may_propose_witness(actor: Actor, address: str, *, networks: Sequence[Network]) -> Decision:
    """Decide whether *actor* may propose a witness, asked at *address* if that is not empty.

    > ADM-4: no setting of the policy changes by one person's hand
    """
    return first_refusal(
        may(actor, Right.MANAGE_WITNESSES),
        address_is_fit(address, networks) if address else allow("ADM-4"),
    )


def may_adopt_witness(actor: Actor, *, proposed_by_id: str) -> Decision:
    """Decide whether *actor* may adopt a witness that the account *proposed_by_id* proposed.

    > ADM-4: no setting of the policy changes by one person's hand
    """
    if actor.id == proposed_by_id:
        return refuse(
            "ADM-4",
            "Whoever proposes a witness does not adopt it.",
            remedy="Ask an auditor, a supervisor or another administrator to adopt it.",
        )
    return may(actor, Right.ADOPT_WITNESSES)


def may_withdraw_witness(actor: Actor, *, is_adopted: bool, is_own: bool) -> Decision:
    """Decide whether *actor* may withdraw a witness: a mere proposal alone; one in use only if an auditor does it.

    > AUD-1: Periodic and random audits and inspections measure whether this policy is kept.

    Otherwise whoever wants to rewrite the log first sends away those who would notice.
    """
    if is_adopted and not actor.has(Role.AUDITOR):
        return refuse(
            "AUD-1",
            "A witness in use is withdrawn by an auditor alone.",
            remedy="Ask an auditor to withdraw it.",
        )
    return allow("AUD-1") if is_adopted or is_own else may(actor, Right.MANAGE_WITNESSES)


def may_hand_in_cosignature(actor: Actor) -> Decision:
    """Decide whether *actor* may hand in a co-signed checkpoint that came by another way; it proves itself.

    > AUD-1: Auditors read the whole log
    """
    return may(actor, Right.READ_LEDGER)
