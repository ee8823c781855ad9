"""Asking for a hold of what a query found, and deciding over it."""

from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from platewarden.accounts.actors import owning_agency
from platewarden.adoption.in_force import parameters_at
from platewarden.cases import doors, holds, pages
from platewarden.cases.forms import ChosenForm, HoldForm, ReasonForm
from platewarden.cases.models import Hold
from platewarden.images.keystore import KeyUnavailable
from platewarden.ledger import actions as ledger
from platewarden.policy.decision import Decision, PolicyRefusal, require
from platewarden.policy.holds import Authority
from platewarden.policy.retention import visible_since
from platewarden.policy.rights import Right, may
from platewarden.queries.doors import get_query_for
from platewarden.queries.models import Query
from platewarden.reads.days import DayClosedError
from platewarden.reads.models import Read
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest

_CLOSED: Final = (
    "The day of one of its reads has just ended: nothing was moved. Place it again for what is left."
)


@require_POST
def ask(request: ActorRequest, query_id: UUID) -> HttpResponse:
    """Show what a hold of what a query found would keep; take the request once it says by whose authority."""
    require(may(request.actor, Right.REQUEST_HOLDS), action="hold.request")
    query, now = get_query_for(request.actor, query_id), utc_now()
    chosen = ChosenForm(request.POST).ids
    reads = holds.named_reads(query, chosen, actor=request.actor, now=now)
    is_said = "authority_text" in request.POST
    form = HoldForm(request.POST if is_said else None, zone=ZoneInfo(owning_agency().time_zone), now=now)
    if not is_said or not form.is_valid():
        return _show(request, query, reads, form, chosen=chosen, status=422 if is_said else 200)
    try:
        hold = holds.request_hold(
            query=query, reads=reads, wish=form.wish(query.case_number), actor=request.actor, now=now
        )
    except PolicyRefusal as refusal:
        entry = ledger.record_refusal(refusal, actor=request.actor)
        form.show_refusal(refusal.decision)
        refused = (refusal.decision, entry.seq)
        return _show(request, query, reads, form, chosen=chosen, refused=refused, status=403)
    messages.success(
        request, "Asked for and recorded. The administrators are told; until one places it, nothing moves."
    )
    return redirect("cases:hold", hold.pk)


def _show(
    request: ActorRequest,
    query: Query,
    reads: list[Read],
    form: HoldForm,
    *,
    chosen: set[UUID],
    refused: tuple[Decision, int] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "query": query,
        "form": form,
        "preview": pages.preview_of_reads(reads, asked=len(chosen) or len(reads)),
        "chosen": " ".join(str(each) for each in sorted(chosen)),
        "refusal": refused[0] if refused else None,
        "entry": refused[1] if refused else None,
        "most": parameters_at(utc_now()).integer("holds.most_reads"),
    }
    return render(request, "cases/ask_hold.html", context, status=status)


@require_GET
def hold(request: ActorRequest, hold_id: int) -> HttpResponse:
    """Show a hold: what it keeps or would keep, in counts, and the decisions that are left to this person."""
    found, now = doors.get_hold_for(request.actor, hold_id), utc_now()
    return render(request, "cases/hold.html", _context(request, found, now=now))


def _context(request: ActorRequest, found: Hold, *, now: datetime) -> dict[str, object]:
    decides = may(request.actor, Right.DECIDE_HOLDS).allowed
    since = visible_since(parameters=parameters_at(now), now=now)
    return {
        "hold": found,
        "authority": Authority(found.authority).label,
        "preview": pages.preview_of(found, since=since) if found.is_asked_for else None,
        "in_file": found.reads.exclude(taken_at=None).count(),
        "held": found.reads.filter(taken_at=None).count(),
        "may_place": decides and found.is_asked_for and str(found.requested_by_id) != request.actor.id,
        "may_decline": decides and found.is_asked_for,
        "may_lift": decides and found.is_in_force,
        "decline_form": ReasonForm(prefix="decline"),
        "lift_form": ReasonForm(prefix="lift"),
    }


@require_POST
def place(request: ActorRequest, hold_id: int) -> HttpResponse:
    """Place a hold: its reads move into the case now."""
    found = doors.get_hold_for(request.actor, hold_id)
    try:
        placed = holds.place_hold(hold=found, actor=request.actor, now=utc_now())
    except (KeyUnavailable, OSError):
        messages.error(request, "The case's key or the store cannot be written: nothing was moved.")
    except DayClosedError:
        messages.error(request, _CLOSED)
    else:
        messages.success(request, f"Placed: {placed.reads_kept} reads are in the case, and in no search.")
    return redirect("cases:hold", found.pk)


@require_POST
def decline(request: ActorRequest, hold_id: int) -> HttpResponse:
    """Turn a request for a hold down."""
    found = doors.get_hold_for(request.actor, hold_id)
    holds.decline_hold(hold=found, reason=_reason(request, "decline"), actor=request.actor, now=utc_now())
    messages.success(request, "Declined and recorded. Whoever asked is told.")
    return redirect("cases:hold", found.pk)


@require_POST
def lift(request: ActorRequest, hold_id: int) -> HttpResponse:
    """End a hold before its time."""
    found = doors.get_hold_for(request.actor, hold_id)
    gone = holds.lift_hold(hold=found, reason=_reason(request, "lift"), actor=request.actor, now=utc_now())
    messages.success(request, f"Lifted and recorded. {gone} reads that the hold alone kept are gone.")
    return redirect("cases:hold", found.pk)


def _reason(request: ActorRequest, prefix: str) -> str:
    form = ReasonForm(request.POST, prefix=prefix)
    return form.cleaned_data["reason"] if form.is_valid() else ""
