"""Suspending a person: none of their roles is in force until a day, from the next request on (AUD-1)."""

from datetime import datetime

from django.db import transaction

from platewarden.accounts.models import User
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may
from platewarden.site.channel import announce


@transaction.atomic
def suspend(*, user: User, until: datetime, actor: Actor) -> None:
    """Let none of *user*'s roles be in force before *until*; they come back by themselves.

    A suspension that lasts longer stays: a second finding never brings anybody back sooner.

    Raises:
        PolicyRefusal: *actor* does not decide on what an audit found.
    """
    require(may(actor, Right.DECIDE_ON_FINDINGS), action="roles.suspend")
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    user.suspended_until = max(until, user.suspended_until or until)
    user.save(update_fields=["suspended_until"])
    announce("access", {"agency": user.agency_id, "user": str(user.pk)})
    details = {"until": user.suspended_until.isoformat()}
    ledger.append(Kind.ROLES_SUSPENDED, actor=actor, subject=f"person:{user.pk}", details=details)
