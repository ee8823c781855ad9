"""Every write to the ledger: append entries, record refusals, sign checkpoints, erase old bodies.

An entry stands or falls with the transaction that it records. Appending comes last in every action, because
the lock that keeps entries in order is held until the commit. If an entry cannot be written, nothing it would
have recorded may happen or be shown; `LedgerUnavailable` makes sure of it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from platewarden.ledger import keys, store, tlog
from platewarden.ledger.bodies import JSON, Draft, actor_facts, canonical_json
from platewarden.ledger.checkpoint import Note, SignerKey, TreeHead, open_checkpoint
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import Checkpoint, LedgerBody, LedgerLeaf
from platewarden.policy.actor import Actor
from platewarden.policy.decision import PolicyRefusal

__all__ = [
    "Draft",
    "Entry",
    "LedgerInconsistent",
    "LedgerUnavailable",
    "append",
    "append_many",
    "erase_bodies",
    "noting_entries",
    "record_handed_out",
    "record_missing",
    "record_refusal",
    "replace_lost_key",
    "rotate_key",
    "sign_checkpoint",
]


class LedgerUnavailable(Exception):  # noqa: N818 - said of a state, as in "service unavailable"
    """An entry could not be written: whatever it was to record must not go ahead."""


class LedgerInconsistent(Exception):  # noqa: N818 - likewise
    """The stored tree no longer agrees with a checkpoint signed earlier; nothing more is signed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where an entry came to stand: its number, from 0, and the database's time."""

    seq: int
    at: datetime


def append(
    kind: Kind,
    *,
    actor: Actor,
    subject: str = "",
    outcome: str = "done",
    details: Mapping[str, JSON] | None = None,
) -> Entry:
    """Append one entry within the current transaction; see `Draft` for the arguments.

    Raises:
        LedgerUnavailable: The database did not take it.
        transaction.TransactionManagementError: There is no transaction.
        TypeError, ValueError: The details have no JSON form or are too long.
    """
    draft = Draft(kind=kind, actor=actor, subject=subject, outcome=outcome, details=details or {})
    return append_many([draft])[0]


def append_many(drafts: Sequence[Draft]) -> list[Entry]:
    """Append *drafts* in their order, all or none, in one call to the database; raises as `append` does."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "An entry belongs to the transaction that it records: append within transaction.atomic()."
        )
    if not drafts:
        return []
    kinds = [draft.kind.value for draft in drafts]
    bodies = [draft.body() for draft in drafts]
    try:
        with connection.cursor() as cursor:
            cursor.execute("select seq, at from ledger_append(%s::text[], %s::text[])", [kinds, bodies])
            entries = [Entry(seq, at) for seq, at in cursor.fetchall()]
    except DatabaseError as error:
        raise LedgerUnavailable(
            "The ledger did not take an entry, so nothing was done or shown. Try again; if it persists, "
            "tell the administrator to look at the database."
        ) from error
    own = [entry.seq for draft, entry in zip(drafts, entries, strict=True) if draft.actor.is_person]
    if (shown := _shown.get()) is not None:
        transaction.on_commit(lambda: shown.extend(own))
    return entries


_shown: ContextVar[list[int] | None] = ContextVar("entries of this request", default=None)


@contextmanager
def noting_entries() -> Iterator[list[int]]:
    """Note the numbers of the entries that people make until the block ends, each once it is committed."""
    noted: list[int] = []
    token = _shown.set(noted)
    try:
        yield noted
    finally:
        _shown.reset(token)


def record_refusal(refusal: PolicyRefusal, *, actor: Actor) -> Entry:
    """Record that *actor* was refused something, in a transaction of its own that outlives the refused one.

    Raises:
        LedgerUnavailable: The database did not take it.
        RuntimeError: A transaction is still open, whose end could undo the entry.
    """
    decision = refusal.decision
    details: dict[str, JSON] = {
        "action": refusal.refused_action,
        "clause": decision.clause,
        "reason": decision.reason,
        "remedy": decision.remedy,
        "field": decision.field,
        "facts": {name: str(fact)[:500] for name, fact in refusal.facts.items()},
    }
    return _append_durably(Kind.REQUEST_REFUSED, actor=actor, outcome="refused", details=details)


def record_missing(*, actor: Actor, page: str) -> Entry:
    """Record that *actor* looked on *page* for something absent or not theirs, in a transaction of its own.

    Raises as `record_refusal` does.
    """
    return _append_durably(Kind.OBJECT_MISSING, actor=actor, outcome="refused", details={"page": page})


def record_handed_out(
    kind: Kind, *, subject: str, actor: Actor, details: Mapping[str, JSON] | None = None
) -> Entry:
    """Record that *actor* is shown or given something of the ledger itself, before it leaves the house.

    Raises as `record_refusal` does.
    """
    return _append_durably(kind, actor=actor, subject=subject, outcome="done", details=details or {})


def _append_durably(
    kind: Kind, *, actor: Actor, outcome: str, details: Mapping[str, JSON], subject: str = ""
) -> Entry:
    try:
        with transaction.atomic(durable=True):
            return append(kind, actor=actor, subject=subject, outcome=outcome, details=details)
    except DatabaseError as error:
        raise LedgerUnavailable("The ledger did not take the entry for this; nothing is shown.") from error


@transaction.atomic
def sign_checkpoint(*, actor: Actor, now: datetime) -> Checkpoint:
    """Sign the present head of the ledger, and keep the note in the database and in a file outside it.

    The order itself becomes the last entry that the checkpoint covers. When nothing was appended since the
    last checkpoint, that one is returned and nothing is written: a timer does not make the ledger grow.

    Raises:
        LedgerInconsistent: The tree contradicts the last checkpoint.
        LedgerUnavailable: The database did not take the entry.
        platewarden.ledger.keys.LogKeyError: The log's key is missing or not this log's.
    """
    transaction.on_commit(lambda: store.write_missing_checkpoints(settings.PLATEWARDEN_CHECKPOINTS))
    latest = Checkpoint.objects.order_by("size").last()
    last = LedgerLeaf.objects.order_by("seq").last()
    if latest and last and last.seq + 1 == latest.size:
        return latest
    key = keys.signer()
    size = append(Kind.CHECKPOINT_SIGNED, actor=actor).seq + 1
    return _signed(size, latest, [key], now=now)


def _signed(
    size: int, latest: Checkpoint | None, signers: Sequence[SignerKey], *, now: datetime
) -> Checkpoint:
    with connection.cursor() as cursor:
        root = _consistent_root(store.StoredTree(cursor), size, latest)
    note = Note.sign(TreeHead(signers[0].name, size, root).text, *signers)
    return Checkpoint.objects.create(size=size, root=root, note=note.encode(), signed_at=now)


def rotate_key(*, actor: Actor, now: datetime) -> Checkpoint:
    """Announce a new signing key under the old one, then sign with the new one alone; the old secret is destroyed.

    Breaking off anywhere does no harm: the order can be given again, and goes on from where it stood.

    Raises:
        LedgerInconsistent, LedgerUnavailable: As `sign_checkpoint` does; the old key stays in use.
        platewarden.ledger.keys.LogKeyError: A key is missing or not this log's.
    """
    folder, origin = settings.PLATEWARDEN_KEYS, settings.PLATEWARDEN_ORIGIN
    old, fresh = keys.signer(), keys.prepare_next(folder, origin)
    keys.publish(folder, fresh.verifier, keys.verifiers())
    said = LedgerBody.objects.filter(
        leaf__kind=Kind.KEY_ROTATED, body__contains=fresh.verifier.encode()
    ).first()
    if said is not None:
        announced = Checkpoint.objects.filter(size__gt=said.pk).order_by("size")[0]
    else:
        details = {"old": old.verifier.encode(), "new": fresh.verifier.encode()}
        announced = _announce(Kind.KEY_ROTATED, details, [old, fresh], actor=actor, now=now)
    keys.take_next_into_use(folder)
    return announced


def replace_lost_key(*, actor: Actor, now: datetime) -> Checkpoint:
    """Make a new signing key in the place of a lost one; nothing old vouches for it, so its half goes out by hand.

    Raises:
        RuntimeError: The key is not lost: it can be read.
        LedgerInconsistent, LedgerUnavailable: As `sign_checkpoint` does.
        platewarden.ledger.keys.LogKeyError: The former public keys are lost as well.
    """
    folder, origin = settings.PLATEWARDEN_KEYS, settings.PLATEWARDEN_ORIGIN
    if (folder / "ledger.key").exists():
        raise RuntimeError("ledger.key is there: rotate it, so that the old key vouches for the new one")
    fresh = keys.prepare_next(folder, origin)
    former = [key for key in keys.verifiers() if key != fresh.verifier]
    keys.publish(folder, fresh.verifier, former)
    details = {"old": former[0].encode(), "new": fresh.verifier.encode()}
    signed = _announce(Kind.KEY_REPLACED, details, [fresh], actor=actor, now=now)
    keys.take_next_into_use(folder)
    return signed


@transaction.atomic
def _announce(
    kind: Kind, details: Mapping[str, JSON], signers: Sequence[SignerKey], *, actor: Actor, now: datetime
) -> Checkpoint:
    transaction.on_commit(lambda: store.write_missing_checkpoints(settings.PLATEWARDEN_CHECKPOINTS))
    latest = Checkpoint.objects.order_by("size").last()
    size = append(kind, actor=actor, subject="key:ledger", details=details).seq + 1
    return _signed(size, latest, signers, now=now)


def _consistent_root(tree: store.StoredTree, size: int, latest: Checkpoint | None) -> bytes:
    """Return the root over *size* entries, which must not contradict *latest* (C2SP tlog-checkpoint)."""
    try:
        root = tlog.tree_root(tree, size)
        if latest:
            head = open_checkpoint(latest.note, keys.verifiers())
            proof = tlog.prove_consistency(tree, head.size, size)
            tlog.check_consistency(
                proof, old_size=head.size, new_size=size, old_root=head.root, new_root=root
            )
    except (LookupError, ValueError, tlog.ProofError) as error:
        raise LedgerInconsistent(
            f"No checkpoint was signed: the ledger contradicts the last one ({error}). "
            "Stop, keep everything as it is, and run `platewarden ledger verify`."
        ) from error
    return root


@transaction.atomic
def erase_bodies(*, kinds: Collection[Kind], before: datetime, reason: str, actor: Actor) -> int:
    """Erase the bodies of entries of *kinds* made before *before*; their leaves and every proof remain.

    The database refuses to erase anything younger than 365 days (CJIS AU-11) and writes the entry itself.

    Returns:
        How many bodies were erased.

    Raises:
        LedgerUnavailable: The database refused or failed; nothing was erased.
    """
    facts = canonical_json(actor_facts(actor))
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "select erased from ledger_erase_bodies(%s::text[], %s, %s, %s::json)",
                [[kind.value for kind in kinds], before, reason, facts],
            )
            return int(cursor.fetchall()[0][0])
    except DatabaseError as error:
        raise LedgerUnavailable(f"No body was erased: {error}") from error
