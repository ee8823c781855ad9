"""The register of cameras, one camera, and what is said of it."""

from dataclasses import fields

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.adoption.in_force import parameters_at
from platewarden.cameras import actions
from platewarden.cameras.actions import Device
from platewarden.cameras.doors import get_camera_for
from platewarden.cameras.drawing import plot_of
from platewarden.cameras.forms import ChangeForm, PlacementForm, RegisterForm, zone_offered
from platewarden.cameras.health import healths_of
from platewarden.cameras.models import Camera
from platewarden.cameras.pages import sheets_of, standing_now
from platewarden.cameras.showing import agency_zone, refused, rights_of, show_camera
from platewarden.policy.capture import CameraKind
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.rights import Right, may
from platewarden.queries.maps import drawing_of
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


@require_GET
def list_cameras(request: ActorRequest) -> HttpResponse:
    """List the cameras: which may submit, and which do."""
    require(may(request.actor, Right.SEE_CAMERAS), action="camera.list")
    now = utc_now()
    cameras = Camera.objects.filter(agency_id=request.actor.agency_id).select_related("approved_by")
    sheets = sheets_of(cameras, parameters=parameters_at(now), now=now)
    healths = healths_of(sheets, parameters=parameters_at(now), now=now)
    zone = agency_zone()
    context = {
        "lines": [(health, plot_of(health.hours, zone, width=96, height=24)) for health in healths],
        "map": drawing_of([standing_now(sheet) for sheet in sheets]),
        "silent": [health for health in healths if health.is_silent],
        "seem_moved": Camera.objects.filter(
            agency_id=request.actor.agency_id, findings__isnull=False, findings__settled_at=None
        ).distinct(),
        "to_approve": [sheet.camera for sheet in sheets if sheet.waiting],
        **rights_of(request.actor),
    }
    return render(request, "cameras/list.html", context)


@require_http_methods(["GET", "POST"])
def register(request: ActorRequest) -> HttpResponse:
    """Put a camera on the register; what it sees is signed and approved next."""
    require(may(request.actor, Right.REGISTER_CAMERAS), action="camera.register")
    zone = {"clock_zone": zone_offered(agency_zone().key)}
    form = RegisterForm(request.POST if request.method == "POST" else None, initial=zone)
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 422
        return render(request, "cameras/register.html", {"form": form}, status=status)
    try:
        camera = actions.register_camera(
            **form.standing,
            code=form.cleaned_data["code"],
            kind=CameraKind(form.cleaned_data["kind"]),
            device=form.device,
            actor=request.actor,
            now=utc_now(),
        )
    except actions.CameraExistsError as error:
        form.add_error("code", str(error))
        return render(request, "cameras/register.html", {"form": form}, status=422)
    except PolicyRefusal as refusal:
        context = {"form": form, **refused(request, form, refusal)}
        return render(request, "cameras/register.html", context, status=403)
    step = (
        "it is deployed where it is needed"
        if camera.kind == CameraKind.PORTABLE
        else "what it sees is signed"
    )
    messages.success(request, f"{camera.name} is registered. Next, {step}, and a second person approves it.")
    return redirect("cameras:detail", camera.pk)


@require_GET
def detail(request: ActorRequest, camera_id: int) -> HttpResponse:
    """Show one camera."""
    return show_camera(request, get_camera_for(request.actor, camera_id))


@require_http_methods(["GET", "POST"])
def change(request: ActorRequest, camera_id: int) -> HttpResponse:
    """Change what the register says of a camera; a change of its place or its view is a move."""
    require(may(request.actor, Right.REGISTER_CAMERAS), action="camera.change")
    camera = get_camera_for(request.actor, camera_id)
    names = [
        "name",
        "place",
        "latitude",
        "longitude",
        "heading_degrees",
        *(each.name for each in fields(Device)),
    ]
    form = ChangeForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(camera, name) for name in names},
    )
    context = {"form": form, "camera": camera}
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 422
        return render(request, "cameras/change.html", context, status=status)
    try:
        is_moved = actions.change_camera(
            camera=camera, **form.standing, device=form.device, actor=request.actor, now=utc_now()
        )
    except PolicyRefusal as refusal:
        context |= refused(request, form, refusal)
        return render(request, "cameras/change.html", context, status=403)
    if is_moved:
        text = "was moved: its reads are refused until what it sees now is signed and approved."
        messages.warning(request, f"{camera.name} {text}")
    else:
        messages.success(request, f"What the register says of {camera.name} is changed.")
    return redirect("cameras:detail", camera.pk)


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
