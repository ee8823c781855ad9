"""Handing a release over: the pass phrase, the file - once -, to whom and how, and the recipient's receipt."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction

from platewarden.images.parts import opened
from platewarden.images.store import Shelf, image_store
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle
from platewarden.policy import releases as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import refuse, require
from platewarden.policy.notices import NoticeKind
from platewarden.policy.releases import HandedBy, ReleaseState
from platewarden.policy.rights import Right, may
from platewarden.releases.actions import subject_of
from platewarden.releases.models import Package, ReleaseRequest
from platewarden.releases.packing import sealed_as


def package_of(request: ReleaseRequest) -> Package | None:
    """Return the package of the approval that stands; None where there is none."""
    found = Package.objects.select_related("decision__request", "decision__selection", "decision__decided_by")
    return found.filter(decision__request=request, decision__void_at=None, ready_at__isnull=False).first()


@transaction.atomic
def see_phrase(*, request: ReleaseRequest, actor: Actor, now: datetime) -> str:
    """Return the pass phrase, to be told apart from the file, with an entry that *actor* looked at it.

    Raises:
        PolicyRefusal: *actor* did not prepare the release, or the package is gone.
        KeyUnavailable, ImageUnavailable: It cannot be opened.
        LedgerUnavailable: The look cannot be recorded, so there is none.
    """
    package = package_of(request)
    require(may(actor, Right.PREPARE_RELEASES), action="release.phrase")
    if package is None or package.gone_at or (package.gone_by is not None and now >= package.gone_by):
        gone = refuse("RET-1", "There is no package here.", remedy="Look at where the request stands.")
        require(gone, action="release.phrase", facts={"release": request.pk})
    assert package is not None
    if request.facts().prepared_by_id != actor.id:
        other = refuse("SHR-2", "Somebody else prepared this release.", remedy="They tell the pass phrase.")
        require(other, action="release.phrase", facts={"release": request.pk})
    phrase = image_store().open(Shelf.of_package(request.pk), f"{sealed_as(package)}/phrase", package.phrase)
    ledger.append(Kind.RELEASE_PHRASE_SEEN, actor=actor, subject=subject_of(request))
    return phrase.decode()


@transaction.atomic(durable=True)
def fetch(*, request: ReleaseRequest, actor: Actor, now: datetime) -> tuple[Package, Iterator[bytes]]:
    """Record that *actor* fetches the package, the one time that it may be, and only then give its bytes.

    > SHR-2: is fulfilled only after the Sheriff or a designee has approved it

    Raises:
        PolicyRefusal: Somebody else prepared it, it has been fetched, or it has expired.
        LedgerUnavailable: It cannot be recorded, so nothing is given.
    """
    request = ReleaseRequest.objects.select_for_update().get(pk=request.pk)
    package = package_of(request)
    decision = policy.may_fetch(
        actor,
        request.facts(),
        gone_at=None if package is None or package.gone_at else package.gone_by,
        is_fetched=package is not None and package.fetched_at is not None,
        now=now,
    )
    require(decision, action="release.fetch", facts={"release": request.pk})
    assert package is not None
    package.fetched_at, request.state, request.ended_at = now, ReleaseState.RELEASED, now
    package.save(update_fields=["fetched_at"])
    request.save(update_fields=["state", "ended_at"])
    settle(subject=subject_of(request), kinds=[NoticeKind.RELEASE_READY], actor=actor, now=now)
    details: dict[str, JSON] = {
        "approval_entry": package.decision.entry,
        "selection": package.decision.digest,
        "sha256": package.digest,
        "requester": request.requester,
        "class": request.requester_class,
    }
    ledger.append(Kind.RELEASE_FETCHED, actor=actor, subject=subject_of(request), details=details)
    return package, opened(Shelf.of_package(request.pk), sealed_as(package), package.parts)


@transaction.atomic
def hand_over(
    *, request: ReleaseRequest, to: str, by: HandedBy | None, at: datetime, actor: Actor, now: datetime
) -> Package:
    """Record to whom, when and how the release was handed over.

    Raises:
        PolicyRefusal: *actor* may not, nothing was released, something is not said, or it is on record.
        LedgerUnavailable: It cannot be recorded.
    """
    request = ReleaseRequest.objects.select_for_update().get(pk=request.pk)
    package = package_of(request)
    is_recorded = package is not None and package.handed_at is not None
    decision = policy.may_hand_over(actor, request.facts(), to=to, by=by, is_recorded=is_recorded)
    require(decision, action="release.hand_over", facts={"release": request.pk})
    assert package is not None
    assert by is not None
    package.handed_at, package.handed_to, package.handed_by = min(at, now), to.strip(), by
    package.save(update_fields=["handed_at", "handed_to", "handed_by"])
    details: dict[str, JSON] = {"to": package.handed_to, "by": by, "at": package.handed_at.isoformat()}
    ledger.append(Kind.RELEASE_HANDED_OVER, actor=actor, subject=subject_of(request), details=details)
    return package


@transaction.atomic
def acknowledge(*, request: ReleaseRequest, by: str, on: date, actor: Actor, now: datetime) -> Package:  # noqa: ARG001 - every action takes the time
    """Record that the recipient has confirmed, by whom and when.

    Raises:
        PolicyRefusal: *actor* may not, it has not been handed over, or it is on record.
        LedgerUnavailable: It cannot be recorded.
    """
    require(may(actor, Right.PREPARE_RELEASES), action="release.acknowledge")
    request = ReleaseRequest.objects.select_for_update().get(pk=request.pk)
    package = package_of(request)
    if package is None or package.handed_at is None or not by.strip():
        early = refuse(
            "SHR-2", "It has not been handed over, or nobody is named.", remedy="Record that first."
        )
        require(early, action="release.acknowledge", facts={"release": request.pk})
    assert package is not None
    if package.acknowledged_on is not None:
        known = refuse("SHR-2", "Who confirmed it is on record.", remedy="Nothing: it stays as it was said.")
        require(known, action="release.acknowledge", facts={"release": request.pk})
    package.acknowledged_on, package.acknowledged_by = on, by.strip()
    package.save(update_fields=["acknowledged_on", "acknowledged_by"])
    details: dict[str, JSON] = {"by": package.acknowledged_by, "on": on.isoformat()}
    ledger.append(Kind.RELEASE_ACKNOWLEDGED, actor=actor, subject=subject_of(request), details=details)
    return package
