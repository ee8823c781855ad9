"""Held searches: those that wait for one's decision, one of them, and the number that an exigent one is given."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.ledger import actions as ledger
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.held import HeldFor
from platewarden.policy.rights import Right, may
from platewarden.queries import holding, pages
from platewarden.queries.doors import get_held_for, get_query_for, held_searches, queries_of
from platewarden.queries.forms import DecisionForm, NumberForm
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


@require_GET
def waiting(request: ActorRequest) -> HttpResponse:
    """List the searches that wait for this person's decision; without what they ask for."""
    require(may(request.actor, Right.ASK_QUERIES), action="query.review")
    found = held_searches(request.actor, now=utc_now())
    searches = [(query, pages.about(query)["reasons"]) for query in found]
    return render(request, "queries/held.html", {"searches": searches})


@require_http_methods(["GET", "POST"])
def review(request: ActorRequest, query_id: uuid.UUID) -> HttpResponse:
    """Show a held search with what it asks for, which is recorded; take the decision on it."""
    require(may(request.actor, Right.ASK_QUERIES), action="query.review")
    query, now = get_held_for(request.actor, query_id), utc_now()
    form = DecisionForm(request.POST if request.method == "POST" else None)
    told = {}
    if request.method == "POST" and form.is_valid():
        release = request.POST.get("decision") == "release"
        try:
            holding.decide(
                query=query, release=release, note=form.cleaned_data["note"], actor=request.actor, now=now
            )
        except PolicyRefusal as refusal:
            told = {
                "refusal": refusal.decision,
                "refused_entry": ledger.record_refusal(refusal, actor=request.actor).seq,
            }
        else:
            outcome = "released" if release else "denied"
            messages.success(request, f"The search is {outcome}, and {query.asked_by.full_name} is told.")
            return redirect("queries:held")
    entry = holding.review(query, actor=request.actor)
    context = pages.about(query) | {"form": form, "entry": entry, "is_waiting": query.is_waiting(now), **told}
    context["names_ground"] = HeldFor.GROUND in query.held_for
    return render(request, "queries/review.html", context, status=403 if told else 200)


@require_POST
def complete(request: ActorRequest, query_id: uuid.UUID) -> HttpResponse:
    """Take the case number of an exigent search of one's own."""
    query = get_query_for(request.actor, query_id)
    form = NumberForm(request.POST)
    if not form.is_valid():
        return redirect("queries:ask")
    holding.complete(
        query=query, case_number=form.cleaned_data["case_number"], actor=request.actor, now=utc_now()
    )
    messages.success(request, "The search has its case number now.")
    return redirect("queries:ask")


@require_GET
def of_notice(request: ActorRequest, query_id: uuid.UUID) -> HttpResponse:
    """Lead from a notice to the search it is about: its asker to the answer, everybody else to the decision."""
    is_own = queries_of(request.actor).filter(pk=query_id).exists()
    return redirect("queries:answer" if is_own else "queries:review", query_id)
