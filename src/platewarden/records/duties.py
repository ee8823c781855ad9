"""What the statute wants done about records requests, and by when."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from platewarden.accounts.actors import owning_agency
from platewarden.adoption.in_force import parameters_at
from platewarden.policy import records as policy
from platewarden.policy.actor import Role
from platewarden.policy.duties import Duty
from platewarden.policy.records import RecordsStanding
from platewarden.records.models import RecordsRequest


def duties_at(now: datetime) -> list[Duty]:
    """Return the next step of every request that is not answered, the most urgent first."""
    waiting = RecordsRequest.objects.filter(answered_on=None)
    return sorted((_duty(request, now) for request in waiting), key=lambda duty: duty.due_at or now)


def _duty(request: RecordsRequest, now: datetime) -> Duty:
    is_new = request.facts.standing is RecordsStanding.WAITS and request.answer_on is None
    due = policy.due_on(request.facts, parameters=parameters_at(now))
    assert due is not None
    zone = ZoneInfo(owning_agency().time_zone)
    ends = datetime.combine(due + timedelta(days=1), time(), zone)
    return Duty(
        what=f"{'Acknowledge' if is_new else 'Answer'} records request No. {request.pk}",
        clause="SHR-3",
        owner=Role.RECORDS_OFFICER,
        due_at=ends,
        evidence=f"received {request.received_on}, acknowledged {request.acknowledged_on or 'never'}",
        where="records:list",
        page=("records:request", request.pk),
    )
