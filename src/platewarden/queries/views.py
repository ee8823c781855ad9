"""The search page, the page of an answer, and the page of one image."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.accounts.actors import owning_agency
from platewarden.adoption.in_force import parameters_at
from platewarden.cameras.models import Camera
from platewarden.images.inline import data_uri
from platewarden.ledger import actions as ledger
from platewarden.matching.plates import skeleton
from platewarden.policy.accounts import Right, may
from platewarden.policy.decision import Decision, PolicyRefusal, require
from platewarden.policy.queries import QueryKind
from platewarden.policy.use import Purpose
from platewarden.queries import actions
from platewarden.queries.forms import KINDS, AskForm
from platewarden.queries.models import Query
from platewarden.reads.models import Read
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest

RECENT = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One read as the answer shows it: its plate image, and how near it comes to the plate asked for."""

    read: Read
    picture: str
    nearness: str


@dataclass(frozen=True, slots=True)
class Day:
    """The rows of one day of the agency's calendar."""

    date: date
    rows: list[Row]


@require_http_methods(["GET", "POST"])
def ask(request: ActorRequest) -> HttpResponse:
    """Show the form; take a question, record it, and lead to its answer."""
    require(may(request.actor, Right.ASK_QUERIES), action="query.ask")
    now = utc_now()
    if request.method == "GET":
        return _show_form(request, _form(request, now=now), now=now)
    form = _form(request, now=now)
    if not form.is_valid():
        return _show_form(request, form, now=now, status=422)
    try:
        query = actions.ask(justification=form.justification, scope=form.scope, actor=request.actor, now=now)
    except PolicyRefusal as refusal:
        entry = ledger.record_refusal(refusal, actor=request.actor)
        form.show_refusal(refusal.decision)
        return _show_form(request, form, now=now, refusal=refusal.decision, entry=entry.seq, status=403)
    return HttpResponseRedirect(reverse("queries:answer", args=[query.pk]), status=303)


def _form(request: ActorRequest, *, now: datetime) -> AskForm:
    return AskForm(
        request.POST if request.method == "POST" else None,
        zone=ZoneInfo(owning_agency().time_zone),
        cameras=Camera.objects.filter(agency_id=request.actor.agency_id),
        parameters=parameters_at(now),
        now=now,
    )


def _show_form(
    request: ActorRequest,
    form: AskForm,
    *,
    now: datetime,
    refusal: Decision | None = None,
    entry: int | None = None,
    status: int = 200,
) -> HttpResponse:
    recent = Query.objects.filter(asked_by_id=int(request.actor.id))[:RECENT]
    context = {
        "form": form,
        "refusal": refusal,
        "entry": entry,
        "recent": [(query, KINDS[QueryKind(query.kind)], query.expires_at > now) for query in recent],
    }
    return render(request, "queries/ask.html", context, status=status)


@require_GET
def answer(request: ActorRequest, query_id: uuid.UUID) -> HttpResponse:
    """Show what a query found; every look at it is an entry of its own."""
    query = actions.get_query_for(request.actor, query_id)
    after = _cursor(request.GET.get("after", ""))
    page = actions.answer(query, actor=request.actor, now=utc_now(), after=after)
    rows = [_row(read, query) for read in page.reads]
    context = _about(query) | {"page": page, "days": _by_day(rows), "last": page.first + len(rows) - 1}
    context["may_hold"] = may(request.actor, Right.REQUEST_HOLDS).allowed
    return render(request, "queries/answer.html", context)


@require_POST
def image(request: ActorRequest, query_id: uuid.UUID, read_id: uuid.UUID) -> HttpResponse:
    """Show the vehicle image of one read; opening it is an entry of its own."""
    query = actions.get_query_for(request.actor, query_id)
    opened = actions.open_image(query, read_id, actor=request.actor, now=utc_now())
    context = _about(query) | {
        "read": opened.read,
        "entry": opened.entry,
        "may_take": may(request.actor, Right.PRESERVE_IN_CASE).allowed,
        "plate_uri": data_uri(opened.plate),
        "vehicle_uri": data_uri(opened.vehicle),
    }
    return render(request, "queries/image.html", context)


def _cursor(text: str) -> actions.Cursor | None:
    try:
        return actions.Cursor.parse(text) if text else None
    except ValueError:
        raise Http404("no such page of the answer") from None


def _about(query: Query) -> dict[str, object]:
    return {
        "query": query,
        "purpose": Purpose(query.purpose),
        "kind": KINDS[QueryKind(query.kind)],
        "cameras": Camera.objects.filter(pk__in=query.camera_ids),
    }


def _row(read: Read, query: Query) -> Row:
    return Row(read, data_uri(actions.plate_image(read)), _nearness(read.plate, query))


def _nearness(plate: str, query: Query) -> str:
    if query.kind != QueryKind.NEAR:
        return ""
    if plate == query.plate_text:
        return "same characters"
    if skeleton(plate) == skeleton(query.plate_text):
        return "characters that look alike"
    return "one character different"


def _by_day(rows: list[Row]) -> list[Day]:
    zone = ZoneInfo(owning_agency().time_zone)
    by_day = groupby(rows, key=lambda row: row.read.seen_at.astimezone(zone).date())
    return [Day(day, list(of_day)) for day, of_day in by_day]
