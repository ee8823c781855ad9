"""Every write about copies of cases: ask for one, make it, hand it over, let it go."""

import logging
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app

from platewarden.adoption.in_force import parameters_at
from platewarden.cases.exporting.contents import write_bag
from platewarden.cases.models import Case, CaseExport
from platewarden.images.parts import SealedSink, opened
from platewarden.images.store import Shelf, image_store
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle, tell
from platewarden.policy import cases as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind

MAKE: Final = "make_case_export"

SILENT: Final = timedelta(minutes=10)
"""How long a copy that is being made may give no sign of life before it is taken for dead."""

logger = logging.getLogger(__name__)


class OutdatedCopyError(Exception):
    """A hold ended while a copy was made, which may hold what went with it: it is to be asked for again."""


@transaction.atomic
def order_export(*, case: Case, reason: str, actor: Actor, now: datetime) -> CaseExport:
    """Record that *actor*, who may see the records of *case*, asks for a copy of it; nothing is opened yet.

    Raises:
        PolicyRefusal: *actor* may not, or does not say who it is for and why (RET-2).
        LedgerUnavailable: It cannot be recorded, so there will be no copy.
    """
    reason = " ".join(reason.split())
    decision = policy.may_export_case(actor, reason, parameters=parameters_at(now))
    require(decision, action="case.export", facts={"case": case.number})
    details: dict[str, JSON] = {"case": case.number, "reason": reason}
    export_id = uuid.uuid4()
    entry = ledger.append(Kind.EXPORT_ASKED, actor=actor, subject=f"export:{export_id}", details=details)
    return CaseExport.objects.create(
        id=export_id,
        case=case,
        asked_at=now,
        asked_by_id=int(actor.id),
        reason=reason,
        entry=entry.seq,
        heard_of_at=now,
        total=case.hits.count() + case.reads.count(),
    )


@transaction.atomic
def ask_export(*, case: Case, reason: str, actor: Actor, now: datetime) -> CaseExport:
    """Have the worker make a copy of *case*; otherwise as `order_export`."""
    export = order_export(case=case, reason=reason, actor=actor, now=now)
    app.configure_task(MAKE).defer(export_id=str(export.pk))
    return export


def make_export(export_id: uuid.UUID, *, actor: Actor, now: datetime) -> None:
    """Make a copy that was asked for, sealed part by part; whatever goes wrong, nothing of it stays.

    Raises:
        Exception: Whatever kept it from being made, once that is on record.
    """
    export = CaseExport.objects.select_related("case", "asked_by").filter(pk=export_id).first()
    if export is None or not export.is_running:
        return
    sink = SealedSink(Shelf.of_case(export.case_id), _sealed_as(export))
    try:
        written = write_bag(export, sink, now=now, progress=lambda done, total: _say(export, done, total))
        digest = sink.close()
        _keep(export, sink, digest, written.files, actor=actor, now=now)
    except Exception:
        image_store().remove(Shelf.of_case(export.case_id), sink.parts)
        _fail(export, actor=actor, now=now)
        raise


def _say(export: CaseExport, done: int, total: int) -> None:
    from platewarden.site.clock import utc_now  # noqa: PLC0415 - a sign of life is of now, whatever the copy is dated

    CaseExport.objects.filter(pk=export.pk).update(done=done, total=total, heard_of_at=utc_now())


@transaction.atomic
def _keep(
    export: CaseExport, sink: SealedSink, digest: str, files: int, *, actor: Actor, now: datetime
) -> None:
    case = Case.objects.select_for_update().get(pk=export.case_id)  # no hold of it ends meanwhile
    if case.holds.filter(ended_at__gte=export.asked_at, reads_gone__gt=0).exists():
        raise OutdatedCopyError
    export.ready_at, export.digest, export.size, export.files = now, digest, sink.size, files
    export.expires_at = now + parameters_at(now).hours("cases.export_hours")
    export.parts = sink.parts
    export.save(update_fields=["ready_at", "digest", "size", "files", "expires_at", "parts"])
    enter_prepared(export, actor=actor)
    tell(
        kind=NoticeKind.EXPORT_READY,
        subject=f"export:{export.pk}",
        text=f"The copy of case {export.case.number} is ready. Fetch it before it expires.",
        to_user=export.asked_by,
        actor=actor,
        now=now,
        due_at=export.expires_at,
    )


def enter_prepared(export: CaseExport, *, actor: Actor) -> None:
    """Put on the ledger what a copy came to, in the caller's transaction."""
    details: dict[str, JSON] = {
        "case": export.case.number,
        "asked_entry": export.entry,
        "sha256": export.digest,
        "bytes": export.size,
        "files": export.files,
    }
    ledger.append(Kind.EXPORT_PREPARED, actor=actor, subject=f"export:{export.pk}", details=details)


@transaction.atomic
def _fail(export: CaseExport, *, actor: Actor, now: datetime) -> None:
    CaseExport.objects.filter(pk=export.pk).update(failed_at=now, parts=[])
    details: dict[str, JSON] = {"case": export.case.number, "asked_entry": export.entry}
    ledger.append(
        Kind.EXPORT_FAILED, actor=actor, subject=f"export:{export.pk}", outcome="failed", details=details
    )


@transaction.atomic(durable=True)
def release_export(*, export: CaseExport, actor: Actor, now: datetime) -> Iterator[bytes]:
    """Record that *actor* fetches a copy, and only then give its bytes.

    Raises:
        PolicyRefusal: Somebody else asked for it, or it has expired (RET-1, RET-2).
        LedgerUnavailable: It cannot be recorded, so nothing is given.
    """
    if export.expires_at is None or export.gone_at is not None:
        expired = policy.may_fetch_export(actor, asked_by_id=str(export.asked_by_id), expires_at=now, now=now)
        require(expired, action="export.fetch")
    assert export.expires_at is not None
    decision = policy.may_fetch_export(
        actor, asked_by_id=str(export.asked_by_id), expires_at=export.expires_at, now=now
    )
    require(decision, action="export.fetch", facts={"export": str(export.pk)})
    details: dict[str, JSON] = {
        "case": export.case.number,
        "asked_entry": export.entry,
        "sha256": export.digest,
    }
    settle(subject=f"export:{export.pk}", kinds=[NoticeKind.EXPORT_READY], actor=actor, now=now)
    ledger.append(Kind.EXPORT_RELEASED, actor=actor, subject=f"export:{export.pk}", details=details)
    return opened(Shelf.of_case(export.case_id), _sealed_as(export), export.parts)


def _sealed_as(export: CaseExport) -> str:
    return f"export/{export.pk}"


def end_exports(*, actor: Actor, now: datetime) -> int:
    """Remove copies that were not fetched in time, and give up those that nobody makes any more; return how many.

    > RET-1: Reads, images and everything made from them go together
    """
    due = CaseExport.objects.select_related("case").filter(gone_at=None, expires_at__lte=now)
    dead = CaseExport.objects.select_related("case").filter(
        ready_at=None, failed_at=None, heard_of_at__lt=now - SILENT
    )
    ended = [*due]
    for export in ended:
        _expire(export, "its time is over", actor=actor, now=now)
    for export in dead:
        _fail(export, actor=actor, now=now)
    return len(ended)


def withdraw_exports(case: Case, *, actor: Actor, now: datetime) -> None:
    """Remove every copy of *case* that is still here, in the caller's transaction: it holds what is gone from the case.

    > RET-1: Reads, images and everything made from them go together
    """
    for export in CaseExport.objects.select_related("case").filter(
        case=case, gone_at=None, ready_at__isnull=False
    ):
        _expire(export, "a hold of the case has ended", actor=actor, now=now)


@transaction.atomic
def _expire(export: CaseExport, why: str, *, actor: Actor, now: datetime) -> None:
    parts = list(export.parts)
    export.gone_at, export.parts = now, []
    export.save(update_fields=["gone_at", "parts"])
    settle(subject=f"export:{export.pk}", kinds=[NoticeKind.EXPORT_READY], actor=actor, now=now)
    details: dict[str, JSON] = {
        "case": export.case.number,
        "asked_entry": export.entry,
        "bytes": export.size,
        "reason": why,
    }
    ledger.append(Kind.EXPORT_EXPIRED, actor=actor, subject=f"export:{export.pk}", details=details)
    transaction.on_commit(lambda: image_store().remove(Shelf.of_case(export.case_id), parts))
