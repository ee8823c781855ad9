"""Every write about records requests: register, read, acknowledge, extend, answer, say what is overdue."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from platewarden.accounts.actors import owning_agency
from platewarden.adoption.in_force import parameters_at
from platewarden.images.store import Shelf, image_store
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle, tell
from platewarden.policy import records as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind
from platewarden.policy.records import RecordsFacts, RecordsOutcome
from platewarden.policy.rights import Right, may
from platewarden.records.models import RecordsRequest

_NOTICES = (NoticeKind.RECORDS_REQUESTED, NoticeKind.RECORDS_OVERDUE)


@dataclass(frozen=True, slots=True)
class Written:
    """What a requester wrote: sealed, since it may name anybody and any plate.

    Attributes:
        requester: Who asks.
        contact: How they are reached.
        what: What they ask for.
    """

    requester: str
    contact: str
    what: str


def today_at(now: datetime) -> date:
    """Return the day of the agency's calendar at *now*."""
    return now.astimezone(ZoneInfo(owning_agency().time_zone)).date()


def subject_of(request: RecordsRequest) -> str:
    """Return how ledger entries and notices name *request*."""
    return f"records:{request.pk}"


@transaction.atomic
def register(*, facts: RecordsFacts, written: Written, actor: Actor, now: datetime) -> RecordsRequest:
    """Put a request on the register, and before the County Attorney's records officer.

    > SHR-3: Requests from anyone who is neither a law-enforcement nor a prosecutorial agency go to the County Attorney
    > under the Freedom of Information Law.

    Raises:
        PolicyRefusal: *actor* registers none, or something is missing.
        KeyUnavailable: It cannot be sealed; nothing is recorded.
        LedgerUnavailable: It cannot be recorded.
    """
    decision = policy.may_register(
        actor, facts, requester=written.requester, what=written.what, today=today_at(now)
    )
    require(decision, action="records.register")
    assert facts.kind is not None
    assert facts.received_on is not None
    request = RecordsRequest.objects.create(
        agency_id=actor.agency_id,
        kind=facts.kind,
        received_on=facts.received_on,
        answer_on=facts.answer_on if facts.kind.names_its_day else None,
        registered_at=now,
        registered_by_id=int(actor.id),
        sealed="",
    )
    content = json.dumps(asdict(written)).encode()
    (request.sealed,) = image_store().seal(_shelf(request), [(subject_of(request), content)])
    request.save(update_fields=["sealed"])
    details: dict[str, JSON] = {"kind": facts.kind, "received_on": facts.received_on.isoformat()}
    ledger.append(Kind.RECORDS_REGISTERED, actor=actor, subject=subject_of(request), details=details)
    due = policy.due_on(request.facts, parameters=parameters_at(now))
    tell(
        kind=NoticeKind.RECORDS_REQUESTED,
        subject=subject_of(request),
        text=f"A {facts.kind.label} came in on {facts.received_on}. The next step is due by {due}.",
        to_role=Role.RECORDS_OFFICER,
        actor=actor,
        now=now,
    )
    return request


@transaction.atomic
def open_written(request: RecordsRequest, *, actor: Actor) -> Written:
    """Return what the requester wrote, with an entry that *actor* read it.

    Raises:
        PolicyRefusal: *actor* does not read records requests.
        KeyUnavailable, ImageUnavailable: It cannot be opened.
        LedgerUnavailable: The look cannot be recorded, so there is none.
    """
    require(may(actor, Right.REGISTER_RECORDS_REQUESTS), action="records.open")
    content = image_store().open(_shelf(request), subject_of(request), request.sealed)
    ledger.append(Kind.RECORDS_OPENED, actor=actor, subject=subject_of(request))
    return Written(**json.loads(content))


@transaction.atomic
def acknowledge(*, request: RecordsRequest, actor: Actor, now: datetime) -> RecordsRequest:
    """Record that the receipt was acknowledged in writing today; the time for the answer runs from now.

    Raises:
        PolicyRefusal: *actor* may not, or it was acknowledged or answered before.
        LedgerUnavailable: It cannot be recorded.
    """
    request = _locked(request)
    require(policy.may_acknowledge(actor, request.facts), action="records.acknowledge", facts=_named(request))
    request.acknowledged_on, request.acknowledged_by_id = today_at(now), int(actor.id)
    request.save(update_fields=["acknowledged_on", "acknowledged_by"])
    settle(subject=subject_of(request), kinds=_NOTICES, actor=actor, now=now)
    details: dict[str, JSON] = {"on": request.acknowledged_on.isoformat()}
    ledger.append(Kind.RECORDS_ACKNOWLEDGED, actor=actor, subject=subject_of(request), details=details)
    return request


@transaction.atomic
def extend(
    *, request: RecordsRequest, until: date | None, reason: str, actor: Actor, now: datetime
) -> RecordsRequest:
    """Record that the requester was told a later day, and why.

    Raises:
        PolicyRefusal: *actor* may not, no reason is given, or the day is no extension.
        LedgerUnavailable: It cannot be recorded.
    """
    request = _locked(request)
    decision = policy.may_extend(
        actor,
        request.facts,
        until=until,
        reason=reason,
        parameters=parameters_at(now),
        today=today_at(now),
    )
    require(decision, action="records.extend", facts=_named(request))
    assert until is not None
    request.extended_to, request.extended_because = until, reason
    request.save(update_fields=["extended_to", "extended_because"])
    settle(subject=subject_of(request), kinds=_NOTICES, actor=actor, now=now)
    details: dict[str, JSON] = {"until": until.isoformat(), "reason": reason}
    ledger.append(Kind.RECORDS_EXTENDED, actor=actor, subject=subject_of(request), details=details)
    return request


@transaction.atomic
def answer(
    *, request: RecordsRequest, outcome: RecordsOutcome | None, note: str, actor: Actor, now: datetime
) -> RecordsRequest:
    """Record how the County Attorney answered; the answer itself never lies here.

    > SHR-3: Nothing is released from the system itself.

    Raises:
        PolicyRefusal: *actor* may not, it is answered, or a denial gives no reason.
        LedgerUnavailable: It cannot be recorded.
    """
    request = _locked(request)
    parameters, today = parameters_at(now), today_at(now)
    decision = policy.may_answer(actor, request.facts, outcome=outcome, note=note, parameters=parameters)
    require(decision, action="records.answer", facts=_named(request))
    assert outcome is not None
    was_late = policy.is_overdue(request.facts, parameters=parameters, today=today)
    request.answered_on, request.answered_at, request.answered_by_id = today, now, int(actor.id)
    request.outcome, request.answer_note = outcome, note
    request.save()
    settle(subject=subject_of(request), kinds=_NOTICES, actor=actor, now=now)
    details: dict[str, JSON] = {"outcome": outcome, "note": note, "late": was_late}
    ledger.append(
        Kind.RECORDS_ANSWERED, actor=actor, subject=subject_of(request), outcome=outcome, details=details
    )
    return request


def escalate_overdue(*, actor: Actor, now: datetime) -> int:
    """Tell the records officer and the Sheriff of steps that were not taken in time, once a step; return how many."""
    parameters, today = parameters_at(now), today_at(now)
    waiting = RecordsRequest.objects.filter(answered_on=None)
    return sum(
        _escalate(request, actor=actor, now=now)
        for request in waiting
        if policy.is_overdue(request.facts, parameters=parameters, today=today)
    )


@transaction.atomic
def _escalate(request: RecordsRequest, *, actor: Actor, now: datetime) -> bool:
    due = policy.due_on(request.facts, parameters=parameters_at(now))
    text = f"Records request No. {request.pk} is overdue since {due}. Answer it, or tell the requester a day certain."
    told = [
        tell(
            kind=NoticeKind.RECORDS_OVERDUE,
            subject=subject_of(request),
            text=text,
            to_role=role,
            actor=actor,
            now=now,
            once_key=f"{subject_of(request)}:{due}:{role}",
        )
        for role in (Role.RECORDS_OFFICER, Role.SHERIFF)
    ]
    if not any(told):
        return False
    details: dict[str, JSON] = {"due_on": f"{due}", "standing": request.facts.standing}
    ledger.append(
        Kind.RECORDS_OVERDUE, actor=actor, subject=subject_of(request), outcome="overdue", details=details
    )
    return True


def _shelf(request: RecordsRequest) -> Shelf:
    return Shelf.of_records_request(request.pk)


def _named(request: RecordsRequest) -> dict[str, object]:
    return {"request": request.pk}


def _locked(request: RecordsRequest) -> RecordsRequest:
    return RecordsRequest.objects.select_for_update().get(pk=request.pk)
