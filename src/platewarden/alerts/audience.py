"""For whom an alert is: from its row, to the policy, to the event that is told, and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from platewarden.alerts.models import Alert
from platewarden.duty.doors import covered_areas, is_covered
from platewarden.policy.actor import Actor, Role
from platewarden.policy.audiences import AlertFacts, Audience, Duty, Priority, codes_of


def facts_of(alert: Alert, *, is_covered: bool = True) -> AlertFacts:
    """Return *alert* as the policy looks at it; *is_covered* matters only to who is told."""
    return _facts(alert.agency_id, alert.audience, alert.areas, alert.priority, is_covered=is_covered)


def _facts(
    agency_id: int, audience: list[str], areas: list[str], priority: str, *, is_covered: bool
) -> AlertFacts:
    codes = [*audience, *(f"area:{area}" for area in areas)]
    return AlertFacts(agency_id, Audience.from_codes(codes), "", Priority(priority), is_covered)


def event_facts(alert: Alert, *, now: datetime) -> dict[str, Any]:
    """Return what listening processes are told of *alert*: identifiers, and for whom it is."""
    return {
        "agency": alert.agency_id,
        "number": alert.number,
        "position": alert.changed_number,
        "alert": str(alert.pk),
        "priority": alert.priority,
        "audience": alert.audience,
        "areas": alert.areas,
        "covered": is_covered(alert.agency_id, frozenset(alert.areas), now=now),
    }


def facts_of_event(event: Mapping[str, Any]) -> AlertFacts:
    """Return what `event_facts` made of an alert as the policy looks at it."""
    return _facts(
        event["agency"], event["audience"], event["areas"], event["priority"], is_covered=event["covered"]
    )


def seen_by(actor: Actor) -> Q:
    """Return the condition under which *actor* may see an alert (`may_see_alert`, in SQL)."""
    own = Q(agency_id=actor.agency_id)
    return own if actor.has(Role.SUPERVISOR) else own & _meaning(actor)


def told_to(actor: Actor, duty: Duty | None, *, now: datetime) -> Q:
    """Return the condition under which an alert is told to *actor* by itself (`receives`, in SQL)."""
    meant = Q(agency_id=actor.agency_id) & _meaning(actor)
    if duty is None or not duty.areas:
        return meant
    told = Q(areas=[]) | Q(priority=Priority.HIGH) | Q(audience__contains=[f"person:{actor.id}"])
    told |= Q(areas__overlap=sorted(duty.areas))
    covered = covered_areas(actor.agency_id, now=now)
    if covered is not None:
        told |= ~Q(areas__overlap=sorted(covered))
    return meant & told


def _meaning(actor: Actor) -> Q:
    return Q(audience=[]) | Q(audience__overlap=codes_of(actor))
