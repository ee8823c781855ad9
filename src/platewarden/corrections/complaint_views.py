"""Residents' complaints: taken in, read by whoever keeps them, traced to the entries behind them, and answered."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.accounts.actors import owning_agency
from platewarden.adoption.in_force import parameters_at
from platewarden.corrections import complaints
from platewarden.corrections.doors import get_complaint_for
from platewarden.corrections.forms import ComplaintForm, OutcomeForm, SuppressForm
from platewarden.corrections.models import Complaint
from platewarden.corrections.pages import complaint_lines, lines_of
from platewarden.corrections.suppressing import suppress_entry
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import ImageUnavailable
from platewarden.policy.corrections import Channel, Concern, Outcome, may_keep_complaints, may_see_register
from platewarden.policy.decision import require
from platewarden.policy.hits import Finding
from platewarden.policy.rights import Right, may
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest

PAGE_LENGTH: Final = 50


@require_GET
def list_complaints(request: ActorRequest) -> HttpResponse:
    """List the complaints, without what residents told; auditors see that there are any, and how long they wait."""
    require(may_see_register(request.actor), action="complaint.list")
    now = utc_now()
    found = Complaint.objects.filter(agency_id=request.actor.agency_id).prefetch_related("suppressions")
    page = Paginator(found, PAGE_LENGTH).get_page(request.GET.get("page"))
    lines = complaint_lines(page.object_list, parameters=parameters_at(now), now=now)
    context = {"page": page, "lines": lines, **rights_of(request)}
    return render(request, "corrections/complaints.html", context)


@require_http_methods(["GET", "POST"])
def record(request: ActorRequest) -> HttpResponse:
    """Take a complaint in."""
    require(may_keep_complaints(request.actor), action="complaint.record")
    now = utc_now()
    typed = (request.POST,) if request.method == "POST" else ()
    form = ComplaintForm(*typed, zone=ZoneInfo(owning_agency().time_zone), now=now)
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 422
        return render(request, "corrections/record.html", {"form": form, **rights_of(request)}, status=status)
    said = form.cleaned_data
    complaint = complaints.record_complaint(
        told=form.told,
        concern=Concern(said["concern"]),
        channel=Channel(said["channel"]),
        received_at=said["received_at"],
        actor=request.actor,
        now=now,
    )
    messages.success(
        request, f"Recorded as complaint {complaint.pk}. Supervisors are told to look for the entry."
    )
    return redirect("corrections:complaint", complaint.pk)


@require_GET
def complaint(request: ActorRequest, complaint_id: int) -> HttpResponse:
    """Show one complaint; what the resident told is shown to whoever keeps complaints, and that look is recorded."""
    return _show(request, get_complaint_for(request.actor, complaint_id))


@require_POST
def trace(request: ActorRequest, complaint_id: int) -> HttpResponse:
    """Show the entries that the complaint's plate matches now; that look is recorded."""
    found = get_complaint_for(request.actor, complaint_id)
    matches = complaints.look_behind(complaint=found, actor=request.actor, now=utc_now())
    lines = [(matched, SuppressForm(initial={"entry": matched.entry.pk})) for matched in matches]
    return _show(request, found, matches=lines, is_traced=True)


@require_POST
def suppress(request: ActorRequest, complaint_id: int) -> HttpResponse:
    """Suppress one of the entries behind the complaint for its plate."""
    found, form, now = get_complaint_for(request.actor, complaint_id), SuppressForm(request.POST), utc_now()
    if not form.is_valid():
        return redirect("corrections:complaint", complaint_id)
    behind = complaints.look_behind(complaint=found, actor=request.actor, now=now)
    entry = next((one.entry for one in behind if one.entry.pk == form.cleaned_data["entry"]), None)
    if entry is None:  # withdrawn meanwhile, or never behind this complaint
        raise Http404("no such entry behind this complaint")
    suppress_entry(
        complaint=found,
        entry=entry,
        plate=complaints.plate_of(found),
        finding=Finding(form.cleaned_data["finding"]),
        actor=request.actor,
        now=now,
    )
    messages.success(request, "The entry is suppressed for this plate. A second person reviews it.")
    return redirect("corrections:complaint", complaint_id)


@require_POST
def answer(request: ActorRequest, complaint_id: int) -> HttpResponse:
    """Record how the complaint was answered."""
    found, form = get_complaint_for(request.actor, complaint_id), OutcomeForm(request.POST)
    if form.is_valid():
        outcome = Outcome(form.cleaned_data["outcome"])
        complaints.answer_complaint(complaint=found, outcome=outcome, actor=request.actor, now=utc_now())
        messages.success(request, "The answer is recorded.")
    return redirect("corrections:complaint", complaint_id)


def _show(request: ActorRequest, found: Complaint, **context: Any) -> HttpResponse:
    now = utc_now()
    parameters = parameters_at(now)
    (line,) = complaint_lines([found], parameters=parameters, now=now)
    suppressed = found.suppressions.select_related("hotlist", "placed_by", "confirmed_by", "lifted_by")
    shown = {
        "line": line,
        "complaint": found,
        "suppressed": lines_of(suppressed, parameters=parameters, now=now),
        "outcome_form": OutcomeForm(),
        **_told(request, found),
        **rights_of(request),
    }
    return render(request, "corrections/complaint.html", {**shown, **context})


def _told(request: ActorRequest, found: Complaint) -> dict[str, Any]:
    if not may_keep_complaints(request.actor).allowed:
        return {}
    try:
        return {"told": complaints.open_complaint(complaint=found, actor=request.actor)}
    except (KeyUnavailable, ImageUnavailable, OSError):
        return {"is_lost": True}


def rights_of(request: ActorRequest) -> dict[str, bool]:
    """Return what the pages on complaints offer *request*'s person."""
    keeps = may_keep_complaints(request.actor).allowed
    traces = may(request.actor, Right.LOOK_BEHIND_COMPLAINTS).allowed
    return {"may_keep": keeps, "may_trace": traces, "may_see_complaints": keeps or traces}
