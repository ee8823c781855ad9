"""The daily proof: how it stands, its runs, and the administrator's two buttons."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from platewarden.adoption.in_force import parameters_at
from platewarden.calibration import setting_up
from platewarden.calibration.asking import ask_for_run
from platewarden.calibration.models import CalibrationRun
from platewarden.calibration.standing import standing_of
from platewarden.policy.calibration import may_calibrate
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest

RUNS_SHOWN: Final = 14


@require_GET
def runs(request: ActorRequest) -> HttpResponse:
    """Show when our own plates last went through, what was read of each, and the runs before."""
    require(may(request.actor, Right.SEE_HOTLISTS), action="calibration.see")
    now, agency_id = utc_now(), request.actor.agency_id
    context = {
        "standing": standing_of(agency_id, parameters=parameters_at(now), now=now),
        "runs": CalibrationRun.objects.filter(agency_id=agency_id)[:RUNS_SHOWN],
        "source": setting_up.source_of(agency_id),
        "may_calibrate": may_calibrate(request.actor).allowed,
    }
    return render(request, "calibration/runs.html", context)


@require_POST
def set_up(request: ActorRequest) -> HttpResponse:
    """Register the source and the list of our own plates."""
    camera = setting_up.set_up(actor=request.actor, now=utc_now())
    messages.success(request, "It is set up. A second person must now approve the source on this page.")
    return redirect("cameras:detail", camera.pk)


@require_POST
def run(request: ActorRequest) -> HttpResponse:
    """Let the worker run it now."""
    require(may_calibrate(request.actor), action="calibration.run")
    if ask_for_run(asked_by=request.actor.name):
        messages.success(request, "A run has been asked for. Load this page again in a minute.")
    else:
        messages.warning(request, "A run has been asked for already: it is about to begin.")
    return redirect("calibration:runs")
