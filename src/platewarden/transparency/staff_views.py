"""What people do before figures stand on the portal: look, publish, and check every quarter."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from platewarden.adoption.in_force import parameters_at
from platewarden.policy import transparency as policy
from platewarden.policy.decision import require
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest
from platewarden.transparency import actions
from platewarden.transparency.duties import duties_at
from platewarden.transparency.forms import CheckForm
from platewarden.transparency.measuring import STEPS, as_published
from platewarden.transparency.models import MonthlyFigures, PortalCheck

_WORDS: Final = {"raised": "Alerts raised", "verified": "verified", "ended": "ended", "false": "false"}


@require_GET
def figures(request: ActorRequest) -> HttpResponse:
    """Show every measured month, as measured and as the public sees or will see it, and the checks on record."""
    require(policy.may_check_portal(request.actor), action="figures.see")
    return _page(request, CheckForm())


@require_POST
def review(request: ActorRequest, month: date) -> HttpResponse:
    """Record that the administrator has looked at a month."""
    _act(request, actions.review_figures, month)
    messages.success(request, "Recorded: you have looked at them. A second person publishes them.")
    return redirect("transparency:figures")


@require_POST
def publish(request: ActorRequest, month: date) -> HttpResponse:
    """Publish a month."""
    _act(request, actions.publish_figures, month)
    messages.success(request, "Published and recorded. The month stays as it is.")
    return redirect("transparency:figures")


@require_POST
def check(request: ActorRequest) -> HttpResponse:
    """Record a quarterly check."""
    require(policy.may_check_portal(request.actor), action="portal.check")
    form = CheckForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    actions.record_check(found=form.cleaned_data["found"], actor=request.actor, now=utc_now())
    messages.success(request, "Recorded.")
    return redirect("transparency:figures")


def _page(request: ActorRequest, form: CheckForm, status: int = 200) -> HttpResponse:
    now = utc_now()
    rows = MonthlyFigures.objects.filter(agency_id=request.actor.agency_id).order_by("-month")
    context = {
        "months": [_row(request, row, now) for row in rows.select_related("reviewed_by", "published_by")],
        "duties": [(duty, duty.is_overdue(now)) for duty in duties_at(now)],
        "checks": PortalCheck.objects.filter(agency_id=request.actor.agency_id).select_related("checked_by"),
        "form": form,
        "threshold": parameters_at(now).integer("transparency.small_count"),
    }
    return render(request, "transparency/figures.html", context, status=status)


def _row(request: ActorRequest, row: MonthlyFigures, now: datetime) -> dict[str, Any]:
    reviewer = str(row.reviewed_by_id or "")
    return {
        "figures": row,
        "lines": _lines(
            row, row.published or as_published(row.month, row.counts, parameters=parameters_at(now))
        ),
        "may_review": not row.reviewed_at and policy.may_review_figures(request.actor).allowed,
        "may_publish": bool(row.reviewed_at and not row.published_at)
        and policy.may_publish_figures(request.actor, reviewed_by_id=reviewer).allowed,
    }


def _lines(row: MonthlyFigures, shown: dict[str, Any]) -> list[tuple[str, int, int | None]]:
    """Return each count in words, as measured and as the public sees it."""
    searches, refusals = row.counts["searches"], row.counts["refusals"]
    return [
        ("Plates read", row.counts["reads"], shown["reads"]),
        *((_WORDS[step], row.counts["hits"][step], shown["hits"][step]) for step in STEPS),
        ("Searches", sum(searches.values()), shown["searches"]["total"]),
        *_parts(searches, shown["searches"]["by_purpose"]),
        ("Refusals", sum(refusals.values()), shown["refusals"]["total"]),
        *_parts(refusals, shown["refusals"]["by_chapter"]),
    ]


def _parts(counts: dict[str, int], shown: dict[str, int | None]) -> list[tuple[str, int, int | None]]:
    return [(name.replace("_", " "), count, shown[name]) for name, count in counts.items() if count]


def _act(request: ActorRequest, action: Callable[..., MonthlyFigures], month: date) -> MonthlyFigures:
    try:
        return action(month=month, actor=request.actor, now=utc_now())
    except MonthlyFigures.DoesNotExist:
        raise Http404("no such month, or this is done already") from None
