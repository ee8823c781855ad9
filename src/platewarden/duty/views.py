"""The page at which a shift starts and ends: areas, sound, quiet, and who else is on duty."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from platewarden.adoption.in_force import parameters_at
from platewarden.cameras.models import Area
from platewarden.duty import actions
from platewarden.duty.doors import shift_of, shifts_on
from platewarden.duty.forms import MuteForm, ShiftForm
from platewarden.duty.pages import roster_of
from platewarden.policy.audiences import Priority
from platewarden.policy.decision import require
from platewarden.policy.hits import may_see_alerts
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


@require_GET
def show(request: ActorRequest) -> HttpResponse:
    """Show whether this person is on duty, and who is."""
    require(may_see_alerts(request.actor), action="duty.see")
    return _show(request)


def _show(request: ActorRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    now, agency_id = utc_now(), request.actor.agency_id
    parameters = parameters_at(now)
    areas = list(Area.objects.filter(agency_id=agency_id))
    shift = shift_of(request.actor, now=now)
    mine = [area for area in areas if shift and area.code in shift.areas]
    shifts = shifts_on(agency_id, now=now).select_related("user").order_by("user__full_name")
    context = {
        "shift_form": ShiftForm(agency_id=agency_id, parameters=parameters, initial={"areas": mine}),
        "mute_form": MuteForm(parameters=parameters),
        "roster": roster_of(shifts, areas),
    }
    return render(request, "duty/duty.html", context | forms, status=status)


@require_POST
def start(request: ActorRequest) -> HttpResponse:
    """Start this person's shift, or change its areas."""
    now = utc_now()
    form = ShiftForm(request.POST, agency_id=request.actor.agency_id, parameters=parameters_at(now))
    require(may_see_alerts(request.actor), action="duty.start")
    if not form.is_valid():
        return _show(request, status=422, shift_form=form)
    actions.start_shift(
        areas=list(form.cleaned_data["areas"]), ends_at=form.ends_at(now), actor=request.actor, now=now
    )
    messages.success(request, "You are on duty.")
    return redirect("duty:show")


@require_POST
def end(request: ActorRequest) -> HttpResponse:
    """End this person's shift."""
    actions.end_shift(actor=request.actor, now=utc_now())
    messages.success(request, "You are off duty.")
    return redirect("duty:show")


@require_POST
def mute(request: ActorRequest) -> HttpResponse:
    """Let alerts that are not of high priority be silent for a while."""
    now = utc_now()
    form = MuteForm(request.POST, parameters=parameters_at(now))
    require(may_see_alerts(request.actor), action="duty.mute")
    if not form.is_valid():
        return _show(request, status=422, mute_form=form)
    priority = Priority(form.cleaned_data["priority"])
    try:
        actions.mute(priority=priority, until=form.until(now), actor=request.actor, now=now)
    except actions.NotOnDutyError as error:
        messages.error(request, str(error))
    return redirect("duty:show")


@require_POST
def unmute(request: ActorRequest) -> HttpResponse:
    """Let all alerts sound again."""
    try:
        actions.unmute(actor=request.actor, now=utc_now())
    except actions.NotOnDutyError as error:
        messages.error(request, str(error))
    return redirect("duty:show")
