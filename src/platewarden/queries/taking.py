"""Taking an answer away, as a file or on paper: a look of its own at all of it, on the ledger before it is made.

Nothing of a file stays here. Whoever took it answers for it: by the day on which the oldest read in it passes its
limit it is in its case, or destroyed (RET-1); they are reminded, and their supervisors told.
"""

import base64
import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import DatabaseError, transaction

from platewarden.adoption.in_force import parameters_at
from platewarden.ledger import actions as ledger
from platewarden.ledger import tlog
from platewarden.ledger.actions import LedgerUnavailable
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerLeaf
from platewarden.notices.actions import settle, tell
from platewarden.notices.models import Notice
from platewarden.policy.actor import Actor, Role
from platewarden.policy.casenumbers import may_name_case
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind
from platewarden.policy.retention import purge_due_at
from platewarden.queries.actions import found_by, record, require_open
from platewarden.queries.models import Query, TakenFile
from platewarden.reads.days import day_of
from platewarden.reads.models import Read
from platewarden.site.exports import csv_table

COLUMNS: Final = (
    *("read", "seen_at", "plate_as_read", "plate", "state", "state_confidence", "confidence"),
    *("vehicle_type", "vehicle_make", "vehicle_model", "vehicle_colour"),
    *("camera", "camera_name", "place", "latitude", "longitude"),
)
FORMS: Final = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
REMIND_BEFORE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Taken:
    """A file as it is handed over."""

    content: bytes
    name: str
    media_type: str
    file: TakenFile


@dataclass(frozen=True, slots=True)
class Printed:
    """An answer laid out for paper."""

    reads: list[Read]
    is_cut: bool
    entry: int
    receipt: dict[str, str]
    destroy_by: datetime | None


def export(query: Query, *, form: str, actor: Actor, now: datetime) -> Taken:
    """Record that *actor* takes the answer of *query* away as a file, and only then make it.

    > QRY-2: Everything that reveals past reads is a query, and is logged with who asked and what was asked
    > for before anything is shown.

    Args:
        query: Theirs, and still open.
        form: ``csv`` or ``json``.
        actor: Who takes it.
        now: The present moment.

    Raises:
        PolicyRefusal: The query is not *actor*'s, has expired, or waits for somebody's decision.
        LedgerUnavailable: It cannot be recorded, so nothing is made.
    """
    require_open(query, actor=actor, now=now, action="query.export")
    reads = found_by(query, now=now).reads
    rows = [_row(read) for read in reads]
    body = csv_table(COLUMNS, rows) if form == "csv" else json.dumps(_objects(rows), indent=1)
    file = TakenFile(
        id=uuid.uuid4(),
        agency_id=query.agency_id,
        query_id=query.pk,
        taken_by_id=int(actor.id),
        taken_at=now,
        case_number=query.case_number,
        form=form,
        reads=len(reads),
        digest=hashlib.sha256(body.encode()).hexdigest(),
        destroy_by=_destroy_by(reads, now=now) or now,
    )
    if not reads:  # an empty answer is nobody's data
        file.settled_at, file.settlement = now, TakenFile.DESTROYED
    _keep(file, query, reads, actor=actor)
    receipt = receipt_of(query, file.entry, file, actor=actor, now=now)
    if form == "csv":
        content = body + csv_table(("", ""), receipt.items())
    else:
        content = json.dumps({"receipt": receipt, "reads": _objects(rows)}, indent=1)
    return Taken(content.encode(), f"query-entry-{file.entry}.{form}", FORMS[form], file)


def print_out(query: Query, *, actor: Actor, now: datetime) -> Printed:
    """Record that *actor* has the answer of *query* laid out for paper, and only then return it.

    > QRY-2: Everything that reveals past reads is a query, and is logged with who asked and what was asked
    > for before anything is shown.

    Raises:
        PolicyRefusal: The query is not *actor*'s, has expired, or waits for somebody's decision.
        LedgerUnavailable: It cannot be recorded, so nothing is shown.
    """
    require_open(query, actor=actor, now=now, action="query.print")
    found = found_by(query, now=now)
    details = _details(query, found.reads) | {"images": "plate"}
    entry = record(Kind.QUERY_PRINTED, f"query:{query.pk}", actor, details)
    receipt = receipt_of(query, entry, None, actor=actor, now=now)
    return Printed(found.reads, found.is_cut, entry, receipt, _destroy_by(found.reads, now=now))


def _keep(file: TakenFile, query: Query, reads: Sequence[Read], *, actor: Actor) -> None:
    details = _details(query, reads) | {
        "file": str(file.pk),
        "form": file.form,
        "sha256": file.digest,
        "destroy_by": file.destroy_by.isoformat(),
        "images": "none",
    }
    try:
        with transaction.atomic(durable=True):
            subject = f"query:{query.pk}"
            entry = ledger.append(
                Kind.QUERY_EXPORTED, actor=actor, subject=subject, outcome="shown", details=details
            )
            file.entry = entry.seq
            file.save(force_insert=True)
    except DatabaseError as error:
        raise LedgerUnavailable("The file could not be recorded, so it is not made.") from error


def _details(query: Query, reads: Sequence[Read]) -> dict[str, JSON]:
    return {
        "query_entry": query.entry,
        "case": query.case_number,
        "reads": [str(read.id) for read in reads],
    }


def receipt_of(
    query: Query, entry: int, file: TakenFile | None, *, actor: Actor, now: datetime
) -> dict[str, str]:
    """Return the lines that every copy carries: who took it, why, where that is on record, and until when it may be."""
    leaf = LedgerLeaf.objects.get(seq=entry)
    lines = {
        "Taken by": actor.name,
        "Taken at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "Case": query.case_number or "none yet: exigent",
        "Purpose": query.purpose,
        "Query on the ledger": str(query.entry),
        "This copy on the ledger": str(entry),
        "Leaf hash of that entry": base64.b64encode(tlog.leaf_hash(bytes(leaf.canon))).decode(),
    }
    if file is not None:
        lines["SHA-256 of the table of reads"] = file.digest
        lines["Into its case or destroyed by"] = file.destroy_by.isoformat(timespec="seconds")
    return lines


def _destroy_by(reads: Sequence[Read], *, now: datetime) -> datetime | None:
    """Return when the oldest of *reads* passes its limit (RET-1)."""
    if not reads:
        return None
    oldest = min(read.seen_at for read in reads)
    return purge_due_at(day_of(oldest), parameters=parameters_at(now))


def _row(read: Read) -> tuple[object, ...]:
    camera = read.camera
    here = (read.latitude, read.longitude)
    latitude, longitude = here if None not in here else (camera.latitude, camera.longitude)
    return (
        *(read.id, read.seen_at.astimezone(UTC).isoformat(timespec="milliseconds")),
        *(read.plate_as_read, read.plate, read.state, read.state_confidence, read.confidence),
        *(read.vehicle_type, read.vehicle_make, read.vehicle_model, read.vehicle_colour),
        *(camera.code, camera.name, camera.place),
        *("" if latitude is None else latitude, "" if longitude is None else longitude),
    )


def _objects(rows: Sequence[tuple[object, ...]]) -> list[dict[str, Any]]:
    return [
        {
            name: str(value) if isinstance(value, uuid.UUID) else value
            for name, value in zip(COLUMNS, row, strict=True)
        }
        for row in rows
    ]


@transaction.atomic
def settle_file(*, file: TakenFile, settlement: str, actor: Actor, now: datetime) -> None:
    """Record what became of a file that *actor* took: it is in its case, or destroyed.

    > RET-2: A record taken into a case file leaves these rules for those of the case. That happens only under
    > a case number.

    Raises:
        PolicyRefusal: There is no case number for it to belong to.
        ValueError: *settlement* is neither.
        LedgerUnavailable: It cannot be recorded.
    """
    if settlement not in {TakenFile.IN_CASE, TakenFile.DESTROYED}:
        raise ValueError("a file is settled by being in its case, or destroyed")
    if settlement == TakenFile.IN_CASE:
        decision = may_name_case(file.case_number, clause="RET-2", parameters=parameters_at(now))
        require(decision, action="file.settle", facts={"file": str(file.pk)})
    file.settled_at, file.settlement = now, settlement
    file.save(update_fields=["settled_at", "settlement"])
    settle(subject=f"file:{file.pk}", kinds=[NoticeKind.EXPORT_UNSETTLED], actor=actor, now=now)
    ledger.append(
        Kind.EXPORT_SETTLED,
        actor=actor,
        subject=f"file:{file.pk}",
        outcome=settlement,
        details={"export_entry": file.entry, "case": file.case_number},
    )


def remind_of_files(*, actor: Actor, now: datetime) -> None:
    """Tell takers a day before their files have to be settled, and supervisors of those that were not in time."""
    due = TakenFile.objects.filter(settled_at__isnull=True, destroy_by__lte=now + REMIND_BEFORE)
    for file in due.select_related("taken_by"):
        with transaction.atomic():
            _remind(file, actor=actor, now=now)
    TakenFile.objects.filter(settled_at__lt=now - timedelta(days=30)).delete()


def _remind(file: TakenFile, *, actor: Actor, now: datetime) -> Notice | None:
    about = f"file:{file.pk}"
    if now < file.destroy_by:
        text = (
            "A file of a search of yours holds reads that are about to pass their limit. Put it into its case, or "
            "destroy it, and say so on the search page."
        )
        return tell(
            kind=NoticeKind.EXPORT_UNSETTLED,
            subject=about,
            text=text,
            to_user=file.taken_by,
            actor=actor,
            now=now,
            due_at=file.destroy_by,
            once_key=f"{about}:soon",
        )
    return tell(
        kind=NoticeKind.EXPORT_UNSETTLED,
        subject=about,
        text=f"{file.taken_by.full_name} has not said whether a file of a search is in its case or destroyed, and its "
        "reads are past their limit. Ask them.",
        to_role=Role.SUPERVISOR,
        actor=actor,
        now=now,
        once_key=f"{about}:late",
    )
