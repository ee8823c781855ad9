"""Every write about a file on its way onto a list: take it in, check it, confirm, load, cancel, tidy up.

Checking and loading are jobs of the worker. Whatever ends them - a fault of the file, the policy, a person, the
death of a process - the list in use stays as it was, and the spooled file is removed.
"""

import logging
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import DatabaseError, transaction
from procrastinate.contrib.django import app

from platewarden.accounts.actors import actor_for, system_actor
from platewarden.hotlists import loading, spool
from platewarden.hotlists.beats import Beats, CancelledError
from platewarden.hotlists.models import Hotlist, Snapshot, Upload, UploadState
from platewarden.hotlists.previews import Preview, preview
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy import hotlists as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import Decision, PolicyRefusal, require

CHECK: Final = "check_hotlist_upload"
LOAD: Final = "load_hotlist_upload"

SILENT: Final = timedelta(minutes=2)
"""How long a running job may give no sign of life before it is taken for dead."""

UNDECIDED: Final = timedelta(hours=2)
"""How long a checked file waits for somebody's decision before it is removed."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of a file beside sending it.

    Attributes:
        effective_at: Since when its source holds it to be in effect.
        layout: Name of its layout; empty to recognise it.
        category: Of all its entries, if it names none; empty otherwise.
    """

    effective_at: datetime
    layout: str = ""
    category: str = ""


def receive(
    *, hotlist: Hotlist, chunks: Iterable[bytes], file_name: str, said: Said, actor: Actor, now: datetime
) -> Upload:
    """Take a file in, and have it checked; nothing of it is loaded.

    Raises:
        PolicyRefusal: *actor* may not load lists, or the file is older than the list in use.
    """
    require(policy.may_load(actor), action="hotlist.upload")
    require(_may_follow(hotlist, said.effective_at, now), action="hotlist.upload")
    upload_id = uuid.uuid4()
    size = spool.put(upload_id, chunks)
    try:
        with transaction.atomic():
            upload = Upload.objects.create(
                id=upload_id,
                hotlist=hotlist,
                uploaded_by_id=int(actor.id),
                uploaded_at=now,
                effective_at=said.effective_at,
                file_name=file_name[:160],
                size=size,
                layout=said.layout,
                category=said.category,
                heard_of_at=now,
            )
            _defer(CHECK, upload)
    except DatabaseError:
        spool.remove(upload_id)
        raise
    return upload


def _may_follow(hotlist: Hotlist, effective_at: datetime, now: datetime) -> Decision:
    current = _current(hotlist)
    return policy.may_replace(
        current_effective_at=current.effective_at if current else None, new_effective_at=effective_at, now=now
    )


def _current(hotlist: Hotlist) -> Snapshot | None:
    return Snapshot.objects.filter(hotlist=hotlist, is_current=True).first()


def _defer(task: str, upload: Upload) -> None:
    """Have the worker do *task*, once the transaction is committed: ids alone travel."""
    app.configure_task(task).defer(upload_id=str(upload.pk))


def check(upload_id: uuid.UUID, *, now: datetime) -> None:
    """Look a file through, in the worker: what it holds, what would be left out, what it changes."""
    upload = _taken_up(upload_id, UploadState.WAITING, UploadState.CHECKING, now=now)
    if upload is None:
        return
    actor = actor_for(upload.uploaded_by)
    with _ended_in_order(upload, actor=actor, now=now), spool.taken(upload.pk) as file:
        current = _current(upload.hotlist)
        upload.file_digest = loading.digest_of(file)
        with Beats(upload.pk) as beats:
            seen = preview(
                file,
                hotlist=upload.hotlist,
                actor=actor,
                now=now,
                layout=upload.layout,
                category=_category(upload),
                watch=beats.watch,
            )
            beats.watch(upload.size)
        _keep_preview(upload, seen, current, actor=actor, now=now)


@transaction.atomic
def _keep_preview(
    upload: Upload, seen: Preview, current: Snapshot | None, *, actor: Actor, now: datetime
) -> None:
    upload.report = seen.report.as_json()
    if not seen.report.is_sound:
        loading.record_refused(upload.hotlist, seen.report, bytes(upload.file_digest), actor=actor)
        _end(upload, UploadState.REFUSED, now=now)
        return
    upload.difference = seen.difference.counts
    upload.examples = {
        kind: [asdict(example) for example in examples] for kind, examples in seen.difference.examples.items()
    }
    upload.first = [_shown(row) for row in seen.first]
    upload.compared_with = current
    upload.state = UploadState.CHECKED
    upload.heard_of_at = now
    upload.save()


def _shown(row: Any) -> dict[str, Any]:
    kept = {name: value for name, value in row._asdict().items() if name not in {"skeleton", "expires_at"}}
    return kept | {"expires_at": row.expires_at.isoformat() if row.expires_at else ""}


@transaction.atomic
def confirm(*, upload: Upload, actor: Actor, now: datetime) -> bool:
    """Have a checked file loaded; if the list has changed since, have it checked again instead.

    Returns:
        Whether it will be loaded; not if somebody else has decided already.

    Raises:
        PolicyRefusal: *actor* may not load lists, or the file is older than the list in use.
    """
    require(policy.may_load(actor), action="hotlist.load")
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if upload.state != UploadState.CHECKED:
        return False
    require(_may_follow(upload.hotlist, upload.effective_at, now), action="hotlist.load")
    current = _current(upload.hotlist)
    is_as_shown = (current.pk if current else None) == upload.compared_with_id
    upload.state = UploadState.CONFIRMED if is_as_shown else UploadState.WAITING
    upload.confirmed_by_id = int(actor.id) if is_as_shown else None
    upload.seen_bytes, upload.heard_of_at = 0, now
    upload.save()
    _defer(LOAD if is_as_shown else CHECK, upload)
    return is_as_shown


def load(upload_id: uuid.UUID, *, now: datetime) -> None:
    """Load a confirmed file, in the worker: all of it and the mark that it is loaded, or nothing."""
    upload = _taken_up(upload_id, UploadState.CONFIRMED, UploadState.LOADING, now=now)
    if upload is None:
        return
    assert upload.confirmed_by is not None
    actor = actor_for(upload.confirmed_by)

    def mark(snapshot: Snapshot) -> None:
        upload.snapshot = snapshot
        _end(upload, UploadState.LOADED, now=now)

    with (
        _ended_in_order(upload, actor=actor, now=now),
        spool.taken(upload.pk) as file,
        Beats(upload.pk) as beats,
    ):
        loading.load_snapshot(
            hotlist=upload.hotlist,
            content=file,
            file_name=upload.file_name,
            effective_at=upload.effective_at,
            actor=actor,
            now=now,
            layout=upload.layout,
            category=_category(upload),
            watch=beats.watch,
            alongside=mark,
        )


def _category(upload: Upload) -> policy.Category | None:
    return policy.Category(upload.category) if upload.category else None


def _taken_up(
    upload_id: uuid.UUID, before: UploadState, after: UploadState, *, now: datetime
) -> Upload | None:
    """Return the upload, once nobody else can take it up; None if it is not to be done any more."""
    taken = Upload.objects.filter(pk=upload_id, state=before, is_cancelled=False)
    if not taken.update(state=after, heard_of_at=now):
        return None
    return Upload.objects.select_related("hotlist", "uploaded_by", "confirmed_by").get(pk=upload_id)


@contextmanager
def _ended_in_order(upload: Upload, *, actor: Actor, now: datetime) -> Iterator[None]:
    """Whatever ends the job, say on the upload and on the ledger how it ended; nothing of it is loaded then."""
    try:
        yield
    except loading.HotlistRefusedError as error:
        upload.report = error.report.as_json()
        _end(upload, UploadState.REFUSED, now=now)
    except PolicyRefusal as refusal:
        entry = ledger.record_refusal(refusal, actor=actor)
        decision = refusal.decision
        told = {"clause": decision.clause, "reason": decision.reason, "remedy": decision.remedy}
        upload.refusal = {**told, "entry": entry.seq}
        _end(upload, UploadState.REFUSED, now=now)
    except CancelledError:
        abandon(upload, UploadState.CANCELLED, why="cancelled", actor=actor, now=now)
    except Exception as error:  # noqa: BLE001 - its text may quote the file: only its kind is told
        logger.error("the upload %s has failed: %s", upload.pk, type(error).__name__)  # noqa: TRY400 - likewise
        abandon(upload, UploadState.FAILED, why=type(error).__name__, actor=actor, now=now)


@transaction.atomic
def cancel(*, upload: Upload, actor: Actor, now: datetime) -> None:
    """Let go of a file: at once if nobody works on it, else as soon as the job notices; a loaded one stays.

    Raises:
        PolicyRefusal: *actor* may not load lists.
    """
    require(policy.may_load(actor), action="hotlist.cancel")
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    state = UploadState(upload.state)
    if state in {UploadState.CHECKING, UploadState.LOADING}:
        Upload.objects.filter(pk=upload.pk).update(is_cancelled=True)
    elif not state.is_over:
        abandon(upload, UploadState.CANCELLED, why="cancelled", actor=actor, now=now)


@transaction.atomic
def abandon(upload: Upload, state: UploadState, *, why: str, actor: Actor, now: datetime) -> None:
    """End *upload* with nothing loaded, and record it."""
    _end(upload, state, now=now)
    ledger.append(
        Kind.HOTLIST_ABANDONED,
        actor=actor,
        subject=f"hotlist:{upload.hotlist_id}",
        outcome="abandoned",
        details={"upload": str(upload.pk), "why": why},
    )


def _end(upload: Upload, state: UploadState, *, now: datetime) -> None:
    """Write how *upload* ended, without the plates that it was decided by; its file goes at commit."""
    upload.state, upload.ended_at = state, now
    upload.first, upload.examples = [], {}
    upload.save()
    transaction.on_commit(lambda: spool.remove(upload.pk))


def tend(*, now: datetime, is_start: bool = False) -> int:
    """End what nobody works on any more, and remove files that belong to nothing; return how many ended.

    Args:
        now: The present moment.
        is_start: Whether the worker is just starting: then whatever was running died with the last one.
    """
    running = Upload.objects.filter(state__in=[UploadState.CHECKING, UploadState.LOADING])
    if not is_start:
        running = running.filter(heard_of_at__lt=now - SILENT)
    waited = Upload.objects.filter(ended_at=None, heard_of_at__lt=now - UNDECIDED)
    actor, ended = system_actor("upload timer"), 0
    for upload in (*running, *waited.exclude(pk__in=running)):
        why = "the worker ended" if UploadState(upload.state).is_running else "nobody decided"
        abandon(upload, UploadState.FAILED, why=why, actor=actor, now=now)
        ended += 1
    kept = set(Upload.objects.filter(ended_at=None).values_list("pk", flat=True))
    for name in spool.names(before=now - UNDECIDED) - kept:
        spool.remove(name)
    return ended
