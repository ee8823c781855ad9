"""The report of a hit, made or fetched from its case; each is a look that is recorded first."""

from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from platewarden.cases.actions import open_report
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import ImageUnavailable
from platewarden.reports.actions import NothingToReportError, make_report
from platewarden.reports.doors import get_report_for, get_reportable_for
from platewarden.reports.forms import ReportForm
from platewarden.reports.typesetting import LayoutError
from platewarden.site.clock import utc_now
from platewarden.site.downloads import download
from platewarden.site.requests import ActorRequest

_UNOPENED: Final = (
    "What the case keeps of this hit cannot be opened or sealed: its key or its sealed file is missing or damaged. "
    "Tell your administrator."
)


@require_POST
def make(request: ActorRequest, alert_id: UUID) -> HttpResponse:
    """Make the report and hand it out; where a case has the hit, the case keeps it as well."""
    alert, form = get_reportable_for(request.actor, alert_id), ReportForm(request.POST)
    case_number = form.cleaned_data["case_number"] if form.is_valid() else ""
    try:
        report = make_report(alert=alert, case_number=case_number, actor=request.actor, now=utc_now())
    except (NothingToReportError, LayoutError) as error:
        return _failed(request, alert_id, str(error))
    except (KeyUnavailable, ImageUnavailable, OSError):
        return _failed(request, alert_id, _UNOPENED)
    return download(
        report.pdf, f"platewarden-hit-{alert.number}-entry-{report.entry.seq}.pdf", "application/pdf"
    )


@require_GET
def fetch(request: ActorRequest, alert_id: UUID, report_id: int) -> HttpResponse:
    """Hand out a report that the case keeps."""
    report = get_report_for(request.actor, alert_id, report_id)
    try:
        pdf = open_report(report=report, actor=request.actor)
    except (KeyUnavailable, ImageUnavailable, OSError):
        return _failed(request, alert_id, _UNOPENED)
    return download(pdf, f"platewarden-report-entry-{report.entry}.pdf", "application/pdf")


def _failed(request: ActorRequest, alert_id: UUID, reason: str) -> HttpResponse:
    return render(request, "reports/failed.html", {"alert_id": alert_id, "reason": reason}, status=409)
