"""The lists, one list, and plates entered by hand."""

from typing import Final

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from platewarden.adoption.in_force import parameters_at
from platewarden.calibration.standing import standing_of
from platewarden.corrections.pages import suppressed_on
from platewarden.hotlists.doors import get_hotlist_for
from platewarden.hotlists.entry_pages import in_force_first, lines_of
from platewarden.hotlists.models import Hotlist, Snapshot, Upload
from platewarden.hotlists.pages import rights_of, sheets_of
from platewarden.policy.decision import require
from platewarden.policy.hotlists import may_load
from platewarden.policy.rights import Right, may
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest

ENTRIES_A_PAGE: Final = 50
SNAPSHOTS_SHOWN: Final = 30


@require_GET
def list_hotlists(request: ActorRequest) -> HttpResponse:
    """List the agency's lists: how old each is, what it holds, and what was left out of it."""
    require(may(request.actor, Right.SEE_HOTLISTS), action="hotlist.list")
    now = utc_now()
    hotlists = Hotlist.objects.filter(agency_id=request.actor.agency_id)
    sheets = sheets_of(hotlists, parameters=parameters_at(now), now=now)
    context = {
        "sheets": sheets,
        "stale": [sheet for sheet in sheets if sheet.is_stale],
        "standing": standing_of(request.actor.agency_id, parameters=parameters_at(now), now=now),
        **rights_of(request.actor),
    }
    return render(request, "hotlists/list.html", context)


@require_GET
def detail(request: ActorRequest, hotlist_id: int) -> HttpResponse:
    """Show one list: its loads, and the entries themselves only where they were made by hand."""
    hotlist, now = get_hotlist_for(request.actor, hotlist_id), utc_now()
    parameters = parameters_at(now)
    (sheet,) = sheets_of([hotlist], parameters=parameters, now=now)
    context = {"sheet": sheet, "hotlist": hotlist, **rights_of(request.actor)}
    context |= suppressed_on(hotlist, actor=request.actor, parameters=parameters, now=now)
    if hotlist.is_manual:
        entries = Paginator(in_force_first(hotlist, parameters=parameters, now=now), ENTRIES_A_PAGE)
        page = entries.get_page(request.GET.get("page"))
        context |= {"page": page, "lines": lines_of(page.object_list, parameters=parameters, now=now)}
        return render(request, "hotlists/manual.html", context)
    context["snapshots"] = Snapshot.objects.filter(hotlist=hotlist)[:SNAPSHOTS_SHOWN]
    if may_load(request.actor).allowed:
        context["under_way"] = Upload.objects.filter(hotlist=hotlist, ended_at=None).select_related(
            "uploaded_by"
        )
    return render(request, "hotlists/detail.html", context)
