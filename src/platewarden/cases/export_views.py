"""Asking for the copy of a case, watching it being made, fetching it."""

from uuid import UUID

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from platewarden.cases import doors
from platewarden.cases.exporting import actions
from platewarden.cases.forms import ReasonForm
from platewarden.cases.models import CaseExport
from platewarden.ledger import actions as ledger
from platewarden.policy.decision import PolicyRefusal
from platewarden.site.clock import utc_now
from platewarden.site.downloads import download_headers
from platewarden.site.requests import ActorRequest


@require_POST
def ask(request: ActorRequest, case_id: int) -> HttpResponse:
    """Have a copy of a case made."""
    case = doors.get_records_for(request.actor, case_id)
    form = ReasonForm(request.POST, prefix="export")
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        export = actions.ask_export(case=case, reason=reason, actor=request.actor, now=utc_now())
    except PolicyRefusal as refusal:
        entry = ledger.record_refusal(refusal, actor=request.actor)
        context = {"case": case, "form": form, "refusal": refusal.decision, "entry": entry.seq}
        return render(request, "cases/ask_export.html", context, status=403)
    return redirect("cases:export", export.pk)


@require_GET
def export(request: ActorRequest, export_id: UUID) -> HttpResponse:
    """Show how far a copy has come, or what it is."""
    found = _export_for(request, export_id)
    return render(request, "cases/export.html", {"export": found, "is_own": _is_own(request, found)})


@require_GET
def progress(request: ActorRequest, export_id: UUID) -> HttpResponse:
    """Show how far a running copy has come; the page asks again by itself, and is loaded anew when it is over."""
    found = _export_for(request, export_id)
    if found.is_running:
        return render(request, "cases/export_progress.html", {"export": found})
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


@require_POST
def fetch(request: ActorRequest, export_id: UUID) -> StreamingHttpResponse:
    """Hand the copy over, part by part."""
    found = _export_for(request, export_id)
    content = actions.release_export(export=found, actor=request.actor, now=utc_now())
    headers = download_headers(f"{found.name}.zip") | {"Content-Length": str(found.size)}
    return StreamingHttpResponse(content, content_type="application/zip", headers=headers)


def _export_for(request: ActorRequest, export_id: UUID) -> CaseExport:
    found = CaseExport.objects.select_related("case", "asked_by").filter(pk=export_id).first()
    if found is None:
        raise Http404("no such copy")
    doors.get_records_for(request.actor, found.case_id)
    return found


def _is_own(request: ActorRequest, found: CaseExport) -> bool:
    return str(found.asked_by_id) == request.actor.id
