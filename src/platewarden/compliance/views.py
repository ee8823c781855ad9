"""The policy as it stands: every clause with its evidence, and the values in force."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.accounts.actors import owning_agency
from platewarden.adoption import actions as adoption
from platewarden.adoption.in_force import parameters_at
from platewarden.adoption.models import AdoptedValue
from platewarden.compliance.forms import ProposeForm
from platewarden.compliance.pages import page_of, settings_of
from platewarden.compliance.printing import printed
from platewarden.policy.adoption import may_adopt_parameter, may_propose_parameter
from platewarden.policy.decision import require
from platewarden.policy.parameters import ParameterError
from platewarden.policy.retention import may_confirm_clock
from platewarden.policy.rights import Right, may
from platewarden.policy.schedule import conflict
from platewarden.retention.actions import confirm_clock
from platewarden.retention.models import PurgeClock
from platewarden.site.clock import utc_now
from platewarden.site.downloads import download
from platewarden.site.requests import ActorRequest


@require_GET
def clauses(request: ActorRequest) -> HttpResponse:
    """Show every clause: how it is kept, and what can be measured of it at this moment."""
    require(may(request.actor, Right.SEE_COMPLIANCE), action="policy.see")
    page, state = page_of(request.actor.agency_id, now=utc_now()), request.GET.get("state", "")
    context = {
        "page": page,
        "findings": [finding for finding in page.findings if finding.is_among(state)],
        "state": state,
        "states": page.counts(),
        "opened": request.GET.get("open", ""),
        "duties": [(duty, duty.is_overdue(page.now)) for duty in page.duties],
        "total": len(page.findings),
        "clock_is_doubted": PurgeClock.objects.filter(paused_at__isnull=False).exists(),
        "may_confirm_clock": may_confirm_clock(request.actor).allowed,
    }
    return render(request, "compliance/clauses.html", context)


@require_POST
def on_paper(request: ActorRequest) -> HttpResponse:
    """Hand the page out as a PDF, with the ledger's checkpoint on it."""
    require(may(request.actor, Right.SEE_COMPLIANCE), action="policy.print")
    now = utc_now()
    pdf = printed(actor=request.actor, now=now)
    return download(pdf, f"platewarden-policy-{now:%Y-%m-%d}.pdf", "application/pdf")


@require_http_methods(["GET", "POST"])
def parameters(request: ActorRequest) -> HttpResponse:
    """Show the values in force and those proposed; take a proposal from whoever may make one."""
    require(may(request.actor, Right.SEE_COMPLIANCE), action="parameters.see")
    now, zone = utc_now(), ZoneInfo(owning_agency().time_zone)
    form = ProposeForm(request.POST if request.method == "POST" else None, zone=zone, now=now)
    if form.is_bound and form.is_valid() and _propose(request, form, now=now):
        return redirect("compliance:parameters")
    waiting = AdoptedValue.objects.filter(approved_at=None).select_related("proposed_by")
    context = {
        "conflict": conflict(parameters_at(now)),
        "settings": settings_of(parameters_at(now), now),
        "waiting": [(row, _may_adopt(request, row)) for row in waiting],
        "form": form if may_propose_parameter(request.actor).allowed else None,
    }
    return render(request, "compliance/parameters.html", context, status=422 if form.is_bound else 200)


def _may_adopt(request: ActorRequest, row: AdoptedValue) -> bool:
    return may_adopt_parameter(request.actor, proposed_by_id=str(row.proposed_by_id)).allowed


def _propose(request: ActorRequest, form: ProposeForm, *, now: datetime) -> bool:
    facts = form.cleaned_data
    try:
        adoption.propose_value(**facts, actor=request.actor, now=now)
    except ParameterError as error:
        form.add_error("value", str(error))
        return False
    messages.success(request, "Proposed and recorded. A second person must adopt it before it is in force.")
    return True


@require_POST
def adopt(request: ActorRequest, proposal_id: int) -> HttpResponse:
    """Adopt what somebody else proposed."""
    try:
        adoption.approve_value(proposal_id=proposal_id, actor=request.actor, now=utc_now())
    except AdoptedValue.DoesNotExist:
        raise Http404("no such proposal, or it is adopted already") from None
    messages.success(request, "Adopted and recorded.")
    return redirect("compliance:parameters")


@require_POST
def clock(request: ActorRequest) -> HttpResponse:
    """Say that the clock is right after a jump, and let the purge go on."""
    confirm_clock(actor=request.actor, now=utc_now())
    messages.success(request, "Recorded: the clock is right. The purge goes on within ten minutes.")
    return redirect("compliance:clauses")
