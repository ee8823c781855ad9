"""The register as people and their calendars see it: what is mine, what everybody owes, what was done."""

from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe

from platewarden.accounts.actors import actor_for, anonymous_actor
from platewarden.adoption.in_force import parameters_at
from platewarden.duties import actions
from platewarden.duties.models import CalendarAddress
from platewarden.duties.pages import calendar_of
from platewarden.duties.register import DONE_BY, duties_at, lines_of
from platewarden.ledger.actions import LedgerUnavailable
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.decision import require
from platewarden.policy.doors import DOORS, roles_for
from platewarden.policy.duties import Duty, DutyState, may_see_all_duties, may_take_calendar, owes
from platewarden.policy.rights import Right, may
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest

_PAGE: Final = 50
_GONE: Final = "There is no calendar under this address.\n"
_TONES: Final = {
    DutyState.OVERDUE: ("danger", "warning"),
    DutyState.UNKNOWN: ("warning", "question"),
    DutyState.SOON: ("notice", "clock"),
    DutyState.AHEAD: ("quiet", ""),
}


@require_GET
def mine(request: ActorRequest) -> HttpResponse:
    """Show what the person owes, by name or by a role they hold, and their calendar's address."""
    return _mine(request)


def _mine(request: ActorRequest, secret: str = "") -> HttpResponse:
    now = utc_now()
    address = CalendarAddress.objects.filter(user_id=request.actor.id, ended_at=None).first()
    url = reverse("duties:calendar", args=[secret]) if secret else ""
    context = {
        "rows": _rows(request, [duty for duty in duties_at(now) if owes(request.actor, duty)], now),
        "may_see_all": may_see_all_duties(request.actor).allowed,
        "calendar": address,
        "may_have_calendar": may_take_calendar(request.actor).allowed,
        "looks": address.looks.all()[:5] if address else [],
        "shown": request.build_absolute_uri(url) if url else "",
    }
    return render(request, "duties/mine.html", context)


@require_GET
def everything(request: ActorRequest) -> HttpResponse:
    """Show what everybody owes, with who owes it, overdue and nobody's first."""
    require(may_see_all_duties(request.actor), action="duties.see")
    now = utc_now()
    rows = _rows(request, duties_at(now), now)
    rows.sort(key=lambda row: not row["line"].is_nobodys)
    context = {
        "rows": rows,
        "overdue": sum(row["line"].state is DutyState.OVERDUE for row in rows),
        "unknown": sum(row["line"].state is DutyState.UNKNOWN for row in rows),
        "nobodys": sum(row["line"].is_nobodys for row in rows),
        "days": parameters_at(now).days("accounts.duty_escalate_days").days,
    }
    return render(request, "duties/all.html", context)


def _rows(request: ActorRequest, duties: list[Any], now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "line": line,
            "tone": _TONES[line.state][0],
            "symbol": _TONES[line.state][1],
            "url": _url(request, line.duty),
        }
        for line in lines_of(duties, now)
    ]


def _url(request: ActorRequest, duty: Duty) -> str:
    """Return where *duty* is done: its own page for whoever owes it, for others the list, where they may see that."""
    if duty.page and owes(request.actor, duty):
        view, of = duty.page
        return reverse(view, args=[of])
    return reverse(duty.where) if request.actor.has(*roles_for(DOORS[duty.where])) else ""


@require_GET
def done(request: ActorRequest) -> HttpResponse:
    """Show which duties were done, by the ledger's entries: everybody's to oversight, others see their own."""
    found = LedgerLeaf.objects.filter(kind__in=DONE_BY).select_related("kept_body").order_by("-seq")
    sees_all = may_see_all_duties(request.actor).allowed
    if not sees_all:
        found = found.filter(kept_body__actor=request.actor.name)
    context = {
        "page": Paginator(found, _PAGE).get_page(request.GET.get("page")),
        "sees_all": sees_all,
        "may_read_ledger": may(request.actor, Right.READ_LEDGER).allowed,
    }
    return render(request, "duties/done.html", context)


@require_POST
def make_calendar(request: ActorRequest) -> HttpResponse:
    """Make a new secret address, and show it this once."""
    return _mine(request, actions.make_calendar(actor=request.actor, now=utc_now()))


@require_POST
def end_calendar(request: ActorRequest) -> HttpResponse:
    """Let the address work no more."""
    if actions.end_calendar(actor=request.actor, now=utc_now()):
        messages.success(request, "Your calendar's address works no more.")
    return redirect("duties:mine")


@require_safe
def calendar(request: ActorRequest, secret: str) -> HttpResponse:
    """Hand out the duties of whoever the secret is of, to whoever holds it; nobody's and a former one look alike."""
    now = utc_now()
    try:
        user = actions.look(secret=secret, actor=anonymous_actor(request), now=now)
    except actions.TooManyLooksError:
        return _plain("Too many looks: try again in an hour.\n", 429)
    except LedgerUnavailable:
        return _plain("Nothing can be recorded, so nothing is shown.\n", 503)
    if user is None:
        return _plain(_GONE, 404)
    url = request.build_absolute_uri(reverse("duties:mine"))
    text = calendar_of(actor_for(user), host=request.get_host(), url=url, now=now)
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
