"""Asking for past reads, being answered, and opening an image: three looks, each on the ledger before it shows.

Each entry is committed by a transaction of its own before the next step begins: the intent before the search,
what will be revealed before it is rendered. If an entry cannot be committed, nothing is shown.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import DatabaseError, transaction
from django.http import Http404

from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import ImageUnavailable, Shelf, image_store
from platewarden.ledger import actions as ledger
from platewarden.ledger.actions import LedgerUnavailable
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody
from platewarden.policy import queries as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.queries import Justification, QueryKind, QueryScope
from platewarden.queries.models import Query
from platewarden.queries.search import Found, search
from platewarden.reads.days import day_of
from platewarden.reads.models import Read

PAGE_ROWS: Final = 50
"""Reads on one page of an answer; each page is a look of its own."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last read of a page: the next page goes on from what was seen before it."""

    seen_at: datetime
    read_id: uuid.UUID

    @classmethod
    def of(cls, read: Read) -> "Cursor":
        """Return the cursor at *read*."""
        return cls(read.seen_at, read.id)

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Return the cursor that `text` gave.

        Raises:
            ValueError: It is not one.
        """
        microseconds, _, read_id = text.partition(".")
        try:
            return cls(EPOCH + timedelta(microseconds=int(microseconds)), uuid.UUID(read_id))
        except OverflowError as error:
            raise ValueError("there is no such time") from error

    @property
    def text(self) -> str:
        """The cursor for an address: a time and a read's id, nothing that names a plate."""
        return f"{(self.seen_at - EPOCH) // timedelta(microseconds=1)}.{self.read_id}"

    def is_before(self, read: Read) -> bool:
        """Whether *read* belongs on the pages after this one."""
        return (read.seen_at, read.id) < (self.seen_at, self.read_id)


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of what a query found.

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


def get_query_for(actor: Actor, query_id: uuid.UUID) -> Query:
    """Return the query *query_id* if *actor* asked it.

    > QRY-2: What a query found belongs to the person who asked and expires.

    Raises:
        Http404: There is none, or somebody else asked it.
    """
    own = Query.objects.filter(agency_id=actor.agency_id)
    found = own.filter(pk=query_id, asked_by_id=int(actor.id)).first() if actor.is_person else None
    if found is None:
        raise Http404("no such query")
    return found


def ask(*, justification: Justification, scope: QueryScope, actor: Actor, now: datetime) -> Query:
    """Record that *actor* asks for past reads, and why; the search itself is `answer`'s.

    > QRY-2: logged with who asked and what was asked for before anything is shown

    Raises:
        PolicyRefusal: The policy does not permit this search.
        LedgerUnavailable: The intent cannot be recorded, so nothing will be searched.
    """
    parameters = parameters_at(now)
    facts = _facts(justification, scope)
    decision = policy.may_query(actor, justification, scope, parameters=parameters, now=now)
    require(decision, action="query.ask", facts=dict(facts))
    query_id = uuid.uuid4()
    try:
        with transaction.atomic(durable=True):
            details = {**facts, "plate": scope.plate_text}
            entry = ledger.append(
                Kind.QUERY_ASKED, actor=actor, subject=f"query:{query_id}", outcome="asked", details=details
            )
            return Query.objects.create(
                id=query_id,
                agency_id=actor.agency_id,
                asked_by=User.objects.get(pk=actor.id),
                asked_at=now,
                expires_at=policy.expires_at(now, parameters=parameters),
                purpose=justification.purpose or "",
                reason=justification.reason,
                case_number=justification.case_number,
                requested_by=justification.requested_by,
                kind=scope.kind,
                plate_text=scope.plate_text,
                camera_ids=list(scope.cameras),
                seen_from=scope.seen_from,
                seen_until=scope.seen_until,
                entry=entry.seq,
            )
    except DatabaseError as error:
        raise LedgerUnavailable("The query could not be recorded, so nothing is searched.") from error


def _facts(justification: Justification, scope: QueryScope) -> dict[str, JSON]:
    """Return everything about the question but the plate, which only the entry of an asked query holds."""
    return {
        "purpose": justification.purpose.value if justification.purpose else "",
        "reason": justification.reason,
        "case": justification.case_number,
        "requested_by": justification.requested_by,
        "kind": scope.kind.value,
        "cameras": list(scope.cameras),
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
    )


def answer(query: Query, *, actor: Actor, now: datetime, after: Cursor | None = None) -> Answer:
    """Search, record what will be shown, and only then return it; *after* asks for a further page.

    > QRY-2: Everything that reveals past reads is a query, and is logged with who asked and what was asked
    > for before anything is shown.

    Raises:
        PolicyRefusal: The query is not *actor*'s, or has expired.
        LedgerUnavailable: The look cannot be recorded, so nothing is shown.
    """
    _require_open(query, actor=actor, now=now, action="query.answer")
    found = _search(query, now=now)
    left = [read for read in found.reads if after is None or after.is_before(read)]
    page, is_replay = left[:PAGE_ROWS], _was_answered(query)
    before = len(found.reads) - len(left)
    details: dict[str, JSON] = {
        "query_entry": query.entry,
        "found": len(found.reads),
        "more_than_shown": found.is_cut,
        "shown_from": before + 1 if page else 0,
        "reads": [str(read.id) for read in page],
        "images": "plate",
    }
    entry = _record(
        Kind.QUERY_REPLAYED if is_replay else Kind.QUERY_ANSWERED, f"query:{query.pk}", actor, details
    )
    return Answer(
        reads=page,
        first=before + 1 if page else 0,
        total=len(found.reads),
        is_cut=found.is_cut,
        following=Cursor.of(page[-1]) if len(left) > PAGE_ROWS else None,
        entry=entry,
        is_replay=is_replay,
    )


def open_image(query: Query, read_id: uuid.UUID, *, actor: Actor, now: datetime) -> OpenedImages:
    """Record that *actor* opens the images of one read that *query* found, and only then open them.

    Raises:
        PolicyRefusal: The query is not *actor*'s, or has expired.
        Http404: The query did not find this read, or it has been purged since.
        LedgerUnavailable: The look cannot be recorded, so nothing is shown.
    """
    _require_open(query, actor=actor, now=now, action="image.open")
    read = next((read for read in _search(query, now=now).reads if read.id == read_id), None)
    if read is None:
        raise Http404("not among what the query found")
    details: dict[str, JSON] = {
        "query": str(query.pk),
        "query_entry": query.entry,
        "case": query.case_number,
        "images": ["plate", "vehicle"],
    }
    entry = _record(Kind.IMAGE_OPENED, f"read:{read.id}", actor, details)
    return OpenedImages(read, plate_image(read), _image(read, "vehicle", read.vehicle_image), entry)


def reads_found_by(query: Query, *, actor: Actor, now: datetime, action: str) -> list[Read]:
    """Return what *query* finds now, for an act that shows none of it, e.g. to have it kept for a case.

    Raises:
        PolicyRefusal: The query is not *actor*'s, or has expired.
    """
    _require_open(query, actor=actor, now=now, action=action)
    return _search(query, now=now).reads


def plate_image(read: Read) -> bytes | None:
    """Return the plate image of *read*, whose look must be on the ledger already; None if it cannot be opened."""
    return _image(read, "plate", read.plate_image)


def _image(read: Read, view: str, reference: str) -> bytes | None:
    try:
        shelf = Shelf.of_day(read.agency_id, day_of(read.seen_at))
        return image_store().open(shelf, f"{read.id}/{view}", reference)
    except (ImageUnavailable, KeyUnavailable):
        return None


def _require_open(query: Query, *, actor: Actor, now: datetime, action: str) -> None:
    decision = policy.may_open_results(
        actor, asked_by_id=str(query.asked_by_id), expires_at=query.expires_at, now=now
    )
    require(decision, action=action, facts={"query": str(query.pk)})


def _search(query: Query, *, now: datetime) -> Found:
    return search(scope_of(query), agency_id=query.agency_id, parameters=parameters_at(now), now=now)


def _was_answered(query: Query) -> bool:
    answered = LedgerBody.objects.filter(subject=f"query:{query.pk}", leaf__kind=Kind.QUERY_ANSWERED)
    return answered.exists()


def _record(kind: Kind, subject: str, actor: Actor, details: Mapping[str, JSON]) -> int:
    """Append and commit; nothing that the entry is about may be returned before."""
    try:
        with transaction.atomic(durable=True):
            return ledger.append(kind, actor=actor, subject=subject, outcome="shown", details=details).seq
    except DatabaseError as error:
        raise LedgerUnavailable("The look could not be recorded, so nothing is shown.") from error
