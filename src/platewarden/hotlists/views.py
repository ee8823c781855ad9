"""The lists, one list, loading it, and plates entered by hand."""

from collections.abc import Callable
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.accounts.actors import owning_agency
from platewarden.adoption.in_force import parameters_at
from platewarden.hotlists import actions
from platewarden.hotlists.doors import get_entry_for, get_hotlist_for
from platewarden.hotlists.forms import EntryForm, HotlistForm, LoadForm, RenewForm, ShowsRefusal
from platewarden.hotlists.models import Hotlist, Snapshot
from platewarden.hotlists.pages import lines_of, live_entries_first, sheets_of
from platewarden.hotlists.previews import preview
from platewarden.hotlists.readers import LENGTHS, REQUIRED
from platewarden.ledger import actions as ledger
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


@require_http_methods(["GET", "POST"])
def create(request: ActorRequest) -> HttpResponse:
    """Set a list up; loading it comes next."""
    require(may_load(request.actor), action="hotlist.create")
    now = utc_now()
    form = HotlistForm(request.POST or None, parameters=parameters_at(now))
    if request.method == "POST" and form.is_valid():
        try:
            hotlist = actions.create_hotlist(**form.cleaned_data, actor=request.actor, now=now)
        except actions.HotlistExistsError as error:
            form.add_error("name", str(error))
        else:
            return redirect("hotlists:load", hotlist.pk)
    return render(request, "hotlists/create.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
def detail(request: ActorRequest, hotlist_id: int) -> HttpResponse:
    """Show one list: its loads, and the entries themselves only where they were made by hand."""
    hotlist, now = get_hotlist_for(request.actor, hotlist_id), utc_now()
    parameters = parameters_at(now)
    (sheet,) = sheets_of([hotlist], parameters=parameters, now=now)
    context = {"sheet": sheet, "hotlist": hotlist, **_rights(request.actor)}
    if hotlist.is_manual:
        entries = Paginator(live_entries_first(hotlist, now=now), ENTRIES_A_PAGE)
        page = entries.get_page(request.GET.get("page"))
        context |= {"page": page, "lines": lines_of(page.object_list, parameters=parameters, now=now)}
        return render(request, "hotlists/manual.html", context)
    context["snapshots"] = Snapshot.objects.filter(hotlist=hotlist)[:SNAPSHOTS_SHOWN]
    return render(request, "hotlists/detail.html", context)


@require_http_methods(["GET", "POST"])
def load(request: ActorRequest, hotlist_id: int) -> HttpResponse:
    """Check a file, or load it whole; what is wrong with it is said line by line."""
    require(may_load(request.actor), action="hotlist.load")
    hotlist = get_hotlist_for(request.actor, hotlist_id)
    arguments = (request.POST, request.FILES) if request.method == "POST" else ()
    form = LoadForm(*arguments, zone=_zone())
    if request.method == "GET" or hotlist.is_manual:
        return _show_load(request, hotlist, form, status=404 if hotlist.is_manual else 200)
    if not form.is_valid():
        return _show_load(request, hotlist, form, status=422)
    if "check" in request.POST:
        return _check(request, hotlist, form)
    return _load(request, hotlist, form)


def _check(request: ActorRequest, hotlist: Hotlist, form: LoadForm) -> HttpResponse:
    content = form.cleaned_data["file"].read()
    seen = preview(content, hotlist=hotlist, actor=request.actor, now=utc_now())
    return _show_load(request, hotlist, form, preview=seen, report=seen.report)


def _load(request: ActorRequest, hotlist: Hotlist, form: LoadForm) -> HttpResponse:
    upload = form.cleaned_data["file"]
    try:
        snapshot = actions.load_snapshot(
            hotlist=hotlist,
            content=upload.read(),
            file_name=upload.name or "",
            effective_at=form.cleaned_data["effective_at"],
            actor=request.actor,
            now=utc_now(),
        )
    except actions.HotlistRefusedError as error:
        return _show_load(request, hotlist, form, report=error.report, status=422)
    except PolicyRefusal as refusal:
        return _show_load(request, hotlist, form, status=403, **_refused(request, form, refusal))
    messages.success(
        request, f"{snapshot.accepted} entries of {hotlist.name} are in use. Past reads are not matched."
    )
    return redirect("hotlists:detail", hotlist.pk)


def _refused(request: ActorRequest, form: ShowsRefusal, refusal: PolicyRefusal) -> dict[str, Any]:
    """Record *refusal*, put it beside its field, and return what the page says of it."""
    entry = ledger.record_refusal(refusal, actor=request.actor)
    form.show_refusal(refusal.decision)
    return {"refusal": refusal.decision, "recorded": entry.seq}


def _show_load(
    request: ActorRequest, hotlist: Hotlist, form: LoadForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    now = utc_now()
    (sheet,) = sheets_of([hotlist], parameters=parameters_at(now), now=now)
    columns = [(name, name in REQUIRED, length) for name, length in LENGTHS.items()]
    context |= {"hotlist": hotlist, "form": form, "sheet": sheet, "columns": columns}
    return render(request, "hotlists/load.html", context, status=status)


@require_http_methods(["GET", "POST"])
def enter(request: ActorRequest) -> HttpResponse:
    """Enter a plate by hand; it matches from then on."""
    require(may(request.actor, Right.ENTER_MANUALLY), action="entry.add")
    now = utc_now()
    form = EntryForm(*_typed(request), zone=_zone(), parameters=parameters_at(now), now=now)

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
    form = RenewForm(*_typed(request), entry=entry, zone=_zone(), parameters=parameters, now=now)

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
        context |= _refused(request, form, refusal)
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


def _zone() -> ZoneInfo:
    return ZoneInfo(owning_agency().time_zone)
