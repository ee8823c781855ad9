"""Every write about plates entered by hand: enter, approve, renew, withdraw."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction

from platewarden.accounts.models import Agency
from platewarden.adoption.in_force import parameters_at
from platewarden.hotlists.audiences import known_audience
from platewarden.hotlists.formats.rows import ANY_STATE, LENGTHS
from platewarden.hotlists.loading import create_hotlist
from platewarden.hotlists.models import Entry, Hotlist, Snapshot
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.matching.patterns import anchor, is_pattern, known_characters, normalise_pattern
from platewarden.matching.plates import PlateError, normalise, skeleton
from platewarden.matching.vehicles import PARTS
from platewarden.notices.actions import settle, tell
from platewarden.policy import entries as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.audiences import Priority
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind

NOT_DESCRIBED: Final[Mapping[str, str]] = MappingProxyType({})
MANUAL_LIST: Final = "Entered by hand"
_ANSWERED_BY_RENEWAL: Final = (
    NoticeKind.ENTRY_INCOMPLETE,
    NoticeKind.ENTRY_ENDING,
    NoticeKind.ENTRY_AWAITS_APPROVAL,
)


@transaction.atomic
def enter_manually(
    *,
    plate: str,
    facts: policy.ManualEntryFacts,
    actor: Actor,
    now: datetime,
    vehicle: Mapping[str, str] = NOT_DESCRIBED,
) -> Entry:
    """Enter *plate*, whole or partial, by hand; it matches from now on, or once somebody has approved it.

    Args:
        plate: As it is written, with ``?`` and ``*`` for what is not known of it.
        facts: What the policy asks for.
        actor: Who enters it.
        now: When.
        vehicle: What is known of the vehicle, by part: ``type``, ``make``, ``model``, ``colour``.

    Raises:
        PolicyRefusal: HOT-2 asks for more.
        PlateError: *plate* cannot be a plate.
        AudienceError: It names somebody who is not there.
    """
    parameters, canonical = parameters_at(now), canonical_plate(plate)
    known = known_characters(canonical) if is_pattern(canonical) else None
    facts = replace(facts, known_characters=known)
    require(policy.may_enter_manually(actor, facts, parameters=parameters, now=now), action="entry.add")
    entry = Entry.objects.create(
        agency_id=actor.agency_id,
        snapshot=_standing_snapshot(actor, now),
        plate_as_given=plate.strip().upper(),
        plate=canonical,
        skeleton=skeleton(canonical),
        anchor=anchor(canonical),
        state=ANY_STATE if facts.any_state else facts.state.strip().upper(),
        category=facts.category,
        priority=Priority.HIGH if facts.category.is_high_priority else facts.priority,
        reason=facts.reason.strip(),
        case_number=facts.case_number.strip(),
        instructions=facts.instructions.strip(),
        cautions=facts.cautions.strip(),
        **{f"vehicle_{part}": vehicle.get(part, "").strip() for part in PARTS},
        audience=known_audience(facts.audience, agency_id=actor.agency_id).all_codes,
        entered_by_id=int(actor.id),
        entered_at=now,
        expires_at=policy.ends_at(facts, entered_at=now, parameters=parameters),
        is_exigent=facts.lacks_number,
        needs_approval=policy.needs_approval(facts.category, parameters=parameters),
    )
    details = _entry_details(entry, facts)
    ledger.append(Kind.ENTRY_ADDED, actor=actor, subject=f"entry:{entry.pk}", details=details)
    _ask_for_approval(entry, actor=actor, now=now)
    return entry


def canonical_plate(plate: str) -> str:
    """Return *plate* as an entry stores it: canonical, with the wildcards of a partial one left in it.

    Raises:
        PlateError: It cannot be a plate.
    """
    if len(plate.strip()) > LENGTHS["plate"]:
        raise PlateError(f"a plate is written in at most {LENGTHS['plate']} characters")
    if not is_pattern(plate):
        return normalise(plate)
    pattern = normalise_pattern(plate)
    longest = Entry._meta.get_field("plate").max_length or 0  # noqa: SLF001 - the way to ask a model
    if len(pattern) > longest:
        raise PlateError(f"a partial plate is written in at most {longest} characters, wildcards included")
    return pattern


def _ask_for_approval(entry: Entry, *, actor: Actor, now: datetime) -> None:
    """Tell the supervisors of an entry that waits for one of them; must come last."""
    if entry.needs_approval and entry.approved_at is None:
        tell(
            kind=NoticeKind.ENTRY_AWAITS_APPROVAL,
            subject=f"entry:{entry.pk}",
            text=f"{actor.name} has entered a plate whose category needs a second person. Look at it and approve it.",
            to_role=Role.SUPERVISOR,
            actor=actor,
            now=now,
            once_key=f"entry:{entry.pk}:approval:{now.isoformat()}",
        )


@transaction.atomic
def approve_entry(*, entry: Entry, actor: Actor, now: datetime) -> Entry:
    """Approve what somebody else has entered; it matches from now on.

    Raises:
        PolicyRefusal: *actor* entered it themselves or may not approve, or nothing is left to approve.
    """
    entry = Entry.objects.select_for_update().get(pk=entry.pk)
    decision = policy.may_approve_entry(
        actor,
        entered_by_id=str(entry.entered_by_id or ""),
        is_over=entry.is_over(now=now),
        is_approved=entry.approved_at is not None or not entry.needs_approval,
    )
    require(decision, action="entry.approve")
    entry.approved_by_id, entry.approved_at = int(actor.id), now
    entry.save(update_fields=["approved_by", "approved_at"])
    _settle(entry, NoticeKind.ENTRY_AWAITS_APPROVAL, actor=actor, now=now)
    ledger.append(Kind.ENTRY_APPROVED, actor=actor, subject=f"entry:{entry.pk}")
    return entry


@transaction.atomic
def renew_entry(*, entry: Entry, facts: policy.ManualEntryFacts, actor: Actor, now: datetime) -> Entry:
    """Give *entry* a new end with a fresh reason, and the case number it may have lacked.

    Where its category needs approval, a renewal by anyone but an approving second person waits for a new one.

    Raises:
        PolicyRefusal: HOT-2 asks for more, the entry is withdrawn, or its plate erased.
    """
    entry = Entry.objects.select_for_update().get(pk=entry.pk)
    parameters = parameters_at(now)
    before = policy.EntryFacts(
        reason=entry.reason,
        case_number=entry.case_number,
        entered_at=entry.entered_at,
        is_withdrawn=entry.withdrawn_at is not None,
        is_erased=entry.erased_at is not None,
    )
    require(policy.may_renew(actor, before, facts, parameters=parameters, now=now), action="entry.renew")
    facts = replace(facts, case_number=facts.case_number.strip() or entry.case_number)
    entry.reason, entry.case_number = facts.reason.strip(), facts.case_number
    entry.expires_at = policy.ends_at(facts, entered_at=entry.entered_at, parameters=parameters)
    entry.is_exigent, entry.renewed_at, entry.ended_at = facts.lacks_number, now, None
    if entry.needs_approval:
        approves = policy.renewal_approves(actor, entered_by_id=str(entry.entered_by_id or ""))
        entry.approved_by_id, entry.approved_at = (int(actor.id), now) if approves else (None, None)
    entry.save()
    _settle(entry, *_ANSWERED_BY_RENEWAL, actor=actor, now=now)
    details = _entry_details(entry, facts)
    ledger.append(Kind.ENTRY_RENEWED, actor=actor, subject=f"entry:{entry.pk}", details=details)
    _ask_for_approval(entry, actor=actor, now=now)
    return entry


@transaction.atomic
def withdraw_entry(*, entry: Entry, actor: Actor, now: datetime) -> None:
    """Stop *entry* from matching, at once; an entry withdrawn before stays as it is."""
    require(policy.may_withdraw(actor, entered_by_id=str(entry.entered_by_id or "")), action="entry.withdraw")
    live = Entry.objects.filter(pk=entry.pk, withdrawn_at__isnull=True)
    if live.update(withdrawn_at=now, ended_at=now):
        _settle(entry, *_ANSWERED_BY_RENEWAL, actor=actor, now=now)
        ledger.append(Kind.ENTRY_WITHDRAWN, actor=actor, subject=f"entry:{entry.pk}")


def _settle(entry: Entry, *kinds: NoticeKind, actor: Actor, now: datetime) -> None:
    settle(subject=f"entry:{entry.pk}", kinds=kinds, actor=actor, now=now)


def _entry_details(entry: Entry, facts: policy.ManualEntryFacts) -> dict[str, Any]:
    """What the log keeps of an entry: who and why and for whom and how long, never the plate."""
    return {
        "category": entry.category,
        "reason": entry.reason,
        "case_number": entry.case_number,
        "any_state": entry.state == ANY_STATE,
        "partial": entry.is_partial,
        "expires_at": entry.expires_at.isoformat() if entry.expires_at else None,
        "exigent": entry.is_exigent,
        "awaits_approval": entry.needs_approval and entry.approved_at is None,
        "audience": list(entry.audience),
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
