"""Recompute the whole ledger and name the first entry that is not as it was written.

Reads once from the first entry to the last, in constant memory. It finds what the database's guards cannot
prevent, a superuser's hand: changed, missing, reordered and truncated entries, changed or vanished bodies,
changed hashes, and, by the signed checkpoints, a tree rebuilt as a whole.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction

from platewarden.ledger import keys, store, tlog
from platewarden.ledger import leaf as leaves
from platewarden.ledger.checkpoint import NoteError, TreeHead, VerifierKey, open_checkpoint
from platewarden.ledger.kinds import Kind
from platewarden.ledger.tlog import Node

_BATCH = 1024


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing found wrong.

    Attributes:
        seq: Number of the entry; None if a checkpoint is at fault rather than an entry.
        problem: What is wrong with it, as a sentence.
    """

    seq: int | None
    problem: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found.

    Attributes:
        entries: Entries found sound, from the first on.
        root: RFC 6962 root over them, as hex.
        erased: Sound entries among them whose body was erased on schedule.
        checkpoints: Signed checkpoints that they agree with, each counted wherever it is kept.
        fault: The first fault, or None.
    """

    entries: int
    root: str
    erased: int
    checkpoints: int
    fault: Fault | None

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.fault is None

    def sentence(self) -> str:
        """Return the verdict as a person would say it."""
        if self.fault is None:
            return (
                f"The ledger is sound: {self.entries} entries ({self.erased} with erased bodies), "
                f"in agreement with {self.checkpoints} signed checkpoints. Root {self.root}."
            )
        where = "" if self.fault.seq is None else f"Entry {self.fault.seq} "
        return f"The ledger is NOT sound. {where}{self.fault.problem}. Entries before: {self.entries} sound."


class _Row(NamedTuple):
    """One entry as stored; no salt and no body once it has been erased."""

    seq: int
    at: datetime
    kind: str
    canon: bytes
    salt: bytes | None
    body: str | None


class _Erasure(NamedTuple):
    """What an entry on erased bodies says was erased."""

    seq: int
    before: datetime
    kinds: frozenset[str]


class _Found(Exception):  # noqa: N818 - ends the walk, carries the fault
    def __init__(self, seq: int | None, problem: str) -> None:
        super().__init__(problem)
        self.fault = Fault(seq, problem)


def verify_ledger(
    cursor: store.Cursor,
    *,
    trusted: Sequence[VerifierKey],
    files: Mapping[str, str] | None = None,
    told: Callable[[int], None] = lambda _: None,
) -> Verdict:
    """Verify everything that *cursor*'s database holds, against its checkpoints and those in *files*.

    Args:
        cursor: Reads the ledger, repeatably if need be: an erasure meanwhile looks like a fault.
        trusted: Public keys the checkpoints may be signed with.
        files: Checkpoint notes kept outside the database, by name; read them before the transaction begins.
        told: Called with the number of sound entries after each batch of 1024.

    Returns:
        The verdict; its fault is the first one in the order of entries.
    """
    walk = _Walk(cursor, trusted, files or {}, told)
    fault = None
    try:
        walk.run()
    except _Found as found:
        fault = found.fault
    return Verdict(walk.tree.size, walk.tree.root().hex(), walk.erased, walk.agreeing, fault)


def verify_installation(*, told: Callable[[int], None] = lambda _: None) -> Verdict:
    """Verify this installation's ledger against its stored checkpoints and its checkpoint files; see `verify_ledger`.

    Raises:
        platewarden.ledger.keys.LogKeyError: The public key is missing or malformed.
    """
    files = store.read_checkpoint_files(settings.PLATEWARDEN_CHECKPOINTS)
    is_own_transaction = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if is_own_transaction:
            cursor.execute("set transaction isolation level repeatable read, read only")
        return verify_ledger(cursor, trusted=keys.verifiers(), files=files, told=told)


class _Walk:
    """One pass over the ledger; raises `_Found` at the first fault."""

    def __init__(
        self,
        cursor: store.Cursor,
        trusted: Sequence[VerifierKey],
        files: Mapping[str, str],
        told: Callable[[int], None],
    ) -> None:
        self.tree = tlog.Frontier()
        self.erased = 0
        self.agreeing = 0
        self._cursor, self._told = cursor, told
        self._latest: datetime | None = None
        self._proved = 0
        self._erasures = list(_erasures(cursor))
        self._heads: dict[int, list[tuple[str, TreeHead]]] = {}
        self._forged: list[str] = []
        for name, note, size, root in _notes(cursor, files):
            self._admit(name, note, size, root, trusted)

    def _admit(
        self, name: str, note: str, size: int | None, root: bytes | None, trusted: Sequence[VerifierKey]
    ) -> None:
        """Take the checkpoint *name* as a point to compare at, or note that it is forged."""
        try:
            head = open_checkpoint(note, trusted)
        except NoteError as error:
            self._forged.append(f"{name} is not a valid checkpoint of this log: {error}")
            return
        if size is not None and (head.size, head.root) != (size, root):
            self._forged.append(f"{name} says otherwise in its columns than in its signed note")
            return
        self._heads.setdefault(head.size, []).append((name, head))

    def run(self) -> None:
        """Walk from the first entry to the last, then look for what should not be there any more."""
        size = _size(self._cursor)
        for start in range(0, size, _BATCH):
            self._batch(start, min(start + _BATCH, size))
            self._told(self.tree.size)
        self._check_nothing_beyond(size)
        for head_size in sorted(head_size for head_size in self._heads if head_size > size):
            name = self._heads[head_size][0][0]
            raise _Found(size, f"is missing: {name} covers {head_size} entries, the ledger holds {size}")
        for problem in self._forged:
            raise _Found(None, problem)

    def _batch(self, start: int, end: int) -> None:
        stored = _stored_nodes(self._cursor, start, end)
        expected = start
        for row in _rows(self._cursor, start, end):
            if row.seq != expected:
                break
            self._entry(row, stored)
            expected += 1
        if expected < end:
            raise _Found(expected, "is missing")

    def _entry(self, row: _Row, stored: Mapping[Node, bytes]) -> None:
        for problem in self._problems(row):
            raise _Found(row.seq, problem)
        leaf = tlog.leaf_hash(row.canon)
        if stored.get(Node(0, row.seq)) != leaf:
            raise _Found(row.seq, "was changed: its leaf does not hash to what the tree holds for it")
        for node, digest in self.tree.append(leaf):
            if stored.get(node) != digest:
                first = node.idx << node.level
                raise _Found(
                    row.seq, f"completes a subtree, from entry {first} on, whose stored hash is wrong"
                )
        self.erased += row.body is None
        self._latest = row.at
        self._compare_heads()

    def _problems(self, row: _Row) -> Iterator[str]:
        """Yield what is wrong with *row* itself."""
        digest = leaves.digest_in(row.canon)
        if digest is None:
            yield "was changed: its leaf is not in the ledger's format"
        elif leaves.leaf_bytes(row.seq, row.at, row.kind, digest) != row.canon:
            yield "was changed: its number, time or kind is not what its leaf says"
        if self._latest and row.at < self._latest and row.kind != Kind.CLOCK_STEPPED_BACK:
            yield "was changed: its time is before that of the entry before it"
        if row.salt is None or row.body is None:
            if not any(_covers(erasure, row) for erasure in self._erasures):
                yield "has lost its body, and no entry says that it was erased"
        elif leaves.body_digest(row.salt, row.body) != digest:
            yield "was changed: its body is not the one its leaf was made for"

    def _compare_heads(self) -> None:
        """Compare the tree so far with every checkpoint of its size."""
        size = self.tree.size
        for name, head in self._heads.get(size, []):
            if head.root != self.tree.root():
                raise _Found(
                    self._proved,
                    f"or a later one below {size} was changed and the tree rebuilt: {name} has another root",
                )
            self.agreeing += 1
            self._proved = size

    def _check_nothing_beyond(self, size: int) -> None:
        """Hashes of entries that are no longer there betray a cut tail."""
        self._cursor.execute(
            "select level, idx from ledger_node where idx < 0 or idx >= %s >> level"
            " order by level, idx limit 1",
            [size],
        )
        for level, idx in self._cursor.fetchall():
            raise _Found(idx << level if idx >= 0 else None, "is missing, but the tree holds its hash")


def _size(cursor: store.Cursor) -> int:
    cursor.execute("select coalesce(min(seq), 0), coalesce(max(seq), -1) from ledger_leaf", [])
    lowest, highest = cursor.fetchall()[0]
    if lowest < 0:
        raise _Found(lowest, "does not belong here: numbers begin at 0")
    return int(highest) + 1


def _rows(cursor: store.Cursor, start: int, end: int) -> Iterable[_Row]:
    # the range stands twice so that a plan from stale statistics still reads only this stretch of either table
    cursor.execute(
        "select leaf.seq, at, kind, canon, salt, body from ledger_leaf leaf"
        " left join ledger_body body on body.seq = leaf.seq and body.seq >= %s and body.seq < %s"
        " where leaf.seq >= %s and leaf.seq < %s order by leaf.seq",
        [start, end, start, end],
    )
    for seq, at, kind, canon, salt, body in cursor.fetchall():
        yield _Row(seq, at, kind, bytes(canon), None if salt is None else bytes(salt), body)


def _stored_nodes(cursor: store.Cursor, start: int, end: int) -> dict[Node, bytes]:
    """Return the stored nodes that entries [*start*, *end*) complete."""
    nodes = {}
    for level in range(end.bit_length()):
        cursor.execute(
            "select idx, hash from ledger_node where level = %s and idx >= %s and idx < %s",
            [level, start >> level, end >> level],
        )
        nodes.update({Node(level, idx): bytes(digest) for idx, digest in cursor.fetchall()})
    return nodes


def _notes(
    cursor: store.Cursor, files: Mapping[str, str]
) -> Iterator[tuple[str, str, int | None, bytes | None]]:
    """Yield name, note, and for stored ones what their columns say of size and root."""
    cursor.execute("select size, root, note from ledger_checkpoint order by size", [])
    for size, root, note in cursor.fetchall():
        yield f"the stored checkpoint of {size} entries", note, size, bytes(root)
    for name, note in files.items():
        yield f"the checkpoint file {name}", note, None, None


def _erasures(cursor: store.Cursor) -> Iterator[_Erasure]:
    cursor.execute(
        "select seq, body from ledger_leaf join ledger_body using (seq) where kind = %s order by seq",
        [Kind.BODIES_ERASED.value],
    )
    for seq, body in cursor.fetchall():
        try:
            details = json.loads(body)["details"]
            yield _Erasure(seq, datetime.fromisoformat(details["before"]), frozenset(details["kinds"]))
        except (ValueError, KeyError, TypeError):
            continue  # a body that was tampered with excuses nothing, and is named when the walk reaches it


def _covers(erasure: _Erasure, row: _Row) -> bool:
    return row.seq < erasure.seq and row.at < erasure.before and row.kind in erasure.kinds
