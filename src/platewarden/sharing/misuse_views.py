"""Reports of misuse: make one and follow it; investigate and decide on one."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.accounts.actors import system_actor
from platewarden.accounts.models import Agency
from platewarden.adoption.in_force import parameters_at
from platewarden.ledger import actions as ledger
from platewarden.policy import misuse as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.misuse import Concern, Outcome, Step
from platewarden.policy.rights import Right, may
from platewarden.sharing import misuse
from platewarden.sharing.doors import get_own_report, get_report_for, own_reports, reports_for
from platewarden.sharing.forms import DecisionForm, NoteForm, ReportForm
from platewarden.sharing.models import MisuseReport
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


def _agencies(actor: Actor) -> QuerySet[Agency]:
    """Return the agencies *actor* may name: guests their own and ours, our own people all on the register."""
    every = Agency.objects.order_by("-is_owner", "name")
    own = Agency.objects.get(pk=actor.agency_id)
    return every if own.is_owner else every.filter(Q(pk=own.pk) | Q(is_owner=True))


@require_http_methods(["GET", "POST"])
def report(request: ActorRequest) -> HttpResponse:
    """Make a report; everybody with an account may."""
    typed = (request.POST,) if request.method == "POST" else ()
    form, told = ReportForm(*typed, agencies=_agencies(request.actor)), {}
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = misuse.report_misuse(
                agency=said["agency"],
                concern=Concern(said["concern"]),
                whom=said["whom"],
                account=said["account"],
                actor=request.actor,
                now=utc_now(),
            )
        except PolicyRefusal as refusal:
            nobody = system_actor("reports of misuse")  # the ledger does not say who reports, or tried to
            entry = ledger.record_refusal(refusal, actor=nobody)
            told = {"refusal": refusal.decision, "recorded": entry.seq}
        else:
            messages.success(
                request,
                f"Reported as No. {made.pk}. Who decides on it: {policy.decided_by(Role(made.decider))}.",
            )
            return redirect("sharing:own_report", made.pk)
    status = 200 if request.method == "GET" else 403 if told else 422
    context = {"form": form, "reports": own_reports(request.actor)[:20], **told}
    return render(request, "sharing/report.html", context, status=status)


@require_GET
def own_report(request: ActorRequest, report_id: int) -> HttpResponse:
    """Show whoever reported what became of it, at every step."""
    found = get_own_report(request.actor, report_id)
    context = {"report": found, "is_own": True, **_about(found)}
    return render(request, "sharing/investigate.html", context)


@require_GET
def reports(request: ActorRequest) -> HttpResponse:
    """List the reports that this person investigates."""
    require(may(request.actor, Right.DECIDE_MISUSE), action="misuse.list")
    parameters = parameters_at(utc_now())
    lines = [
        (found, Concern(found.concern).label, _due_at(found, parameters))
        for found in reports_for(request.actor)
    ]
    return render(request, "sharing/misuse.html", {"lines": lines})


def _due_at(found: MisuseReport, parameters: Any) -> Any:
    facts = found.facts
    if facts.is_decided:
        return None
    rule = policy.decide_by if facts.is_acknowledged else policy.acknowledge_by
    return rule(found.reported_at, parameters=parameters)


@require_GET
def investigate(request: ActorRequest, report_id: int) -> HttpResponse:
    """Show a report to whoever decides on it; that look is recorded."""
    found = get_report_for(request.actor, report_id)
    misuse.open_report(report=found, actor=request.actor)
    return _show(request, found)


def _show(request: ActorRequest, found: MisuseReport, *, status: int = 200, **context: Any) -> HttpResponse:
    forms = {"note_form": NoteForm(auto_id="note_%s"), "decision_form": DecisionForm(auto_id="decide_%s")}
    shown = {"report": found, **_about(found), **forms, **context}
    return render(request, "sharing/investigate.html", shown, status=status)


def _about(found: MisuseReport) -> dict[str, Any]:
    steps = [(step, Outcome(step.outcome).label if step.outcome else "") for step in found.steps.all()]
    return {
        "concern": Concern(found.concern).label,
        "decides": policy.decided_by(found.facts.decider),
        "facts": found.facts,
        "steps": steps,
        "due_at": _due_at(found, parameters_at(utc_now())),
    }


@require_POST
def step(request: ActorRequest, report_id: int) -> HttpResponse:
    """Acknowledge a report, note something, or decide on it."""
    found = get_report_for(request.actor, report_id)
    try:
        kind = Step(request.POST.get("step", ""))
        outcome = Outcome(request.POST["outcome"]) if request.POST.get("outcome") else None
    except ValueError:
        raise Http404("no such step") from None
    try:
        misuse.take_step(
            report=found,
            step=kind,
            text=request.POST.get("text", "")[:4000],
            outcome=outcome if kind is Step.DECIDED else None,
            actor=request.actor,
            now=utc_now(),
        )
    except PolicyRefusal as refusal:
        entry = ledger.record_refusal(refusal, actor=request.actor)
        return _show(request, found, status=403, refusal=refusal.decision, recorded=entry.seq)
    messages.success(request, "It is on record, and whoever reported is told.")
    return redirect("sharing:investigate", found.pk)


@require_GET
def of_notice(request: ActorRequest, report_id: int) -> HttpResponse:
    """Lead from a notice to the report it is about: whoever made it to their page, everybody else to the desk."""
    is_own = own_reports(request.actor).filter(pk=report_id).exists()
    return redirect("sharing:own_report" if is_own else "sharing:investigate", report_id)
