"""The stored tree as a reader of hashes, receipts over it, and the checkpoint files beside the database."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from django.db import connection

from platewarden.ledger import tlog
from platewarden.ledger.checkpoint import Receipt
from platewarden.ledger.cosignature import Consistency
from platewarden.ledger.models import Checkpoint, Cosignature, LedgerLeaf
from platewarden.ledger.tlog import Node
from platewarden.site import secrets

_SUFFIX = ".checkpoint"


class Cursor(Protocol):
    """The part of a database cursor that reading the ledger needs; Django's and psycopg's both have it."""

    def execute(self, query: str, params: Sequence[Any] = ..., /) -> Any:
        """Run *query*."""

    def fetchall(self) -> list[Any]:
        """Return the rows of the last query."""
        ...


class StoredTree:
    """The tree in the database."""

    def __init__(self, cursor: Cursor) -> None:
        """Read through *cursor*."""
        self._cursor = cursor

    def read_hashes(self, nodes: Sequence[Node]) -> list[bytes]:
        """Return the stored hashes of *nodes*, in their order.

        Raises:
            LookupError: One is not stored.
        """
        self._cursor.execute(
            "select level, idx, hash from ledger_node"
            " join unnest(%s::smallint[], %s::bigint[]) as wanted (level, idx) using (level, idx)",
            [[node.level for node in nodes], [node.idx for node in nodes]],
        )
        stored = {Node(level, idx): bytes(digest) for level, idx, digest in self._cursor.fetchall()}
        return [stored[node] for node in nodes]


def note_of(checkpoint: Checkpoint) -> str:
    """Return the signed note of *checkpoint* with the co-signatures that witnesses have given since."""
    lines = (
        Cosignature.objects.filter(size=checkpoint.size).order_by("witness").values_list("line", flat=True)
    )
    return checkpoint.note + "".join(lines)


def receipt_for(seq: int) -> Receipt | None:
    """Return the proof that entry *seq* is on the ledger.

    It is made against the first checkpoint that covers the entry and that a witness has co-signed, or else against
    the first that covers it.

    Returns:
        The receipt, or None if no checkpoint covers the entry yet.

    Raises:
        LedgerLeaf.DoesNotExist: There is no such entry.
    """
    leaf = LedgerLeaf.objects.get(seq=seq)
    covering = Checkpoint.objects.filter(size__gt=seq).order_by("size")
    witnessed = (
        Cosignature.objects.filter(size__gt=seq).order_by("size").values_list("size", flat=True).first()
    )
    chosen = covering.filter(size=witnessed or 0).first() or covering.first()
    if chosen is None:
        return None
    with connection.cursor() as cursor:
        path = tlog.prove_inclusion(StoredTree(cursor), seq, chosen.size)
    return Receipt(bytes(leaf.canon), seq, path, note_of(chosen))


def consistency_between(old: Checkpoint, new: Checkpoint) -> Consistency:
    """Return the proof that *new* goes on from *old*.

    Raises:
        ValueError: *old* is the later one.
    """
    with connection.cursor() as cursor:
        proof = tlog.prove_consistency(StoredTree(cursor), old.size, new.size)
    return Consistency(note_of(old), note_of(new), proof)


def write_missing_checkpoints(folder: Path) -> None:
    """Write every stored checkpoint that has no file in *folder* into one; no file is ever overwritten."""
    secrets.private_folder(folder)
    present = {path.name for path in folder.iterdir()}
    for size, note in Checkpoint.objects.order_by("size").values_list("size", "note"):
        name = f"{size:012d}{_SUFFIX}"
        if name not in present:
            secrets.write_new(folder / name, note.encode())


def read_checkpoint_files(folder: Path) -> dict[str, str]:
    """Return the notes in *folder* by file name, co-signed ones included; one that does not exist holds none."""
    found = [*folder.glob(f"*{_SUFFIX}"), *folder.glob("*.cosigned"), *folder.glob("*.contradiction")]
    return {path.name: path.read_text(encoding="utf-8", errors="replace") for path in sorted(found)}
