"""The one write about teams: saying who answers for whom."""

from datetime import datetime

from django.db import transaction

from platewarden.accounts.actors import roles_of
from platewarden.accounts.models import User
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy import teams as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require


@transaction.atomic
def name_supervisor(*, user: User, supervisor: User, actor: Actor, now: datetime) -> None:
    """Say that *supervisor* answers for *user*'s use from now on, and sees it.

    > ADM-4: supervisors answer for the use their people make of it

    Raises:
        PolicyRefusal: *actor* may not, it would be themselves, or *supervisor* holds no role that answers for others.
    """
    roles = roles_of(supervisor, now=now)
    decision = policy.may_name_supervisor(
        actor, target_id=str(user.pk), supervisor_id=str(supervisor.pk), supervisor_roles=roles
    )
    require(decision, action="account.supervisor", facts={"person": user.pk, "supervisor": supervisor.pk})
    before = user.supervisor_id
    user.supervisor = supervisor
    user.save(update_fields=["supervisor"])
    ledger.append(
        Kind.ACCOUNT_CHANGED,
        actor=actor,
        subject=f"person:{user.pk}",
        details={"supervisor": supervisor.pk, "before": before},
    )
