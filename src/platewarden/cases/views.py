"""The list of cases, the page of one, its records; and taking a hit or a read into a case."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from platewarden.adoption.in_force import parameters_at
from platewarden.alerts.doors import get_alert_for, hit_of
from platewarden.cases import doors, holds, looking, pages
from platewarden.cases.actions import preserve_by_hand
from platewarden.cases.forms import NumberForm, PreserveForm, ReasonForm
from platewarden.cases.models import Case, Hold
from platewarden.images.inline import data_uri
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import ImageUnavailable
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may
from platewarden.queries.actions import reads_found_by
from platewarden.queries.doors import get_query_for
from platewarden.reads.days import DayClosedError
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest, number_of

UNSEALED = "The images cannot be opened or sealed: nothing was kept. Tell your administrator."


@require_GET
def cases(request: ActorRequest) -> HttpResponse:
    """List the cases that one works on."""
    require(may(request.actor, Right.SEE_CASES), action="case.list")
    context = {"lines": pages.lines_of(request.actor), "form": NumberForm(), "waiting": _waiting(request)}
    return render(request, "cases/list.html", context)


def _waiting(request: ActorRequest) -> list[Hold]:
    """Return the holds that wait for this person's decision."""
    if not may(request.actor, Right.DECIDE_HOLDS).allowed:
        return []
    asked = Hold.objects.filter(placed_at=None, declined_at=None, case__agency_id=request.actor.agency_id)
    return list(asked.select_related("case", "requested_by"))


@require_POST
def find(request: ActorRequest) -> HttpResponse:
    """Go to the case of a number that was typed; the number stays out of the address."""
    require(may(request.actor, Right.SEE_CASES), action="case.find")
    form = NumberForm(request.POST)
    number = form.cleaned_data["case_number"].strip() if form.is_valid() else ""
    found = Case.objects.filter(agency_id=request.actor.agency_id, number=number).first()
    if found is None:
        raise Http404("no such case")
    return redirect("cases:case", doors.get_case_for(request.actor, found.pk).pk)


@require_GET
def case(request: ActorRequest, case_id: int) -> HttpResponse:
    """Show what a case collects; every look is an entry, and every page of records a look."""
    found = doors.get_case_for(request.actor, case_id)
    shows_records = doors.sees_records(request.actor, found)
    page = _page(request.GET.get("page", "1"))
    reads, hits = pages.records_of(found, page=page) if shows_records else ([], [])
    entry = looking.see_case(found, reads=reads, hits=hits, actor=request.actor)
    counts = {"hits": found.hits.count(), "reads": found.reads.count()}
    context = {
        "case": found,
        "entry": entry,
        "shows_records": shows_records,
        "records": pages.opened(reads, hits),
        "counts": counts,
        "held": found.reads.filter(taken_at=None).count(),
        "page": page,
        "has_more": page * pages.PAGE_RECORDS < sum(counts.values()),
        "holds": found.holds.select_related("requested_by", "placed_by"),
        "searches": pages.searches_of(found),
        "reports": pages.reports_of(found),
        "history": pages.history_of(found),
        "exports": found.exports.select_related("asked_by"),
        "export_form": ReasonForm(prefix="export"),
        "may_export": shows_records and may(request.actor, Right.EXPORT_CASES).allowed,
    }
    return render(request, "cases/case.html", context)


def _page(text: str) -> int:
    page = number_of(text) or 0
    if not 0 < page < 10**6:
        raise Http404("no such page")
    return page


@require_POST
def read(request: ActorRequest, case_id: int, kept_id: int) -> HttpResponse:
    """Open a read that a case keeps; opening it is an entry of its own."""
    kept = doors.get_read_for(request.actor, case_id, kept_id)
    try:
        copy, entry = looking.see_read(kept, actor=request.actor)
    except (KeyUnavailable, ImageUnavailable, OSError):
        return render(request, "cases/unopened.html", {"case": kept.case}, status=409)
    context = {
        "case": kept.case,
        "kept": kept,
        "facts": copy.facts | {"vehicle": copy.vehicle},
        "plate_uri": data_uri(copy.plate_image),
        "vehicle_uri": data_uri(copy.vehicle_image),
        "entry": entry,
        "may_take": kept.taken_at is None and may(request.actor, Right.PRESERVE_IN_CASE).allowed,
    }
    return render(request, "cases/record.html", context)


@require_POST
def hit(request: ActorRequest, case_id: int, kept_id: int) -> HttpResponse:
    """Open a hit that a case keeps; opening it is an entry of its own."""
    kept = doors.get_hit_for(request.actor, case_id, kept_id)
    try:
        copy, entry = looking.see_hit(kept, actor=request.actor)
    except (KeyUnavailable, ImageUnavailable, OSError):
        return render(request, "cases/unopened.html", {"case": kept.case}, status=409)
    context = {
        "case": kept.case,
        "kept": kept,
        "facts": copy.hit.__dict__ | {"camera": copy.hit.camera_name, "vehicle": copy.hit.vehicle},
        "alert": copy.alert,
        "is_hit": True,
        "plate_uri": data_uri(copy.plate_image),
        "vehicle_uri": data_uri(copy.vehicle_image),
        "entry": entry,
    }
    return render(request, "cases/record.html", context)


@require_POST
def take(request: ActorRequest, query_id: UUID, read_id: UUID) -> HttpResponse:
    """Take a read that a query found into the case file that the query was asked for."""
    query, now = get_query_for(request.actor, query_id), utc_now()
    found = reads_found_by(query, actor=request.actor, now=now, action="case.take_read")
    chosen = next((each for each in found if each.id == read_id), None)
    if chosen is None:
        raise Http404("not among what the query found")
    try:
        kept = holds.take_read(
            query=query, read=chosen, case_number=query.case_number, actor=request.actor, now=now
        )
    except (KeyUnavailable, OSError):
        messages.error(request, UNSEALED)
        return redirect("queries:answer", query.pk)
    except DayClosedError:
        messages.error(
            request, "The day of this read has just ended, and it goes with its day: nothing was kept."
        )
        return redirect("queries:answer", query.pk)
    messages.success(request, f"Case {kept.case.number} keeps this read beyond its day.")
    return redirect("cases:case", kept.case_id)


@require_POST
def take_held(request: ActorRequest, case_id: int, kept_id: int) -> HttpResponse:
    """Take a held read into the case file."""
    kept = doors.get_read_for(request.actor, case_id, kept_id)
    holds.take_held_read(kept=kept, actor=request.actor, now=utc_now())
    messages.success(request, "The case file has taken this read: it stays when the hold ends.")
    return redirect("cases:case", kept.case_id)


@require_POST
def preserve(request: ActorRequest, alert_id: UUID) -> HttpResponse:
    """Take the hit of an alert into a case, although nobody was stopped and nothing taken."""
    require(may(request.actor, Right.PRESERVE_IN_CASE), action="case.preserve")
    alert, form, now = get_alert_for(request.actor, alert_id), PreserveForm(request.POST), utc_now()
    found = hit_of(alert, parameters=parameters_at(now), now=now)
    if found is None:
        raise Http404("the day of this alert is over")
    case_number = form.cleaned_data["case_number"] if form.is_valid() else ""
    try:
        kept = preserve_by_hand(alert=alert, hit=found, case_number=case_number, actor=request.actor, now=now)
    except (KeyUnavailable, ImageUnavailable, OSError):
        messages.error(request, UNSEALED)
    else:
        messages.success(request, f"Case {kept.case.number} keeps this hit beyond its day.")
    return redirect("alerts:detail", alert_id)
