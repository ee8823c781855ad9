"""What the ledger hands out to be checked elsewhere: itself, receipts, and the file that checks them.

The export is written line by line, in constant memory, as docs/reference/ledger-format.md describes it. Whoever puts
ledger proofs into another copy calls `write_proofs`.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction

from platewarden.ledger import actions, keys, store
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import Checkpoint, LedgerBody
from platewarden.policy.actor import Actor

EXPORT: Final = "platewarden ledger export 1"
VERIFIER_NAME: Final = "verify_ledger.py"
ALWAYS: Final = (Kind.BODIES_ERASED, Kind.CLOCK_STEPPED_BACK, Kind.KEY_ROTATED, Kind.KEY_REPLACED)
"""Kinds whose bodies every export holds: without them nobody could check it. They name no plate."""

_BATCH: Final = 1000
_SELECT: Final = (
    "select leaf.seq, canon, salt, body from ledger_leaf leaf left join ledger_body body on body.seq = leaf.seq"
    " and body.seq >= %s and body.seq < %s and (%s or leaf.kind = any (%s))"
    " where leaf.seq >= %s and leaf.seq < %s order by leaf.seq"
)


def verifier() -> bytes:
    """Return the one file that checks everything handed out here, and needs nothing of Platewarden."""
    return (files("platewarden.ledger") / VERIFIER_NAME).read_bytes()


def write_proofs(folder: Path, numbers: Iterable[int], *, has_bodies: bool) -> list[int]:
    """Write receipts of the entries *numbers*, the log's public keys and the verifier into *folder*.

    Args:
        folder: It exists; nothing in it is overwritten.
        numbers: Entries to prove; sign a checkpoint first if they are fresh.
        has_bodies: Whether what each entry says is written beside its receipt, where it is kept still.

    Returns:
        Those entries that no checkpoint covers yet: nothing was written for them.

    Raises:
        FileExistsError: One of the files is there already.
        LedgerLeaf.DoesNotExist: There is no such entry.
        platewarden.ledger.keys.LogKeyError: The public key is missing or malformed.
    """
    uncovered = []
    for seq in sorted(set(numbers)):
        receipt = store.receipt_for(seq)
        if receipt is None:
            uncovered.append(seq)
            continue
        _write(folder / f"entry-{seq}.tlog-proof", receipt.encode().encode())
        kept = LedgerBody.objects.filter(pk=seq).first() if has_bodies else None
        if kept:
            body = {"salt": bytes(kept.salt).hex(), "body": kept.body}
            _write(folder / f"entry-{seq}.body.json", json.dumps(body, ensure_ascii=False).encode())
    _write(folder / "ledger.pub", "".join(f"{key.encode()}\n" for key in keys.verifiers()).encode())
    _write(folder / VERIFIER_NAME, verifier())
    return uncovered


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)


@transaction.atomic
def order_export(*, has_bodies: bool, actor: Actor, now: datetime) -> Checkpoint:
    """Record that *actor* takes the ledger away, and sign the checkpoint up to which `export` will write it.

    Raises:
        LedgerUnavailable, LedgerInconsistent, LogKeyError: As `sign_checkpoint` does; then nothing may be handed out.
    """
    actions.append(Kind.LEDGER_EXPORTED, actor=actor, details={"bodies": has_bodies})
    return actions.sign_checkpoint(actor=actor, now=now)


def export(upto: Checkpoint, *, has_bodies: bool) -> Iterator[bytes]:
    """Yield every line of the export up to the checkpoint *upto*, from one state of the database.

    Raises:
        platewarden.ledger.keys.LogKeyError: The public key is missing or malformed.
    """
    digest = hashlib.sha256()
    is_own_transaction = not connection.in_atomic_block
    with transaction.atomic():
        if is_own_transaction:  # an erasure meanwhile would look like a fault
            with connection.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read, read only")
        for said in _lines(upto, has_bodies=has_bodies):
            line = _line(said)
            digest.update(line)
            yield line
    yield _line({"end": upto.size, "sha256": digest.hexdigest()})


def _lines(upto: Checkpoint, *, has_bodies: bool) -> Iterator[Mapping[str, Any]]:
    trusted = keys.verifiers()
    yield {
        "format": EXPORT,
        "origin": trusted[0].name,
        "size": upto.size,
        "bodies": has_bodies,
        "keys": [key.encode() for key in trusted],
    }
    for start in range(0, upto.size, _BATCH):
        end = min(start + _BATCH, upto.size)
        checkpoints = {one.size: one for one in Checkpoint.objects.filter(size__gt=start, size__lte=end)}
        for seq, *stored in _rows(start, end, has_bodies=has_bodies):
            yield _entry(seq, *stored, has_bodies=has_bodies)
            if found := checkpoints.pop(seq + 1, None):
                yield {"checkpoint": store.note_of(found)}


def _rows(start: int, end: int, *, has_bodies: bool) -> list[Any]:
    always = [kind.value for kind in ALWAYS]
    with connection.cursor() as cursor:
        cursor.execute(_SELECT, [start, end, has_bodies, always, start, end])
        rows: list[Any] = cursor.fetchall()
    return rows


def _entry(
    seq: int, canon: bytes, salt: bytes | None, body: str | None, *, has_bodies: bool
) -> dict[str, Any]:
    entry: dict[str, Any] = {"seq": seq, "leaf": bytes(canon).decode(errors="replace")}
    if salt is not None:
        return {**entry, "salt": bytes(salt).hex(), "body": body}
    return {**entry, "erased": True} if has_bodies else entry


def _line(said: Mapping[str, Any]) -> bytes:
    return (json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
