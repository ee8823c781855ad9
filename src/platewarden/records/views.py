"""The register of records requests, one of them, and what the records officer records of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.adoption.in_force import parameters_at
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import ImageUnavailable
from platewarden.ledger import actions as ledger
from platewarden.policy import records as policy
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.parameters import definition
from platewarden.policy.records import RecordsKind, RecordsOutcome, RecordsStanding
from platewarden.policy.rights import Right, may
from platewarden.records import actions
from platewarden.records.doors import get_request_for, requests_for
from platewarden.records.forms import AnswerForm, ExtendForm, RegisterForm
from platewarden.records.models import RecordsRequest
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest

PAGE_LENGTH: Final = 50
_CLOCKS: Final = ("records.acknowledge_business_days", "records.answer_business_days")


@dataclass(frozen=True, slots=True)
class Line:
    """A request as the pages show it."""

    request: RecordsRequest
    kind: str
    standing: RecordsStanding
    due_on: date | None
    is_overdue: bool
    outcome: str


def _line(found: RecordsRequest, now: datetime) -> Line:
    parameters, facts = parameters_at(now), found.facts
    return Line(
        request=found,
        kind=RecordsKind(found.kind).label,
        standing=facts.standing,
        due_on=policy.due_on(facts, parameters=parameters),
        is_overdue=policy.is_overdue(facts, parameters=parameters, today=actions.today_at(now)),
        outcome=RecordsOutcome(found.outcome).label if found.outcome else "",
    )


@require_GET
def list_requests(request: ActorRequest) -> HttpResponse:
    """List the requests, without what they say."""
    found, now = requests_for(request.actor), utc_now()
    page = Paginator(found, PAGE_LENGTH).get_page(request.GET.get("page"))
    lines = [_line(each, now) for each in page.object_list]
    unverified = [definition(name) for name in _CLOCKS if not definition(name).is_verified]
    may_register = may(request.actor, Right.REGISTER_RECORDS_REQUESTS).allowed
    context = {"page": page, "lines": lines, "may_register": may_register, "unverified": unverified}
    return render(request, "records/list.html", context)


@require_http_methods(["GET", "POST"])
def register(request: ActorRequest) -> HttpResponse:
    """Take a request in; everything that is missing is named at once."""
    require(may(request.actor, Right.REGISTER_RECORDS_REQUESTS), action="records.register")
    now = utc_now()
    today = actions.today_at(now)
    form = RegisterForm(request.POST if request.method == "POST" else None, initial={"received_on": today})
    if request.method == "GET" or not form.is_valid():
        return render(request, "records/register.html", {"form": form}, status=422 if form.is_bound else 200)
    try:
        found = actions.register(facts=form.facts, written=form.written, actor=request.actor, now=now)
    except PolicyRefusal as refusal:
        entry = ledger.record_refusal(refusal, actor=request.actor)
        said = form.written
        form.show_refusals(*policy.wanting(form.facts, requester=said.requester, what=said.what, today=today))
        return render(request, "records/register.html", {"form": form, "entry": entry.seq}, status=422)
    messages.success(request, f"Registered as No. {found.pk}, and put before the records officer.")
    return redirect("records:request", found.pk)


@require_GET
def show(request: ActorRequest, request_id: int) -> HttpResponse:
    """Show one request; what the requester wrote is shown to whoever reads them, and that look is recorded."""
    return _show(request, get_request_for(request.actor, request_id))


def _show(request: ActorRequest, found: RecordsRequest, *, status: int = 200, **told: Any) -> HttpResponse:
    may_answer = may(request.actor, Right.ANSWER_RECORDS_REQUESTS).allowed and found.answered_on is None
    context = {
        "found": found,
        "line": _line(found, utc_now()),
        "may_answer": may_answer,
        "may_read": may(request.actor, Right.REGISTER_RECORDS_REQUESTS).allowed,
        "extend_form": ExtendForm(),
        "answer_form": AnswerForm(),
        **_written(request, found),
        **told,
    }
    return render(request, "records/request.html", context, status=status)


def _written(request: ActorRequest, found: RecordsRequest) -> dict[str, Any]:
    if not may(request.actor, Right.REGISTER_RECORDS_REQUESTS).allowed:
        return {}
    try:
        return {"written": actions.open_written(found, actor=request.actor)}
    except (KeyUnavailable, ImageUnavailable):
        return {"is_lost": True}


@require_POST
def acknowledge(request: ActorRequest, request_id: int) -> HttpResponse:
    """Record that receipt was acknowledged in writing."""
    found = get_request_for(request.actor, request_id)
    actions.acknowledge(request=found, actor=request.actor, now=utc_now())
    messages.success(request, "The acknowledgement is recorded, and the next clock runs.")
    return redirect("records:request", request_id)


@require_POST
def extend(request: ActorRequest, request_id: int) -> HttpResponse:
    """Record a later day that the requester was told."""
    require(may(request.actor, Right.ANSWER_RECORDS_REQUESTS), action="records.extend")
    found, form = get_request_for(request.actor, request_id), ExtendForm(request.POST)
    if not form.is_valid():
        return _show(request, found, extend_form=form, status=422)
    said = form.cleaned_data
    try:
        actions.extend(
            request=found,
            until=said["extended_to"],
            reason=said["reason"],
            actor=request.actor,
            now=utc_now(),
        )
    except PolicyRefusal as refusal:
        entry = ledger.record_refusal(refusal, actor=request.actor).seq
        form.show_refusals(refusal.decision)
        told = {"extend_form": form, "refusal": refusal.decision, "entry": entry}
        return _show(request, found, status=403, **told)
    messages.success(request, "The new day is recorded.")
    return redirect("records:request", request_id)


@require_POST
def answer(request: ActorRequest, request_id: int) -> HttpResponse:
    """Record how the request was answered."""
    require(may(request.actor, Right.ANSWER_RECORDS_REQUESTS), action="records.answer")
    found, form = get_request_for(request.actor, request_id), AnswerForm(request.POST)
    if not form.is_valid():
        return _show(request, found, answer_form=form, status=422)
    said = form.cleaned_data
    outcome = RecordsOutcome(said["outcome"]) if said["outcome"] else None
    try:
        actions.answer(
            request=found, outcome=outcome, note=said["reason"], actor=request.actor, now=utc_now()
        )
    except PolicyRefusal as refusal:
        entry = ledger.record_refusal(refusal, actor=request.actor).seq
        form.show_refusals(refusal.decision)
        told = {"answer_form": form, "refusal": refusal.decision, "entry": entry}
        return _show(request, found, status=403, **told)
    messages.success(request, "The answer is recorded.")
    return redirect("records:request", request_id)
