"""Looking at a frozen selection, and deciding over it: approve exactly that, or deny with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import DatabaseError, transaction
from procrastinate.contrib.django import app

from platewarden.adoption.in_force import parameters_at
from platewarden.ledger import actions as ledger
from platewarden.ledger.actions import LedgerUnavailable
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle, tell
from platewarden.policy import releases as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind
from platewarden.policy.releases import ReleaseState
from platewarden.policy.rights import Right, may
from platewarden.releases import materials
from platewarden.releases.actions import NOTICES, subject_of
from platewarden.releases.materials import Material
from platewarden.releases.models import ReleaseDecision, ReleaseRequest, SelectedRead, Selection

PACK: Final = "pack_release"
PAGE_READS: Final = 10
"""Reads that one look shows: each has pictures that are masked as they would go out."""


@dataclass(frozen=True, slots=True)
class Look:
    """A page of a selection: its rows with what there is of them; None in place of a read that is gone."""

    rows: list[tuple[SelectedRead, Material | None]]
    first: int
    entry: int


def look_at(selection: Selection, *, page: int, actor: Actor, now: datetime) -> Look:
    """Record that *actor* looks at a page of a selection, and only then open its reads.

    > QRY-2: Everything that reveals past reads is a query, and is logged with who asked and what was asked
    > for before anything is shown.

    Raises:
        PolicyRefusal: *actor* sees no releases.
        LedgerUnavailable: The look cannot be recorded, so nothing is shown.
    """
    require(may(actor, Right.SEE_RELEASES), action="release.see")
    first = PAGE_READS * (page - 1)
    rows = list(selection.selected.all()[first : first + PAGE_READS])
    details: dict[str, JSON] = {
        "selection": selection.digest,
        "reads": [str(row.read_id) for row in rows],
        "images": ["plate", "vehicle"],
    }
    subject = subject_of(selection.request)
    try:
        with transaction.atomic(durable=True):
            entry = ledger.append(
                Kind.RELEASE_SEEN, actor=actor, subject=subject, outcome="shown", details=details
            )
    except DatabaseError as error:
        raise LedgerUnavailable("The look could not be recorded, so nothing is shown.") from error
    opened = [(row, materials.of_selected(row, selection, now=now)) for row in rows]
    return Look(opened, first + 1, entry.seq)


@transaction.atomic
def decide(
    *, request: ReleaseRequest, approve: bool, reason: str, seen: str, actor: Actor, now: datetime
) -> ReleaseDecision:
    """Approve the frozen selection, or deny the request; once approved, the worker makes the package.

    > SHR-2: is fulfilled only after the Sheriff or a designee has approved it. Requests, approvals and
    > denials are kept.

    Args:
        request: What is decided on.
        approve: Whether it is approved.
        reason: Why, in their own words.
        seen: Digest of the selection that they had before their eyes; empty for a denial.
        actor: Who decides.
        now: The present moment.

    Raises:
        PolicyRefusal: *actor* may not, or the selection is not what they saw, or is no longer whole.
        LedgerUnavailable: It cannot be recorded.
    """
    request = ReleaseRequest.objects.select_for_update().get(pk=request.pk)
    selection, reason = request.current, " ".join(reason.split())
    decision = policy.may_decide(
        actor,
        request.facts(),
        approve=approve,
        reason=reason,
        is_as_seen=selection is not None and selection.digest == seen,
        is_whole=not approve or (selection is not None and is_whole(selection, now=now)),
        parameters=parameters_at(now),
        now=now,
    )
    require(decision, action="release.decide", facts={"release": request.pk})
    made = _enter(request, selection, approve=approve, reason=reason, actor=actor, now=now)
    settle(subject=subject_of(request), kinds=NOTICES, actor=actor, now=now)
    for person in {request.entered_by, *([selection.prepared_by] if selection else [])}:
        tell(
            kind=NoticeKind.RELEASE_DECIDED,
            subject=subject_of(request),
            text=f"{actor.name} has {request.state} release No. {request.pk}. {reason[:200]}".strip(),
            to_user=person,
            actor=actor,
            now=now,
        )
    if approve:
        app.configure_task(PACK).defer(decision_id=made.pk)
    return made


def _enter(
    request: ReleaseRequest,
    selection: Selection | None,
    *,
    approve: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> ReleaseDecision:
    digest = selection.digest if selection else ""
    details: dict[str, JSON] = {
        "selection": digest,
        "reads": selection.reads if selection else 0,
        "requester": request.requester,
        "class": request.requester_class,
        "reason": reason,
    }
    kind = Kind.RELEASE_APPROVED if approve else Kind.RELEASE_DENIED
    request.state = ReleaseState.APPROVED if approve else ReleaseState.DENIED
    if approve:
        request.lapses_at = policy.lapses_at(request.entered_at, now, parameters=parameters_at(now))
    else:
        request.ended_at, request.ended_because = now, reason
    request.save(update_fields=["state", "lapses_at", "ended_at", "ended_because"])
    entry = ledger.append(
        kind, actor=actor, subject=subject_of(request), outcome=request.state, details=details
    )
    return ReleaseDecision.objects.create(
        request=request,
        selection=selection,
        is_approval=approve,
        reason=reason,
        digest=digest,
        decided_at=now,
        decided_by_id=int(actor.id),
        entry=entry.seq,
    )


def is_whole(selection: Selection, *, now: datetime) -> bool:
    """Whether every read of *selection* is there, exactly as it was frozen."""
    selected = list(selection.selected.all())
    return materials.is_exact(selection, selected, materials_of(selected, selection, now=now))


def materials_of(
    selected: Sequence[SelectedRead], selection: Selection, *, now: datetime
) -> list[Material | None]:
    """Return what there is of every read of a selection, in order; for an act that shows none of it."""
    return [materials.of_selected(each, selection, now=now) for each in selected]
