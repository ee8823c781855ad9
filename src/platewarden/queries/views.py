"""The search page, the page of an answer, and the page of one image."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.adoption.in_force import parameters_at
from platewarden.cameras.doors import searchable
from platewarden.images.inline import data_uri
from platewarden.ledger import actions as ledger
from platewarden.policy import queries as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import Decision, PolicyRefusal, require
from platewarden.policy.queries import Justification, QueryKind, QueryScope
from platewarden.policy.rights import Right, may
from platewarden.queries import actions, pages
from platewarden.queries.actions import View
from platewarden.queries.cursors import Cursor
from platewarden.queries.doors import files_of, get_query_for, held_searches, is_locked, queries_of
from platewarden.queries.forms import KINDS, AskForm, NumberForm
from platewarden.queries.maps import drawing_of
from platewarden.queries.models import Query
from platewarden.reads.clocks import doubt_about
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest

RECENT = 10


@require_http_methods(["GET", "POST"])
def ask(request: ActorRequest) -> HttpResponse:
    """Show the form; take a question, record it, and lead to its answer."""
    require(may(request.actor, Right.ASK_QUERIES), action="query.ask")
    now = utc_now()
    form = _form(request, now=now)
    if request.method == "GET":
        return _show_form(request, form, now=now)
    if not form.is_valid():
        return _show_form(request, form, now=now, status=422)
    asked, for_decision = (form.justification, form.scope), "for_decision" in request.POST
    try:
        query = actions.ask(
            justification=asked[0],
            scope=asked[1],
            area=form.corners,
            actor=request.actor,
            now=now,
            for_decision=for_decision,
        )
    except PolicyRefusal as refusal:
        entry = ledger.record_refusal(refusal, actor=request.actor)
        form.show_refusal(refusal.decision)
        told: dict[str, object] = {"refusal": refusal.decision, "entry": entry.seq}
        told["may_be_put"] = not for_decision and _may_be_put(
            refusal.decision, *asked, actor=request.actor, now=now
        )
        return _show_form(request, form, now=now, status=403, **told)
    return HttpResponseRedirect(reverse("queries:answer", args=[query.pk]), status=303)


def _may_be_put(
    refused: Decision, justification: Justification, scope: QueryScope, *, actor: Actor, now: datetime
) -> bool:
    """Whether a supervisor could release what was just refused."""
    parameters = parameters_at(now)
    liftable = policy.for_another_to_decide(justification, scope, parameters=parameters)
    decision = policy.may_query(actor, justification, scope, parameters=parameters, now=now, held=True)
    return refused in liftable and decision.allowed


def _form(request: ActorRequest, *, now: datetime) -> AskForm:
    again = request.GET.get("again", "") if request.method == "GET" else ""
    return AskForm(
        request.POST if request.method == "POST" else None,
        zone=pages.agency_zone(),
        cameras=searchable(request.actor),
        parameters=parameters_at(now),
        now=now,
        terms=request.actor.terms,
        again=_again(request, again) if again else None,
    )


def _again(request: ActorRequest, query_id: str) -> Mapping[str, Any]:
    """Return what an earlier search of one's own asked for; why it is asked again has to be said again."""
    try:
        query = get_query_for(request.actor, uuid.UUID(query_id))
    except ValueError:
        raise Http404("no such query") from None
    zone = pages.agency_zone()
    ends = {
        name: getattr(query, name).astimezone(zone).replace(tzinfo=None)
        for name in ("seen_from", "seen_until")
    }
    vehicle = {f"vehicle_{part}": told for part, told in query.vehicle.items()}
    copied = ("kind", "plate_text", "state", "purpose", "case_number", "requested_by")
    corners = "\n".join(f"{latitude:.6f}, {longitude:.6f}" for latitude, longitude in query.area)
    cameras = {} if query.area else {"cameras": query.camera_ids}
    return {name: getattr(query, name) for name in copied} | ends | vehicle | cameras | {"area": corners}


def _show_form(
    request: ActorRequest, form: AskForm, *, now: datetime, status: int = 200, **told: Any
) -> HttpResponse:
    own = queries_of(request.actor)
    context = {
        "form": form,
        "map": drawing_of(form.all_cameras, corners=form.drawn.corners if form.drawn else ()),
        "recent": [(query, KINDS[QueryKind(query.kind)], _standing(query, now)) for query in own[:RECENT]],
        "incomplete": own.filter(number_due_at__isnull=False),
        "is_locked": is_locked(request.actor, now=now),
        "number_form": NumberForm(),
        "files": files_of(request.actor),
        "waiting": len(held_searches(request.actor, now=now)),
        "now": now,
        **told,
    }
    return render(request, "queries/ask.html", context, status=status)


def _standing(query: Query, now: datetime) -> str:
    """Return where a query of one's own stands: waiting, denied, lapsed, open or expired."""
    if query.decision == Query.DENIED:
        return "denied"
    if query.held_for and not query.decision:
        return "waiting" if query.is_waiting(now) else "lapsed"
    return "open" if query.expires_at > now else "expired"


@require_GET
def answer(request: ActorRequest, query_id: uuid.UUID) -> HttpResponse:
    """Show what a query found, page by page, by plate or on the map; every look at it is an entry of its own."""
    query, now = get_query_for(request.actor, query_id), utc_now()
    if not query.is_released:
        context = pages.about(query) | {"standing": _standing(query, now)}
        return render(request, "queries/waiting.html", context)
    view, after = _view(request), _cursor(request.GET.get("after", ""))
    page = actions.answer(query, actor=request.actor, now=now, after=after, view=view)
    context = pages.about(query) | {"page": page, "view": view, "now": now}
    context["may_hold"] = bool(query.case_number) and may(request.actor, Right.REQUEST_HOLDS).allowed
    match view:
        case View.PAGES:
            rows = pages.rows_of(page.reads, query, now=now)
            context |= {"days": pages.by_day(rows), "last": page.first + len(rows) - 1}
        case View.PLATES:
            context |= {"groups": pages.by_plate(page.reads, query)}
        case View.MAP:
            cameras = searchable(request.actor)
            context |= {"map": pages.map_of(page.reads, query, cameras), "strip": pages.strip_of(page.reads)}
    return render(request, "queries/answer.html", context)


def _view(request: ActorRequest) -> View:
    try:
        return View(request.GET.get("view", View.PAGES))
    except ValueError:
        raise Http404("no such view of the answer") from None


@require_POST
def image(request: ActorRequest, query_id: uuid.UUID, read_id: uuid.UUID) -> HttpResponse:
    """Show the vehicle image of one read; opening it is an entry of its own."""
    query = get_query_for(request.actor, query_id)
    now = utc_now()
    opened = actions.open_image(query, read_id, actor=request.actor, now=now)
    context = pages.about(query) | {
        "read": opened.read,
        "time_doubt": doubt_about(opened.read.id, opened.read.seen_at, parameters=parameters_at(now)),
        "entry": opened.entry,
        "may_take": may(request.actor, Right.PRESERVE_IN_CASE).allowed,
        "plate_uri": data_uri(opened.plate),
        "vehicle_uri": data_uri(opened.vehicle),
    }
    return render(request, "queries/image.html", context)


def _cursor(text: str) -> Cursor | None:
    try:
        return Cursor.parse(text) if text else None
    except ValueError:
        raise Http404("no such page of the answer") from None
