"""Witnesses are registered by two, their co-signatures taken in, and a contradiction is an alarm."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from platewarden.ledger.checkpoint import Note, NoteError, SignerKey, VerifierKey
from platewarden.ledger.cosignature import WitnessKey, WitnessSigner, cosignatures
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import Checkpoint, Cosignature, LedgerBody, LedgerLeaf
from platewarden.ledger.store import note_of, receipt_for
from platewarden.ledger.witnessing import Witness as Clerk
from platewarden.notices.models import Notice
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.notices import NoticeKind
from platewarden.witnesses import actions, standing
from platewarden.witnesses.models import Witness
from tests.cast import Cast

pytestmark = pytest.mark.django_db
KEY = WitnessSigner.generate("clerk.example.org/witness").verifier.encode()


def propose(cast: Cast, now: datetime, who: str = "ada", key: str = KEY, url: str = "") -> Witness:
    """Propose a witness."""
    return actions.propose_witness(who="Jane Roe", key=key, url=url, actor=cast.actor(who), now=now)


@pytest.mark.clause("ADM-4")
def test_two_people_register_a_witness(cast: Cast, log_key: VerifierKey, now: datetime) -> None:
    """The administrator proposes, somebody else adopts, and both are on the ledger with the key."""
    witness = propose(cast, now)
    assert not witness.is_live
    assert set(Notice.objects.filter(kind=NoticeKind.WITNESS_PROPOSED).values_list("to_role", flat=True)) == {
        "auditor",
        "supervisor",
    }
    with pytest.raises(PolicyRefusal, match="does not adopt it"):
        actions.adopt_witness(witness=witness, actor=cast.actor("ada"), now=now)
    with pytest.raises(PolicyRefusal):
        actions.adopt_witness(witness=witness, actor=cast.actor("alice"), now=now)
    actions.adopt_witness(witness=witness, actor=cast.actor("tom"), now=now)
    actions.adopt_witness(witness=witness, actor=cast.actor("sue"), now=now)
    witness.refresh_from_db()
    assert (witness.is_live, witness.adopted_by) == (True, cast.tom)
    assert not Notice.objects.filter(kind=NoticeKind.WITNESS_PROPOSED, handled_at=None).exists()
    told = LedgerBody.objects.get(leaf__kind=Kind.WITNESS_ADOPTED).content
    assert told["details"] == {"key": KEY}


@pytest.mark.clause("ADM-4")
@pytest.mark.parametrize("who", ["alice", "sue", "tom", "eve"])
def test_only_the_administrator_proposes_a_witness(
    cast: Cast, log_key: VerifierKey, now: datetime, who: str
) -> None:
    """Nobody else does, the auditor included, who is to adopt it."""
    with pytest.raises(PolicyRefusal):
        propose(cast, now, who)


def test_a_key_that_cannot_witness_is_refused(cast: Cast, log_key: VerifierKey, now: datetime) -> None:
    """No key, the log's own key in a witness's clothes, a key on the register, an address in the clear."""
    own = WitnessKey(log_key.name, log_key.public).encode()
    for key, reason in (
        ("nonsense", "no witness's public key"),
        (log_key.encode(), "type 4"),
        (own, "own key"),
    ):
        with pytest.raises(PolicyRefusal, match=reason):
            propose(cast, now, key=key)
    propose(cast, now)
    with pytest.raises(PolicyRefusal, match="on the register"):
        propose(cast, now)
    with pytest.raises(PolicyRefusal, match="https alone"):
        propose(cast, now, key=WitnessSigner.generate("w").verifier.encode(), url="http://w.example.org")


@pytest.mark.clause("AUD-1")
def test_a_witness_in_use_is_withdrawn_by_an_auditor_alone(
    cast: Cast, register: Callable[..., Witness], log_key: VerifierKey, now: datetime
) -> None:
    """Whoever looks after the database does not send away those who would notice; a mere proposal they may."""
    witness = register(KEY)
    for who in ("ada", "sue", "alice"):
        with pytest.raises(PolicyRefusal, match="by an auditor alone"):
            actions.withdraw_witness(witness=witness, actor=cast.actor(who), now=now)
    actions.withdraw_witness(witness=witness, actor=cast.actor("tom"), now=now)
    again = propose(cast, now)
    with pytest.raises(PolicyRefusal):
        actions.withdraw_witness(witness=again, actor=cast.actor("alice"), now=now)
    actions.withdraw_witness(witness=again, actor=cast.actor("ada"), now=now)
    assert LedgerLeaf.objects.filter(kind=Kind.WITNESS_WITHDRAWN).count() == 2


def cosigned(clerk: Clerk, note: str, now: datetime) -> str:
    """Return *note* with the clerk's co-signature, whatever it says."""
    text = Note.parse(note).text
    return note + clerk._signer.cosign(text, now).encode()


def test_a_cosignature_is_kept_beside_its_checkpoint(
    cast: Cast,
    clerk: Clerk,
    register: Callable[..., Witness],
    sign: Callable[..., Checkpoint],
    now: datetime,
    settings: Any,
) -> None:
    """It goes into the table, into a file outside the database, and into receipts; twice is once."""
    register(clerk.key)
    first, _ = sign(), sign()
    for _ in range(2):
        received = actions.receive(cosigned(clerk, first.note, now), actor=cast.actor("tom"), now=now)
        assert received == actions.Received(first.size, ["Jane Roe, County Clerk"], "")
    assert Cosignature.objects.get().size == first.size
    assert len(cosignatures(note_of(first), [WitnessKey.parse(clerk.key)])) == 1
    assert list(settings.PLATEWARDEN_CHECKPOINTS.glob(f"*.{clerk.key_hash}.cosigned"))
    receipt = receipt_for(0)
    assert receipt is not None
    assert len(cosignatures(receipt.checkpoint, [WitnessKey.parse(clerk.key)])) == 1
    assert standing.contradictions() == []


def test_a_note_that_proves_nothing_is_not_taken(
    cast: Cast, clerk: Clerk, register: Callable[..., Witness], sign: Callable[..., Checkpoint], now: datetime
) -> None:
    """Without a registered witness, with a forged co-signature, by another log, or malformed: nothing is kept."""
    signed = sign()
    good = cosigned(clerk, signed.note, now)
    with pytest.raises(NoteError, match="none by a registered witness"):
        actions.receive(good, actor=cast.actor("tom"), now=now)
    register(clerk.key)
    stranger = Note.sign(
        Note.parse(signed.note).text, SignerKey.generate(signed.note.split("\n")[0])
    ).encode()
    forged = good.replace(str(signed.size), str(signed.size + 1), 1)
    for note, reason in (
        (signed.note, "none by a registered witness"),
        (cosigned(clerk, stranger, now), "none by a known key"),
        (forged, "is wrong"),
        ("nonsense", "note:"),
    ):
        with pytest.raises(NoteError, match=reason):
            actions.receive(note, actor=cast.actor("tom"), now=now)
    assert not Cosignature.objects.exists()
    assert not Notice.objects.filter(kind=NoticeKind.LEDGER_CONTRADICTED).exists()


def second_history(signed: Checkpoint, size: int, root: bytes) -> str:
    """Return another head, signed with the log's own key."""
    from platewarden.ledger import keys
    from platewarden.ledger.checkpoint import TreeHead

    key = keys.signer()
    return Note.sign(TreeHead(key.name, size, root).text, key).encode()


@pytest.mark.clause("AUD-1")
@pytest.mark.parametrize("more", [0, 1000])
def test_a_contradiction_is_an_alarm(
    cast: Cast,
    clerk: Clerk,
    register: Callable[..., Witness],
    sign: Callable[..., Checkpoint],
    now: datetime,
    settings: Any,
    more: int,
) -> None:
    """A co-signed head that the ledger does not have is told once to each who must know, entered, and kept."""
    register(clerk.key)
    signed = sign()
    other = cosigned(clerk, second_history(signed, signed.size + more, bytes(32)), now)
    for _ in range(2):
        assert actions.receive(other, actor=cast.actor("tom"), now=now).problem
    notices = Notice.objects.filter(kind=NoticeKind.LEDGER_CONTRADICTED)
    assert sorted(notices.values_list("to_role", flat=True)) == ["administrator", "auditor", "undersheriff"]
    (entry,) = LedgerBody.objects.filter(leaf__kind=Kind.WITNESS_CONTRADICTED)
    assert entry.content["details"]["note"] == other
    assert entry.content["outcome"] == "failed"
    assert len(list(settings.PLATEWARDEN_CHECKPOINTS.glob("*.contradiction"))) == 1
    assert len(standing.contradictions()) == 1
    assert not Cosignature.objects.exists()
