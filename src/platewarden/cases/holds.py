"""Every write about holds: ask for one, place or decline it, take a read into the case file, lift, let it end.

A hold moves its reads at once: copies are sealed under the case's key, then the reads leave ordinary search, in one
transaction with the entry that says so. What a hold alone kept goes when it ends. Nothing here can keep a day from
being purged (RET-4): a read that nobody has moved by then is gone, whoever wanted it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from platewarden.adoption.in_force import parameters_at
from platewarden.cases.actions import open_case
from platewarden.cases.exporting.actions import withdraw_exports
from platewarden.cases.models import Case, CaseRead, Hold, WantedRead
from platewarden.cases.sealing import seal_read
from platewarden.images.store import Shelf, image_store
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle, tell
from platewarden.policy import cases as case_policy
from platewarden.policy import holds as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import require
from platewarden.policy.holds import Authority, HoldFacts
from platewarden.policy.notices import NoticeKind
from platewarden.policy.retention import visible_since
from platewarden.queries.actions import reads_found_by
from platewarden.queries.models import Query
from platewarden.reads import days
from platewarden.reads.models import Read


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person who asks for a hold says of it."""

    case_number: str
    authority: Authority | None
    authority_text: str
    reason: str
    ends_at: datetime | None


def named_reads(query: Query, chosen: Collection[UUID], *, actor: Actor, now: datetime) -> list[Read]:
    """Return those of *chosen* that *query* finds now, or all of them where none is chosen.

    Raises:
        PolicyRefusal: The query is not *actor*'s, or has expired.
    """
    found = reads_found_by(query, actor=actor, now=now, action="hold.request")
    return [read for read in found if read.id in chosen] if chosen else found


@transaction.atomic
def request_hold(*, query: Query, reads: Sequence[Read], wish: Wish, actor: Actor, now: datetime) -> Hold:
    """Ask that *reads*, which *query* found, be held; the administrators are told.

    Raises:
        PolicyRefusal: The policy does not permit such a hold (RET-2).
        LedgerUnavailable: It cannot be recorded.
    """
    facts = HoldFacts(
        case_number=wish.case_number,
        asked_under=query.case_number,
        authority=wish.authority,
        authority_text=wish.authority_text,
        reason=wish.reason,
        ends_at=wish.ends_at,
        reads=len(reads),
    )
    decision = policy.may_request_hold(actor, facts, parameters=parameters_at(now), now=now)
    require(decision, action="hold.request", facts={"case": wish.case_number, "reads": len(reads)})
    assert wish.authority is not None
    assert wish.ends_at is not None
    case = open_case(query.agency_id, wish.case_number, actor=actor, now=now)
    hold = Hold.objects.create(
        case=case,
        requested_at=now,
        requested_by_id=int(actor.id),
        query_entry=query.entry,
        authority=wish.authority,
        authority_text=" ".join(wish.authority_text.split()),
        reason=" ".join(wish.reason.split()),
        ends_at=wish.ends_at,
    )
    WantedRead.objects.bulk_create(
        WantedRead(hold=hold, read_id=read.id, seen_at=read.seen_at) for read in reads
    )
    _enter(Kind.HOLD_REQUESTED, hold, actor, reads=len(reads), query_entry=query.entry, **_terms(hold))
    text = f"{len(reads)} reads are to be held for case {case.number}. Place the hold or decline it."
    _tell(NoticeKind.HOLD_REQUESTED, hold, text, actor=actor, now=now, role=Role.ADMINISTRATOR)
    return hold


def facts_of(hold: Hold, *, reads: int) -> HoldFacts:
    """Return what *hold* would keep now, for the rule that places it."""
    return HoldFacts(
        case_number=hold.case.number,
        asked_under=hold.case.number,
        authority=Authority(hold.authority),
        authority_text=hold.authority_text,
        reason=hold.reason,
        ends_at=hold.ends_at,
        reads=reads,
    )


@transaction.atomic
def place_hold(*, hold: Hold, actor: Actor, now: datetime) -> Hold:
    """Move the reads that *hold* asks for into its case; from now on no search finds them.

    > RET-2: what is held leaves ordinary search, and goes when the hold ends unless the case file has taken it

    Raises:
        PolicyRefusal: *actor* may not, or nothing that it asks for is left.
        KeyUnavailable: The case's key cannot be had; nothing is moved.
        DayClosedError: The day of one of its reads is being removed at this moment; nothing is moved.
        LedgerUnavailable: It cannot be recorded; nothing is moved.
    """
    hold = Hold.objects.select_for_update(of=("self",)).select_related("case").get(pk=hold.pk)
    parameters = parameters_at(now)
    wanted = list(hold.wanted.all()) if hold.is_asked_for else []
    reads = _still_kept(hold, wanted, since=visible_since(parameters=parameters, now=now))
    decision = policy.may_place_hold(
        actor,
        facts_of(hold, reads=len(reads)),
        requested_by_id=str(hold.requested_by_id),
        parameters=parameters,
        now=now,
    )
    require(decision, action="hold.place", facts={"hold": hold.pk})
    copies = [_copy(hold.case, read, hold, now) for read in reads]
    CaseRead.objects.bulk_create(copies)
    _take_out_of_search(hold)
    hold.wanted.all().delete()
    hold.placed_at, hold.placed_by_id, hold.reads_kept = now, int(actor.id), len(reads)
    hold.save(update_fields=["placed_at", "placed_by", "reads_kept"])
    _settle(hold, actor=actor, now=now)
    missing = sum(not (copy.plate_image and copy.vehicle_image) for copy in copies)
    _enter(
        Kind.HOLD_PLACED, hold, actor, reads=len(reads), gone=len(wanted) - len(reads), without_image=missing
    )
    text = f"{len(reads)} reads are held for case {hold.case.number}; they are found in the case only."
    _tell(NoticeKind.HOLD_DECIDED, hold, text, actor=actor, now=now)
    return hold


def _still_kept(hold: Hold, wanted: Sequence[WantedRead], *, since: datetime) -> list[Read]:
    """Return the wanted reads that are there, their days held open until the transaction ends."""
    alive = [each for each in wanted if each.seen_at >= since]
    days.hold_open({days.day_of(each.seen_at) for each in alive})
    found = Read.objects.filter(
        agency_id=hold.case.agency_id,
        seen_at__in=[each.seen_at for each in alive],
        id__in=[each.read_id for each in alive],
    )
    in_case = set(CaseRead.objects.filter(case=hold.case).values_list("read_id", flat=True))
    return [read for read in found.select_related("camera") if read.id not in in_case]


def _copy(case: Case, read: Read, hold: Hold | None, now: datetime) -> CaseRead:
    facts, plate, vehicle = seal_read(case, read)
    return CaseRead(
        case=case,
        read_id=read.id,
        seen_at=read.seen_at,
        query_entry=hold.query_entry if hold else 0,
        hold=hold,
        kept_at=now,
        facts=facts,
        plate_image=plate,
        vehicle_image=vehicle,
    )


def _take_out_of_search(hold: Hold) -> None:
    """Let the database remove the reads of which *hold* has copies; the application may remove no others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT take_held_reads(%s)", [hold.pk])


@transaction.atomic
def decline_hold(*, hold: Hold, reason: str, actor: Actor, now: datetime) -> None:
    """Turn a request down; its reads stay where they are, and go with their day.

    Raises:
        PolicyRefusal: *actor* may not, or says no reason.
        LedgerUnavailable: It cannot be recorded.
    """
    decision = policy.may_decline_hold(actor, reason, parameters=parameters_at(now))
    require(decision, action="hold.decline", facts={"hold": hold.pk})
    hold = Hold.objects.select_for_update(of=("self",)).select_related("case").get(pk=hold.pk)
    if not hold.is_asked_for:
        return
    hold.wanted.all().delete()
    hold.declined_at, hold.declined_because = now, " ".join(reason.split())[:500]
    hold.save(update_fields=["declined_at", "declined_because"])
    _settle(hold, actor=actor, now=now)
    _enter(Kind.HOLD_DECLINED, hold, actor, reason=hold.declined_because)
    text = f"The hold for case {hold.case.number} was declined: {hold.declined_because}."
    _tell(NoticeKind.HOLD_DECIDED, hold, text, actor=actor, now=now)


@transaction.atomic
def lift_hold(*, hold: Hold, reason: str, actor: Actor, now: datetime) -> int:
    """End *hold* before its time; what it alone kept is removed at once. Return how many reads that were.

    > RET-2: what is held leaves ordinary search, and goes when the hold ends unless the case file has taken it

    Raises:
        PolicyRefusal: *actor* may not, or says no reason.
        LedgerUnavailable: It cannot be recorded; nothing is removed.
    """
    decision = policy.may_lift_hold(actor, reason, parameters=parameters_at(now))
    require(decision, action="hold.lift", facts={"hold": hold.pk})
    return _end(hold, Kind.HOLD_LIFTED, " ".join(reason.split()), actor=actor, now=now)


def end_due(*, actor: Actor, now: datetime) -> int:
    """End every hold whose time is over, and tell people of those that are about to end; return how many ended."""
    placed = Hold.objects.filter(placed_at__isnull=False, ended_at__isnull=True).select_related("case")
    over = [hold for hold in placed if policy.has_ended(hold.ends_at, now=now)]
    for hold in over:
        with transaction.atomic():
            _end(hold, Kind.HOLD_EXPIRED, "its end has come", actor=actor, now=now)
    warned_from = parameters_at(now).days("holds.notice_days")
    for hold in placed.filter(ends_at__gt=now, ends_at__lte=now + warned_from):
        _warn(hold, actor=actor, now=now)
    return len(over)


def _end(hold: Hold, kind: Kind, why: str, *, actor: Actor, now: datetime) -> int:
    hold = Hold.objects.select_for_update(of=("self",)).select_related("case").get(pk=hold.pk)
    if not hold.is_in_force:
        return 0
    going = list(hold.reads.filter(taken_at__isnull=True))
    references = [name for read in going for name in read.references]
    hold.reads.filter(taken_at__isnull=True).delete()
    if going:
        withdraw_exports(Case.objects.select_for_update().get(pk=hold.case_id), actor=actor, now=now)
    hold.ended_at, hold.ended_because, hold.reads_gone = now, why[:500], len(going)
    hold.save(update_fields=["ended_at", "ended_because", "reads_gone"])
    settle(subject=_subject(hold), kinds=[NoticeKind.HOLD_ENDING], actor=actor, now=now)
    _enter(kind, hold, actor, removed=len(going), in_case_file=hold.reads.count(), reason=why)
    transaction.on_commit(lambda: image_store().remove(Shelf.of_case(hold.case_id), references))
    return len(going)


@transaction.atomic
def take_read(*, query: Query, read: Read, case_number: str, actor: Actor, now: datetime) -> CaseRead:
    """Take a read that *query* found into the case file, as a sealed copy; in ordinary search it stays until its day.

    > RET-2: A record taken into a case file leaves these rules for those of the case. That happens only under
    > a case number.

    Raises:
        PolicyRefusal: *actor* may not, or the query was asked under another number.
        KeyUnavailable: It cannot be sealed.
        DayClosedError: Its day is being removed at this moment; nothing is kept.
        LedgerUnavailable: It cannot be recorded.
    """
    decision = case_policy.may_take_read(
        actor, case_number, asked_under=query.case_number, parameters=parameters_at(now)
    )
    require(decision, action="case.take_read", facts={"query": str(query.pk)})
    days.hold_open([days.day_of(read.seen_at)])
    case = open_case(query.agency_id, case_number, actor=actor, now=now)
    kept = CaseRead.objects.select_for_update().filter(case=case, read_id=read.id).first()
    if kept is None:
        kept = _copy(case, read, None, now)
        kept.query_entry = query.entry
    if kept.taken_at is None:  # also one that a hold has moved here since the answer was shown
        kept.taken_at, kept.taken_by = now, actor.name
        kept.save()
        _enter_taken(kept, actor)
    return kept


@transaction.atomic
def take_held_read(*, kept: CaseRead, actor: Actor, now: datetime) -> None:
    """Take a held read into the case file: it stays there when the hold ends.

    > RET-2: what is held leaves ordinary search, and goes when the hold ends unless the case file has taken it

    Raises:
        PolicyRefusal: *actor* may not.
        LedgerUnavailable: It cannot be recorded.
    """
    kept = CaseRead.objects.select_for_update(of=("self",)).select_related("case").get(pk=kept.pk)
    number = kept.case.number
    decision = case_policy.may_take_read(actor, number, asked_under=number, parameters=parameters_at(now))
    require(decision, action="case.take_read", facts={"case": number})
    if kept.taken_at is None:
        kept.taken_at, kept.taken_by = now, actor.name
        kept.save(update_fields=["taken_at", "taken_by"])
        _enter_taken(kept, actor)


def forget_wanted(opens: datetime, closes: datetime) -> int:
    """Forget, with the reads of a day, that anybody wanted them held; return how many they were."""
    count, _ = WantedRead.objects.filter(seen_at__range=(opens, closes)).delete()
    return count


def _enter_taken(kept: CaseRead, actor: Actor) -> None:
    details: dict[str, JSON] = {"case": kept.case.number, "query_entry": kept.query_entry}
    ledger.append(Kind.READ_TAKEN, actor=actor, subject=f"read:{kept.read_id}", details=details)


def _terms(hold: Hold) -> dict[str, JSON]:
    return {
        "authority": hold.authority,
        "authority_text": hold.authority_text,
        "reason": hold.reason,
        "ends": hold.ends_at.isoformat(),
    }


def _subject(hold: Hold) -> str:
    return f"hold:{hold.pk}"


def _enter(kind: Kind, hold: Hold, actor: Actor, **details: JSON) -> None:
    ledger.append(kind, actor=actor, subject=_subject(hold), details={"case": hold.case.number, **details})


def _settle(hold: Hold, *, actor: Actor, now: datetime) -> None:
    settle(subject=_subject(hold), kinds=[NoticeKind.HOLD_REQUESTED], actor=actor, now=now)


def _warn(hold: Hold, *, actor: Actor, now: datetime) -> None:
    number = hold.case.number
    text = f"A hold for case {number} ends soon: take into the case file what it needs; the rest goes."
    with transaction.atomic():
        for role in (None, Role.ADMINISTRATOR):
            _tell(NoticeKind.HOLD_ENDING, hold, text, actor=actor, now=now, role=role, due_at=hold.ends_at)


def _tell(
    kind: NoticeKind,
    hold: Hold,
    text: str,
    *,
    actor: Actor,
    now: datetime,
    role: Role | None = None,
    due_at: datetime | None = None,
) -> None:
    tell(
        kind=kind,
        subject=_subject(hold),
        text=text,
        to_role=role,
        to_user=None if role else hold.requested_by,
        actor=actor,
        now=now,
        due_at=due_at,
        once_key=f"{_subject(hold)}:{kind}:{role or 'person'}",
    )
