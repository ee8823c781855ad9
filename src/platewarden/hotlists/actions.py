"""Every write about plates entered by hand: enter, renew, withdraw."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from platewarden.accounts.models import Agency
from platewarden.adoption.in_force import parameters_at
from platewarden.hotlists.formats.rows import ANY_STATE, LENGTHS
from platewarden.hotlists.loading import create_hotlist
from platewarden.hotlists.models import Entry, Hotlist, Snapshot
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.matching.plates import PlateError, normalise, skeleton
from platewarden.policy import hotlists as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import Decision, require
from platewarden.policy.use import may_state_reason

MANUAL_LIST = "Entered by hand"


@transaction.atomic
def enter_manually(
    *, plate: str, facts: policy.ManualEntryFacts, instructions: str, actor: Actor, now: datetime
) -> Entry:
    """Enter *plate* by hand; it matches from now on.

    Raises:
        PolicyRefusal: HOT-2 asks for more.
        PlateError: *plate* cannot be a plate.
    """
    require(
        policy.may_enter_manually(actor, facts, parameters=parameters_at(now), now=now),
        action="entry.add",
    )
    require(_may_instruct(actor, instructions, facts), action="entry.add")
    canonical = _canonical(plate)
    entry = Entry.objects.create(
        agency_id=actor.agency_id,
        snapshot=_standing_snapshot(actor, now),
        plate_as_given=plate.strip(),
        plate=canonical,
        skeleton=skeleton(canonical),
        state=ANY_STATE if facts.any_state else facts.state.strip().upper(),
        category=facts.category,
        priority="high" if facts.category.is_high_priority else "normal",
        reason=facts.reason.strip(),
        case_number=facts.case_number.strip(),
        instructions=instructions.strip(),
        entered_by_id=int(actor.id),
        entered_at=now,
        expires_at=facts.expires_at,
        is_exigent=facts.exigent and not facts.case_number.strip(),
    )
    ledger.append(
        Kind.ENTRY_ADDED, actor=actor, subject=f"entry:{entry.pk}", details=_entry_details(entry, facts)
    )
    return entry


def _may_instruct(actor: Actor, instructions: str, facts: policy.ManualEntryFacts) -> Decision:
    """What officers are told to do about a plate is held to the same words as the reason for it."""
    decision = may_state_reason(actor, instructions, requested_by=facts.requested_by)
    return decision if decision.allowed else replace(decision, field="instructions")


def _canonical(plate: str) -> str:
    if len(plate.strip()) > LENGTHS["plate"]:
        raise PlateError(f"a plate is written in at most {LENGTHS['plate']} characters")
    return normalise(plate)


@transaction.atomic
def renew_entry(*, entry: Entry, facts: policy.ManualEntryFacts, actor: Actor, now: datetime) -> Entry:
    """Give *entry* a new end with a fresh reason, and the case number it may have lacked.

    Raises:
        PolicyRefusal: HOT-2 asks for more, or the entry is withdrawn.
    """
    entry = Entry.objects.select_for_update().get(pk=entry.pk)
    before = policy.EntryFacts(
        reason=entry.reason,
        case_number=entry.case_number,
        entered_at=entry.entered_at,
        is_withdrawn=entry.withdrawn_at is not None,
    )
    decision = policy.may_renew(actor, before, facts, parameters=parameters_at(now), now=now)
    require(decision, action="entry.renew")
    entry.reason = facts.reason.strip()
    entry.case_number = facts.case_number.strip() or entry.case_number
    entry.expires_at = facts.expires_at
    entry.is_exigent = not entry.case_number
    entry.save(update_fields=["reason", "case_number", "expires_at", "is_exigent"])
    ledger.append(
        Kind.ENTRY_RENEWED, actor=actor, subject=f"entry:{entry.pk}", details=_entry_details(entry, facts)
    )
    return entry


@transaction.atomic
def withdraw_entry(*, entry: Entry, actor: Actor, now: datetime) -> None:
    """Stop *entry* from matching, at once; an entry withdrawn before stays as it is."""
    require(policy.may_withdraw(actor, entered_by_id=str(entry.entered_by_id or "")), action="entry.withdraw")
    live = Entry.objects.filter(pk=entry.pk, withdrawn_at__isnull=True)
    if live.update(withdrawn_at=now):
        ledger.append(Kind.ENTRY_WITHDRAWN, actor=actor, subject=f"entry:{entry.pk}")


def _entry_details(entry: Entry, facts: policy.ManualEntryFacts) -> dict[str, Any]:
    """What the log keeps of an entry: who and why and how long, never the plate."""
    return {
        "category": entry.category,
        "reason": entry.reason,
        "case_number": entry.case_number,
        "any_state": entry.state == ANY_STATE,
        "expires_at": entry.expires_at.isoformat() if entry.expires_at else None,
        "exigent": entry.is_exigent,
        "requested_by": facts.requested_by,
    }


def _standing_snapshot(actor: Actor, now: datetime) -> Snapshot:
    """Return the one snapshot of the list kept by hand, made with its first entry."""
    Agency.objects.select_for_update().get(pk=actor.agency_id)  # two first entries at once make one list
    hotlist = Hotlist.objects.filter(agency_id=actor.agency_id, is_manual=True).first()
    if hotlist is None:
        hotlist = create_hotlist(
            name=MANUAL_LIST, source="This agency", max_age_hours=None, actor=actor, now=now, is_manual=True
        )
    snapshot, _ = Snapshot.objects.get_or_create(
        hotlist=hotlist,
        is_current=True,
        defaults={
            "effective_at": now,
            "loaded_at": now,
            "loaded_by": actor.name,
            "file_digest": b"",
            "accepted": 0,
        },
    )
    return snapshot
