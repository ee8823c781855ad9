"""What concerns oneself: questions that auditors put, and plates that one declares."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from platewarden.adoption.in_force import parameters_at
from platewarden.audits import actions, plates
from platewarden.audits.doors import declared_by, get_question_for, questions_to
from platewarden.audits.facts import searches_of
from platewarden.audits.forms import DeclareForm, ExplanationForm
from platewarden.audits.models import Mark
from platewarden.audits.views import KEY_LOST
from platewarden.images.keystore import KeyUnavailable
from platewarden.ledger import actions as ledger
from platewarden.policy.audits import Relation, answer_due_at
from platewarden.policy.decision import PolicyRefusal
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


@require_GET
def mine(request: ActorRequest) -> HttpResponse:
    """Show the questions put to oneself, and what one has declared; never a plate."""
    return _mine(request)


def _mine(request: ActorRequest, *, status: int = 200, **told: Any) -> HttpResponse:
    answering = told.pop("answering", None)
    lines = [
        _question(
            question, request.actor.id, answering if answering and answering[0] == question.pk else None
        )
        for question in questions_to(request.actor)[:20]
    ]
    context = {"questions": lines, "declared": declared_by(request.actor), "form": DeclareForm(), **told}
    return render(request, "audits/mine.html", context, status=status)


def _question(question: Mark, own_id: str, typed: tuple[int, ExplanationForm] | None) -> dict[str, Any]:
    """Return one question: which searches it is about, by time, case and reason; not what they found or asked for."""
    answer = getattr(question, "explanation", None)
    is_open = answer is None and actions.latest_mark(question.item) == question
    own = [one for one in searches_of(question.item.entries) if str(one.person) == own_id]
    return {
        "question": question,
        "answer": answer,
        "is_open": is_open,
        "due_at": answer_due_at(question.marked_at, parameters=parameters_at(question.marked_at)),
        "searches": own[:20],
        "more": max(0, len(own) - 20),
        "form": typed[1] if typed else ExplanationForm(prefix=f"question-{question.pk}"),
    }


@require_POST
def explain(request: ActorRequest, mark_id: int) -> HttpResponse:
    """Answer a question."""
    question = get_question_for(request.actor, mark_id)
    form = ExplanationForm(request.POST, prefix=f"question-{question.pk}")
    if not form.is_valid():
        return _mine(request, status=422, answering=(mark_id, form))
    try:
        actions.explain(question=question, text=form.cleaned_data["text"], actor=request.actor, now=utc_now())
    except PolicyRefusal as refusal:
        entry = ledger.record_refusal(refusal, actor=request.actor)
        return _mine(request, status=403, refusal=refusal.decision, entry=entry.seq)
    messages.success(request, "Your answer is recorded as you wrote it. The auditors are told.")
    return redirect("audits:mine")


@require_POST
def declare(request: ActorRequest) -> HttpResponse:
    """Declare a plate of one's own or one's household's."""
    form = DeclareForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            plates.declare(
                plate=said["plate"],
                relation=Relation(said["relation"]),
                actor=request.actor,
                now=utc_now(),
            )
        except KeyUnavailable:
            form.add_error("plate", KEY_LOST)
        else:
            messages.success(request, "Declared. The plate itself is not kept.")
            return redirect("audits:mine")
    return _mine(request, status=422, form=form)


@require_POST
def withdraw(request: ActorRequest, declared_id: int) -> HttpResponse:
    """Take a declaration back."""
    declared = declared_by(request.actor).filter(pk=declared_id).first()
    if declared is None:
        raise Http404("no such declaration of yours")
    plates.withdraw(declared=declared, actor=request.actor, now=utc_now())
    messages.success(request, "Withdrawn.")
    return redirect("audits:mine")
