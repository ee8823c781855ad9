"""Taking an answer away: as a file, on paper, and what became of the file."""

import uuid
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from platewarden.queries import pages, taking
from platewarden.queries.doors import files_of, get_query_for
from platewarden.queries.models import TakenFile
from platewarden.site.clock import utc_now
from platewarden.site.downloads import download
from platewarden.site.requests import ActorRequest

_SETTLEMENTS: Final = {"case": TakenFile.IN_CASE, "destroyed": TakenFile.DESTROYED}


@require_POST
def export(request: ActorRequest, query_id: uuid.UUID) -> HttpResponse:
    """Hand the answer over as a file; taking it is an entry of its own."""
    query, form = get_query_for(request.actor, query_id), request.POST.get("form", "")
    if form not in taking.FORMS:
        raise Http404("no such form of file")
    taken = taking.export(query, form=form, actor=request.actor, now=utc_now())
    return download(taken.content, taken.name, taken.media_type)


@require_POST
def print_out(request: ActorRequest, query_id: uuid.UUID) -> HttpResponse:
    """Lay the answer out for paper; that is an entry of its own."""
    query = get_query_for(request.actor, query_id)
    now = utc_now()
    printed = taking.print_out(query, actor=request.actor, now=now)
    rows = pages.rows_of(printed.reads, query, now=now)
    context = pages.about(query) | {"printed": printed, "days": pages.by_day(rows)}
    return render(request, "queries/print.html", context)


@require_POST
def settle(request: ActorRequest, file_id: uuid.UUID) -> HttpResponse:
    """Take what became of a file of one's own."""
    file = get_object_or_404(files_of(request.actor), pk=file_id)
    settlement = _SETTLEMENTS.get(request.POST.get("settlement", ""))
    if settlement is None:
        raise Http404("no such settlement")
    taking.settle_file(file=file, settlement=settlement, actor=request.actor, now=utc_now())
    messages.success(request, f"It is on record that the file is {settlement}.")
    return redirect("queries:ask")
