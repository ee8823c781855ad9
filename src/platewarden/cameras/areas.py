"""The areas by which people on duty divide the cameras among themselves."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from platewarden.cameras import actions
from platewarden.cameras.forms import AreaForm
from platewarden.cameras.models import Area, Camera
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


@require_http_methods(["GET", "POST"])
def list_areas(request: ActorRequest) -> HttpResponse:
    """List the areas with their cameras, and add one."""
    require(may(request.actor, Right.SEE_CAMERAS), action="area.list")
    form = AreaForm(*((request.POST,) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid() and _add(request, form):
        return redirect("cameras:areas")
    cameras = Camera.objects.filter(agency_id=request.actor.agency_id).order_by("name")
    areas = Area.objects.filter(agency_id=request.actor.agency_id)
    context = {
        "areas": areas.prefetch_related(Prefetch("cameras", queryset=cameras)),
        "without": cameras.filter(area__isnull=True),
        "form": form,
        "may_register": may(request.actor, Right.REGISTER_CAMERAS).allowed,
    }
    return render(request, "cameras/areas.html", context, status=422 if form.errors else 200)


def _add(request: ActorRequest, form: AreaForm) -> bool:
    try:
        area = actions.add_area(**form.cleaned_data, actor=request.actor, now=utc_now())
    except actions.AreaExistsError as error:
        form.add_error("code", str(error))
        return False
    messages.success(request, f"{area.name} is an area now. Put cameras into it on their own pages.")
    return True
