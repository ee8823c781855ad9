"""The register of false hits: rates, suppressed entries, and the letters about them."""

from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from platewarden.adoption.in_force import parameters_at
from platewarden.corrections import noticing, suppressing
from platewarden.corrections.charts import chart_of
from platewarden.corrections.doors import get_notice_for, get_suppression_for
from platewarden.corrections.forms import AnswerForm, LetterForm, LiftForm, SentForm
from platewarden.corrections.letters import NothingToWriteError
from platewarden.corrections.models import Suppression
from platewarden.corrections.pages import lines_of, notices_of, overdue_of, suppressions_of
from platewarden.corrections.rates import MONTHS, Register, register_of
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import ImageUnavailable
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy.corrections import (
    Answer,
    Channel,
    may_confirm,
    may_keep_complaints,
    may_see_register,
    may_track_correction,
    may_write_correction,
)
from platewarden.policy.decision import require
from platewarden.policy.hits import Finding
from platewarden.policy.rights import Right, may
from platewarden.site.clock import utc_now
from platewarden.site.downloads import download
from platewarden.site.exports import csv_table
from platewarden.site.requests import ActorRequest

PAGE_LENGTH: Final = 50
_UNOPENED: Final = (
    "What is left of the hit cannot be opened: its key or its sealed file is missing or damaged. "
    "Tell your administrator."
)


@require_GET
def register(request: ActorRequest) -> HttpResponse:
    """Show how often hits were false, by camera, list, grade, category and month; no plate is in it."""
    require(may_see_register(request.actor), action="false_hits.see")
    now = utc_now()
    figures = register_of(request.actor.agency_id, now=now)
    context = {
        "register": figures,
        "months_shown": MONTHS,
        "chart": chart_of(figures.months),
        "months": [month for month in figures.months if month.ended],
        "findings": [finding.label for finding in Finding],
        "overdue": overdue_of(request.actor.agency_id, parameters=parameters_at(now), now=now),
        **_rights(request),
    }
    return render(request, "corrections/register.html", context)


@require_POST
def export(request: ActorRequest) -> HttpResponse:
    """Hand the register's figures out as CSV; taking them is an entry."""
    require(may_see_register(request.actor), action="false_hits.export")
    text = table_of(register_of(request.actor.agency_id, now=utc_now()))
    with transaction.atomic():
        ledger.append(Kind.FALSE_HITS_EXPORTED, actor=request.actor)
    return download(text, "platewarden-false-hits.csv", "text/csv; charset=utf-8")


def table_of(figures: Register) -> str:
    """Return *figures* as CSV: one row a month, camera, list, grade or category."""
    header = (
        "by",
        "which",
        "ended",
        "false",
        "share",
        "low",
        "high",
        *(finding.value for finding in Finding),
    )
    groups = {"all": [figures.overall], "month": figures.months, **figures.tables}
    rows: list[tuple[object, ...]] = []
    for by, rates in groups.items():
        for rate in rates:
            low, high = rate.share.interval
            shares = (
                (round(rate.share.value, 4), round(low, 4), round(high, 4)) if rate.ended else ("", "", "")
            )
            rows.append(
                (
                    by.lower(),
                    rate.label,
                    rate.ended,
                    rate.false,
                    *shares,
                    *(count for _, count in rate.by_finding),
                )
            )
    return csv_table(header, rows)


@require_GET
def suppressions(request: ActorRequest) -> HttpResponse:
    """List the entries that were found wrong, the newest first."""
    require(may_see_register(request.actor), action="suppression.list")
    now = utc_now()
    found = Paginator(suppressions_of(request.actor.agency_id), PAGE_LENGTH)
    page = found.get_page(request.GET.get("page"))
    lines = lines_of(page.object_list, parameters=parameters_at(now), now=now)
    return render(
        request, "corrections/suppressions.html", {"page": page, "lines": lines, **_rights(request)}
    )


@require_GET
def suppression(request: ActorRequest, suppression_id: int) -> HttpResponse:
    """Show one suppression with its review and its correction notices."""
    return _show(request, get_suppression_for(request.actor, suppression_id))


@require_POST
def confirm(request: ActorRequest, suppression_id: int) -> HttpResponse:
    """Confirm that the entry is wrong."""
    found = get_suppression_for(request.actor, suppression_id)
    suppressing.confirm(suppression=found, actor=request.actor, now=utc_now())
    messages.success(request, "Confirmed: two people found the entry to be wrong.")
    return redirect("corrections:suppression", suppression_id)


@require_POST
def lift(request: ActorRequest, suppression_id: int) -> HttpResponse:
    """Let the entry alert again."""
    found, form = get_suppression_for(request.actor, suppression_id), LiftForm(request.POST)
    if not form.is_valid():
        return _show(request, found, status=422, lift_form=form)
    suppressing.lift(
        suppression=found, reason=form.cleaned_data["reason"], actor=request.actor, now=utc_now()
    )
    messages.success(request, "Lifted: the entry alerts again.")
    return redirect("corrections:suppression", suppression_id)


@require_POST
def write(request: ActorRequest, suppression_id: int) -> HttpResponse:
    """Write to the owner of the entry, and hand the letter out."""
    found, form = get_suppression_for(request.actor, suppression_id), LetterForm(request.POST)
    if not form.is_valid():
        return _show(request, found, status=422, letter_form=form)
    said, is_text = form.cleaned_data, form.cleaned_data["form"] == "text"
    try:
        letter = noticing.write_letter(
            suppression=found,
            addressed_to=said["addressed_to"],
            is_text=is_text,
            actor=request.actor,
            now=utc_now(),
        )
    except NothingToWriteError as error:
        return _show(request, found, status=409, failure=str(error), letter_form=form)
    except (KeyUnavailable, ImageUnavailable, OSError):
        return _show(request, found, status=409, failure=_UNOPENED, letter_form=form)
    name = f"platewarden-correction-{found.pk}-{letter.notice.pk}"
    if not is_text:
        return download(letter.content, f"{name}.pdf", "application/pdf")
    return download(letter.content, f"{name}.txt", "text/plain; charset=utf-8")


@require_POST
def sent(request: ActorRequest, notice_id: int) -> HttpResponse:
    """Record that a correction notice went out."""
    notice, form = get_notice_for(request.actor, notice_id), SentForm(request.POST)
    if form.is_valid():
        channel = Channel(form.cleaned_data["channel"])
        noticing.record_sent(notice=notice, channel=channel, actor=request.actor, now=utc_now())
        messages.success(request, "Recorded as sent.")
    return redirect("corrections:suppression", notice.suppression_id)


@require_POST
def answered(request: ActorRequest, notice_id: int) -> HttpResponse:
    """Record what the owner of the entry answered."""
    notice, form = get_notice_for(request.actor, notice_id), AnswerForm(request.POST)
    if form.is_valid():
        answer = Answer(form.cleaned_data["answer"])
        noticing.record_answer(notice=notice, answer=answer, actor=request.actor, now=utc_now())
        messages.success(request, "The answer is recorded. An entry that was changed alerts again by itself.")
    return redirect("corrections:suppression", notice.suppression_id)


def _show(request: ActorRequest, found: Suppression, *, status: int = 200, **context: Any) -> HttpResponse:
    now = utc_now()
    parameters, actor = parameters_at(now), request.actor
    (line,) = lines_of([found], parameters=parameters, now=now)
    is_confirmed, is_lifted = found.confirmed_at is not None, found.lifted_at is not None
    may_review = may_confirm(
        actor, placed_by_id=str(found.placed_by_id), is_confirmed=is_confirmed, is_lifted=is_lifted
    )
    lifting = Right.LIFT_SUPPRESSIONS if is_confirmed else Right.REVIEW_SUPPRESSIONS
    shown = {
        "line": line,
        "suppression": found,
        "notices": notices_of(found, parameters=parameters, now=now),
        "complaints": found.complaints.all(),
        "may_confirm": may_review.allowed,
        "may_lift": not is_lifted and may(actor, lifting).allowed,
        "may_write": not is_lifted and may_write_correction(actor).allowed,
        "may_track": may_track_correction(actor).allowed,
        "lift_form": LiftForm(),
        "letter_form": LetterForm(initial={"addressed_to": found.hotlist.source}),
        "sent_form": SentForm(),
        "answer_form": AnswerForm(),
        **_rights(request),
    }
    return render(request, "corrections/suppression.html", {**shown, **context}, status=status)


def _rights(request: ActorRequest) -> dict[str, bool]:
    keeps = may_keep_complaints(request.actor).allowed
    looks_behind = may(request.actor, Right.LOOK_BEHIND_COMPLAINTS).allowed
    return {"may_keep": keeps, "may_see_complaints": keeps or looks_behind}
