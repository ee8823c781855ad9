"""Every write about residents' complaints: record, read, look behind, answer, erase."""

import json
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from platewarden.adoption.in_force import parameters_at
from platewarden.corrections.digests import Digester
from platewarden.corrections.models import Complaint, Suppression
from platewarden.hotlists.matching import MatchedEntry, matches_for
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import Shelf, image_store
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.matching.plates import normalise
from platewarden.notices.actions import settle, tell
from platewarden.policy import corrections as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.corrections import Channel, Concern, Outcome
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind
from platewarden.reads.models import Read


@dataclass(frozen=True, slots=True)
class Told:
    """What a resident told us of themselves: sealed, and erased on its own schedule.

    Attributes:
        name: Who they are.
        contact: How they are reached.
        plate: Their plate, as they write it.
        state: Postal code of its state.
        account: What happened.
    """

    name: str
    contact: str
    plate: str
    state: str
    account: str


def subject_of(complaint: Complaint) -> str:
    """Return how ledger entries and notices name *complaint*."""
    return f"complaint:{complaint.pk}"


@transaction.atomic
def record_complaint(
    *, told: Told, concern: Concern, channel: Channel, received_at: datetime, actor: Actor, now: datetime
) -> Complaint:
    """Record what a resident complains of, and link it to what is suppressed for their plate already.

    Raises:
        PolicyRefusal: *actor* does not keep complaints.
        PlateError: The plate cannot be one.
        KeyUnavailable: It cannot be sealed; nothing is recorded.
        LedgerUnavailable: It cannot be recorded.
    """
    require(policy.may_keep_complaints(actor), action="complaint.record")
    plate = normalise(told.plate)
    complaint = Complaint.objects.create(
        agency_id=actor.agency_id,
        received_at=received_at,
        channel=channel.value,
        concern=concern.value,
        recorded_at=now,
        recorded_by_id=int(actor.id),
        sealed="",
    )
    content = json.dumps(asdict(told)).encode()
    (complaint.sealed,) = image_store().seal(Shelf.of_complaint(complaint.pk), [(_name(complaint), content)])
    complaint.save(update_fields=["sealed"])
    linked = suppressions_for(plate, agency_id=actor.agency_id)
    complaint.suppressions.add(*linked)
    details = {"concern": concern.value, "channel": channel.value, "suppressions": [one.pk for one in linked]}
    ledger.append(Kind.COMPLAINT_RECORDED, actor=actor, subject=subject_of(complaint), details=details)
    _tell_supervisors(complaint, actor=actor, now=now)
    return complaint


def _tell_supervisors(complaint: Complaint, *, actor: Actor, now: datetime) -> None:
    due_at = policy.complaint_due_at(complaint.received_at, parameters=parameters_at(now))
    tell(
        kind=NoticeKind.COMPLAINT_RECORDED,
        subject=subject_of(complaint),
        text="A resident complained. Look for the entry behind it, and suppress it if it is wrong.",
        to_role=Role.SUPERVISOR,
        due_at=due_at,
        actor=actor,
        now=now,
    )


def suppressions_for(plate: str, *, agency_id: int) -> list[Suppression]:
    """Return what is suppressed for the canonical *plate*; nothing where the digests cannot be compared."""
    try:
        digest = Digester(agency_id).plate(plate)
    except KeyUnavailable:
        return []
    return list(Suppression.objects.filter(agency_id=agency_id, plate_digest=digest, lifted_at__isnull=True))


@transaction.atomic
def open_complaint(*, complaint: Complaint, actor: Actor) -> Told | None:
    """Return what the resident told, with an entry that *actor* read it; None once it is erased.

    Raises:
        PolicyRefusal: *actor* does not keep complaints.
        KeyUnavailable, ImageUnavailable: It cannot be opened.
        LedgerUnavailable: The look cannot be recorded, so there is none.
    """
    require(policy.may_keep_complaints(actor), action="complaint.open")
    told = _told(complaint)
    if told:
        ledger.append(Kind.COMPLAINT_OPENED, actor=actor, subject=subject_of(complaint))
    return told


@transaction.atomic
def look_behind(*, complaint: Complaint, actor: Actor, now: datetime) -> list[MatchedEntry]:
    """Return the entries that the complaint's plate matches now, with an entry that *actor* looked for them.

    Raises:
        PolicyRefusal: *actor* may not look behind complaints, or this one is answered.
        KeyUnavailable, ImageUnavailable: It cannot be opened.
        LedgerUnavailable: The look cannot be recorded, so there is none.
    """
    decision = policy.may_look_behind(actor, is_answered=complaint.answered_at is not None)
    require(decision, action="complaint.trace", facts={"complaint": complaint.pk})
    found = entries_behind(complaint, now=now)
    details = {"entries": [matched.entry.pk for matched in found]}
    ledger.append(Kind.COMPLAINT_TRACED, actor=actor, subject=subject_of(complaint), details=details)
    return found


def plate_of(complaint: Complaint) -> str:
    """Return the canonical plate of *complaint*; empty once it is erased."""
    told = _told(complaint)
    return normalise(told.plate) if told else ""


def entries_behind(complaint: Complaint, *, now: datetime) -> list[MatchedEntry]:
    """Return the entries in force that the complaint's plate matches; none once it is erased.

    Whoever shows or uses them records it.
    """
    told = _told(complaint)
    if told is None:
        return []
    passing = Read(
        agency_id=complaint.agency_id,
        id=uuid.uuid4(),
        seen_at=now,
        plate=normalise(told.plate),
        state=told.state,
        char_confidences=[],
        alternates=[],
    )
    return matches_for([passing], parameters=parameters_at(now), now=now)


@transaction.atomic
def answer_complaint(*, complaint: Complaint, outcome: Outcome, actor: Actor, now: datetime) -> Complaint:
    """Record how *complaint* was answered; the time until its erasure begins.

    Raises:
        PolicyRefusal: *actor* does not keep complaints.
        LedgerUnavailable: It cannot be recorded.
    """
    require(policy.may_keep_complaints(actor), action="complaint.answer")
    complaint = Complaint.objects.select_for_update(of=("self",)).get(pk=complaint.pk)
    complaint.answered_at, complaint.answered_by_id = now, int(actor.id)
    complaint.outcome = outcome.value
    complaint.save(update_fields=["answered_at", "answered_by", "outcome"])
    settle(subject=subject_of(complaint), kinds=[NoticeKind.COMPLAINT_RECORDED], actor=actor, now=now)
    details = {"outcome": outcome.value}
    ledger.append(Kind.COMPLAINT_ANSWERED, actor=actor, subject=subject_of(complaint), details=details)
    return complaint


def erase_due(*, actor: Actor, now: datetime) -> list[Complaint]:
    """Erase the personal part of every complaint whose time after its answer is over; that it was made stays."""
    parameters = parameters_at(now)
    answered = Complaint.objects.filter(answered_at__isnull=False, erased_at__isnull=True)
    due = [
        complaint
        for complaint in answered
        if complaint.answered_at
        and policy.erasure_due_at(complaint.answered_at, parameters=parameters) <= now
    ]
    for complaint in due:
        _erase(complaint, actor=actor, now=now)
    return due


@transaction.atomic
def _erase(complaint: Complaint, *, actor: Actor, now: datetime) -> None:
    """The key goes first: should the rest fail, it is done again, and nothing can be read meanwhile."""
    key, _ = image_store().destroy(Shelf.of_complaint(complaint.pk))
    complaint.sealed, complaint.erased_at = "", now
    complaint.save(update_fields=["sealed", "erased_at"])
    details = {"key": key}
    ledger.append(Kind.COMPLAINT_ERASED, actor=actor, subject=subject_of(complaint), details=details)


def _told(complaint: Complaint) -> Told | None:
    if not complaint.sealed:
        return None
    content = image_store().open(Shelf.of_complaint(complaint.pk), _name(complaint), complaint.sealed)
    return Told(**json.loads(content))


def _name(complaint: Complaint) -> str:
    return f"complaint/{complaint.pk}"
