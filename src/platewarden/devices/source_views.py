"""What of one source a device looks at: a form, and a drawing of the region, on request over the camera's still."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from platewarden.cameras.models import Camera
from platewarden.cameras.standing import approved_statements, counting_statement
from platewarden.cameras.statements import look_at_still
from platewarden.devices import actions
from platewarden.devices.doors import get_device_for
from platewarden.devices.forms import SourceForm
from platewarden.edge.gate import Region
from platewarden.images.inline import data_uri
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may
from platewarden.recognition.images import verify_image
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest

_SIZE: Final = (1600, 900)
"""What is drawn on where no still is shown: the shape of most cameras' pictures."""


@dataclass(frozen=True, slots=True)
class RegionPlot:
    """A region as it is drawn, in pixels; `points` is empty for the whole picture, `uri` where no still is shown."""

    width: int
    height: int
    points: str
    uri: str

    @property
    def stroke(self) -> int:
        """How wide its outline is."""
        return max(2, self.width // 250)


@require_http_methods(["GET", "POST"])
def source(request: ActorRequest, device_id: int, code: str) -> HttpResponse:
    """Set what of the source is looked at; ``draw`` only draws the region that was typed, over the camera's still."""
    require(may(request.actor, Right.REGISTER_CAMERAS), action="device.settings")
    device, now = get_device_for(request.actor, device_id), utc_now()
    camera = actions.cameras_of(device, now=now).filter(code=code).first()
    if camera is None:
        raise Http404("the device does not speak for it")
    current = actions.settings_of(device).of_source(code)
    form = SourceForm(*((request.POST,) if request.method == "POST" else ()), current=current)
    is_fit = not form.is_bound or form.is_valid()
    if form.is_bound and is_fit and "draw" not in request.POST:
        values = form.cleaned_data
        made = actions.change_source(
            device=device, camera=camera, values=values, actor=request.actor, now=now
        )
        text = f"Settings {made.version} are set: the device takes them with its next report."
        messages.success(request, text)
        return redirect("devices:detail", device.pk)
    region = form.cleaned_data["region"] if form.is_bound and is_fit else current.values()["region"]
    still = _still_of(request, camera, now) if "draw" in request.POST and is_fit else None
    context: dict[str, Any] = {
        "device": device,
        "camera": camera,
        "form": form,
        "plot": _plot(region, still),
        "may_see_still": may(request.actor, Right.SEE_STILLS).allowed,
    }
    return render(request, "devices/source.html", context, status=200 if is_fit else 422)


def _still_of(request: ActorRequest, camera: Camera, now: datetime) -> bytes | None:
    """Return the still of what *camera* sees now; None where there is none, or the actor may not look at it."""
    counting = counting_statement(camera, approved_statements([camera])[camera.pk])
    if not counting or not may(request.actor, Right.SEE_STILLS).allowed:
        return None
    latest = max(counting.values(), key=lambda statement: statement.signed_at)
    return look_at_still(statement=latest, actor=request.actor, now=now)


def _plot(text: str, still: bytes | None) -> RegionPlot:
    width, height = _SIZE
    if still is not None:
        facts = verify_image(still)
        width, height = facts.width, facts.height
    corners = Region.parse(text).corners if text else ()
    points = " ".join(f"{x * width:.1f},{y * height:.1f}" for x, y in corners)
    return RegionPlot(width, height, points, data_uri(still))
