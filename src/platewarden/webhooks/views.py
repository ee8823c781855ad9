"""Where messages go, who decided so, and what became of them."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from platewarden.ledger import actions as ledger
from platewarden.policy.actor import Actor
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.webhooks import may_adopt_endpoint, may_manage_endpoints, may_see_endpoints
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest
from platewarden.webhooks import actions
from platewarden.webhooks.forms import EndpointForm
from platewarden.webhooks.models import Delivery, Endpoint

SHOWN: Final = 50


@require_GET
def show(request: ActorRequest) -> HttpResponse:
    """List the endpoints and the latest messages, those that were given up first."""
    require(may_see_endpoints(request.actor), action="webhook.see")
    return _show(request)


def _show(request: ActorRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    actor = request.actor
    endpoints = Endpoint.objects.filter(agency_id=actor.agency_id).select_related("proposed_by", "adopted_by")
    deliveries = Delivery.objects.filter(endpoint__agency_id=actor.agency_id).select_related("endpoint")
    shown = {
        "endpoints": [
            (one, may_adopt_endpoint(actor, proposed_by_id=str(one.proposed_by_id)).allowed)
            for one in endpoints
        ],
        "dead": deliveries.filter(dead_at__isnull=False)[:SHOWN],
        "latest": deliveries.filter(dead_at__isnull=True)[:SHOWN],
        "may_manage": may_manage_endpoints(actor).allowed,
        "form": EndpointForm(),
    }
    return render(request, "webhooks/webhooks.html", shown | context, status=status)


@require_POST
def propose(request: ActorRequest) -> HttpResponse:
    """Propose an endpoint, and show its key this once."""
    require(may_manage_endpoints(request.actor), action="webhook.propose")
    form = EndpointForm(request.POST)
    if not form.is_valid():
        return _show(request, status=422, form=form)
    try:
        endpoint, key = actions.propose_endpoint(**form.cleaned_data, actor=request.actor, now=utc_now())
    except PolicyRefusal as refusal:
        entry = ledger.record_refusal(refusal, actor=request.actor)
        context = {"form": form, "refusal": refusal.decision, "recorded": entry.seq}
        return _show(request, status=403, **context)
    return render(request, "webhooks/key.html", {"endpoint": endpoint, "key": key})


@require_POST
def adopt(request: ActorRequest, endpoint_id: int) -> HttpResponse:
    """Adopt what somebody else has proposed."""
    endpoint = _endpoint(request.actor, endpoint_id)
    actions.adopt_endpoint(endpoint=endpoint, actor=request.actor, now=utc_now())
    messages.success(request, f"{endpoint.name} is told of alerts from now on.")
    return redirect("webhooks:show")


@require_POST
def withdraw(request: ActorRequest, endpoint_id: int) -> HttpResponse:
    """Send nothing there any more."""
    endpoint = _endpoint(request.actor, endpoint_id)
    actions.withdraw_endpoint(endpoint=endpoint, actor=request.actor, now=utc_now())
    messages.success(request, f"{endpoint.name} is told of nothing any more.")
    return redirect("webhooks:show")


@require_POST
def send_test(request: ActorRequest, endpoint_id: int) -> HttpResponse:
    """Send a message that is a test."""
    endpoint = _endpoint(request.actor, endpoint_id)
    actions.try_endpoint(endpoint=endpoint, actor=request.actor, now=utc_now())
    messages.success(request, f"A test is on its way to {endpoint.name}: load this page again in a moment.")
    return redirect("webhooks:show")


@require_POST
def send_again(request: ActorRequest, delivery_id: UUID) -> HttpResponse:
    """Send a message again that was given up."""
    require(may_manage_endpoints(request.actor), action="webhook.send_again")
    deliveries = Delivery.objects.filter(endpoint__agency_id=request.actor.agency_id)
    delivery = deliveries.filter(pk=delivery_id).first()
    if delivery is None:
        raise Http404("no such message")
    actions.send_again(delivery=delivery, actor=request.actor, now=utc_now())
    messages.success(request, "The message is on its way again.")
    return redirect("webhooks:show")


def _endpoint(actor: Actor, endpoint_id: int) -> Endpoint:
    require(may_see_endpoints(actor), action="webhook.see")
    found = Endpoint.objects.filter(
        pk=endpoint_id, agency_id=actor.agency_id, withdrawn_at__isnull=True
    ).first()
    if found is None:
        raise Http404("no such endpoint")
    return found
