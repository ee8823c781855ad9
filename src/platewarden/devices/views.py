"""The devices, one device, the code for a new one, and what is set for them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.adoption.in_force import parameters_at
from platewarden.devices import actions
from platewarden.devices.doors import get_device_for
from platewarden.devices.forms import CodeForm, SettingsForm
from platewarden.devices.models import Device
from platewarden.devices.pages import sheet_of
from platewarden.devices.speaking import codes_out
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


@require_GET
def list_devices(request: ActorRequest) -> HttpResponse:
    """List the devices, and the codes that wait for one."""
    require(may(request.actor, Right.SEE_CAMERAS), action="device.list")
    now = utc_now()
    parameters, agency_id = parameters_at(now), request.actor.agency_id
    devices = Device.objects.filter(agency_id=agency_id).select_related("state", "enrolled_by")
    context = {
        "sheets": [sheet_of(device, parameters=parameters, now=now) for device in devices],
        "waiting": codes_out(agency_id, now=now),
        "may_register": may(request.actor, Right.REGISTER_CAMERAS).allowed,
    }
    return render(request, "devices/list.html", context)


@require_http_methods(["GET", "POST"])
def code(request: ActorRequest) -> HttpResponse:
    """Issue a one-time code by which a device enrols, and show it this once."""
    require(may(request.actor, Right.REGISTER_CAMERAS), action="device.code")
    posted = (request.POST,) if request.method == "POST" else ()
    form = CodeForm(*posted, agency_id=request.actor.agency_id)
    if request.method == "GET" or not form.is_valid():
        return render(request, "devices/new.html", {"form": form}, status=422 if posted else 200)
    try:
        one_time = actions.issue_code(**form.cleaned_data, actor=request.actor, now=utc_now())
    except actions.DeviceExistsError as error:
        form.add_error("code", str(error))
        return render(request, "devices/new.html", {"form": form}, status=422)
    hours = int(actions.CODE_LIFETIME.total_seconds() // 3600)
    context = {"code": one_time, "name": form.cleaned_data["name"], "hours": hours}
    context["server"] = request.build_absolute_uri("/").rstrip("/")
    return render(request, "devices/code.html", context)


@require_GET
def detail(request: ActorRequest, device_id: int) -> HttpResponse:
    """Show one device: what it last said, its cameras, its keys, its settings."""
    return _show(request, get_device_for(request.actor, device_id))


def _show(
    request: ActorRequest, device: Device, form: SettingsForm | None = None, *, status: int = 200
) -> HttpResponse:
    now = utc_now()
    sheet = sheet_of(device, parameters=parameters_at(now), now=now)
    context: dict[str, Any] = {
        "sheet": sheet,
        "device": device,
        "form": form or SettingsForm(current=sheet.settings),
        "may_register": may(request.actor, Right.REGISTER_CAMERAS).allowed,
    }
    return render(request, "devices/detail.html", context, status=status)


@require_POST
def change_settings(request: ActorRequest, device_id: int) -> HttpResponse:
    """Set how the device works; it fetches that with its next report."""
    device, now = get_device_for(request.actor, device_id), utc_now()
    current = sheet_of(device, parameters=parameters_at(now), now=now).settings
    form = SettingsForm(request.POST, current=current)
    if not form.is_valid():
        return _show(request, device, form, status=422)
    changed = actions.change_settings(device=device, values=form.cleaned_data, actor=request.actor, now=now)
    messages.success(
        request, f"Settings {changed.version} are set: the device takes them with its next report."
    )
    return redirect("devices:detail", device.pk)


@require_POST
def revoke(request: ActorRequest, device_id: int) -> HttpResponse:
    """End the device at once."""
    device = get_device_for(request.actor, device_id)
    actions.revoke(device=device, actor=request.actor, now=utc_now())
    messages.success(
        request, f"{device.name} is revoked: it is told to destroy what it holds when it next asks."
    )
    return redirect("devices:detail", device.pk)
