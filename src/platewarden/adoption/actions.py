"""Propose and approve policy values; two people, both on the ledger."""

from datetime import datetime

from django.db import transaction

from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.adoption.models import AdoptedValue
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy import adoption as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.parameters import Value, defaults
from platewarden.policy.schedule import may_hold


@transaction.atomic
def propose_value(
    *, name: str, value: Value, why: str, in_force_from: datetime, actor: Actor, now: datetime
) -> AdoptedValue:
    """Propose *value* for the parameter *name*.

    Raises:
        ParameterError: No such parameter, or the value breaks its type, floor or ceiling.
        PolicyRefusal: *actor* may not, or the state's schedule stands against it (RET-3).
    """
    require(policy.may_propose_parameter(actor), action="parameter.propose")
    defaults(now).adopting({name: value})
    require(may_hold(name, value, why, parameters=parameters_at(now)), action="parameter.propose")
    proposal = AdoptedValue.objects.create(
        name=name,
        value=value,
        why=why.strip(),
        in_force_from=in_force_from,
        proposed_by=User.objects.get(pk=actor.id),
        proposed_at=now,
    )
    ledger.append(
        Kind.PARAMETER_PROPOSED,
        actor=actor,
        subject=f"parameter:{name}",
        details={"proposal": proposal.pk, "value": value, "from": in_force_from.isoformat()},
    )
    return proposal


@transaction.atomic
def approve_value(*, proposal_id: int, actor: Actor, now: datetime) -> AdoptedValue:
    """Approve what somebody else proposed; it is in force from its date, never from before the approval."""
    proposal = AdoptedValue.objects.select_for_update().get(pk=proposal_id, approved_at__isnull=True)
    decision = policy.may_adopt_parameter(actor, proposed_by_id=str(proposal.proposed_by_id))
    require(decision, action="parameter.adopt")
    holds = may_hold(proposal.name, proposal.value, proposal.why, parameters=parameters_at(now))
    require(holds, action="parameter.adopt")
    proposal.approved_by = User.objects.get(pk=actor.id)
    proposal.approved_at = now
    proposal.in_force_from = max(proposal.in_force_from, now)
    proposal.save()
    ledger.append(
        Kind.PARAMETER_ADOPTED,
        actor=actor,
        subject=f"parameter:{proposal.name}",
        details={
            "proposal": proposal.pk,
            "value": proposal.value,
            "from": proposal.in_force_from.isoformat(),
        },
    )
    return proposal
