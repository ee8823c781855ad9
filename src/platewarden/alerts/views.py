"""The list of alerts, one alert with its images, and what people do with it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from platewarden.adoption.in_force import parameters_at
from platewarden.alerts import actions, blind
from platewarden.alerts.doors import (
    SHOWN,
    alerts_for,
    count_open,
    get_alert_for,
    hit_of,
    later_alert,
    tells_itself,
)
from platewarden.alerts.forms import DispositionForm, FirstLookForm, VerificationForm
from platewarden.alerts.history import history_of
from platewarden.alerts.listeners import latest_position
from platewarden.alerts.models import Alert, Hit
from platewarden.alerts.pages import Remnant, Seen, Sheet, lines_of
from platewarden.alerts.trails import trail_of
from platewarden.corrections.matching import lists_found_wrong
from platewarden.ledger import actions as ledger
from platewarden.ledger.actions import Entry
from platewarden.policy.actor import Actor
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.hits import may_see_alerts
from platewarden.reads.clocks import doubt_about
from platewarden.reports.pages import panel_of
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest

PAGE_LENGTH: Final = 50
JUST_ENDED: Final = timedelta(minutes=5)
"""How long the line of an alert that has ended is still told to consoles."""


@require_GET
def list_alerts(request: ActorRequest) -> HttpResponse:
    """List alerts: the open ones, one's own, or all, open ones first; the look is on the ledger before it is shown."""
    require(may_see_alerts(request.actor), action="alerts.list")
    now = utc_now()
    position = latest_position(
        request.actor.agency_id
    )  # first: what happens from here on is told, not missed
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWN else SHOWN[0]
    page = Paginator(alerts_for(request.actor, shown=shown, now=now), PAGE_LENGTH).get_page(
        request.GET.get("page")
    )
    lines = lines_of(page.object_list, actor=request.actor, parameters=parameters_at(now), now=now)
    actions.look_through([line.alert for line in lines if line.hit], actor=request.actor, shown=shown)
    context = {
        "page": page,
        "lines": lines,
        "shown": shown,
        "position": position,
        "elsewhere": alerts_for(request.actor, shown="elsewhere", now=now).count(),
        "takes_new": shown in {"open", "all"} and page.number == 1,
    }
    return render(request, "alerts/list.html", context)


@require_GET
def count(request: ActorRequest) -> HttpResponse:
    """Say how many open alerts are told to this person, for a console that has just been told of a change."""
    require(may_see_alerts(request.actor), action="alerts.count")
    return HttpResponse(
        str(count_open(request.actor, now=utc_now())), content_type="text/plain; charset=utf-8"
    )


@require_GET
def row(request: ActorRequest, alert_id: UUID) -> HttpResponse:
    """Render one line of the list, for a console that has just been told of the alert.

    An open alert tells itself to those whom it concerns; any other, and one that ended a while ago, is looked up, and
    that is recorded.
    """
    alert, now = _alert(request, alert_id), utc_now()
    (line,) = lines_of([alert], actor=request.actor, parameters=parameters_at(now), now=now)
    has_ended = alert.disposed_at is not None and alert.disposed_at < now - JUST_ENDED
    if line.hit and (has_ended or not tells_itself(alert, request.actor, now=now)):
        actions.look_through([alert], actor=request.actor, shown="row")
    return render(request, "alerts/row.html", {"line": line})


@require_GET
def detail(request: ActorRequest, alert_id: UUID) -> HttpResponse:
    """Show the plate image beside the entry; that look is on the ledger before it is shown."""
    return _show(request, _alert(request, alert_id))


@require_POST
def acknowledge(request: ActorRequest, alert_id: UUID) -> HttpResponse:
    """Take the alert upon oneself."""
    alert = _alert(request, alert_id)
    actions.acknowledge(alert=alert, actor=request.actor, now=utc_now())
    return redirect("alerts:detail", alert_id)


@require_POST
def look(request: ActorRequest, alert_id: UUID) -> HttpResponse:
    """Record what is seen on the plate image before the entry is shown; then show it."""
    alert, form = _alert(request, alert_id), FirstLookForm(request.POST)
    if not form.is_valid():
        return _show(request, alert, status=422, look_form=form)

    def act(actor: Actor) -> Entry:
        return actions.take_first_look(alert=alert, look=form.look, actor=actor, now=utc_now())

    failed = _try(request, alert, act, done="Your first look is recorded", look_form=form)
    return failed or redirect("alerts:detail", alert_id)


@require_POST
def verify(request: ActorRequest, alert_id: UUID) -> HttpResponse:
    """Record what was seen when comparing image and entry."""
    alert, form = _alert(request, alert_id), VerificationForm(request.POST)
    if not form.is_valid():
        return _show(request, alert, status=422, verification_form=form)

    def act(actor: Actor) -> Entry:
        return actions.verify(alert=alert, verification=form.verification, actor=actor, now=utc_now())

    failed = _try(request, alert, act, done="Verification recorded", verification_form=form)
    return failed or redirect("alerts:detail", alert_id)


@require_POST
def dispose(request: ActorRequest, alert_id: UUID) -> HttpResponse:
    """Record how the alert ended."""
    alert, form = _alert(request, alert_id), DispositionForm(request.POST)
    if not form.is_valid():
        return _show(request, alert, status=422, disposition_form=form)

    def act(actor: Actor) -> Entry:
        return actions.dispose(alert=alert, disposition=form.disposition, actor=actor, now=utc_now())

    done = f"Disposition of alert {alert.number} recorded"
    return _try(request, alert, act, done=done, disposition_form=form) or redirect("alerts:list")


def _alert(request: ActorRequest, alert_id: UUID) -> Alert:
    require(may_see_alerts(request.actor), action="alert.open")
    return get_alert_for(request.actor, alert_id)


def _try(
    request: ActorRequest, alert: Alert, act: Callable[[Actor], Entry], *, done: str, **forms: Any
) -> HttpResponse | None:
    """Let *act* happen; if it may not or cannot, return the page that says why, with what was typed."""
    try:
        entry = act(request.actor)
    except PolicyRefusal as refusal:
        recorded = ledger.record_refusal(refusal, actor=request.actor)
        context = {"refusal": refusal.decision, "refusal_entry": recorded.seq, **forms}
        return _show(request, _alert(request, alert.pk), status=403, **context)
    except (actions.PreservationError, actions.HitGoneError) as error:
        return _show(request, _alert(request, alert.pk), status=409, failure=str(error), **forms)
    messages.success(request, f"{done} as ledger entry {entry.seq}.")
    return None


def _show(request: ActorRequest, alert: Alert, *, status: int = 200, **context: Any) -> HttpResponse:
    now = utc_now()
    hit = hit_of(alert, parameters=parameters_at(now), now=now)
    if hit is None:
        left = {"remnant": Remnant(alert), "report": panel_of(alert, None, actor=request.actor)}
        return render(request, "alerts/purged.html", {**left, **context}, status=status)
    seen = actions.open_alert(alert=alert, hit=hit, actor=request.actor, now=now)
    if seen.is_covered:
        covered = {"alert": alert, "seen_at": hit.seen_at, "look": seen, "look_form": FirstLookForm()}
        return render(request, "alerts/covered.html", {**covered, **context}, status=status)
    shown = {
        "sheet": Sheet(alert, hit, seen),
        "time_doubt": doubt_about(hit.read_id, hit.seen_at, parameters=parameters_at(now)),
        "later": later_alert(alert, hit, actor=request.actor),
        "trail": trail_of(alert, parameters=parameters_at(now), now=now),
        "first_look": _own_look(hit, request.actor),
        "wrong_before": lists_found_wrong(hit.plate, agency_id=hit.agency_id, besides=hit.hotlist_name),
        "history": history_of(alert),
        "report": panel_of(alert, hit, actor=request.actor),
        "verification_form": VerificationForm(),
        "disposition_form": DispositionForm(),
    }
    return render(request, "alerts/detail.html", {**shown, **context}, status=status)


def _own_look(hit: Hit, actor: Actor) -> Seen | None:
    recorded = blind.look_of(hit, actor)
    return Seen(recorded, hit) if recorded else None
