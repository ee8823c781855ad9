"""What will be destroyed and when, under whose authorisation, and the record of what was."""

from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from platewarden.adoption.in_force import parameters_at
from platewarden.policy import retention as policy
from platewarden.policy.decision import require
from platewarden.policy.retention import AuthorisationState
from platewarden.policy.rights import Right, may
from platewarden.retention.actions import kept_days
from platewarden.retention.authorising import authorise_destruction, latest_authorisation, state_of
from platewarden.retention.forms import AuthoriseForm
from platewarden.retention.inventory import TABLES, Fate
from platewarden.retention.previews import backups_kept, look_ahead
from platewarden.retention.records import destruction_leaves, records_in
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest

PAGE_LENGTH: Final = 30

_TONES: Final = {
    AuthorisationState.IN_FORCE: "good",
    AuthorisationState.ENDING: "warning",
    AuthorisationState.LAPSED: "danger",
    AuthorisationState.MISSING: "danger",
}


@require_GET
def ahead(request: ActorRequest) -> HttpResponse:
    """Show what goes in the next days, and how the standing authorisation stands."""
    require(may(request.actor, Right.SEE_RETENTION), action="retention.see")
    return _ahead(request, AuthoriseForm(), now=utc_now())


def _ahead(request: ActorRequest, form: AuthoriseForm, *, now: datetime, status: int = 200) -> HttpResponse:
    parameters, latest = parameters_at(now), latest_authorisation()
    state = state_of(latest, now)
    ends_at = policy.authorisation_ends_at(latest.given_at, parameters=parameters) if latest else None
    context: dict[str, Any] = {
        "days": look_ahead(parameters=parameters, now=now),
        "backups": backups_kept(parameters=parameters),
        "kept": len(kept_days()),
        "limit": parameters.days("retention.limit_days").days,
        "authorisation": latest,
        "ends_at": ends_at,
        "state": state,
        "tone": _TONES[state],
        "form": form if policy.may_authorise_destruction(request.actor).allowed else None,
        "tables": [table for table in TABLES if table.fate not in {Fate.NOTHING, Fate.RECORD}],
    }
    return render(request, "retention/ahead.html", context, status=status)


@require_POST
def authorise(request: ActorRequest) -> HttpResponse:
    """Give the standing authorisation, or renew it."""
    now = utc_now()
    require(policy.may_authorise_destruction(request.actor), action="destruction.authorise")
    form = AuthoriseForm(request.POST)
    if not form.is_valid():
        return _ahead(request, form, now=now, status=422)
    authorise_destruction(statement=form.cleaned_data["statement"], actor=request.actor, now=now)
    messages.success(request, "Recorded. Every destruction record names this authorisation from now on.")
    return redirect("retention:ahead")


@require_GET
def records(request: ActorRequest) -> HttpResponse:
    """List the destruction records, newest first."""
    require(may(request.actor, Right.SEE_RETENTION), action="retention.records")
    page = Paginator(destruction_leaves(), PAGE_LENGTH).get_page(request.GET.get("page"))
    return render(request, "retention/records.html", {"page": page, "records": records_in(page)})
