"""The reports on all searches: which are due, one of them, and what is done about it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from platewarden.accounts.asking_again import knows_password
from platewarden.accounts.models import User
from platewarden.halfyears import actions
from platewarden.halfyears.doors import get_report_for
from platewarden.halfyears.forms import AcknowledgeForm, BuildForm, CheckForm, SignForm
from platewarden.halfyears.models import AuditReport
from platewarden.halfyears.pages import overview_for, shown_to
from platewarden.ledger import actions as ledger
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.halfyears import Period, may_write_report
from platewarden.policy.rights import Right, may
from platewarden.reports.typesetting import LayoutError
from platewarden.site.clock import utc_now
from platewarden.site.downloads import download
from platewarden.site.requests import ActorRequest


@require_GET
def list_reports(request: ActorRequest) -> HttpResponse:
    """List the periods and their reports."""
    return _list(request)


def _list(
    request: ActorRequest, *, status: int = 200, problem: str = "", refusal: PolicyRefusal | None = None
) -> HttpResponse:
    recorded = ledger.record_refusal(refusal, actor=request.actor).seq if refusal else None
    context = {
        "overview": overview_for(request.actor, now=utc_now()),
        "problem": problem,
        "refusal": refusal.decision if refusal else None,
        "recorded": recorded,
    }
    return render(request, "halfyears/list.html", context, status=status)


@require_POST
def build(request: ActorRequest) -> HttpResponse:
    """Draw a report up; one that would leave a search out is not."""
    require(may_write_report(request.actor), action="audit_report.build")
    form = BuildForm(request.POST)
    overview = overview_for(request.actor, now=utc_now())
    known: dict[str, Period] = {line.period.name: line.period for line in overview.lines}
    if not form.is_valid() or form.cleaned_data["period"] not in known:
        raise Http404("no such period")
    try:
        report = actions.build_report(
            period=known[form.cleaned_data["period"]],
            reason=form.cleaned_data["reason"],
            actor=request.actor,
            now=utc_now(),
        )
    except actions.IncompleteAuditError as error:
        return _list(request, status=409, problem=str(error))
    except PolicyRefusal as refusal:
        return _list(request, status=403, refusal=refusal)
    messages.success(request, f"{report.number} is drawn up. Look at what is open, conclude, and sign.")
    return redirect("halfyears:report", report.pk)


@require_GET
def show(request: ActorRequest, report_id: int) -> HttpResponse:
    """Show one report with its figures; the same as on paper."""
    return _show(request, get_report_for(request.actor, report_id))


@require_POST
def check(request: ActorRequest, report_id: int) -> HttpResponse:
    """Record the conclusion."""
    require(may(request.actor, Right.WRITE_AUDIT_REPORTS), action="audit_report.check")
    report, form = get_report_for(request.actor, report_id), CheckForm(request.POST)
    if not form.is_valid():
        return _show(request, report, status=422, check_form=form)
    try:
        actions.check_report(report=report, actor=request.actor, now=utc_now(), **form.cleaned_data)
    except PolicyRefusal as refusal:
        return _show(request, report, status=403, refusal=refusal, check_form=form)
    messages.success(request, "Your conclusion is recorded. The report can be signed.")
    return redirect("halfyears:report", report.pk)


@require_POST
def sign(request: ActorRequest, report_id: int) -> HttpResponse:
    """Sign and deliver, once the password was given again."""
    require(may(request.actor, Right.WRITE_AUDIT_REPORTS), action="audit_report.sign")
    report, form = get_report_for(request.actor, report_id), SignForm(request.POST)
    assert isinstance(request.user, User)
    if not form.is_valid() or not knows_password(request, request.user, form):
        return _show(request, report, status=422, sign_form=form)
    try:
        actions.sign_report(report=report, actor=request.actor, now=utc_now())
    except PolicyRefusal as refusal:
        return _show(request, report, status=403, refusal=refusal)
    except LayoutError as error:
        return _show(request, report, status=409, problem=str(error))
    messages.success(request, "Signed and delivered: it lies in the Undersheriff's inbox.")
    return redirect("halfyears:report", report.pk)


@require_POST
def acknowledge(request: ActorRequest, report_id: int) -> HttpResponse:
    """Record that the Undersheriff has it."""
    require(may(request.actor, Right.RECEIVE_AUDIT_REPORTS), action="audit_report.acknowledge")
    report, form = get_report_for(request.actor, report_id), AcknowledgeForm(request.POST)
    if not form.is_valid():
        return _show(request, report, status=422, acknowledge_form=form)
    try:
        actions.acknowledge_report(report=report, actor=request.actor, now=utc_now(), **form.cleaned_data)
    except PolicyRefusal as refusal:
        return _show(request, report, status=403, refusal=refusal)
    except actions.ReportDiffersError as error:
        return _show(request, report, status=409, problem=str(error))
    messages.success(request, "Recorded: the report has reached you.")
    return redirect("halfyears:report", report.pk)


@require_GET
def file(request: ActorRequest, report_id: int) -> HttpResponse:
    """Hand the file out, if it is the one that was signed; the look is recorded."""
    report = get_report_for(request.actor, report_id)
    try:
        pdf = actions.open_file(report=report, actor=request.actor, now=utc_now())
    except (actions.ReportDiffersError, LayoutError) as error:
        return _show(request, report, status=409, problem=str(error))
    name = f"platewarden-{report.number}{'' if report.is_signed else '-draft'}.pdf"
    return download(pdf, name, "application/pdf")


def _show(
    request: ActorRequest,
    report: AuditReport,
    *,
    status: int = 200,
    problem: str = "",
    refusal: PolicyRefusal | None = None,
    **forms: object,
) -> HttpResponse:
    recorded = ledger.record_refusal(refusal, actor=request.actor).seq if refusal else None
    context = {
        "shown": shown_to(request.actor, report),
        "check_form": CheckForm(initial={"conclusion": report.conclusion}),
        "sign_form": SignForm(),
        "acknowledge_form": AcknowledgeForm(),
        "problem": problem,
        "refusal": refusal.decision if refusal else None,
        "recorded": recorded,
        **forms,
    }
    return render(request, "halfyears/report.html", context, status=status)
