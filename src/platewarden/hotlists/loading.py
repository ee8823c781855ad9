"""Every write about loaded lists: set one up, load a file into it, whole or not at all."""

import hashlib
import io
from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO, Final

from django.db import transaction

from platewarden.accounts.models import Agency
from platewarden.adoption.in_force import parameters_at
from platewarden.hotlists import writing
from platewarden.hotlists.formats.lines import Watch, unwatched
from platewarden.hotlists.formats.reading import HowToRead, Reading
from platewarden.hotlists.formats.report import Report
from platewarden.hotlists.models import Hotlist, Snapshot
from platewarden.hotlists.steps import take_step
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle
from platewarden.policy import hotlists as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind
from platewarden.policy.rights import Right, may

_SETTLED: Final = (NoticeKind.HOTLIST_STALE, NoticeKind.HOTLIST_REFUSED)
"""What people need not be told any more once a list has been loaded."""


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
    *,
    hotlist: Hotlist,
    content: bytes | BinaryIO,
    file_name: str,
    effective_at: datetime,
    actor: Actor,
    now: datetime,
    layout: str = "",
    category: policy.Category | None = None,
    is_unattended: bool = False,
    watch: Watch = unwatched,
    alongside: Callable[[Snapshot], None] | None = None,
) -> Snapshot:
    """Load *content* as the current snapshot of *hotlist*, whole or not at all, in one transaction.

    It works from the next read on, never backwards; what is no longer on it stops matching at the same moment.

    Args:
        hotlist: The list; other loads of it wait for this one.
        content: The file, or what to read it from, seekable.
        file_name: Of the file, as a label.
        effective_at: Since when its source holds it to be in effect.
        actor: Who loads it.
        now: When.
        layout: Name of its layout; empty to recognise it.
        category: Of all entries, if the file names none.
        is_unattended: Whether nobody has seen what it changes: then it may not shrink beyond measure.
        watch: Told how many bytes have been read, once more before the lists are switched; what it raises ends it.
        alongside: What else is to be written in the same transaction.

    Raises:
        PolicyRefusal: *actor* may not load lists, the list in use is newer, or would shrink too much.
        HotlistRefusedError: A line is unusable; the refusal is on the ledger, nothing is loaded.
    """
    require(policy.may_load(actor), action="hotlist.load")
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    digest = digest_of(file)
    reading = Reading(file, HowToRead(parameters_at(now), layout, category), watch)
    snapshot = Snapshot(
        hotlist=hotlist, effective_at=effective_at, loaded_at=now, loaded_by=actor.name, file_digest=digest
    )
    snapshot.file_name = file_name[:160]
    try:
        with transaction.atomic():
            current = _current_if_replaceable(snapshot, now)
            _fill(snapshot, current, reading, now)
            _require_no_collapse(current, snapshot, now=now, is_unattended=is_unattended)
            watch(file.tell())
            _switch(current, snapshot, now)
            if alongside:
                alongside(snapshot)
            _record_loaded(snapshot, reading.report, actor=actor, now=now)
    except HotlistRefusedError:
        record_refused(hotlist, reading.report, digest, actor=actor)
        raise
    return snapshot


def digest_of(file: BinaryIO) -> bytes:
    """Return the SHA-256 of *file*, and put it back to its start."""
    digest = hashlib.file_digest(file, "sha256").digest()  # type: ignore[arg-type]  # any binary file will do
    file.seek(0)
    return digest


def _current_if_replaceable(snapshot: Snapshot, now: datetime) -> Snapshot | None:
    """Return the snapshot in use, if the policy lets *snapshot* follow; one load of a list at a time."""
    Hotlist.objects.select_for_update(no_key=True).get(pk=snapshot.hotlist_id)
    current = Snapshot.objects.filter(hotlist=snapshot.hotlist, is_current=True).first()
    decision = policy.may_replace(
        current_effective_at=current.effective_at if current else None,
        new_effective_at=snapshot.effective_at,
        now=now,
    )
    require(decision, action="hotlist.load")
    return current


def _fill(snapshot: Snapshot, current: Snapshot | None, reading: Reading, now: datetime) -> None:
    report = reading.report
    snapshot.accepted, snapshot.is_current = 0, False
    snapshot.save()
    writing.copy_entries(snapshot, (row for row in reading.rows() if report.is_sound), now=now)
    if not report.is_sound:
        raise HotlistRefusedError(report)
    report.repeated = writing.remove_repeated(snapshot)
    snapshot.accepted = report.accepted_count
    snapshot.repeated = report.repeated
    snapshot.refused = dict(report.refused)
    snapshot.layout = report.layout
    snapshot.difference = writing.difference(current, snapshot).counts


def _require_no_collapse(
    current: Snapshot | None, snapshot: Snapshot, *, now: datetime, is_unattended: bool
) -> None:
    if current and is_unattended:
        decision = policy.may_shrink_unattended(
            before=current.accepted, after=snapshot.accepted, parameters=parameters_at(now)
        )
        require(decision, action="hotlist.load")


def _switch(current: Snapshot | None, snapshot: Snapshot, now: datetime) -> None:
    """Let *snapshot* match, and *current* no more; its entries go, what it was remains."""
    if current:
        take_step(current, snapshot, parameters=parameters_at(now), now=now)
        writing.delete_entries(current)
        current.is_current = False
        current.save(update_fields=["is_current"])
    snapshot.is_current = True
    snapshot.save()
    writing.tell_planner(snapshot)


def _record_loaded(snapshot: Snapshot, report: Report, *, actor: Actor, now: datetime) -> None:
    settle(subject=f"hotlist:{snapshot.hotlist_id}", kinds=_SETTLED, actor=actor, now=now)
    ledger.append(
        Kind.HOTLIST_LOADED,
        actor=actor,
        subject=f"hotlist:{snapshot.hotlist_id}",
        details={
            "snapshot": snapshot.pk,
            "layout": snapshot.layout,
            "accepted": snapshot.accepted,
            "by_category": {category.value: count for category, count in report.accepted_by_category.items()},
            "repeated": snapshot.repeated,
            "refused": snapshot.refused,
            "difference": snapshot.difference,
            "file_sha256": bytes(snapshot.file_digest).hex(),
            "effective_at": snapshot.effective_at.isoformat(),
        },
    )


@transaction.atomic
def record_refused(hotlist: Hotlist, report: Report, digest: bytes, *, actor: Actor) -> None:
    """Record that a file with this *digest* was refused for what it holds."""
    ledger.append(
        Kind.HOTLIST_REFUSED,
        actor=actor,
        subject=f"hotlist:{hotlist.pk}",
        outcome="refused",
        details={
            "problems": report.problem_count,
            "refused": dict(report.refused),
            "file_sha256": digest.hex(),
        },
    )
