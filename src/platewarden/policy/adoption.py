"""Who may change a setting of the policy: one proposes, another adopts."""

from platewarden.policy.actor import Actor
from platewarden.policy.decision import Decision, refuse
from platewarden.policy.rights import Right, may


def may_propose_parameter(actor: Actor) -> Decision:
    """Decide whether *actor* may propose another value for a parameter.

    > ADM-4: no setting of the policy changes by one person's hand
    """
    return may(actor, Right.ADOPT_PARAMETERS)


def may_adopt_parameter(approver: Actor, *, proposed_by_id: str) -> Decision:
    """Decide whether *approver* may adopt a value that the account *proposed_by_id* proposed.

    > ADM-4: no setting of the policy changes by one person's hand
    """
    if approver.id == proposed_by_id:
        return refuse(
            "ADM-4",
            "Whoever proposes a value does not adopt it.",
            remedy="Ask another supervisor or administrator to adopt it.",
        )
    return may(approver, Right.ADOPT_PARAMETERS)
