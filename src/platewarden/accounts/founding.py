"""The first acts of an installation: its agency and its first administrator."""

from datetime import datetime

from django.db import transaction

from platewarden.accounts.actions import create_account, found_agency
from platewarden.accounts.actors import system_actor
from platewarden.accounts.models import Agency
from platewarden.policy.actor import Actor, ActorKind, Role
from platewarden.training.actions import publish_policy


@transaction.atomic
def found(
    *,
    name: str,
    county: str,
    time_zone: str,
    username: str,
    full_name: str,
    now: datetime,
    is_demo: bool = False,
) -> tuple[Agency, str]:
    """Enter the owning agency and its first administrator; return the agency and the one-time code."""
    nobody_yet = Actor(kind=ActorKind.SYSTEM, id="init command", name="init command", agency_id=0)
    agency = found_agency(
        name=name, county=county, time_zone=time_zone, is_demo=is_demo, actor=nobody_yet, now=now
    )
    publish_policy(actor=nobody_yet, now=now)
    _, code = create_account(
        username=username,
        full_name=full_name,
        roles=frozenset({Role.ADMINISTRATOR}),
        supervisor=None,
        actor=system_actor("init command"),
        now=now,
    )
    return agency, code
