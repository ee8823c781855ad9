"""Which alert fills the screen: of those that are told to this person and that nobody else has, the most urgent."""

from datetime import datetime

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from platewarden.alerts.doors import alerts_for
from platewarden.alerts.models import Alert
from platewarden.policy.actor import Actor
from platewarden.policy.audiences import Priority

_URGENCY = Case(
    When(priority=Priority.HIGH, then=Value(0)),
    When(priority=Priority.NORMAL, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def waiting_for(actor: Actor, *, now: datetime) -> QuerySet[Alert]:
    """Return the open alerts that wait for *actor*, the most urgent first, the newest of those first."""
    mine = Q(acknowledged_by__isnull=True) | Q(acknowledged_by=int(actor.id))
    alerts = alerts_for(actor, shown="open", now=now).filter(mine, hit_id__isnull=False)
    return alerts.annotate(urgency=_URGENCY).order_by("urgency", "-number")


def chosen(waiting: list[Alert], *, number: str, after: str) -> Alert | None:
    """Return which of *waiting* is shown: the one asked for, the one after another, else the first."""
    places = {str(alert.number): place for place, alert in enumerate(waiting)}
    if number in places:
        return waiting[places[number]]
    if after in places:
        return waiting[(places[after] + 1) % len(waiting)]
    return waiting[0] if waiting else None
