"""What is due about the daily proof that a hit raises an alert (HIT-1)."""

from datetime import datetime

from platewarden.accounts.actors import founded_at, owning_agency_id
from platewarden.adoption.in_force import parameters_at
from platewarden.calibration.standing import standing_of
from platewarden.policy.actor import Role
from platewarden.policy.duties import Duty


def duties_at(now: datetime) -> list[Duty]:
    """Return by when our own plates go through the path again; unknown while that is not set up."""
    parameters = parameters_at(now)
    standing = standing_of(owning_agency_id(), parameters=parameters, now=now)
    what, where = "See that the daily calibration succeeds", "calibration:runs"
    due, evidence = None, "not set up: nothing tells whether a hit raises an alert"
    if standing.is_set_up:
        last = standing.passed
        due = (
            last.started_at + parameters.hours("hits.calibration_max_age_hours") if last else founded_at(now)
        )
        evidence = f"succeeded {standing.told}"
    return [Duty(what, "HIT-1", Role.ADMINISTRATOR, due, evidence, where, is_told=standing.is_set_up)]
