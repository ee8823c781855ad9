"""What a camera is known by: issued and shown once, or revoked."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from platewarden.cameras.credentials import issue_credential, revoke_credentials
from platewarden.cameras.doors import get_camera_for
from platewarden.cameras.forms import CredentialForm
from platewarden.cameras.showing import show_camera
from platewarden.policy.cameras import CredentialStyle, Protocol
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


@require_POST
def issue(request: ActorRequest, camera_id: int) -> HttpResponse:
    """Give the camera a new credential and show it this once."""
    camera = get_camera_for(request.actor, camera_id)
    form = CredentialForm(request.POST, protocol=camera.protocol)
    if not form.is_valid():
        return show_camera(request, camera, status=422, form=form)
    style, keep_old = CredentialStyle(form.cleaned_data["style"]), form.cleaned_data["keep_old"]
    credential = issue_credential(
        camera=camera, style=style, keep_old=keep_old, actor=request.actor, now=utc_now()
    )
    context = {"camera": camera, "credential": credential, "style": style, "keep_old": keep_old}
    server = request.build_absolute_uri("/").rstrip("/")
    context |= {"server": server, "push": f"{server}/api/v1/push"}
    context["is_push"] = camera.protocol not in {Protocol.PLATEWARDEN, Protocol.CSV}
    if style is CredentialStyle.BASIC:
        context["user_name"], _, context["password"] = credential.partition(":")
    return render(request, "cameras/credential.html", context)


@require_POST
def revoke(request: ActorRequest, camera_id: int) -> HttpResponse:
    """End every credential of the camera at once."""
    camera = get_camera_for(request.actor, camera_id)
    revoke_credentials(camera=camera, actor=request.actor, now=utc_now())
    messages.success(
        request, f"{camera.name} has no credential any more: what is sent with the old one is refused."
    )
    return redirect("cameras:detail", camera.pk)
