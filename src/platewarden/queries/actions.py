"""Asking for past reads, being answered, and opening an image: three looks, each on the ledger before it shows.

Each entry is committed by a transaction of its own before the next step begins: the intent before the search,
what will be revealed before it is rendered. If an entry cannot be committed, nothing is shown.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db import DatabaseError, transaction
from django.http import Http404

from platewarden.accounts.actors import owning_agency_id
from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import ImageUnavailable, Shelf, image_store
from platewarden.ledger import actions as ledger
from platewarden.ledger.actions import LedgerUnavailable
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.policy import held as holding
from platewarden.policy import queries as policy
from platewarden.policy.actor import Actor
from platewarden.policy.areas import Point
from platewarden.policy.decision import require
from platewarden.policy.held import HeldFor
from platewarden.policy.parameters import Parameters
from platewarden.policy.queries import Justification, QueryKind, QueryScope, VehicleAsked
from platewarden.queries.cursors import Cursor
from platewarden.queries.doors import is_locked
from platewarden.queries.holding import tell_deciders
from platewarden.queries.models import Query
from platewarden.queries.search import Found, search
from platewarden.reads.days import day_of
from platewarden.reads.models import Read
from platewarden.sharing.standing import guest_terms

PAGE_ROWS: Final = 50
"""Reads on one page of an answer; each page is a look of its own."""


class View(StrEnum):
    """How an answer is looked at: page by page, or the whole of it by plate, or on a map along time."""

    PAGES = "pages"
    PLATES = "plates"
    MAP = "map"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a look at an answer shows: one page, or, by plate and on the map, the whole.

    Attributes:
        reads: The reads to be shown, newest first.
        first: Place of the first of them in the whole, from 1; 0 when there is none.
        total: Number of reads found, at most as many as one search may show.
        is_cut: Whether there were more than that.
        following: Where the next page begins; None on the last.
        entry: The ledger entry that recorded the look.
        is_replay: Whether the answer had been looked at before.
    """

    reads: list[Read]
    first: int
    total: int
    is_cut: bool
    following: Cursor | None
    entry: int
    is_replay: bool


@dataclass(frozen=True, slots=True)
class OpenedImages:
    """A read with its images; None in place of one that is missing or damaged."""

    read: Read
    plate: bytes | None
    vehicle: bytes | None
    entry: int


def ask(
    *,
    justification: Justification,
    scope: QueryScope,
    actor: Actor,
    now: datetime,
    area: Sequence[Point] = (),
    for_decision: bool = False,
) -> Query:
    """Record that *actor* asks for past reads, and why; the search itself is `answer`'s.

    > QRY-2: logged with who asked and what was asked for before anything is shown

    A search whose reason names a protected ground, or an exigent one, is held at once; one that is too broad for one
    person is held where *for_decision* says so, and refused where not.

    Raises:
        PolicyRefusal: The policy does not permit this search.
        LedgerUnavailable: The intent cannot be recorded, so nothing will be searched.
    """
    parameters = parameters_at(now)
    facts = _facts(justification, policy.narrowed(scope, actor.terms), area)
    reasons = holding.held_for(policy.for_another_to_decide(justification, scope, parameters=parameters))
    is_held = bool(reasons) and (for_decision or HeldFor.BREADTH not in reasons)
    decision = policy.may_query(
        actor,
        justification,
        scope,
        parameters=parameters,
        now=now,
        is_locked=is_locked(actor, now=now),
        held=is_held,
    )
    require(decision, action="query.ask", facts=dict(facts))
    scope = policy.narrowed(scope, actor.terms)
    query = _query(justification, scope, reasons, actor=actor, parameters=parameters, now=now)
    query.area = [list(corner) for corner in area]
    try:
        with transaction.atomic(durable=True):
            return _keep(query, facts, reasons, actor=actor, now=now)
    except DatabaseError as error:
        raise LedgerUnavailable("The query could not be recorded, so nothing is searched.") from error


def _keep(
    query: Query, facts: Mapping[str, JSON], reasons: frozenset[HeldFor], *, actor: Actor, now: datetime
) -> Query:
    details: dict[str, JSON] = {**facts, "plate": query.plate_text}
    if reasons:
        details["held_for"] = sorted(reasons)
    kind, outcome = (Kind.QUERY_HELD, "held") if reasons else (Kind.QUERY_ASKED, "asked")
    entry = ledger.append(kind, actor=actor, subject=f"query:{query.pk}", outcome=outcome, details=details)
    query.entry = entry.seq
    query.save(force_insert=True)
    if reasons:
        tell_deciders(query, reasons, actor=actor, now=now)
    return query


def _query(
    justification: Justification,
    scope: QueryScope,
    reasons: frozenset[HeldFor],
    *,
    actor: Actor,
    parameters: Parameters,
    now: datetime,
) -> Query:
    is_broad = HeldFor.BREADTH in reasons
    expiry = holding.lapses_at if reasons else policy.expires_at
    return Query(
        id=uuid.uuid4(),
        agency_id=actor.agency_id,
        asked_by=User.objects.get(pk=actor.id),
        asked_at=now,
        expires_at=expiry(now, parameters=parameters),
        purpose=justification.purpose or "",
        reason=justification.reason,
        case_number=justification.case_number,
        case_standing=justification.standing,
        requested_by=justification.requested_by,
        kind=scope.kind,
        plate_text=scope.plate_text,
        state=scope.state,
        vehicle=scope.vehicle.told,
        camera_ids=list(scope.cameras),
        area_km2=scope.area_km2,
        seen_from=scope.seen_from,
        seen_until=scope.seen_until,
        most=parameters.integer("query.approved_rows" if is_broad else "query.max_rows"),
        held_for=sorted(reasons),
    )


def _facts(justification: Justification, scope: QueryScope, area: Sequence[Point]) -> dict[str, JSON]:
    """Return everything about the question but the plate, which only the entry of an asked query holds."""
    return {
        "purpose": justification.purpose.value if justification.purpose else "",
        "reason": justification.reason,
        "case": justification.case_number,
        "case_standing": justification.standing.value,
        "exigent": justification.exigent,
        "requested_by": justification.requested_by,
        "kind": scope.kind.value,
        "cameras": list(scope.cameras),
        "area": [list(corner) for corner in area],
        "state": scope.state,
        "vehicle": scope.vehicle.told,
        "from": scope.seen_from.isoformat(),
        "until": scope.seen_until.isoformat(),
    }


def scope_of(query: Query) -> QueryScope:
    """Return what *query* asked for."""
    return QueryScope(
        kind=QueryKind(query.kind),
        plate_text=query.plate_text,
        cameras=tuple(query.camera_ids),
        seen_from=query.seen_from,
        seen_until=query.seen_until,
        state=query.state,
        vehicle=VehicleAsked(**query.vehicle),
        area_km2=query.area_km2,
    )


def answer(
    query: Query, *, actor: Actor, now: datetime, after: Cursor | None = None, view: View = View.PAGES
) -> Answer:
    """Search, record what will be shown, and only then return it; *after* asks for a further page.

    > QRY-2: Everything that reveals past reads is a query, and is logged with who asked and what was asked
    > for before anything is shown.

    Raises:
        PolicyRefusal: The query is not *actor*'s, has expired, or waits for somebody's decision.
        LedgerUnavailable: The look cannot be recorded, so nothing is shown.
    """
    require_open(query, actor=actor, now=now, action="query.answer")
    found = found_by(query, now=now)
    left = [read for read in found.reads if after is None or after.is_before(read)]
    page = left[:PAGE_ROWS] if view is View.PAGES else left
    first = len(found.reads) - len(left) + 1 if page else 0
    details: dict[str, JSON] = {
        "query_entry": query.entry,
        "found": len(found.reads),
        "more_than_shown": found.is_cut,
        "shown_from": first,
        "reads": [str(read.id) for read in page],
        "images": "none" if view is View.MAP else "plate",
        "view": view.value,
    }
    kind, entry = _record_look(query, details, actor=actor, now=now)
    return Answer(
        reads=page,
        first=first,
        total=len(found.reads),
        is_cut=found.is_cut,
        following=Cursor.of(page[-1]) if len(left) > len(page) else None,
        entry=entry,
        is_replay=kind is Kind.QUERY_REPLAYED,
    )


def _record_look(
    query: Query, details: Mapping[str, JSON], *, actor: Actor, now: datetime
) -> tuple[Kind, int]:
    """Put a look on the ledger; the first one fixes what the answer is and, of a released search, until when."""
    expiry = policy.expires_at(now, parameters=parameters_at(now)) if query.held_for else query.expires_at
    try:
        with transaction.atomic(durable=True):
            unseen = Query.objects.filter(pk=query.pk, run_at__isnull=True)
            is_first = bool(unseen.update(run_at=now, expires_at=expiry))
            kind = Kind.QUERY_ANSWERED if is_first else Kind.QUERY_REPLAYED
            entry = ledger.append(
                kind, actor=actor, subject=f"query:{query.pk}", outcome="shown", details=details
            )
    except DatabaseError as error:
        raise LedgerUnavailable("The look could not be recorded, so nothing is shown.") from error
    if is_first:
        query.run_at, query.expires_at = now, expiry
    return kind, entry.seq


def open_image(query: Query, read_id: uuid.UUID, *, actor: Actor, now: datetime) -> OpenedImages:
    """Record that *actor* opens the images of one read that *query* found, and only then open them.

    Raises:
        PolicyRefusal: The query is not *actor*'s, or has expired.
        Http404: The query did not find this read, or it has been purged since.
        LedgerUnavailable: The look cannot be recorded, so nothing is shown.
    """
    require_open(query, actor=actor, now=now, action="image.open")
    read = next((read for read in found_by(query, now=now).reads if read.id == read_id), None)
    if read is None:
        raise Http404("not among what the query found")
    details: dict[str, JSON] = {
        "query": str(query.pk),
        "query_entry": query.entry,
        "case": query.case_number,
        "images": ["plate", "vehicle"],
    }
    entry = record(Kind.IMAGE_OPENED, f"read:{read.id}", actor, details)
    return OpenedImages(read, plate_image(read), _image(read, "vehicle", read.vehicle_image), entry)


def reads_found_by(query: Query, *, actor: Actor, now: datetime, action: str) -> list[Read]:
    """Return what *query* finds now, for an act that shows none of it, e.g. to have it kept for a case.

    Raises:
        PolicyRefusal: The query is not *actor*'s, has expired, or waits for somebody's decision.
    """
    require_open(query, actor=actor, now=now, action=action)
    return found_by(query, now=now).reads


def plate_image(read: Read) -> bytes | None:
    """Return the plate image of *read*, whose look must be on the ledger already; None if it cannot be opened."""
    return _image(read, "plate", read.plate_image)


def _image(read: Read, view: str, reference: str) -> bytes | None:
    try:
        shelf = Shelf.of_day(read.agency_id, day_of(read.seen_at))
        return image_store().open(shelf, f"{read.id}/{view}", reference)
    except (ImageUnavailable, KeyUnavailable):
        return None


def require_open(query: Query, *, actor: Actor, now: datetime, action: str) -> None:
    """Let go on only whom the answer of *query* is open to.

    Raises:
        PolicyRefusal: The query is not *actor*'s, has expired, or waits for somebody's decision.
    """
    decision = policy.may_open_results(
        actor,
        asked_by_id=str(query.asked_by_id),
        expires_at=query.expires_at,
        now=now,
        is_released=query.is_released,
        purpose=query.purpose,
    )
    require(decision, action=action, facts={"query": str(query.pk)})


def found_by(query: Query, *, now: datetime) -> Found:
    """Search for what *query* asks for, as it stood when it was first looked at; a guest's, as far as they may now."""
    own = owning_agency_id()
    terms = guest_terms(query.agency_id, now=now) if query.agency_id != own else None
    if query.agency_id != own and terms is None:
        return Found([], is_cut=False)
    return search(
        scope_of(query),
        agency_id=own,
        within=terms,
        parameters=parameters_at(now),
        now=now,
        most=query.most or None,
        as_of=query.run_at,
    )


def record(kind: Kind, subject: str, actor: Actor, details: Mapping[str, JSON]) -> int:
    """Append and commit; nothing that the entry is about may be returned before.

    Raises:
        LedgerUnavailable: It could not be committed.
    """
    try:
        with transaction.atomic(durable=True):
            return ledger.append(kind, actor=actor, subject=subject, outcome="shown", details=details).seq
    except DatabaseError as error:
        raise LedgerUnavailable("The look could not be recorded, so nothing is shown.") from error
