"""Suspending a person: none of their roles is in force until a day, from the next request on (AUD-1)."""

from datetime import datetime

from django.db import transaction

from platewarden.accounts.models import User
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may


@transaction.atomic
def suspend(*, user: User, until: datetime, actor: Actor) -> None:
    """Let none of *user*'s roles be in force before *until*; they come back by themselves.

    Raises:
        PolicyRefusal: *actor* does not decide on what an audit found.
    """
    require(may(actor, Right.DECIDE_ON_FINDINGS), action="roles.suspend")
    user.suspended_until = until
    user.save(update_fields=["suspended_until"])
    details = {"until": until.isoformat()}
    ledger.append(Kind.ROLES_SUSPENDED, actor=actor, subject=f"person:{user.pk}", details=details)
