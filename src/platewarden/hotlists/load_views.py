"""Setting a list up and loading it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from platewarden.adoption.in_force import parameters_at
from platewarden.hotlists import loading
from platewarden.hotlists.doors import get_hotlist_for
from platewarden.hotlists.formats.rows import LENGTHS, REQUIRED
from platewarden.hotlists.load_forms import HotlistForm, LoadForm
from platewarden.hotlists.models import Hotlist
from platewarden.hotlists.pages import sheets_of
from platewarden.hotlists.previews import preview
from platewarden.hotlists.refusals import agency_zone, record_refused
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
    """Check a file, or load it whole; what is wrong with it is said line by line."""
    require(may_load(request.actor), action="hotlist.load")
    hotlist = get_hotlist_for(request.actor, hotlist_id)
    arguments = (request.POST, request.FILES) if request.method == "POST" else ()
    form = LoadForm(*arguments, zone=agency_zone())
    if request.method == "GET" or hotlist.is_manual:
        return _show_load(request, hotlist, form, status=404 if hotlist.is_manual else 200)
    if not form.is_valid():
        return _show_load(request, hotlist, form, status=422)
    if "check" in request.POST:
        return _check(request, hotlist, form)
    return _load(request, hotlist, form)


def _check(request: ActorRequest, hotlist: Hotlist, form: LoadForm) -> HttpResponse:
    content = form.cleaned_data["file"].read()
    seen = preview(content, hotlist=hotlist, actor=request.actor, now=utc_now())
    return _show_load(request, hotlist, form, preview=seen, report=seen.report)


def _load(request: ActorRequest, hotlist: Hotlist, form: LoadForm) -> HttpResponse:
    upload = form.cleaned_data["file"]
    try:
        snapshot = loading.load_snapshot(
            hotlist=hotlist,
            content=upload.read(),
            file_name=upload.name or "",
            effective_at=form.cleaned_data["effective_at"],
            actor=request.actor,
            now=utc_now(),
        )
    except loading.HotlistRefusedError as error:
        return _show_load(request, hotlist, form, report=error.report, status=422)
    except PolicyRefusal as refusal:
        return _show_load(request, hotlist, form, status=403, **record_refused(request, form, refusal))
    messages.success(
        request, f"{snapshot.accepted} entries of {hotlist.name} are in use. Past reads are not matched."
    )
    return redirect("hotlists:detail", hotlist.pk)


def _show_load(
    request: ActorRequest, hotlist: Hotlist, form: LoadForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    now = utc_now()
    (sheet,) = sheets_of([hotlist], parameters=parameters_at(now), now=now)
    columns = [(name, name in REQUIRED, length) for name, length in LENGTHS.items()]
    context |= {"hotlist": hotlist, "form": form, "sheet": sheet, "columns": columns}
    return render(request, "hotlists/load.html", context, status=status)
