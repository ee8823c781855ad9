"""How checkpoints reach those who witness them, and how their co-signatures come back.

Nothing waits in a queue: what a witness has yet to see follows from what they have signed, so a try that fails is
made again at the next turn, and only the newest head matters.
"""

import logging
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection

from platewarden.accounts.actors import system_actor
from platewarden.adoption.in_force import parameters_at
from platewarden.ledger import store
from platewarden.ledger.checkpoint import NoteError
from platewarden.ledger.models import Checkpoint, Cosignature
from platewarden.ledger.tlog import prove_consistency
from platewarden.ledger.witnessing import NEWEST, Request, file_name
from platewarden.notices.actions import tell
from platewarden.policy.actor import Role
from platewarden.policy.notices import NoticeKind
from platewarden.webhooks.sending import Answer, DeliveryError, exchange
from platewarden.witnesses.actions import raise_alarm, receive
from platewarden.witnesses.models import Witness

MOST_BYTES: Final = 65_536
OK, CONFLICT, UNPROCESSABLE = 200, 409, 422
HEADERS: Final = {"content-type": "text/plain; charset=utf-8"}

logger = logging.getLogger(__name__)


def tend_witnesses(*, now: datetime) -> None:
    """Leave checkpoints in the folder, take co-signed ones from it, and ask every witness that has an address."""
    if settings.PLATEWARDEN_CHECKPOINT_FOLDER:
        folder = Path(settings.PLATEWARDEN_CHECKPOINT_FOLDER)
        try:
            leave_checkpoints(folder)
            take_cosigned(folder, now=now)
        except OSError as error:
            logger.warning("the folder for checkpoints cannot be used: %s", error.strerror)
    for witness in Witness.objects.filter(adopted_at__isnull=False, withdrawn_at=None).exclude(address=""):
        ask(witness, now=now)
    warn_if_silent(now=now)


def warn_if_silent(*, now: datetime) -> None:
    """Tell the administrators, once a day, that those who witness have signed nothing for too long."""
    live = Witness.objects.filter(adopted_at__isnull=False, withdrawn_at=None)
    since = now - parameters_at(now).hours("ledger.witness_due_hours")
    keys = live.filter(adopted_at__lte=since).values_list("key", flat=True)
    if not keys or Cosignature.objects.filter(witness__in=list(keys), signed_at__gt=since).exists():
        return
    tell(
        kind=NoticeKind.WITNESS_SILENT,
        to_role=Role.ADMINISTRATOR,
        subject="ledger:witnesses",
        text="No witness has co-signed a checkpoint for too long. Ask them, or look at the folder and the addresses.",
        now=now,
        actor=system_actor("witness timer"),
        once_key=f"witness:silent:{now:%Y-%m-%d}",
    )


def leave_checkpoints(folder: Path) -> None:
    """Write every checkpoint that is not in *folder* yet, with the proof that it goes on from the one before."""
    present = {path.name for path in folder.iterdir()}
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    for before, size in zip((None, *sizes), sizes, strict=False):
        if not {file_name(size, "checkpoint"), file_name(size, "consistency")} <= present:
            _leave(folder, before, size)
    newest = Checkpoint.objects.order_by("-size").first()
    if newest and _is_other(folder / NEWEST, newest.note):
        _write(folder / NEWEST, newest.note)


def _leave(folder: Path, before: int | None, size: int) -> None:
    found = Checkpoint.objects.get(size=size)
    if before is not None:
        link = store.consistency_between(Checkpoint.objects.get(size=before), found)
        _write(folder / file_name(size, "consistency"), link.encode())
    _write(folder / file_name(size, "checkpoint"), found.note)


def _is_other(path: Path, text: str) -> bool:
    return not path.exists() or path.read_text(encoding="utf-8", errors="replace") != text


def _write(path: Path, text: str) -> None:
    """Write *path* whole or not at all; others are meant to read it."""
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def take_cosigned(folder: Path, *, now: datetime) -> None:
    """Take in every co-signed checkpoint in *folder* that is not known yet."""
    for path in _unknown(folder):
        try:
            receive(path.read_text(encoding="utf-8"), actor=system_actor("witness timer"), now=now)
        except (NoteError, UnicodeDecodeError) as error:
            logger.warning("%s is not taken: %s", path.name, error)


def _unknown(folder: Path) -> Iterator[Path]:
    kept = settings.PLATEWARDEN_CHECKPOINTS
    for path in sorted(folder.glob("*.cosigned")):
        if not any(
            (kept / path.with_suffix(suffix).name).exists() for suffix in (".cosigned", ".contradiction")
        ):
            yield path


def ask(witness: Witness, *, now: datetime) -> None:
    """Ask *witness* to co-sign the newest checkpoint, unless they have, and note how it came out."""
    newest = Checkpoint.objects.order_by("-size").first()
    known = newest_size_by(witness)
    if newest is None or known == newest.size:
        return
    try:
        problem = _asked(witness, newest, known, now=now)
    except (DeliveryError, NoteError) as error:
        problem = str(error)
    witness.tried_at, witness.problem = now, problem[:200]
    witness.save(update_fields=["tried_at", "problem", "ahead_size"])


def newest_size_by(witness: Witness) -> int:
    """Return the size of the largest checkpoint that *witness* has co-signed; 0 if there is none."""
    signed = Cosignature.objects.filter(witness=witness.key).order_by("-size").values_list("size", flat=True)
    return signed.first() or 0


def _asked(witness: Witness, newest: Checkpoint, known: int, *, now: datetime) -> str:
    """Ask, once more if they have seen another head than we knew; return what is wrong, if anything."""
    answer = _post(witness, newest, known)
    if answer.status == CONFLICT and answer.text.strip().isdecimal():
        seen = int(answer.text)
        if seen > newest.size:
            return _alarm(
                witness, f"they have seen {seen} entries, more than were ever signed here", seen, now=now
            )
        if seen == known:
            return _alarm(witness, f"they have seen another head of {seen} entries", None, now=now)
        answer = _post(witness, newest, seen)
    if answer.status == CONFLICT:
        return _alarm(witness, f"they have seen another head of {newest.size} entries", None, now=now)
    if answer.status == UNPROCESSABLE:
        return _alarm(witness, "what is signed now does not go on from what they have seen", None, now=now)
    if answer.status != OK:
        return f"It answered {answer.status}."
    witness.ahead_size = None
    return receive(newest.note + answer.text, actor=system_actor("witness timer"), now=now).problem


def _post(witness: Witness, newest: Checkpoint, old: int) -> Answer:
    with connection.cursor() as cursor:
        proof = prove_consistency(store.StoredTree(cursor), old, newest.size) if old else []
    return exchange(
        f"{witness.address.rstrip('/')}/add-checkpoint",
        Request(old, proof, newest.note).encode(),
        HEADERS,
        networks=settings.PLATEWARDEN_WEBHOOK_NETWORKS,
        authority=settings.PLATEWARDEN_WEBHOOK_AUTHORITY,
        most_bytes=MOST_BYTES,
    )


def _alarm(witness: Witness, problem: str, ahead: int | None, *, now: datetime) -> str:
    witness.ahead_size = ahead
    told = f"{witness.who} refuses to co-sign, because {problem}"
    raise_alarm(
        told, f"witness:{witness.pk}", {"key": witness.key}, actor=system_actor("witness timer"), now=now
    )
    return f"Refused: {problem}."
