"""What people must do about releases, and by when."""

from datetime import datetime, timedelta
from typing import Final

from platewarden.adoption.in_force import parameters_at
from platewarden.policy.actor import Role
from platewarden.policy.duties import Duty
from platewarden.policy.releases import ReleaseState
from platewarden.releases.models import Package, ReleaseRequest

RECORDED_WITHIN: Final = timedelta(days=2)
"""How long after it was fetched the handing over of a release is recorded."""


def duties_at(now: datetime) -> list[Duty]:
    """Return what is due about releases, the most urgent first."""
    parameters = parameters_at(now)
    found = []
    waiting = ReleaseRequest.objects.filter(state__in=[ReleaseState.RECEIVED, ReleaseState.PREPARED])
    for request in waiting:
        is_prepared = request.state == ReleaseState.PREPARED
        decider = Role.SHERIFF if request.requester_class.needs_sheriff else Role.SUPERVISOR
        found.append(
            Duty(
                what=f"{'Decide on' if is_prepared else 'Prepare'} release No. {request.pk}",
                clause="SHR-2",
                owner=decider if is_prepared else Role.INVESTIGATOR,
                due_at=request.entered_at + parameters.days("releases.decide_days"),
                evidence=f"received {request.received_on}",
                where="releases:list",
                page=("releases:request", request.pk),
            )
        )
    for package in Package.objects.select_related("decision").filter(
        fetched_at__isnull=False, acknowledged_on=None
    ):
        assert package.fetched_at is not None
        handed = package.handed_at
        due = (
            handed + parameters.days("releases.acknowledge_days")
            if handed
            else package.fetched_at + RECORDED_WITHIN
        )
        what = "Have the recipient confirm" if handed else "Record to whom was handed"
        found.append(
            Duty(
                what=f"{what} release No. {package.decision.request_id}",
                clause="SHR-2",
                owner=Role.INVESTIGATOR,
                due_at=due,
                evidence=f"fetched {package.fetched_at:%Y-%m-%d}",
                where="releases:list",
                page=("releases:request", package.decision.request_id),
            )
        )
    return sorted(found, key=lambda duty: duty.due_at or now)
