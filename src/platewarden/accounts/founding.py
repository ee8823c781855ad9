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
    approver: tuple[str, str],
    now: datetime,
    is_demo: bool = False,
) -> tuple[Agency, dict[str, str]]:
    """Enter the owning agency, its first administrator and its first approver: from then on it takes both of them.

    Args:
        name: Of the agency.
        county: Its county.
        time_zone: In which all times are shown.
        username: What the administrator signs in as.
        full_name: The administrator's name.
        approver: What the approver signs in as, and their name.
        now: The present moment.
        is_demo: Whether people and plates are invented.

    Returns:
        The agency, and the one-time codes by the names to sign in with.
    """
    nobody_yet = Actor(kind=ActorKind.SYSTEM, id="init command", name="init command", agency_id=0)
    agency = found_agency(
        name=name, county=county, time_zone=time_zone, is_demo=is_demo, actor=nobody_yet, now=now
    )
    publish_policy(actor=nobody_yet, now=now)
    codes = {}
    founders = {Role.ADMINISTRATOR: (username, full_name), Role.APPROVER: approver}
    for role, (signs_in_as, person) in founders.items():
        _, codes[signs_in_as] = create_account(
            username=signs_in_as,
            full_name=person,
            roles=frozenset({role}),
            supervisor=None,
            actor=system_actor("init command"),
            now=now,
        )
    return agency, codes
