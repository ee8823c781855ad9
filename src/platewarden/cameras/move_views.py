"""A camera that was found elsewhere than it should be: somebody says that it did not move, another confirms it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from platewarden.cameras import moves
from platewarden.cameras.doors import get_camera_for, get_finding_for
from platewarden.cameras.forms import UnmovedForm
from platewarden.cameras.showing import refused, show_camera
from platewarden.policy.decision import PolicyRefusal
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


@require_POST
def unmoved(request: ActorRequest, camera_id: int, finding_id: int) -> HttpResponse:
    """Say that the camera did not move, and how one knows."""
    finding = get_finding_for(request.actor, camera_id, finding_id)
    form = UnmovedForm(request.POST)
    why = form.cleaned_data["why"] if form.is_valid() else ""
    try:
        moves.say_unmoved(finding=finding, why=why, actor=request.actor, now=utc_now())
    except PolicyRefusal as refusal:
        if refusal.decision.field != "why":
            raise
        camera = get_camera_for(request.actor, camera_id)
        context = {"unmoved_form": form, **refused(request, None, refusal)}
        return show_camera(request, camera, status=422, **context)
    messages.success(request, "Said. A second person confirms it.")
    return redirect("cameras:detail", camera_id)


@require_POST
def confirm(request: ActorRequest, camera_id: int, finding_id: int) -> HttpResponse:
    """Confirm that the camera did not move: what was signed of it counts again."""
    finding = get_finding_for(request.actor, camera_id, finding_id)
    try:
        moves.confirm_unmoved(finding=finding, actor=request.actor, now=utc_now())
    except PolicyRefusal as refusal:
        camera = get_camera_for(request.actor, camera_id)
        return show_camera(request, camera, status=403, **refused(request, None, refusal))
    messages.success(request, "Confirmed: what was signed of the camera counts.")
    return redirect("cameras:detail", camera_id)
