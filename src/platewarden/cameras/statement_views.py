"""What a camera sees: signed with a still, looked at, approved or declined."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from platewarden.cameras import device_stills, statements
from platewarden.cameras.doors import get_camera_for, get_statement_for
from platewarden.cameras.forms import DeclineForm, StatementForm
from platewarden.cameras.models import Camera, DeviceStill, FieldOfViewStatement
from platewarden.cameras.showing import refused, rights_of, show_camera
from platewarden.cameras.standing import deployment_at
from platewarden.images.inline import data_uri
from platewarden.policy.capture import CameraKind
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.rights import Right, may
from platewarden.recognition.images import ImageError
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


@require_http_methods(["GET", "POST"])
def sign(request: ActorRequest, camera_id: int) -> HttpResponse:
    """Sign what the camera sees; nothing holds before a second person has approved it."""
    if not may(request.actor, Right.APPROVE_CAMERAS).allowed:
        require(may(request.actor, Right.REGISTER_CAMERAS), action="statement.sign")
    camera, now = get_camera_for(request.actor, camera_id), utc_now()
    form = StatementForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "GET" or not form.is_valid():
        return _show_form(request, camera, form, now, status=200 if request.method == "GET" else 422)
    said = {"text": form.cleaned_data["statement"], "still": form.picture}
    is_sent_used = form.cleaned_data["sent"]
    try:
        statements.sign_statement(
            camera=camera, **said, is_sent_used=is_sent_used, actor=request.actor, now=now
        )
    except ImageError as error:
        form.add_error("still", f"{error}.")
        return _show_form(request, camera, form, now, status=422)
    except PolicyRefusal as refusal:
        said_of_it = refused(request, form, refusal)
        return _show_form(request, camera, form, now, status=403, **said_of_it)
    messages.success(request, f"Signed. A second person looks at the picture and approves {camera.name}.")
    return redirect("cameras:detail", camera.pk)


@require_POST
def look_at_sent(request: ActorRequest, camera_id: int) -> HttpResponse:
    """Show the still that the camera's device sent, beside the form that may use it; the look is on the ledger."""
    camera, now = get_camera_for(request.actor, camera_id), utc_now()
    picture = device_stills.look_at_sent(camera=camera, actor=request.actor, now=now)
    return _show_form(request, camera, StatementForm(), now, sent_uri=data_uri(picture))


def _show_form(
    request: ActorRequest,
    camera: Camera,
    form: StatementForm,
    now: datetime,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    needs_deployment = camera.kind == CameraKind.PORTABLE
    sent = device_stills.still_waiting(camera, now=now)
    context |= {
        "camera": camera,
        "form": form,
        "deployment": deployment_at(camera, now) if needs_deployment else None,
        "needs_deployment": needs_deployment,
        "sent_still": sent,
        "withheld_still": device_stills.still_withheld(camera, now=now),
        "has_looked_at_sent": sent is not None and device_stills.has_looked(sent, request.actor),
        "may_look_at_sent": may(request.actor, Right.SEE_STILLS).allowed,
    }
    return render(request, "cameras/sign.html", context, status=status)


@require_POST
def look(request: ActorRequest, camera_id: int, statement_id: int) -> HttpResponse:
    """Show the still of a statement; the look is on the ledger."""
    statement = get_statement_for(request.actor, camera_id, statement_id)
    still = statements.look_at_still(statement=statement, actor=request.actor, now=utc_now())
    return _show(request, statement, still, DeclineForm())


def _show(
    request: ActorRequest,
    statement: FieldOfViewStatement,
    still: bytes | None,
    form: DeclineForm,
    *,
    status: int = 200,
) -> HttpResponse:
    is_waiting = statements.is_waiting(statement, statement.camera)
    sent = DeviceStill.objects.select_related("camera").filter(statement=statement).first()
    first = {str(statement.signed_by_id), str(statement.camera.registered_by_id)}
    context = {
        "camera": statement.camera,
        "statement": statement,
        "device_still": sent,
        "device_revoked_at": device_stills.revoked_at(sent) if sent else None,
        "uri": data_uri(still),
        "form": form,
        "is_waiting": is_waiting,
        "is_second": request.actor.id not in first,
        **rights_of(request.actor),
    }
    return render(request, "cameras/statement.html", context, status=status)


@require_POST
def approve(request: ActorRequest, camera_id: int, statement_id: int) -> HttpResponse:
    """Approve a statement: the camera may submit under it."""
    statement = get_statement_for(request.actor, camera_id, statement_id)
    try:
        statements.approve_statement(statement=statement, actor=request.actor, now=utc_now())
    except PolicyRefusal as refusal:
        camera = get_camera_for(request.actor, camera_id)
        return show_camera(request, camera, status=403, **refused(request, None, refusal))
    messages.success(
        request, f"{statement.camera.name} is approved: it may submit while the statement is in force."
    )
    return redirect("cameras:detail", camera_id)


@require_POST
def decline(request: ActorRequest, camera_id: int, statement_id: int) -> HttpResponse:
    """Decline a statement, with the reason."""
    statement = get_statement_for(request.actor, camera_id, statement_id)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        require(may(request.actor, Right.APPROVE_CAMERAS), action="statement.decline")
        return _show(request, statement, None, form, status=422)
    why = form.cleaned_data["why"]
    statements.decline_statement(statement=statement, why=why, actor=request.actor, now=utc_now())
    messages.success(request, "Declined. Whoever looks after the camera sees why.")
    return redirect("cameras:detail", camera_id)
