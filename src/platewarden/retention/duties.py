"""What is due about destruction: the standing authorisation is renewed every year (RET-4)."""

from datetime import datetime

from platewarden.accounts.actors import founded_at
from platewarden.adoption.in_force import parameters_at
from platewarden.policy import retention as policy
from platewarden.policy.actor import Role
from platewarden.policy.duties import Duty
from platewarden.retention.authorising import latest_authorisation


def duties_at(now: datetime) -> list[Duty]:
    """Return when the authorisation to destroy is renewed; one that was never given ought to be from the first day."""
    latest = latest_authorisation()
    due = (
        policy.authorisation_ends_at(latest.given_at, parameters=parameters_at(now))
        if latest
        else founded_at(now)
    )
    evidence = f"{latest.given_by.full_name} on {latest.given_at:%Y-%m-%d}" if latest else "never given"
    what = "Renew the standing authorisation to destroy"
    return [Duty(what, "RET-4", Role.ADMINISTRATOR, due, evidence, "retention:ahead", is_told=True)]
