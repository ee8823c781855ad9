"""The one way to an alert and to its hit."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import Http404

from platewarden.alerts.audience import seen_by, told_to
from platewarden.alerts.models import Alert, Hit
from platewarden.duty.doors import duty_of, shift_of
from platewarden.policy.actor import Actor
from platewarden.policy.hits import may_see_alerts
from platewarden.policy.parameters import Parameters
from platewarden.policy.retention import visible_since
from platewarden.reads.again import PASS_SPAN
from platewarden.reads.models import Reading

SHOWN: Final = ("open", "elsewhere", "mine", "all")
"""Which alerts a list can show."""


def get_alert_for(actor: Actor, alert_id: UUID) -> Alert:
    """Return the alert *alert_id*, if *actor* may see it.

    Raises:
        Http404: There is none, it is another agency's, or not for *actor*: all look alike.
    """
    found = _alerts_for(actor).filter(pk=alert_id).first()
    if found is None or not may_see_alerts(actor).allowed:
        raise Http404
    return found


def alerts_for(actor: Actor, *, shown: str, now: datetime) -> QuerySet[Alert]:
    """Return alerts that *actor* may see, open ones first, the newest first.

    Args:
        actor: Who looks.
        shown: ``open`` (those that are told to *actor*), ``elsewhere`` (the other open ones), ``mine`` (taken,
            verified or ended by *actor*) or anything else for all.
        now: The present moment.
    """
    is_over = ExpressionWrapper(Q(disposed_at__isnull=False), BooleanField())
    alerts = _alerts_for(actor).annotate(is_over=is_over).order_by("is_over", "-number")
    if shown in {"open", "elsewhere"}:
        told = told_to(actor, duty_of(shift_of(actor, now=now)), now=now)
        return alerts.filter(told if shown == "open" else ~told, disposed_at__isnull=True)
    if shown == "mine":
        me = int(actor.id)
        return alerts.filter(Q(acknowledged_by=me) | Q(verified_by=me) | Q(disposed_by=me))
    return alerts


def count_open(actor: Actor, *, now: datetime) -> int:
    """Return how many alerts that are told to *actor* have no disposition yet."""
    return alerts_for(actor, shown="open", now=now).order_by().count()


def tells_itself(alert: Alert, actor: Actor, *, now: datetime) -> bool:
    """Whether *alert* appears on *actor*'s console by itself."""
    told = told_to(actor, duty_of(shift_of(actor, now=now)), now=now)
    return Alert.objects.filter(told, pk=alert.pk).exists()


def hit_of(alert: Alert, *, parameters: Parameters, now: datetime) -> Hit | None:
    """Return the hit behind *alert*; None once its day is over, whether or not the purge has happened."""
    return hits_of([alert], parameters=parameters, now=now).get(alert.pk)


def hits_of(alerts: Iterable[Alert], *, parameters: Parameters, now: datetime) -> dict[UUID, Hit]:
    """Return the hits behind *alerts* that are still visible, by the alert's id, in one look-up."""
    since = visible_since(parameters=parameters, now=now)
    pointers = {
        (alert.agency_id, alert.hit_seen_at, alert.hit_id): alert.pk
        for alert in alerts
        if alert.hit_seen_at is not None and alert.hit_seen_at >= since
    }
    found = Hit.objects.filter(pk__in=list(pointers)) if pointers else Hit.objects.none()
    return {pointers[hit.agency_id, hit.seen_at, hit.id]: hit for hit in found}


def latest_hits_of(alerts: Iterable[Alert], *, parameters: Parameters, now: datetime) -> dict[UUID, Hit]:
    """Return the latest sighting of each of *alerts* that was seen more than once, by the alert's id."""
    again = [alert.pk for alert in alerts if alert.sightings > 1]
    if not again:
        return {}
    since = visible_since(parameters=parameters, now=now)
    hits = Hit.objects.filter(alert_id__in=again, seen_at__gte=since)
    return {hit.alert_id: hit for hit in hits.order_by("alert_id", "-seen_at").distinct("alert_id")}


def later_alert(alert: Alert, hit: Hit, *, actor: Actor) -> Alert | None:
    """Return the alert that the later reading of the pass of *hit* raised, if there is one and *actor* may see it."""
    if alert.superseded_at is None:
        return None
    later = Reading.objects.filter(agency_id=hit.agency_id, read_id=hit.read_id).values_list(
        "superseded_by", flat=True
    )
    raised = Hit.objects.filter(
        agency_id=hit.agency_id,
        read_id__in=[read_id for read_id in later if read_id],
        seen_at__range=(hit.seen_at - PASS_SPAN, hit.seen_at + PASS_SPAN),
    )
    others = raised.exclude(alert_id=alert.pk).values_list("alert_id", flat=True)
    return _alerts_for(actor).filter(pk__in=list(others)).order_by("number").first()


def _alerts_for(actor: Actor) -> QuerySet[Alert]:
    people = ("acknowledged_by", "verified_by", "disposed_by")
    return Alert.objects.filter(seen_by(actor)).select_related(*people)
