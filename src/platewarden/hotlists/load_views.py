"""Setting a list up, and a file's way onto it: send it, see what it would do, decide, see it loaded."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.adoption.in_force import parameters_at
from platewarden.hotlists import loading, uploads
from platewarden.hotlists.doors import get_hotlist_for, get_upload_for
from platewarden.hotlists.formats.layouts import LAYOUTS
from platewarden.hotlists.formats.rows import LENGTHS, REQUIRED
from platewarden.hotlists.load_forms import HotlistForm, LoadForm
from platewarden.hotlists.models import Hotlist, UploadState
from platewarden.hotlists.pages import sheets_of
from platewarden.hotlists.refusals import agency_zone, record_refused
from platewarden.hotlists.upload_pages import progress_of, sheet_of
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.hotlists import may_load
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


@require_http_methods(["GET", "POST"])
def create(request: ActorRequest) -> HttpResponse:
    """Set a list up; loading it comes next."""
    require(may_load(request.actor), action="hotlist.create")
    now = utc_now()
    form = HotlistForm(request.POST or None, parameters=parameters_at(now))
    if request.method == "POST" and form.is_valid():
        try:
            hotlist = loading.create_hotlist(**form.cleaned_data, actor=request.actor, now=now)
        except loading.HotlistExistsError as error:
            form.add_error("name", str(error))
        else:
            return redirect("hotlists:load", hotlist.pk)
    return render(request, "hotlists/create.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def load(request: ActorRequest, hotlist_id: int) -> HttpResponse:
    """Take a file in and have it checked; nothing is loaded before somebody has seen what it would do."""
    require(may_load(request.actor), action="hotlist.load")
    hotlist, now = get_hotlist_for(request.actor, hotlist_id), utc_now()
    arguments = (request.POST, request.FILES) if request.method == "POST" else ()
    form = LoadForm(*arguments, zone=agency_zone(), parameters=parameters_at(now))
    if request.method == "GET" or hotlist.is_manual:
        return _show_load(request, hotlist, form, status=404 if hotlist.is_manual else 200)
    if not form.is_valid():
        return _show_load(request, hotlist, form, status=422)
    file = form.cleaned_data["file"]
    try:
        upload = uploads.receive(
            hotlist=hotlist,
            chunks=file.chunks(),
            file_name=file.name or "",
            said=form.said,
            actor=request.actor,
            now=now,
        )
    except PolicyRefusal as refusal:
        return _show_load(request, hotlist, form, status=403, **record_refused(request, form, refusal))
    return redirect("hotlists:upload", upload.pk)


def _show_load(
    request: ActorRequest, hotlist: Hotlist, form: LoadForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    now = utc_now()
    (sheet,) = sheets_of([hotlist], parameters=parameters_at(now), now=now)
    columns = [(name, name in REQUIRED, length) for name, length in LENGTHS.items()]
    context |= {
        "hotlist": hotlist,
        "form": form,
        "sheet": sheet,
        "columns": columns,
        "layouts": LAYOUTS.values(),
    }
    return render(request, "hotlists/load.html", context, status=status)


@require_GET
def upload(request: ActorRequest, upload_id: UUID) -> HttpResponse:
    """Show where a file stands: how far it has come, what it would do, or how it ended."""
    found = get_upload_for(request.actor, upload_id)
    return render(request, "hotlists/upload.html", {"sheet": sheet_of(found), "upload": found})


@require_GET
def progress(request: ActorRequest, upload_id: UUID) -> HttpResponse:
    """Show how far a running job has come; the page asks again by itself, and is loaded anew when it is over."""
    found = get_upload_for(request.actor, upload_id)
    if UploadState(found.state).is_running:
        context = {"upload": found, "progress": progress_of(found)}
        return render(request, "hotlists/progress.html", context)
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


@require_POST
def confirm(request: ActorRequest, upload_id: UUID) -> HttpResponse:
    """Have a checked file loaded."""
    found = get_upload_for(request.actor, upload_id)
    uploads.confirm(upload=found, actor=request.actor, now=utc_now())
    return redirect("hotlists:upload", found.pk)


@require_POST
def cancel(request: ActorRequest, upload_id: UUID) -> HttpResponse:
    """Let go of a file."""
    found = get_upload_for(request.actor, upload_id)
    uploads.cancel(upload=found, actor=request.actor, now=utc_now())
    return redirect("hotlists:upload", found.pk)
