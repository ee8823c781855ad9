"""The lists, one list, and plates entered by hand."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.adoption.in_force import parameters_at
from platewarden.corrections.pages import suppressed_on
from platewarden.hotlists import actions
from platewarden.hotlists.doors import get_entry_for, get_hotlist_for
from platewarden.hotlists.forms import EntryForm, RenewForm
from platewarden.hotlists.models import Hotlist, Snapshot, Upload
from platewarden.hotlists.pages import lines_of, live_entries_first, sheets_of
from platewarden.hotlists.refusals import agency_zone, record_refused
from platewarden.matching.plates import PlateError
from platewarden.policy.accounts import Right, may
from platewarden.policy.actor import Actor
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.hotlists import may_load, may_withdraw
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
        **_rights(request.actor),
    }
    return render(request, "hotlists/list.html", context)


def _rights(actor: Actor) -> dict[str, bool]:
    return {
        "may_load": may_load(actor).allowed,
        "may_enter": may(actor, Right.ENTER_MANUALLY).allowed,
        "may_withdraw_any": may(actor, Right.WITHDRAW_ANY_ENTRY).allowed,
    }


@require_GET
def detail(request: ActorRequest, hotlist_id: int) -> HttpResponse:
    """Show one list: its loads, and the entries themselves only where they were made by hand."""
    hotlist, now = get_hotlist_for(request.actor, hotlist_id), utc_now()
    parameters = parameters_at(now)
    (sheet,) = sheets_of([hotlist], parameters=parameters, now=now)
    context = {"sheet": sheet, "hotlist": hotlist, **_rights(request.actor)}
    context |= suppressed_on(hotlist, actor=request.actor, parameters=parameters, now=now)
    if hotlist.is_manual:
        entries = Paginator(live_entries_first(hotlist, now=now), ENTRIES_A_PAGE)
        page = entries.get_page(request.GET.get("page"))
        context |= {"page": page, "lines": lines_of(page.object_list, parameters=parameters, now=now)}
        return render(request, "hotlists/manual.html", context)
    context["snapshots"] = Snapshot.objects.filter(hotlist=hotlist)[:SNAPSHOTS_SHOWN]
    if may_load(request.actor).allowed:
        context["under_way"] = Upload.objects.filter(hotlist=hotlist, ended_at=None).select_related(
            "uploaded_by"
        )
    return render(request, "hotlists/detail.html", context)


@require_http_methods(["GET", "POST"])
def enter(request: ActorRequest) -> HttpResponse:
    """Enter a plate by hand; it matches from then on."""
    require(may(request.actor, Right.ENTER_MANUALLY), action="entry.add")
    now = utc_now()
    form = EntryForm(*_typed(request), zone=agency_zone(), parameters=parameters_at(now), now=now)

    def act() -> int:
        said = form.cleaned_data
        return actions.enter_manually(
            plate=said["plate"],
            facts=form.facts,
            instructions=said["instructions"],
            actor=request.actor,
            now=now,
        ).snapshot.hotlist_id

    return _justified(
        request, form, act, "hotlists/enter.html", done="The plate is entered: it matches from now on."
    )


@require_http_methods(["GET", "POST"])
def renew(request: ActorRequest, entry_id: int) -> HttpResponse:
    """Give an entry a new end, with a fresh reason."""
    require(may(request.actor, Right.ENTER_MANUALLY), action="entry.renew")
    entry, now = get_entry_for(request.actor, entry_id), utc_now()
    parameters = parameters_at(now)
    form = RenewForm(*_typed(request), entry=entry, zone=agency_zone(), parameters=parameters, now=now)

    def act() -> int:
        actions.renew_entry(entry=entry, facts=form.facts, actor=request.actor, now=now)
        return entry.snapshot.hotlist_id

    (line,) = lines_of([entry], parameters=parameters, now=now)
    return _justified(request, form, act, "hotlists/renew.html", done="The entry is renewed.", line=line)


def _typed(request: ActorRequest) -> tuple[Any, ...]:
    return (request.POST,) if request.method == "POST" else ()


def _justified(
    request: ActorRequest,
    form: EntryForm | RenewForm,
    act: Callable[[], int],
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
        hotlist_id = act()
    except PlateError as error:
        form.add_error("plate", str(error))
        return render(request, template, {"form": form, **context}, status=422)
    except PolicyRefusal as refusal:
        context |= record_refused(request, form, refusal)
        return render(request, template, {"form": form, **context}, status=403)
    messages.success(request, done)
    return redirect("hotlists:detail", hotlist_id)


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
