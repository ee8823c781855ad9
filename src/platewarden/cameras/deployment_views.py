"""Deployments of portable cameras: asked for, authorised, ended."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from platewarden.cameras import deployments
from platewarden.cameras.doors import get_camera_for, get_deployment_for
from platewarden.cameras.forms import DeploymentForm
from platewarden.cameras.showing import agency_zone, refused, show_camera
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.deployments import may_plan_deployments
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


@require_http_methods(["GET", "POST"])
def ask(request: ActorRequest, camera_id: int) -> HttpResponse:
    """Ask that a portable camera be set up at a place for a time."""
    require(may_plan_deployments(request.actor), action="deployment.ask")
    camera = get_camera_for(request.actor, camera_id)
    form = DeploymentForm(request.POST if request.method == "POST" else None, zone=agency_zone())
    context: dict[str, Any] = {"camera": camera, "form": form}
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 422
        return render(request, "cameras/deploy.html", context, status=status)
    try:
        deployments.ask_deployment(camera=camera, **form.cleaned_data, actor=request.actor, now=utc_now())
    except PolicyRefusal as refusal:
        context |= refused(request, form, refusal)
        return render(request, "cameras/deploy.html", context, status=403)
    messages.success(request, "Asked for. The camera submits once a second person has authorised it.")
    return redirect("cameras:detail", camera.pk)


@require_POST
def authorise(request: ActorRequest, camera_id: int, deployment_id: int) -> HttpResponse:
    """Authorise a deployment that somebody else asked for."""
    deployment = get_deployment_for(request.actor, camera_id, deployment_id)
    try:
        deployments.authorise_deployment(deployment=deployment, actor=request.actor, now=utc_now())
    except PolicyRefusal as refusal:
        camera = get_camera_for(request.actor, camera_id)
        return show_camera(request, camera, status=403, **refused(request, None, refusal))
    messages.success(request, "Authorised. What the camera sees there is signed next.")
    return redirect("cameras:detail", camera_id)


@require_POST
def end(request: ActorRequest, camera_id: int, deployment_id: int) -> HttpResponse:
    """End a deployment, or the request for one, at once."""
    deployment = get_deployment_for(request.actor, camera_id, deployment_id)
    deployments.end_deployment(deployment=deployment, actor=request.actor, now=utc_now())
    messages.success(request, "Ended. What the camera sees from now on is refused.")
    return redirect("cameras:detail", camera_id)
