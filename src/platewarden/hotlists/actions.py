"""Every write about hotlists: create, load, enter by hand, renew, withdraw."""

import hashlib
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from platewarden.accounts.models import Agency
from platewarden.adoption.in_force import parameters_at
from platewarden.hotlists.models import Entry, Hotlist, Snapshot
from platewarden.hotlists.readers import ANY_STATE, LENGTHS, Report, Row, read_csv
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.matching.plates import PlateError, normalise, skeleton
from platewarden.policy import hotlists as policy
from platewarden.policy.accounts import Right, may
from platewarden.policy.actor import Actor
from platewarden.policy.decision import Decision, require
from platewarden.policy.use import may_state_reason

MANUAL_LIST = "Entered by hand"


class HotlistRefusedError(Exception):
    """The file was refused and nothing of it was loaded.

    Attributes:
        report: Every problem found, by line.
    """

    def __init__(self, report: Report) -> None:
        super().__init__(f"{report.problem_count} problem(s); nothing was loaded")
        self.report = report


class HotlistExistsError(Exception):
    """The agency already has a list of this name."""


@transaction.atomic
def create_hotlist(
    *, name: str, source: str, max_age_hours: int | None, actor: Actor, now: datetime, is_manual: bool = False
) -> Hotlist:
    """Set a list up under *name*; it matches nothing until a snapshot is loaded.

    Raises:
        PolicyRefusal: *actor* may not.
        HotlistExistsError: The name is taken.
    """
    require(
        may(actor, Right.ENTER_MANUALLY if is_manual else Right.LOAD_HOTLISTS),
        action="hotlist.create",
    )
    Agency.objects.select_for_update().get(pk=actor.agency_id)  # names are given one at a time
    if Hotlist.objects.filter(agency_id=actor.agency_id, name=name.strip()).exists():
        raise HotlistExistsError(
            f"There is already a list named {name.strip()!r}: load into it, or choose another name."
        )
    hotlist = Hotlist.objects.create(
        agency_id=actor.agency_id,
        name=name.strip(),
        source=source.strip(),
        max_age_hours=max_age_hours,
        is_manual=is_manual,
        created_at=now,
        created_by=actor.name,
    )
    ledger.append(
        Kind.HOTLIST_CREATED, actor=actor, subject=f"hotlist:{hotlist.pk}", details={"name": hotlist.name}
    )
    return hotlist


def load_snapshot(
    *, hotlist: Hotlist, content: bytes, file_name: str, effective_at: datetime, actor: Actor, now: datetime
) -> Snapshot:
    """Load *content* as the current snapshot of *hotlist*, whole or not at all.

    Past reads are not matched against it: it works from the next read on.

    Raises:
        PolicyRefusal: *actor* may not load lists, or the file is older than the list in use.
        HotlistRefusedError: A line is unusable; the refusal is on the ledger, nothing is loaded.
    """
    require(policy.may_load(actor), action="hotlist.load")
    digest = hashlib.sha256(content)
    report = read_csv(content, parameters=parameters_at(now))
    if not report.is_sound:
        _record_refused(hotlist, report, digest.hexdigest(), actor=actor)
        raise HotlistRefusedError(report)
    with transaction.atomic():
        _make_way(hotlist, effective_at, now)
        snapshot = Snapshot.objects.create(
            hotlist=hotlist,
            effective_at=effective_at,
            loaded_at=now,
            loaded_by=actor.name,
            file_name=file_name[:160],
            file_digest=digest.digest(),
            accepted=len(report.rows),
            refused=dict(report.refused),
        )
        _copy_rows(snapshot, report.rows, now)
        _record_loaded(snapshot, report, actor=actor)
    return snapshot


def _make_way(hotlist: Hotlist, effective_at: datetime, now: datetime) -> None:
    """Retire the current snapshot, if the policy lets one of *effective_at* follow; one load of a list at a time."""
    Hotlist.objects.select_for_update().get(pk=hotlist.pk)
    current = Snapshot.objects.filter(hotlist=hotlist, is_current=True).first()
    decision = policy.may_replace(
        current_effective_at=current.effective_at if current else None, new_effective_at=effective_at, now=now
    )
    require(decision, action="hotlist.load")
    if current:
        Entry.objects.filter(snapshot=current).delete()
        current.is_current = False
        current.save(update_fields=["is_current"])


def _record_loaded(snapshot: Snapshot, report: Report, *, actor: Actor) -> None:
    ledger.append(
        Kind.HOTLIST_LOADED,
        actor=actor,
        subject=f"hotlist:{snapshot.hotlist_id}",
        details={
            "snapshot": snapshot.pk,
            "accepted": snapshot.accepted,
            "repeated": report.repeated,
            "refused": snapshot.refused,
            "file_sha256": bytes(snapshot.file_digest).hex(),
            "effective_at": snapshot.effective_at.isoformat(),
        },
    )


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


@transaction.atomic
def _record_refused(hotlist: Hotlist, report: Report, digest: str, *, actor: Actor) -> None:
    ledger.append(
        Kind.HOTLIST_REFUSED,
        actor=actor,
        subject=f"hotlist:{hotlist.pk}",
        outcome="refused",
        details={"problems": report.problem_count, "file_sha256": digest},
    )


_ROW_FIELDS = tuple(field.name for field in fields(Row))
_COPIED = ("agency_id", "snapshot_id", *_ROW_FIELDS, "entered_at", "is_exigent")


def _copy_rows(snapshot: Snapshot, rows: Iterable[Row], now: datetime) -> None:
    """Write *rows* by COPY: a list of millions must load in minutes."""
    agency_id = snapshot.hotlist.agency_id
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY hotlist_entries ({', '.join(_COPIED)}) FROM STDIN") as copy,
    ):
        for row in rows:
            values = (getattr(row, name) for name in _ROW_FIELDS)
            copy.write_row((agency_id, snapshot.pk, *values, now, False))
