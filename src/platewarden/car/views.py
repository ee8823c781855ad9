"""The page in the car, and its three buttons."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from platewarden.adoption.in_force import parameters_at
from platewarden.alerts import actions as alerts
from platewarden.alerts.doors import get_alert_for, hit_of
from platewarden.alerts.models import Alert
from platewarden.alerts.pages import Sheet
from platewarden.car import actions
from platewarden.car.doors import chosen, waiting_for
from platewarden.car.screens import ANSWERS, LEADS_TO, screen_for
from platewarden.ledger import actions as ledger
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.hits import may_see_alerts
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


@require_GET
def show(request: ActorRequest) -> HttpResponse:
    """Show the most urgent alert, or that there is none; what it shows counts as a look (HIT-2)."""
    require(may_see_alerts(request.actor), action="alerts.list")
    asked = request.GET
    waiting = list(waiting_for(request.actor, now=utc_now()))
    alert = chosen(waiting, number=asked.get("alert", ""), after=asked.get("after", ""))
    return _show(request, alert, waiting, asked.get("stage", ""))


def _show(
    request: ActorRequest,
    alert: Alert | None,
    waiting: list[Alert],
    stage: str,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    now = utc_now()
    hit = hit_of(alert, parameters=parameters_at(now), now=now) if alert else None
    if alert is None or hit is None:
        return render(request, "car/quiet.html", context, status=status)
    look = alerts.open_alert(alert=alert, hit=hit, actor=request.actor, now=now)
    if look.is_covered:  # the alert's own page asks for the blind first look, and shows the rest after it
        return redirect("alerts:detail", alert.pk)
    verification = alerts.latest_verification(alert, hit)
    shown = {
        "sheet": Sheet(alert, hit, look),
        "screen": screen_for(verification, stage),
        "is_verified": verification is not None,
        "others": len(waiting) - 1,
        "keys": [uuid4() for _ in range(3)],
    }
    return render(request, "car/alert.html", shown | context, status=status)


@require_POST
def press(request: ActorRequest, alert_id: UUID) -> HttpResponse:
    """Do what a button means, once; the answer is the next question, or the next alert."""
    require(may_see_alerts(request.actor), action="alert.open")
    alert, now = get_alert_for(request.actor, alert_id), utc_now()
    hit = hit_of(alert, parameters=parameters_at(now), now=now)
    answer, key = request.POST.get("answer", ""), _key(request.POST.get("key", ""))
    if hit is None or answer not in ANSWERS:
        raise Http404("no such button")
    try:
        actions.press(alert=alert, hit=hit, answer=answer, key=key, actor=request.actor, now=now)
    except PolicyRefusal as refusal:
        entry = ledger.record_refusal(refusal, actor=request.actor)
        waiting = list(waiting_for(request.actor, now=now))
        context = {"refusal": refusal.decision, "recorded": entry.seq}
        return _show(request, get_alert_for(request.actor, alert_id), waiting, "", status=403, **context)
    place = {"alert": alert.number} | ({"stage": LEADS_TO[answer].value} if answer in LEADS_TO else {})
    return redirect(f"{reverse('car:show')}?{urlencode(place)}")


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404("no such press") from None
