"""Making the package of a release: of exactly what was approved, once for each approval, or not at all."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from platewarden.adoption.in_force import parameters_at
from platewarden.images.parts import SealedSink
from platewarden.images.store import Shelf, image_store
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.ledger.leaf import body_digest, digest_in
from platewarden.ledger.models import LedgerBody
from platewarden.notices.actions import tell
from platewarden.policy import releases as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.notices import NoticeKind
from platewarden.policy.releases import ReleaseState
from platewarden.policy.retention import purge_due_at
from platewarden.reads.days import day_of
from platewarden.releases import materials
from platewarden.releases.actions import subject_of, void_approvals
from platewarden.releases.contents import write_bag
from platewarden.releases.deciding import materials_of
from platewarden.releases.encrypting import encrypting, new_phrase
from platewarden.releases.materials import Material
from platewarden.releases.models import Package, ReleaseDecision, ReleaseRequest, SelectedRead


class PackageError(Exception):
    """The package could not be made; it is on record, and nothing of it is left."""


def pack(decision_id: int, *, actor: Actor, now: datetime) -> Package:
    """Make the package that an approval is for: of the selection that the ledger says was approved, read by read.

    > SHR-2: is fulfilled only after the Sheriff or a designee has approved it

    Raises:
        PolicyRefusal: It is not approved, the approval is used, or anything is not what was approved.
        PackageError: A part of it could not be made.
    """
    decision = ReleaseDecision.objects.select_related("request", "selection", "decided_by").get(
        pk=decision_id
    )
    selected = list(decision.selection.selected.all()) if decision.selection else []
    found = materials_of(selected, decision.selection, now=now) if decision.selection else []
    try:
        package = _begin(decision, selected, found, now=now)
    except PolicyRefusal as refusal:
        ledger.record_refusal(refusal, actor=actor)
        if not hasattr(decision, "package"):  # a used approval is not made void by who tries it again
            _give_up(decision, refusal.decision.reason, actor=actor, now=now)
        raise
    shelf = Shelf.of_package(decision.request_id)
    sink = SealedSink(shelf, sealed_as(package))
    try:
        phrase = new_phrase()
        present = [each for each in found if each is not None]
        with encrypting(sink, name=f"{package.name}.zip", phrase=phrase) as inner:
            write_bag(package, selected, present, inner, now=now)
        digest = sink.close()
        (package.phrase,) = image_store().seal(shelf, [(f"{sealed_as(package)}/phrase", phrase.encode())])
        _keep(package, sink, digest, selected, actor=actor, now=now)
    except Exception as error:
        image_store().remove(shelf, sink.parts)
        _give_up(decision, "The package could not be made.", actor=actor, now=now)
        raise PackageError("the package could not be made, and nothing of it is left") from error
    return package


def sealed_as(package: Package) -> str:
    """Return the name under which a package is sealed."""
    return f"package/{package.pk}"


@transaction.atomic
def _begin(
    decision: ReleaseDecision,
    selected: Sequence[SelectedRead],
    found: Sequence[Material | None],
    *,
    now: datetime,
) -> Package:
    request = ReleaseRequest.objects.select_for_update().get(pk=decision.request_id)
    current, selection = request.current, decision.selection
    is_exact = (
        selection is not None
        and current == selection
        and decision.digest == selection.digest == approved_on_ledger(decision)
        and materials.is_exact(selection, selected, found)
    )
    allowed = policy.may_pack(
        request.facts(),
        is_approved=decision.is_approval and decision.void_at is None,
        is_used=Package.objects.filter(decision=decision).exists(),
        is_exact=is_exact,
        now=now,
    )
    require(allowed, action="release.pack", facts={"release": request.pk})
    return Package.objects.create(decision=decision, begun_at=now, mark=secrets.token_hex(4))


def approved_on_ledger(decision: ReleaseDecision) -> str:
    """Return the digest that the ledger's own entry of *decision* names; empty where the entry is not what it was."""
    entry = LedgerBody.objects.select_related("leaf").filter(pk=decision.entry).first()
    if entry is None or entry.leaf.kind != Kind.RELEASE_APPROVED:
        return ""
    if body_digest(bytes(entry.salt), entry.body) != digest_in(bytes(entry.leaf.canon)):
        return ""
    said: dict[str, Any] = entry.content
    if said["subject"] != subject_of(decision.request):
        return ""
    return str(said["details"]["selection"])


@transaction.atomic
def _keep(
    package: Package,
    sink: SealedSink,
    digest: str,
    selected: Sequence[SelectedRead],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    request = ReleaseRequest.objects.select_for_update().get(pk=package.decision.request_id)
    if request.state != ReleaseState.APPROVED or request.current != package.decision.selection:
        raise PackageError("the request changed while its package was made")
    package.ready_at, package.parts, package.digest, package.size = now, sink.parts, digest, sink.size
    package.gone_by = _gone_by(selected, now=now)
    package.save()
    details: dict[str, JSON] = {
        "approval_entry": package.decision.entry,
        "selection": package.decision.digest,
        "sha256": digest,
        "bytes": sink.size,
        "mark": package.mark,
        "destroyed_by": package.gone_by.isoformat(),
    }
    ledger.append(Kind.RELEASE_PACKED, actor=actor, subject=subject_of(request), details=details)
    assert package.decision.selection is not None
    tell(
        kind=NoticeKind.RELEASE_READY,
        subject=subject_of(request),
        text=f"The package of release No. {request.pk} is ready. Fetch it, hand it over, tell the pass phrase apart.",
        to_user=package.decision.selection.prepared_by,
        actor=actor,
        now=now,
        due_at=package.gone_by,
    )


def _gone_by(selected: Sequence[SelectedRead], *, now: datetime) -> datetime:
    """Return when a package is destroyed here: after its days, and never later than its oldest read.

    > RET-1: Reads, images and everything made from them go together
    """
    parameters = parameters_at(now)
    oldest = min(day_of(each.seen_at) for each in selected)
    ends = purge_due_at(oldest, parameters=parameters)
    after = now + parameters.days("releases.copy_days")
    return min(after, ends) if ends > now else after  # a read that a case keeps outlives its day


@transaction.atomic
def _give_up(decision: ReleaseDecision, why: str, *, actor: Actor, now: datetime) -> None:
    request = ReleaseRequest.objects.select_for_update().get(pk=decision.request_id)
    Package.objects.filter(decision=decision).update(failed_at=now, parts=[], phrase="")
    void_approvals(request, why, actor=actor, now=now)
    if request.state == ReleaseState.APPROVED:
        request.state = ReleaseState.PREPARED
        request.save(update_fields=["state"])
    details: dict[str, JSON] = {"approval_entry": decision.entry, "reason": why}
    ledger.append(
        Kind.RELEASE_FAILED, actor=actor, subject=subject_of(request), outcome="failed", details=details
    )
    if decision.selection:
        tell(
            kind=NoticeKind.RELEASE_LOST,
            subject=subject_of(request),
            text=f"The package of release No. {request.pk} was not made: {why} Have it prepared and approved anew.",
            to_user=decision.selection.prepared_by,
            actor=actor,
            now=now,
        )
