"""Requests for a release: the list, taking one in, one of them, what is frozen for it, and the decision."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.adoption.in_force import parameters_at
from platewarden.cases.forms import ChosenForm
from platewarden.cases.pages import preview_of_reads
from platewarden.ledger import actions as ledger
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.release_requests import wanting
from platewarden.policy.releases import ReleaseState
from platewarden.policy.rights import Right, may
from platewarden.queries.doors import get_query_for
from platewarden.releases import actions, deciding, pages
from platewarden.releases.doors import get_release_for, open_releases_for, releases_for
from platewarden.releases.forms import (
    AcknowledgeForm,
    DecideForm,
    FreezeForm,
    HandOverForm,
    RequestForm,
    WithdrawForm,
)
from platewarden.releases.models import ReleaseRequest
from platewarden.site.clock import utc_now
from platewarden.site.downloads import download
from platewarden.site.requests import ActorRequest, number_of

PAGE_LENGTH: Final = 50
_SUFFIXES: Final = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@require_GET
def list_releases(request: ActorRequest) -> HttpResponse:
    """List the requests, without plates."""
    page = Paginator(releases_for(request.actor), PAGE_LENGTH).get_page(request.GET.get("page"))
    lines = [(each, ReleaseState(each.state), each.requester_class) for each in page.object_list]
    may_enter = may(request.actor, Right.ENTER_RELEASES).allowed
    return render(request, "releases/list.html", {"page": page, "lines": lines, "may_enter": may_enter})


@require_http_methods(["GET", "POST"])
def receive(request: ActorRequest) -> HttpResponse:
    """Take a written request in; everything that is missing is named at once."""
    require(may(request.actor, Right.ENTER_RELEASES), action="release.receive")
    now = utc_now()
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = RequestForm(*given, zone=pages.agency_zone())
    if request.method == "GET" or not form.is_valid():
        return render(request, "releases/receive.html", {"form": form}, status=422 if form.is_bound else 200)
    try:
        found = actions.receive(
            asked=form.asked, scope=form.scope, document=form.written, actor=request.actor, now=now
        )
    except PolicyRefusal as refusal:
        entry = ledger.record_refusal(refusal, actor=request.actor).seq
        today = now.astimezone(pages.agency_zone()).date()
        missing = wanting(form.asked, parameters=parameters_at(now), now=now, today=today)
        is_missing = refusal.decision.field in {each.field for each in missing}
        form.show_refusals(*(missing if is_missing else (refusal.decision,)))
        context = {"form": form, "entry": entry, "refusal": None if is_missing else refusal.decision}
        return render(request, "releases/receive.html", context, status=422)
    messages.success(request, f"Taken in as release No. {found.pk}. Whoever prepares releases is told.")
    return redirect("releases:request", found.pk)


@require_GET
def show(request: ActorRequest, request_id: int) -> HttpResponse:
    """Show one request with what it asks about; that look is recorded."""
    return _show(request, get_release_for(request.actor, request_id))


def _show(request: ActorRequest, found: ReleaseRequest, *, status: int = 200, **told: Any) -> HttpResponse:
    now = utc_now()
    context = {
        **pages.about(found, actor=request.actor),
        **pages.scope_of(found, actor=request.actor),
        "now": now,
        "withdraw_form": WithdrawForm(),
        "deny_form": DecideForm(),
        "hand_form": HandOverForm(zone=pages.agency_zone(), now=now),
        "acknowledge_form": AcknowledgeForm(),
        **told,
    }
    return render(request, "releases/request.html", context, status=status)


@require_POST
def document(request: ActorRequest, request_id: int) -> HttpResponse:
    """Hand the written request out as it came: as a download, never shown within a page of ours."""
    found = get_release_for(request.actor, request_id)
    content = actions.take_document(found, actor=request.actor)
    name = f"release-{found.pk}-request.{_SUFFIXES[found.document_type]}"
    return download(content, name, found.document_type)


@require_POST
def choose(request: ActorRequest, query_id: UUID) -> HttpResponse:
    """Show in counts what would be frozen of an answer; freeze it once it is said for which request."""
    require(may(request.actor, Right.PREPARE_RELEASES), action="release.prepare")
    query, now = get_query_for(request.actor, query_id), utc_now()
    chosen = ChosenForm(request.POST).ids
    reads = actions.chosen_reads(query, chosen, actor=request.actor, now=now)
    is_asked = "release" in request.POST or "freeze" in request.POST
    form = FreezeForm(request.POST if is_asked else None)
    context: dict[str, Any] = {
        "query": query,
        "preview": preview_of_reads(reads, asked=len(chosen) or len(reads)),
        "chosen": " ".join(str(each) for each in sorted(chosen)),
        "waiting": open_releases_for(request.actor, now=now),
        "most": parameters_at(now).integer("releases.most_reads"),
        "form": form,
    }
    wanted = number_of(request.POST.get("release", ""))
    if wanted is None:
        return render(request, "releases/choose.html", context | {"lacks_release": is_asked})
    found = get_release_for(request.actor, wanted)
    context["asked_release"] = found.pk
    if not form.is_valid():
        return render(request, "releases/choose.html", context, status=422)
    because = form.cleaned_data["because"]
    try:
        actions.prepare(
            request=found, query=query, reads=reads, because=because, actor=request.actor, now=now
        )
    except PolicyRefusal as refusal:
        entry = ledger.record_refusal(refusal, actor=request.actor).seq
        context |= {"refusal": refusal.decision, "entry": entry}
        form.show_refusals(refusal.decision)
        return render(request, "releases/choose.html", context, status=403)
    messages.success(request, "Frozen, and put before whoever decides on it.")
    return redirect("releases:request", found.pk)


@require_POST
def selection(request: ActorRequest, request_id: int) -> HttpResponse:
    """Show a page of what is frozen, as it would go out; each look is an entry of its own."""
    found = get_release_for(request.actor, request_id)
    if found.current is None:
        return redirect("releases:request", request_id)
    return _show_selection(request, found)


def _show_selection(
    request: ActorRequest, found: ReleaseRequest, *, status: int = 200, **told: Any
) -> HttpResponse:
    current, now = found.current, utc_now()
    assert current is not None
    last = max(1, -(-current.reads // deciding.PAGE_READS))
    page = min(last, max(1, number_of(request.POST.get("page", "")) or 1))
    look = deciding.look_at(current, page=page, actor=request.actor, now=now)
    context = {
        **pages.about(found, actor=request.actor),
        "rows": pages.rows_of(look),
        "look": look,
        "number": page,
        "last": last,
        "form": DecideForm(),
        **told,
    }
    return render(request, "releases/selection.html", context, status=status)


@require_POST
def decide(request: ActorRequest, request_id: int) -> HttpResponse:
    """Take the decision on exactly what the page showed."""
    found, form = get_release_for(request.actor, request_id), DecideForm(request.POST)
    approve = request.POST.get("decision") == "approve"
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        deciding.decide(
            request=found,
            approve=approve,
            reason=reason,
            seen=request.POST.get("selection", "")[:64],
            actor=request.actor,
            now=utc_now(),
        )
    except PolicyRefusal as refusal:
        entry = ledger.record_refusal(refusal, actor=request.actor).seq
        form.show_refusals(refusal.decision)
        told = {"refusal": refusal.decision, "refused_entry": entry}
        if request.POST.get("selection") and found.current:
            return _show_selection(request, found, status=403, form=form, **told)
        return _show(request, found, status=403, deny_form=form, **told)
    said = "The release is approved; its package is being made." if approve else "The release is denied."
    messages.success(request, said)
    return redirect("releases:request", request_id)


@require_POST
def withdraw(request: ActorRequest, request_id: int) -> HttpResponse:
    """Record that a request was withdrawn."""
    require(may(request.actor, Right.ENTER_RELEASES), action="release.withdraw")
    found, form = get_release_for(request.actor, request_id), WithdrawForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        actions.withdraw(request=found, reason=reason, actor=request.actor, now=utc_now())
    except PolicyRefusal as refusal:
        entry = ledger.record_refusal(refusal, actor=request.actor).seq
        form.show_refusals(refusal.decision)
        told = {"refusal": refusal.decision, "refused_entry": entry, "withdraw_form": form}
        return _show(request, found, status=403, **told)
    messages.success(request, "The request is withdrawn.")
    return redirect("releases:request", request_id)
