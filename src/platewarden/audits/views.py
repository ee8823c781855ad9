"""The weekly review as auditors see it: weeks, one week, one item; and what follows for those who carry it out."""

from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.adoption.in_force import parameters_at
from platewarden.audits import actions, pages, plates
from platewarden.audits import remedies as measures
from platewarden.audits.doors import (
    get_item_for,
    get_remedy_for,
    get_week_for,
    planted_for,
    remedies_for,
    weeks_of,
)
from platewarden.audits.forms import MarkForm, NoteForm, PlantForm, RemedyForm
from platewarden.audits.models import Remedy, ReviewItem
from platewarden.images.keystore import KeyUnavailable
from platewarden.ledger import actions as ledger
from platewarden.policy import audits as policy
from platewarden.policy.audits import RemedyKind, Verdict
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.rights import Right, may
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest

WEEKS: Final = 20
SEARCHES: Final = 50
KEY_LOST: Final = "The key of the register of plates cannot be opened. Tell your administrator."


@require_GET
def weeks(request: ActorRequest) -> HttpResponse:
    """List the weeks under review, the newest first."""
    page = Paginator(weeks_of(request.actor), WEEKS).get_page(request.GET.get("page"))
    now = utc_now()
    context = {
        "page": page,
        "lines": [pages.week_line(one, parameters=parameters_at(now), now=now) for one in page],
        "open_remedies": remedies_for(request.actor).filter(done=None).count(),
        "may_plant": policy.may_plant(request.actor).allowed,
    }
    return render(request, "audits/weeks.html", context)


@require_GET
def week(request: ActorRequest, name: str) -> HttpResponse:
    """Show one week: how its sample was drawn, its items, and how they stand; no plate is on it."""
    return _week(request, name, NoteForm())


def _week(request: ActorRequest, name: str, form: NoteForm, **told: Any) -> HttpResponse:
    review, now = get_week_for(request.actor, name), utc_now()
    lines = pages.item_lines(review, reader_id=request.actor.id)
    context = {
        "review": review,
        "line": pages.week_line(review, parameters=parameters_at(now), now=now),
        "shown": [line for line in lines if not pages.is_drawn(line)],
        "drawn": [line for line in lines if pages.is_drawn(line)],
        "seed": bytes(review.seed).hex(),
        "ways_in": pages.ways_in(review),
        "form": form,
    }
    return render(request, "audits/week.html", {**context, **told}, status=403 if told else 200)


@require_POST
def close(request: ActorRequest, name: str) -> HttpResponse:
    """Close the review of a week."""
    review, form = get_week_for(request.actor, name), NoteForm(request.POST)
    if not form.is_valid():
        return _week(request, name, form)
    try:
        actions.close(review=review, note=form.cleaned_data["note"], actor=request.actor, now=utc_now())
    except PolicyRefusal as refusal:
        entry = ledger.record_refusal(refusal, actor=request.actor)
        return _week(request, name, form, refusal=refusal.decision, entry=entry.seq)
    messages.success(request, f"The review of week {review} is closed.")
    return redirect("audits:weeks")


@require_GET
def item(request: ActorRequest, item_id: int) -> HttpResponse:
    """Show one item with the searches it is about; reading them is an entry, written before they are shown."""
    return _item(request, get_item_for(request.actor, item_id))


def _item(request: ActorRequest, found: ReviewItem, *, status: int = 200, **told: Any) -> HttpResponse:
    now = utc_now()
    page = Paginator(sorted(found.entries), SEARCHES).get_page(request.GET.get("page"))
    opened = actions.open_item(item=found, entries=list(page), actor=request.actor)
    state, marks = actions.reviewed(found), pages.marks_of(found)
    lines = pages.search_lines(opened.searches, now=now)
    context = {
        "item": found,
        "page": page,
        "lines": lines,
        "counts": pages.told_once(lines),
        "marks": marks,
        "rate": pages.base_rate(found) if found.signal else None,
        "mark_form": MarkForm(is_marked=state.verdict is not None),
        "remedy_form": RemedyForm(people=pages.people_of(found))
        if state.verdict is Verdict.VIOLATION
        else None,
        "following": found.week.items.filter(place__gt=found.place).order_by("place").first(),
    }
    return render(request, "audits/item.html", {**context, **told}, status=status)


@require_POST
def mark(request: ActorRequest, item_id: int) -> HttpResponse:
    """Record what is found of an item."""
    found = get_item_for(request.actor, item_id)
    require(policy.may_open_item(request.actor, actions.reviewed(found)), action="audit.mark")
    form = MarkForm(request.POST, is_marked=actions.latest_mark(found) is not None)
    if not form.is_valid():
        return _item(request, found, status=422, mark_form=form)
    said = form.cleaned_data
    try:
        actions.mark(
            item=found,
            verdict=Verdict(said["verdict"]),
            note=said["note"],
            why_again=said.get("why_again", ""),
            actor=request.actor,
            now=utc_now(),
        )
    except PolicyRefusal as refusal:
        return _refused(request, found, refusal, mark_form=form)
    messages.success(request, "Recorded. The mark stays; another can take its place, with a reason.")
    return redirect("audits:item", item_id)


@require_POST
def order(request: ActorRequest, item_id: int) -> HttpResponse:
    """Order what follows a violation."""
    found = get_item_for(request.actor, item_id)
    require(policy.may_open_item(request.actor, actions.reviewed(found)), action="audit.order")
    form = RemedyForm(request.POST, people=pages.people_of(found))
    if not form.is_valid():
        return _item(request, found, status=422, remedy_form=form)
    try:
        measures.order(
            item=found,
            person=form.chosen,
            kind=RemedyKind(form.cleaned_data["kind"]),
            until=form.until_moment,
            note=form.cleaned_data["note"],
            actor=request.actor,
            now=utc_now(),
        )
    except PolicyRefusal as refusal:
        return _refused(request, found, refusal, remedy_form=form)
    messages.success(request, "Ordered and recorded. Whoever carries it out is told.")
    return redirect("audits:item", item_id)


def _refused(request: ActorRequest, found: ReviewItem, refusal: PolicyRefusal, **forms: Any) -> HttpResponse:
    entry = ledger.record_refusal(refusal, actor=request.actor)
    return _item(request, found, status=403, refusal=refusal.decision, entry=entry.seq, **forms)


@require_GET
def remedies(request: ActorRequest) -> HttpResponse:
    """List what was ordered after audits, for those who carry it out or see to it."""
    page = Paginator(remedies_for(request.actor), SEARCHES).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": [(one, getattr(one, "done", None), _may_carry_out(request, one)) for one in page],
        "form": NoteForm(),
        "now": utc_now(),
        "may_review": policy.may_see_reviews(request.actor).allowed,
    }
    return render(request, "audits/remedies.html", context)


def _may_carry_out(request: ActorRequest, remedy: Remedy) -> bool:
    return policy.may_carry_out(
        request.actor,
        RemedyKind(remedy.kind),
        person_id=str(remedy.person_id),
        supervisor_id=str(remedy.person.supervisor_id or ""),
        ordered_by_id=str(remedy.ordered_by_id),
        is_done=hasattr(remedy, "done"),
    ).allowed


@require_POST
def carry_out(request: ActorRequest, remedy_id: int) -> HttpResponse:
    """Record that something ordered is done."""
    remedy, form = get_remedy_for(request.actor, remedy_id), NoteForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    measures.carry_out(remedy=remedy, note=note, actor=request.actor, now=utc_now())
    messages.success(request, "Recorded as done.")
    return redirect("audits:remedies")


@require_http_methods(["GET", "POST"])
def planted(request: ActorRequest) -> HttpResponse:
    """List planted plates by where they are; plant another."""
    found = planted_for(request.actor)
    form = PlantForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            plates.plant(plate=said["plate"], where=said["where"], actor=request.actor, now=utc_now())
        except KeyUnavailable:
            form.add_error("plate", KEY_LOST)
        else:
            messages.success(request, "Planted. Whoever searches it is shown from now on.")
            return redirect("audits:planted")
    status = 422 if form.errors else 200
    context = {
        "planted": found,
        "form": form,
        "may_review": may(request.actor, Right.REVIEW_SEARCHES).allowed,
    }
    return render(request, "audits/planted.html", context, status=status)


@require_POST
def lift(request: ActorRequest, planted_id: int) -> HttpResponse:
    """Take a planted plate up again."""
    found = planted_for(request.actor).filter(pk=planted_id).first()
    if found is None:
        raise Http404("no such planted plate")
    plates.lift(planted=found, actor=request.actor, now=utc_now())
    messages.success(request, "Taken up. Searches of it mean nothing any more.")
    return redirect("audits:planted")
