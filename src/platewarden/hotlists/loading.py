"""Every write about loaded lists: set one up, load a file into it, whole or not at all."""

import hashlib
from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime

from django.db import connection, transaction

from platewarden.accounts.models import Agency
from platewarden.adoption.in_force import parameters_at
from platewarden.hotlists.formats.csv_layout import read_csv
from platewarden.hotlists.formats.report import Report
from platewarden.hotlists.formats.rows import Row
from platewarden.hotlists.models import Entry, Hotlist, Snapshot
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy import hotlists as policy
from platewarden.policy.accounts import Right, may
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require


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
