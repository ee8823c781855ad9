"""Every write about who co-signs: propose, adopt and withdraw a witness, take in what they sign, raise the alarm."""

import contextlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from platewarden.ledger import actions as ledger
from platewarden.ledger import keys, store
from platewarden.ledger.checkpoint import NoteError, TreeHead, open_checkpoint
from platewarden.ledger.cosignature import Cosigned, WitnessKey, cosignatures
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import Checkpoint, Cosignature
from platewarden.ledger.tlog import tree_root
from platewarden.ledger.witnessing import file_name
from platewarden.notices.actions import settle, tell
from platewarden.policy import witnesses as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import refuse, require
from platewarden.policy.notices import NoticeKind
from platewarden.site import secrets
from platewarden.witnesses.models import Witness

CONTRADICTION: Final = "contradiction"
"""Suffix of the files that keep a signed checkpoint which the ledger does not agree with: evidence, never removed."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a co-signed checkpoint: its size, who co-signed it, and what is wrong, if anything."""

    size: int
    who: list[str]
    problem: str


@transaction.atomic
def propose_witness(*, who: str, key: str, url: str, actor: Actor, now: datetime) -> Witness:
    """Propose that the holder of the public *key* co-sign checkpoints, asked at *url* if that is not empty.

    Raises:
        PolicyRefusal: *actor* may not; the key is none, or a witness's already; the address is not one to send to.
    """
    networks = settings.PLATEWARDEN_WEBHOOK_NETWORKS
    require(policy.may_propose_witness(actor, url, networks=networks), action="witness.propose")
    _require_fresh_key(key.strip())
    witness = Witness.objects.create(
        who=who.strip(), key=key.strip(), address=url, proposed_by_id=int(actor.id), proposed_at=now
    )
    text = f"{actor.name} proposes a witness of the ledger. Compare its key with its holder, then adopt it."
    for role in (Role.SUPERVISOR, Role.AUDITOR):
        tell(
            kind=NoticeKind.WITNESS_PROPOSED,
            to_role=role,
            subject=_subject(witness),
            text=text,
            now=now,
            actor=actor,
        )
    details = {"who": witness.who, "key": witness.key, "address": witness.address}
    ledger.append(Kind.WITNESS_PROPOSED, actor=actor, subject=_subject(witness), details=details)
    return witness


def _require_fresh_key(key: str) -> None:
    """Refuse what is no witness's key, the log's own, and one that is on the register."""
    problem = ""
    try:
        if any(own.public == WitnessKey.parse(key).public for own in keys.verifiers()):
            problem = "This is the log's own key: whoever signs the log does not witness it."
    except NoteError as error:
        problem = f"This is no witness's public key ({error})."
    if not problem and Witness.objects.filter(key=key, withdrawn_at=None).exists():
        problem = "A witness with this key is on the register."
    if problem:
        remedy = "Ask the witness for the line that `platewarden witness new` printed."
        require(refuse("ADM-4", problem, remedy=remedy, field="key"), action="witness.propose")


def _subject(witness: Witness) -> str:
    return f"witness:{witness.pk}"


@transaction.atomic
def adopt_witness(*, witness: Witness, actor: Actor, now: datetime) -> None:
    """Let what somebody else has proposed count, from now on.

    Raises:
        PolicyRefusal: *actor* proposed it, or may not adopt (ADM-4).
    """
    witness = Witness.objects.select_for_update().get(pk=witness.pk, withdrawn_at__isnull=True)
    decision = policy.may_adopt_witness(actor, proposed_by_id=str(witness.proposed_by_id))
    require(decision, action="witness.adopt", facts={"witness": witness.pk})
    if witness.adopted_at is not None:
        return
    witness.adopted_by_id, witness.adopted_at = int(actor.id), now
    witness.save(update_fields=["adopted_by", "adopted_at"])
    settle(subject=_subject(witness), kinds=[NoticeKind.WITNESS_PROPOSED], actor=actor, now=now)
    ledger.append(Kind.WITNESS_ADOPTED, actor=actor, subject=_subject(witness), details={"key": witness.key})


@transaction.atomic
def withdraw_witness(*, witness: Witness, actor: Actor, now: datetime) -> None:
    """Ask a witness no more; what they have signed stays and still counts against a ledger that contradicts it.

    Raises:
        PolicyRefusal: *actor* may not: one in use is withdrawn by an auditor alone.
    """
    witness = Witness.objects.select_for_update().get(pk=witness.pk, withdrawn_at__isnull=True)
    decision = policy.may_withdraw_witness(
        actor, is_adopted=witness.adopted_at is not None, is_own=str(witness.proposed_by_id) == actor.id
    )
    require(decision, action="witness.withdraw", facts={"witness": witness.pk})
    witness.withdrawn_by_id, witness.withdrawn_at = int(actor.id), now
    witness.save(update_fields=["withdrawn_by", "withdrawn_at"])
    settle(subject=_subject(witness), kinds=[NoticeKind.WITNESS_PROPOSED], actor=actor, now=now)
    ledger.append(Kind.WITNESS_WITHDRAWN, actor=actor, subject=_subject(witness))


def receive(note: str, *, actor: Actor, now: datetime) -> Received:
    """Take in a co-signed checkpoint, however it came: keep it where it agrees, raise the alarm where it does not.

    Raises:
        NoteError: It is malformed, not signed by this log, or by no registered witness, or wrongly.
        LedgerUnavailable: The alarm cannot be recorded.
        platewarden.ledger.keys.LogKeyError: The public key is missing or malformed.
    """
    head = open_checkpoint(note, keys.verifiers())
    registered = {one.verifier: one for one in Witness.objects.filter(adopted_at__isnull=False)}
    found = cosignatures(note, list(registered))
    if not found:
        raise NoteError("signature: none by a registered witness")
    who = sorted({registered[one.key].who for one in found})
    problem = disagreement(head)
    with transaction.atomic():
        for one in found:
            suffix = CONTRADICTION if problem else "cosigned"
            _keep_file(file_name(head.size, f"{one.key.key_hash.hex()}.{suffix}"), note)
            if not problem:
                _keep_line(head.size, one, now=now)
        if problem:
            raise_alarm(problem, f"checkpoint:{head.size}", {"note": note}, actor=actor, now=now)
    return Received(head.size, who, problem)


def disagreement(head: TreeHead) -> str:
    """Return in what the ledger as it stands disagrees with *head*, which was signed for it; empty if in nothing."""
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(max(seq), -1) + 1 from ledger_leaf", [])
        size = int(cursor.fetchall()[0][0])
        if size < head.size:
            return f"a co-signed checkpoint covers {head.size} entries, and the ledger holds {size}"
        try:
            root = tree_root(store.StoredTree(cursor), head.size)
        except LookupError:
            return f"hashes below the co-signed checkpoint of {head.size} entries are missing"
    if root != head.root:
        return f"a co-signed checkpoint of {head.size} entries has another root than the ledger's {size} entries give"
    return ""


def _keep_file(name: str, note: str) -> None:
    with contextlib.suppress(FileExistsError):
        secrets.write_new(settings.PLATEWARDEN_CHECKPOINTS / name, note.encode())


def _keep_line(size: int, cosigned: Cosigned, *, now: datetime) -> None:
    """Store a co-signature unless there is one, or the checkpoint's own row is gone."""
    if not Checkpoint.objects.filter(size=size).exists():
        return
    with contextlib.suppress(IntegrityError), transaction.atomic():
        Cosignature.objects.create(
            size=size,
            witness=cosigned.key.encode(),
            line=cosigned.line,
            signed_at=cosigned.at,
            received_at=now,
        )


@transaction.atomic
def raise_alarm(problem: str, subject: str, evidence: dict[str, str], *, actor: Actor, now: datetime) -> None:
    """Tell those who must know that the ledger contradicts what was signed for it, once for each *subject*.

    Raises:
        LedgerUnavailable: It cannot be recorded.
    """
    told = [
        tell(
            kind=NoticeKind.LEDGER_CONTRADICTED,
            to_role=role,
            subject=subject,
            text=f"Entries may have been changed or lost: {problem}. Keep everything as it is, run "
            "`platewarden ledger verify`, and call the witness.",
            now=now,
            actor=actor,
            once_key=f"ledger:contradicted:{subject}:{role}",
        )
        for role in policy.ALARMED
    ]
    if any(told):
        details = {"problem": problem, **evidence}
        ledger.append(
            Kind.WITNESS_CONTRADICTED, actor=actor, subject=subject, outcome="failed", details=details
        )
