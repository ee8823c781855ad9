"""The register of cameras, one camera, and what is done about it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.adoption.in_force import parameters_at
from platewarden.cameras import actions
from platewarden.cameras.credentials import issue_credential
from platewarden.cameras.doors import get_camera_for
from platewarden.cameras.forms import PlacementForm, RegisterForm, StatementForm
from platewarden.cameras.models import Camera
from platewarden.cameras.pages import hours_of, sheets_of
from platewarden.ledger import actions as ledger
from platewarden.policy.actor import Actor
from platewarden.policy.capture import CameraKind
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.rights import Right, may
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


@require_GET
def list_cameras(request: ActorRequest) -> HttpResponse:
    """List the cameras: which may submit, and which do."""
    require(may(request.actor, Right.SEE_CAMERAS), action="camera.list")
    now = utc_now()
    cameras = Camera.objects.filter(agency_id=request.actor.agency_id).select_related("approved_by")
    sheets = sheets_of(cameras, parameters=parameters_at(now), now=now)
    return render(request, "cameras/list.html", {"sheets": sheets, **_rights(request.actor)})


def _rights(actor: Actor) -> dict[str, bool]:
    return {
        "may_register": may(actor, Right.REGISTER_CAMERAS).allowed,
        "may_approve": may(actor, Right.APPROVE_CAMERAS).allowed,
    }


@require_http_methods(["GET", "POST"])
def register(request: ActorRequest) -> HttpResponse:
    """Put a camera on the register; a second person approves it."""
    require(may(request.actor, Right.REGISTER_CAMERAS), action="camera.register")
    form = RegisterForm(*_typed(request))
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 422
        return render(request, "cameras/register.html", {"form": form}, status=status)
    try:
        said = {**form.cleaned_data, "kind": CameraKind(form.cleaned_data["kind"])}
        camera = actions.register_camera(**said, actor=request.actor, now=utc_now())
    except actions.CameraExistsError as error:
        form.add_error("code", str(error))
        return render(request, "cameras/register.html", {"form": form}, status=422)
    except PolicyRefusal as refusal:
        context = {"form": form, **_refused(request, form, refusal)}
        return render(request, "cameras/register.html", context, status=403)
    messages.success(
        request, f"{camera.name} is registered. A second person must approve it before it can submit."
    )
    return redirect("cameras:detail", camera.pk)


def _typed(request: ActorRequest) -> tuple[Any, ...]:
    return (request.POST,) if request.method == "POST" else ()


def _refused(
    request: ActorRequest, form: RegisterForm | StatementForm, refusal: PolicyRefusal
) -> dict[str, Any]:
    """Record *refusal*, put it beside its field, and return what the page says of it."""
    entry = ledger.record_refusal(refusal, actor=request.actor)
    decision = refusal.decision
    if decision.field in form.fields:
        form.add_error(decision.field, f"{decision.reason} {decision.remedy} ({decision.clause})")
    return {"refusal": decision, "recorded": entry.seq}


@require_GET
def detail(request: ActorRequest, camera_id: int) -> HttpResponse:
    """Show one camera: its place, its statement, and the reads of its last day as numbers."""
    return _show(request, get_camera_for(request.actor, camera_id), StatementForm())


def _show(
    request: ActorRequest, camera: Camera, form: StatementForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    now = utc_now()
    (sheet,) = sheets_of([camera], parameters=parameters_at(now), now=now)
    context |= {"camera": camera, "sheet": sheet, "form": form, **_rights(request.actor)}
    context["hours"] = hours_of(camera, now=now)
    context["placement"] = PlacementForm(agency_id=camera.agency_id, initial={"area": camera.area_id})
    context["is_own"] = str(camera.registered_by_id) == request.actor.id
    return render(request, "cameras/detail.html", context, status=status)


@require_POST
def approve(request: ActorRequest, camera_id: int) -> HttpResponse:
    """Sign what the camera sees, and let it submit under that statement."""
    camera, form = get_camera_for(request.actor, camera_id), StatementForm(request.POST)
    if not form.is_valid():
        return _show(request, camera, form, status=422)
    try:
        actions.approve_camera(
            camera=camera, statement=form.cleaned_data["statement"], actor=request.actor, now=utc_now()
        )
    except PolicyRefusal as refusal:
        return _show(request, camera, form, status=403, **_refused(request, form, refusal))
    messages.success(request, f"{camera.name} is approved: it may submit while the statement is in force.")
    return redirect("cameras:detail", camera.pk)


@require_POST
def credential(request: ActorRequest, camera_id: int) -> HttpResponse:
    """Give the camera a new credential and show it this once; the old one stops working."""
    camera = get_camera_for(request.actor, camera_id)
    secret = issue_credential(camera=camera, actor=request.actor, now=utc_now())
    return render(request, "cameras/credential.html", {"camera": camera, "credential": secret})


@require_POST
def suspend(request: ActorRequest, camera_id: int) -> HttpResponse:
    """Stop the camera from submitting, at once."""
    camera = get_camera_for(request.actor, camera_id)
    actions.suspend_camera(camera=camera, actor=request.actor, now=utc_now())
    messages.success(
        request, f"{camera.name} is suspended: its reads are refused until it is approved again."
    )
    return redirect("cameras:detail", camera.pk)


@require_POST
def place(request: ActorRequest, camera_id: int) -> HttpResponse:
    """Say which area the camera belongs to."""
    camera = get_camera_for(request.actor, camera_id)
    form = PlacementForm(request.POST, agency_id=camera.agency_id)
    if not form.is_valid():
        messages.error(request, "There is no such area: choose one of the list.")
    else:
        area = form.cleaned_data["area"]
        actions.place_in_area(camera=camera, area=area, actor=request.actor, now=utc_now())
        messages.success(request, f"{camera.name} belongs to {area.name if area else 'no area'} from now on.")
    return redirect("cameras:detail", camera.pk)
