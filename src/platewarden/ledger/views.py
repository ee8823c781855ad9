"""The ledger as people see it: entries newest first, one entry with its proof, the signed checkpoint.

Looking through the list is not itself an entry, or every look would make another. Opening an entry that says which
plate somebody looked for is one, and so is taking a receipt or a checkpoint away. Entries show what was asked and
done, never the reads that were found.
"""

import json
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from platewarden.accounts.actors import owning_agency
from platewarden.ledger import actions, store
from platewarden.ledger.bodies import JSON
from platewarden.ledger.forms import FilterForm
from platewarden.ledger.keys import LogKeyError
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import Checkpoint, LedgerLeaf
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may, may_read_ledger
from platewarden.site.clock import utc_now
from platewarden.site.downloads import download
from platewarden.site.requests import ActorRequest

PAGE = 50


def get_leaf_for(actor: Actor, seq: int) -> LedgerLeaf:
    """Return entry *seq*, with its body if it has one still.

    Raises:
        PolicyRefusal: *actor* may not read the ledger.
        Http404: There is no such entry.
    """
    require(may_read_ledger(actor), action="ledger.read")
    try:
        return LedgerLeaf.objects.select_related("kept_body").get(seq=seq)
    except LedgerLeaf.DoesNotExist as error:
        raise Http404 from error


@require_GET
def entries(request: ActorRequest) -> HttpResponse:
    """Show entries, newest first, narrowed down by kind, actor, subject and day."""
    require(may_read_ledger(request.actor), action="ledger.read")
    form = FilterForm(request.GET)
    leaves: list[LedgerLeaf] = []
    if form.is_valid():
        found = LedgerLeaf.objects.select_related("kept_body").order_by("-seq")
        leaves = list(form.narrow(found, zone=ZoneInfo(owning_agency().time_zone))[: PAGE + 1])
    context = {
        "form": form,
        "entries": leaves[:PAGE],
        "older": leaves[PAGE - 1].seq if len(leaves) > PAGE else None,
        "is_newest": not request.GET.get("before"),
        "is_narrowed": any(form.data.get(name) for name in form.fields if name != "before"),
        "newest": LedgerLeaf.objects.order_by("-seq").first(),
        "checkpoint": Checkpoint.objects.order_by("-size").first(),
        "may_export_bodies": may(request.actor, Right.EXPORT_BODIES).allowed,
    }
    return render(request, "ledger/list.html", context, status=200 if form.is_valid() else 422)


@require_GET
def entry(request: ActorRequest, seq: int) -> HttpResponse:
    """Show one entry: what it records, the leaf that stands for it, and whether a checkpoint covers it."""
    leaf = get_leaf_for(request.actor, seq)
    details = leaf.body.content.get("details") if leaf.body else None
    if names_a_plate(details):
        actions.record_handed_out(Kind.ENTRY_OPENED, subject=f"entry:{seq}", actor=request.actor)
    context = {
        "leaf": leaf,
        "canon": bytes(leaf.canon).decode(errors="replace"),
        "body": leaf.body.content if leaf.body else None,
        "details": json.dumps(details, indent=2, sort_keys=True, ensure_ascii=False) if details else "",
        "covering": Checkpoint.objects.filter(size__gt=seq).order_by("size").first(),
    }
    return render(request, "ledger/entry.html", context)


def names_a_plate(details: JSON) -> bool:
    """Whether somewhere in *details* a plate is named that somebody asked for."""
    if isinstance(details, Mapping):
        return any(
            ("plate" in name and bool(value)) or names_a_plate(value) for name, value in details.items()
        )
    return isinstance(details, list) and any(names_a_plate(one) for one in details)


@require_POST
def receipt(request: ActorRequest, seq: int) -> HttpResponse:
    """Hand the proof that an entry is on the ledger, to be checked by anyone; taking it is an entry.

    Everybody may have the receipts of their own entries: it says no more than number, time and kind. Where no
    checkpoint covers the entry yet, one is signed for it.
    """
    leaf = LedgerLeaf.objects.select_related("kept_body").filter(seq=seq).first()
    if leaf is None or not _is_own(leaf, request.actor):
        leaf = get_leaf_for(request.actor, seq)
    proof = store.receipt_for(leaf.seq)
    if proof is None:
        try:
            actions.sign_checkpoint(actor=request.actor, now=utc_now())
        except (LogKeyError, actions.LedgerInconsistent):
            return render(request, "ledger/uncovered.html", {"leaf": leaf}, status=409)
        proof = store.receipt_for(leaf.seq)
        assert proof is not None
    with transaction.atomic():
        actions.append(Kind.RECEIPT_DOWNLOADED, actor=request.actor, subject=f"entry:{seq}")
    return _download(proof.encode(), f"platewarden-entry-{seq}.tlog-proof")


def _is_own(leaf: LedgerLeaf, actor: Actor) -> bool:
    said = leaf.body.content.get("actor", {}) if leaf.body else {}
    return (
        actor.is_person
        and bool(actor.id)
        and (said.get("kind"), said.get("id")) == (actor.kind.value, actor.id)
    )


@require_POST
def checkpoint(request: ActorRequest) -> HttpResponse:
    """Hand out the newest signed checkpoint, for witnesses; taking it is an entry."""
    require(may_read_ledger(request.actor), action="ledger.read")
    newest = Checkpoint.objects.order_by("-size").first()
    if newest is None:
        raise Http404
    with transaction.atomic():
        actions.append(Kind.CHECKPOINT_DOWNLOADED, actor=request.actor, subject=f"checkpoint:{newest.size}")
    return _download(newest.note, f"platewarden-{newest.size}.checkpoint")


def _download(text: str, name: str) -> HttpResponse:
    return download(text, name, "text/plain; charset=utf-8")
