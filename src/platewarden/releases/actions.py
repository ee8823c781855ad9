"""Taking a request for a release in, looking at it, preparing it, withdrawing it."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from platewarden.accounts.actors import owning_agency
from platewarden.adoption.in_force import parameters_at
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import ImageUnavailable, Shelf, image_store
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle, tell
from platewarden.policy import releases as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind
from platewarden.policy.release_requests import AskedFor, grounds_of, may_receive
from platewarden.policy.releases import ReleaseState, SelectionFacts
from platewarden.policy.rights import Right, may
from platewarden.queries.actions import reads_found_by
from platewarden.queries.models import Query
from platewarden.reads.models import Read
from platewarden.releases import materials
from platewarden.releases.documents import Document
from platewarden.releases.models import ReleaseDecision, ReleaseRequest, SelectedRead, Selection

NOTICES = (
    *(NoticeKind.RELEASE_RECEIVED, NoticeKind.RELEASE_PREPARED, NoticeKind.RELEASE_DECIDED),
    *(NoticeKind.RELEASE_READY, NoticeKind.RELEASE_LOST),
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a request asks about, sealed since it names a plate: that, its state, a place, and its document's name."""

    plate: str
    plate_state: str
    place: str
    document_name: str


def subject_of(request: ReleaseRequest) -> str:
    """Return how ledger entries and notices name *request*."""
    return f"release:{request.pk}"


@transaction.atomic
def receive(
    *, asked: AskedFor, scope: Scope, document: Document | None, actor: Actor, now: datetime
) -> ReleaseRequest:
    """Take a written request in; whoever prepares releases is told.

    > SHR-2: A request from outside the state is made in writing, names the agency, the person, the purpose and the case
    > number

    Raises:
        PolicyRefusal: *actor* takes none in, or something is missing: all of it is named at once.
        KeyUnavailable: It cannot be sealed; nothing is recorded.
        LedgerUnavailable: It cannot be recorded.
    """
    parameters = parameters_at(now)
    today = now.astimezone(ZoneInfo(owning_agency().time_zone)).date()
    decision = may_receive(actor, asked, parameters=parameters, now=now, today=today)
    require(decision, action="release.receive")
    assert document is not None
    request = _row(asked, document, actor=actor, now=now)
    _seal(request, scope, document)
    details: dict[str, JSON] = {
        "requester": request.requester,
        "class": request.requester_class,
        "purpose": request.purpose,
        "need": request.need,
        "their_case": request.their_case,
        "document_sha256": request.document_digest,
        "states": ["not for immigration status", "on no protected ground"],
        "grounds_named": list(grounds_of(request.need)),
    }
    ledger.append(Kind.RELEASE_RECEIVED, actor=actor, subject=subject_of(request), details=details)
    is_grave = bool(grounds_of(request.need))
    for role in (Role.SUPERVISOR,) if is_grave else (Role.INVESTIGATOR, Role.SUPERVISOR):
        tell(
            kind=NoticeKind.RELEASE_RECEIVED,
            subject=subject_of(request),
            text=f"{request.requester} asks for a copy of reads. Search for it and prepare what is to go out.",
            to_role=role,
            actor=actor,
            now=now,
            due_at=now + parameters.days("releases.decide_days"),
        )
    return request


def _row(asked: AskedFor, document: Document, *, actor: Actor, now: datetime) -> ReleaseRequest:
    assert asked.kind and asked.purpose and asked.received_on and asked.seen_from and asked.seen_until  # noqa: PT018
    return ReleaseRequest.objects.create(
        agency_id=actor.agency_id,
        entered_at=now,
        entered_by_id=int(actor.id),
        received_on=asked.received_on,
        requester=asked.agency.strip(),
        requester_kind=asked.kind,
        requester_state=asked.state.strip().upper(),
        official=asked.official.strip(),
        contact=asked.contact.strip(),
        purpose=asked.purpose,
        need=" ".join(asked.need.split()),
        their_case=asked.case_number.strip(),
        seen_from=asked.seen_from,
        seen_until=asked.seen_until,
        document_type=document.media_type,
        lapses_at=policy.lapses_at(now, None, parameters=parameters_at(now)),
    )


def _seal(request: ReleaseRequest, scope: Scope, document: Document) -> None:
    contents = [("scope", json.dumps(asdict(scope)).encode()), ("document", document.content)]
    request.scope, request.document = image_store().seal(Shelf.of_release(request.pk), contents)
    request.document_digest = materials.digest_of(document.content, "")
    request.save(update_fields=["scope", "document", "document_digest"])


@transaction.atomic
def open_scope(request: ReleaseRequest, *, actor: Actor) -> Scope:
    """Return what a request asks about, with an entry that *actor* looked at it.

    Raises:
        PolicyRefusal: *actor* sees no releases.
        KeyUnavailable, ImageUnavailable: It cannot be opened.
        LedgerUnavailable: The look cannot be recorded, so there is none.
    """
    require(may(actor, Right.SEE_RELEASES), action="release.open")
    scope = _scope_of(request)
    ledger.append(Kind.RELEASE_OPENED, actor=actor, subject=subject_of(request))
    return scope


def _scope_of(request: ReleaseRequest) -> Scope:
    return Scope(**json.loads(image_store().open(Shelf.of_release(request.pk), "scope", request.scope)))


@transaction.atomic
def take_document(request: ReleaseRequest, *, actor: Actor) -> bytes:
    """Return the written request as it came, with an entry that *actor* took it; raises as `open_scope` does."""
    require(may(actor, Right.SEE_RELEASES), action="release.document")
    content = image_store().open(Shelf.of_release(request.pk), "document", request.document)
    ledger.append(Kind.RELEASE_DOCUMENT_TAKEN, actor=actor, subject=subject_of(request))
    return content


def chosen_reads(query: Query, chosen: Collection[UUID], *, actor: Actor, now: datetime) -> list[Read]:
    """Return those of *chosen* that *query* finds now, or all of them where none is chosen; oldest first.

    Raises:
        PolicyRefusal: The query is not *actor*'s, or has expired.
    """
    found = reads_found_by(query, actor=actor, now=now, action="release.prepare")
    named = [read for read in found if read.id in chosen] if chosen else found
    return sorted(named, key=lambda read: (read.seen_at, read.id))


@transaction.atomic
def prepare(
    *,
    request: ReleaseRequest,
    query: Query,
    reads: Sequence[Read],
    actor: Actor,
    now: datetime,
    because: str = "",
) -> Selection:
    """Freeze *reads*, which *query* found, for a request; an approval of an earlier selection becomes void.

    *because* says why reads of another plate than the request names go out too, where there are any.

    > SHR-2: names the agency, the person, the purpose and the case number

    Raises:
        PolicyRefusal: *actor* may not, or these reads may not go out for this request.
        LedgerUnavailable: It cannot be recorded.
    """
    request = ReleaseRequest.objects.select_for_update().get(pk=request.pk)
    strays = _strays(request, reads)
    facts = SelectionFacts(
        purpose=query.purpose,
        case_number=query.case_number,
        asked_at=query.asked_at,
        seen=tuple(read.seen_at for read in reads),
        strays=None if strays is None else len(strays),
        strays_because=because,
    )
    decision = policy.may_prepare(actor, request.facts(), facts, parameters=parameters_at(now), now=now)
    require(decision, action="release.prepare", facts={"release": request.pk})
    void_approvals(request, "Another selection was prepared.", actor=actor, now=now)
    assert strays is not None  # the rule has refused what cannot be compared
    why = " ".join(because.split()) if strays else ""
    selection = _freeze(request, query, reads, strays=strays, because=why, actor=actor, now=now)
    request.state = ReleaseState.PREPARED
    request.lapses_at = policy.lapses_at(request.entered_at, None, parameters=parameters_at(now))
    request.save(update_fields=["state", "lapses_at"])
    settle(subject=subject_of(request), kinds=NOTICES, actor=actor, now=now)
    details: dict[str, JSON] = {
        "selection": selection.digest,
        "case": query.case_number,
        "query_entry": query.entry,
        "reads": [str(read.id) for read in reads],
    }
    if strays:
        details |= {"of_another_plate": len(strays), "because": why}
    ledger.append(Kind.RELEASE_PREPARED, actor=actor, subject=subject_of(request), details=details)
    _tell_deciders(request, actor=actor, now=now)
    return selection


def _strays(request: ReleaseRequest, reads: Sequence[Read]) -> set[UUID] | None:
    """Return which of *reads* are of another plate than *request* names; None where what it names cannot be opened.

    No look of anybody's: what is opened is compared here, and shown to nobody.
    """
    try:
        scope = _scope_of(request)
    except (KeyUnavailable, ImageUnavailable):
        return None
    return {
        read.id for read in reads if policy.stray_from(scope.plate, scope.plate_state, read.plate, read.state)
    }


def _freeze(
    request: ReleaseRequest,
    query: Query,
    reads: Sequence[Read],
    *,
    strays: Collection[UUID],
    because: str,
    actor: Actor,
    now: datetime,
) -> Selection:
    salt, rows = materials.new_salt(), []
    for place, read in enumerate(reads, start=1):
        digests = materials.frozen(materials.of_read(read), salt)
        row = SelectedRead(place=place, read_id=read.id, seen_at=read.seen_at, strays=read.id in strays)
        row.facts, row.plate_image, row.vehicle_image = digests
        rows.append(row)
    listed = materials.content_list(request, query.case_number, salt, rows)
    selection = Selection.objects.create(
        request=request,
        prepared_at=now,
        prepared_by_id=int(actor.id),
        query_entry=query.entry,
        case_number=query.case_number,
        digest=materials.digest_of_list(listed),
        salt=salt,
        reads=len(rows),
        strays=len(strays),
        strays_because=because,
    )
    for row in rows:
        row.selection = selection
    SelectedRead.objects.bulk_create(rows)
    return selection


def _tell_deciders(request: ReleaseRequest, *, actor: Actor, now: datetime) -> None:
    roles = (Role.SHERIFF,) if request.requester_class.needs_sheriff else (Role.SUPERVISOR, Role.SHERIFF)
    for role in roles:
        tell(
            kind=NoticeKind.RELEASE_PREPARED,
            subject=subject_of(request),
            text=f"A copy of reads for {request.requester} is prepared. Look at it, and approve or deny it.",
            to_role=role,
            actor=actor,
            now=now,
            due_at=request.lapses_at,
        )


def void_approvals(request: ReleaseRequest, why: str, *, actor: Actor, now: datetime) -> None:
    """Let every approval of *request* be void, in the caller's transaction; what it was given for has changed.

    > SHR-2: is fulfilled only after the Sheriff or a designee has approved it
    """
    standing = ReleaseDecision.objects.filter(request=request, is_approval=True, void_at=None)
    for decision in standing.exclude(package__fetched_at__isnull=False):
        decision.void_at, decision.void_because = now, why
        decision.save(update_fields=["void_at", "void_because"])
        details: dict[str, JSON] = {"approval_entry": decision.entry, "reason": why}
        ledger.append(Kind.RELEASE_VOIDED, actor=actor, subject=subject_of(request), details=details)


@transaction.atomic
def withdraw(*, request: ReleaseRequest, reason: str, actor: Actor, now: datetime) -> ReleaseRequest:
    """Record that the agency withdrew its request, or that it is given up.

    Raises:
        PolicyRefusal: *actor* may not, it is at its end, or no reason is given.
        LedgerUnavailable: It cannot be recorded.
    """
    request = ReleaseRequest.objects.select_for_update().get(pk=request.pk)
    decision = policy.may_withdraw(actor, request.facts(), reason, parameters=parameters_at(now))
    require(decision, action="release.withdraw", facts={"release": request.pk})
    void_approvals(request, "The request was withdrawn.", actor=actor, now=now)
    request.state, request.ended_at, request.ended_because = ReleaseState.WITHDRAWN, now, reason
    request.save(update_fields=["state", "ended_at", "ended_because"])
    settle(subject=subject_of(request), kinds=NOTICES, actor=actor, now=now)
    details: dict[str, JSON] = {"reason": reason}
    ledger.append(Kind.RELEASE_WITHDRAWN, actor=actor, subject=subject_of(request), details=details)
    return request
