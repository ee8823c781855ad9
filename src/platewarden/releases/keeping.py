"""What releases ask for by themselves: say which reads are gone, let requests expire, destroy packages."""

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from platewarden.images.store import Shelf, image_store
from platewarden.images.sweeping import sweep
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle, tell
from platewarden.policy.actor import Actor
from platewarden.policy.notices import NoticeKind
from platewarden.policy.releases import ReleaseState
from platewarden.releases import materials
from platewarden.releases.actions import NOTICES, subject_of, void_approvals
from platewarden.releases.models import Package, ReleaseRequest, Selection


def keep_releases(*, actor: Actor, now: datetime) -> None:
    """Do all of it, as a timer does every ten minutes.

    > RET-1: Reads, images and everything made from them go together
    """
    for package in Package.objects.select_related("decision__request").filter(
        Q(gone_by__lte=now) | Q(decision__void_at__isnull=False, ready_at__isnull=False), gone_at=None
    ):
        _destroy(package, actor=actor, now=now)
    waiting = [state for state in ReleaseState if state.is_open]
    for request in ReleaseRequest.objects.filter(state__in=waiting, lapses_at__lte=now):
        _expire(request, "Nobody decided on it, or fetched it, in time.", actor=actor, now=now)
    for selection in Selection.objects.select_related("request", "prepared_by").filter(lost_at=None):
        if not materials.are_there(selection, now=now):
            _lose(selection, actor=actor, now=now)


@transaction.atomic
def _lose(selection: Selection, *, actor: Actor, now: datetime) -> None:
    """Note that reads of a selection are gone; digests of them go, too, and nothing of it is released any more."""
    request = ReleaseRequest.objects.select_for_update().get(pk=selection.request_id)
    selection.lost_at, selection.salt = now, ""
    selection.save(update_fields=["lost_at", "salt"])
    selection.selected.update(facts="", plate_image="", vehicle_image="")
    is_waiting = request.state in {ReleaseState.PREPARED, ReleaseState.APPROVED}
    if not is_waiting or request.current != selection:
        return
    if Package.objects.filter(
        decision__selection=selection, decision__void_at=None, ready_at__isnull=False
    ).exists():
        return  # what was made of them in time is fetched or destroyed by its own day
    why = "Reads of the selection are gone with their day."
    void_approvals(request, why, actor=actor, now=now)
    request.state = ReleaseState.RECEIVED
    request.save(update_fields=["state"])
    settle(subject=subject_of(request), kinds=NOTICES, actor=actor, now=now)
    tell(
        kind=NoticeKind.RELEASE_LOST,
        subject=subject_of(request),
        text=f"Release No. {request.pk}: {why} Prepare what is left, or tell the agency.",
        to_user=selection.prepared_by,
        actor=actor,
        now=now,
    )


@transaction.atomic
def _expire(request: ReleaseRequest, why: str, *, actor: Actor, now: datetime) -> None:
    request = ReleaseRequest.objects.select_for_update().get(pk=request.pk)
    if not ReleaseState(request.state).is_open:
        return
    void_approvals(request, why, actor=actor, now=now)
    request.state, request.ended_at, request.ended_because = ReleaseState.EXPIRED, now, why
    request.save(update_fields=["state", "ended_at", "ended_because"])
    settle(subject=subject_of(request), kinds=NOTICES, actor=actor, now=now)
    details: dict[str, JSON] = {"reason": why}
    ledger.append(Kind.RELEASE_EXPIRED, actor=actor, subject=subject_of(request), details=details)


@transaction.atomic
def _destroy(package: Package, *, actor: Actor, now: datetime) -> None:
    """Destroy a package here: its key first, so that nothing can be read of it should the rest fail."""
    request = package.decision.request
    shelf, parts = (
        Shelf.of_package(request.pk),
        [*package.parts, *([package.phrase] if package.phrase else [])],
    )
    package.gone_at, package.parts, package.phrase = now, [], ""
    package.save(update_fields=["gone_at", "parts", "phrase"])
    is_last = not Package.objects.filter(
        decision__request=request, gone_at=None, ready_at__isnull=False
    ).exists()
    details: dict[str, JSON] = {
        "approval_entry": package.decision.entry,
        "was_fetched": package.fetched_at is not None,
    }
    ledger.append(Kind.RELEASE_REMOVED, actor=actor, subject=subject_of(request), details=details)
    if package.fetched_at is None and package.decision.void_at is None:
        _expire(request, "Its package was not fetched in time.", actor=actor, now=now)
    store = image_store()
    transaction.on_commit(lambda: store.destroy(shelf) if is_last else store.remove(shelf, parts))


def sweep_releases(*, now: datetime) -> int:
    """Remove sealed bytes that belong to no record: what a failed act leaves; return how much it was."""
    requests: dict[int, list[str]] = {}
    for pk, scope, document in ReleaseRequest.objects.values_list("pk", "scope", "document"):
        requests[pk] = [scope, document]
    packages: dict[int, list[str]] = defaultdict(list)
    for package in Package.objects.select_related("decision").filter(gone_at=None):
        packages[package.decision.request_id] += [*package.parts, package.phrase]
    return sweep(image_store(), Shelf.of_release, requests, now=now) + sweep(
        image_store(), Shelf.of_package, packages, now=now
    )
