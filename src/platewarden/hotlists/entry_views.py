"""Plates entered by hand: entering, approving, renewing and withdrawing them, and one's own."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.adoption.in_force import parameters_at
from platewarden.cameras.models import Area
from platewarden.hotlists import actions
from platewarden.hotlists.audiences import AudienceError, people_for
from platewarden.hotlists.doors import get_entry_for
from platewarden.hotlists.entry_pages import lines_of, own_entries
from platewarden.hotlists.forms import EntryForm, RenewForm
from platewarden.hotlists.models import Entry
from platewarden.hotlists.pages import rights_of
from platewarden.hotlists.refusals import agency_zone, record_refused
from platewarden.matching.plates import PlateError
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.entries import may_withdraw
from platewarden.policy.rights import Right, may
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


@require_http_methods(["GET", "POST"])
def enter(request: ActorRequest) -> HttpResponse:
    """Enter a plate by hand; it matches from then on."""
    require(may(request.actor, Right.ENTER_MANUALLY), action="entry.add")
    now = utc_now()
    form = EntryForm(
        *_typed(request),
        people=people_for(request.actor.agency_id),
        areas=Area.objects.filter(agency_id=request.actor.agency_id),
        zone=agency_zone(),
        parameters=parameters_at(now),
        now=now,
    )

    def act() -> Entry:
        return actions.enter_manually(
            plate=form.cleaned_data["plate"],
            facts=form.facts,
            vehicle=form.vehicle,
            actor=request.actor,
            now=now,
        )

    return _justified(request, form, act, "hotlists/enter.html", done="The plate is entered")


@require_http_methods(["GET", "POST"])
def renew(request: ActorRequest, entry_id: int) -> HttpResponse:
    """Give an entry a new end, with a fresh reason."""
    require(may(request.actor, Right.ENTER_MANUALLY), action="entry.renew")
    entry, now = get_entry_for(request.actor, entry_id), utc_now()
    parameters = parameters_at(now)
    form = RenewForm(*_typed(request), entry=entry, zone=agency_zone(), parameters=parameters, now=now)

    def act() -> Entry:
        return actions.renew_entry(entry=entry, facts=form.facts, actor=request.actor, now=now)

    (line,) = lines_of([entry], parameters=parameters, now=now)
    return _justified(request, form, act, "hotlists/renew.html", done="The entry is renewed", line=line)


def _typed(request: ActorRequest) -> tuple[Any, ...]:
    return (request.POST,) if request.method == "POST" else ()


def _justified(
    request: ActorRequest,
    form: EntryForm | RenewForm,
    act: Callable[[], Entry],
    template: str,
    *,
    done: str,
    **context: Any,
) -> HttpResponse:
    """Show *form*, or let *act* happen and lead to its list; a refusal shows the form with what was typed."""
    if request.method == "GET":
        return render(request, template, {"form": form, **context})
    if not form.is_valid():
        return render(request, template, {"form": form, **context}, status=422)
    try:
        entry = act()
    except (PlateError, AudienceError) as error:
        form.add_error("plate" if isinstance(error, PlateError) else "people", str(error))
        return render(request, template, {"form": form, **context}, status=422)
    except PolicyRefusal as refusal:
        context |= record_refused(request, form, refusal)
        return render(request, template, {"form": form, **context}, status=403)
    waits = entry.needs_approval and entry.approved_at is None
    effect = "it waits for a second person to approve it" if waits else "it matches from now on"
    messages.success(request, f"{done}: {effect}.")
    return redirect("hotlists:detail", entry.snapshot.hotlist_id)


@require_POST
def approve(request: ActorRequest, entry_id: int) -> HttpResponse:
    """Approve what somebody else has entered."""
    require(may(request.actor, Right.APPROVE_ENTRIES), action="entry.approve")
    entry = get_entry_for(request.actor, entry_id)
    actions.approve_entry(entry=entry, actor=request.actor, now=utc_now())
    messages.success(request, "The entry is approved, with your name: it matches from now on.")
    return redirect("hotlists:detail", entry.snapshot.hotlist_id)


@require_GET
def mine(request: ActorRequest) -> HttpResponse:
    """Show a person their own entries that have not ended: how old each is, and what is due."""
    require(may(request.actor, Right.ENTER_MANUALLY), action="entry.see")
    now = utc_now()
    entries = own_entries(request.actor, now=now)
    lines = lines_of(entries, parameters=parameters_at(now), now=now)
    return render(request, "hotlists/mine.html", {"lines": lines, **rights_of(request.actor)})


@require_POST
def withdraw(request: ActorRequest, entry_id: int) -> HttpResponse:
    """Stop an entry from matching, at once."""
    entry = get_entry_for(request.actor, entry_id)
    require(
        may_withdraw(request.actor, entered_by_id=str(entry.entered_by_id or "")), action="entry.withdraw"
    )
    actions.withdraw_entry(entry=entry, actor=request.actor, now=utc_now())
    messages.success(request, "The entry is withdrawn: it matches no more.")
    return redirect("hotlists:detail", entry.snapshot.hotlist_id)
