"""Who co-signs the ledger's checkpoints, who decided so, and how far each of them has come."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from platewarden.ledger import actions as ledger
from platewarden.ledger.checkpoint import NoteError
from platewarden.ledger.models import Checkpoint
from platewarden.policy import witnesses as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.rights import Right, may
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest
from platewarden.witnesses import actions, standing
from platewarden.witnesses.forms import CosignedForm, WitnessForm
from platewarden.witnesses.models import Witness


@require_GET
def show(request: ActorRequest) -> HttpResponse:
    """List the witnesses with what they have co-signed last, and what contradicts the ledger, if anything does."""
    require(policy.may_see_witnesses(request.actor), action="witness.see")
    return _show(request)


def _show(request: ActorRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    shown = {
        "lines": [(line, *_rights(request.actor, line.witness)) for line in standing.lines()],
        "newest": Checkpoint.objects.order_by("-size").first(),
        "contradictions": standing.contradictions(),
        "folder": settings.PLATEWARDEN_CHECKPOINT_FOLDER,
        "may_propose": may(request.actor, Right.MANAGE_WITNESSES).allowed,
        "form": WitnessForm(),
        "cosigned_form": CosignedForm(),
    }
    return render(request, "witnesses/witnesses.html", shown | context, status=status)


def _rights(actor: Actor, witness: Witness) -> tuple[bool, bool]:
    """Return whether *actor* may adopt, and whether they may withdraw."""
    proposer = str(witness.proposed_by_id)
    withdrawal = policy.may_withdraw_witness(
        actor, is_adopted=witness.adopted_at is not None, is_own=proposer == actor.id
    )
    return policy.may_adopt_witness(actor, proposed_by_id=proposer).allowed, withdrawal.allowed


@require_POST
def propose(request: ActorRequest) -> HttpResponse:
    """Propose a witness."""
    require(may(request.actor, Right.MANAGE_WITNESSES), action="witness.propose")
    form = WitnessForm(request.POST)
    if not form.is_valid():
        return _show(request, status=422, form=form)
    try:
        witness = actions.propose_witness(**form.cleaned_data, actor=request.actor, now=utc_now())
    except PolicyRefusal as refusal:
        entry = ledger.record_refusal(refusal, actor=request.actor)
        return _show(request, status=403, form=form, refusal=refusal.decision, recorded=entry.seq)
    messages.success(request, f"{witness.who} is proposed; a second person compares the key and adopts it.")
    return redirect("witnesses:show")


@require_POST
def adopt(request: ActorRequest, witness_id: int) -> HttpResponse:
    """Adopt what somebody else has proposed."""
    witness = _witness(request.actor, witness_id)
    actions.adopt_witness(witness=witness, actor=request.actor, now=utc_now())
    messages.success(request, f"{witness.who} is a witness of the ledger from now on.")
    return redirect("witnesses:show")


@require_POST
def withdraw(request: ActorRequest, witness_id: int) -> HttpResponse:
    """Ask a witness no more."""
    witness = _witness(request.actor, witness_id)
    actions.withdraw_witness(witness=witness, actor=request.actor, now=utc_now())
    messages.success(request, f"{witness.who} is asked for no co-signature any more.")
    return redirect("witnesses:show")


@require_POST
def hand_in(request: ActorRequest) -> HttpResponse:
    """Take in a co-signed checkpoint that came by another way."""
    require(policy.may_hand_in_cosignature(request.actor), action="witness.hand_in")
    form = CosignedForm(request.POST)
    if form.is_valid():
        try:
            received = actions.receive(form.cleaned_data["note"], actor=request.actor, now=utc_now())
        except NoteError as error:
            form.add_error("note", f"It is not taken: {error}.")
        else:
            if received.problem:
                messages.error(request, f"The alarm is raised: {received.problem}.")
            else:
                told = f"The first {received.size} entries are co-signed by {', '.join(received.who)}."
                messages.success(request, told)
            return redirect("witnesses:show")
    return _show(request, status=422, cosigned_form=form)


def _witness(actor: Actor, witness_id: int) -> Witness:
    require(policy.may_see_witnesses(actor), action="witness.see")
    found = Witness.objects.filter(pk=witness_id, withdrawn_at__isnull=True).first()
    if found is None:
        raise Http404("no such witness")
    return found
