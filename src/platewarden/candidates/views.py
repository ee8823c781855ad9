"""The list of weaker matches, one of them with its images, and the alert that a person raises from it."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from platewarden.adoption.in_force import parameters_at
from platewarden.candidates import actions
from platewarden.candidates.doors import candidates_for, get_candidate_for
from platewarden.candidates.forms import PromoteForm
from platewarden.candidates.pages import FILTERS, lines_of
from platewarden.hotlists.refusals import record_refused
from platewarden.policy.candidates import may_see_candidates
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest

PAGE_LENGTH: Final = 50


@require_GET
def list_candidates(request: ActorRequest) -> HttpResponse:
    """List the weaker matches of the last days, all or of one grade; the look is on the ledger before it is shown."""
    require(may_see_candidates(request.actor), action="candidates.list")
    now = utc_now()
    parameters = parameters_at(now)
    candidates = candidates_for(request.actor, parameters=parameters, now=now)
    wanted = request.GET.get("grade", "")
    if wanted in FILTERS:
        candidates = candidates.filter(grade=wanted)
    page = Paginator(candidates, PAGE_LENGTH).get_page(request.GET.get("page"))
    lines = lines_of(page.object_list, now=now)
    actions.look_through([line.candidate for line in lines], actor=request.actor)
    context = {
        "page": page,
        "lines": lines,
        "wanted": wanted,
        "grades": FILTERS,
        "minutes": int(parameters.minutes("query.minimum_age_minutes").total_seconds() // 60),
    }
    return render(request, "candidates/list.html", context)


@require_GET
def detail(request: ActorRequest, candidate_id: UUID) -> HttpResponse:
    """Show the plate image beside the entry; that look is on the ledger before it is shown."""
    return _show(request, candidate_id, PromoteForm())


@require_POST
def promote(request: ActorRequest, candidate_id: UUID) -> HttpResponse:
    """Raise an alert, with a reason."""
    require(may_see_candidates(request.actor), action="candidate.promote")
    now, form = utc_now(), PromoteForm(request.POST)
    candidate = get_candidate_for(request.actor, candidate_id, parameters=parameters_at(now), now=now)
    if not form.is_valid():
        return _show(request, candidate_id, form, status=422)
    try:
        alert = actions.promote(
            candidate=candidate, reason=form.cleaned_data["reason"], actor=request.actor, now=now
        )
    except PolicyRefusal as refusal:
        return _show(request, candidate_id, form, status=403, **record_refused(request, form, refusal))
    messages.success(request, f"Alert {alert.number} is raised, unverified, with your name and your reason.")
    return redirect("alerts:detail", alert.pk)


def _show(
    request: ActorRequest, candidate_id: UUID, form: PromoteForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    require(may_see_candidates(request.actor), action="candidate.open")
    now = utc_now()
    candidate = get_candidate_for(request.actor, candidate_id, parameters=parameters_at(now), now=now)
    lines = lines_of([candidate], now=now)
    if not lines:
        raise Http404("the read of this candidate is gone")
    look = actions.open_candidate(candidate=candidate, read=lines[0].read, actor=request.actor)
    context |= {"line": lines[0], "look": look, "form": form}
    return render(request, "candidates/detail.html", context, status=status)
