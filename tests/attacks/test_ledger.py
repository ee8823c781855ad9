"""Somebody with every right over the database, and even the log's key, tries to change the past unnoticed."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import transaction
from django.test import Client

from platewarden.ledger import actions, handout, keys, verify
from platewarden.ledger.checkpoint import Note, Signature, VerifierKey
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import Checkpoint, LedgerBody, LedgerLeaf
from platewarden.ledger.verify_ledger import main
from platewarden.ledger.witnessing import Witness as Clerk
from platewarden.notices.models import Notice
from platewarden.policy.notices import NoticeKind
from platewarden.policy.witnesses import ALARMED
from platewarden.witnesses import standing
from platewarden.witnesses.actions import receive
from platewarden.witnesses.asking import tend_witnesses
from platewarden.witnesses.models import Witness
from tests.cast import Cast
from tests.ledger.tampering import LEDGER, rebuild, rewrite
from tests.witnesses.stage import address, clerk, log_key, register, sign

__all__ = ["address", "clerk", "log_key", "register", "sign"]
pytestmark = pytest.mark.clause("QRY-2", "AUD-1")
Sign = Callable[..., Checkpoint]


@pytest.fixture
def witnessed(
    fresh_database: str,
    cast: Cast,
    address: str,
    clerk: Clerk,
    register: Callable[..., Witness],
    sign: Sign,
    now: datetime,
) -> Checkpoint:
    """A ledger whose newest checkpoint the clerk has co-signed, with an entry after it."""
    register(clerk.key, address)
    sign()
    newest = sign()
    tend_witnesses(now=now)
    with transaction.atomic():
        actions.append(Kind.SIGN_OUT, actor=cast.actor("tom"))
    return newest


@pytest.fixture
def intruder(owner_connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """The database's superuser, past every guard in it."""
    for table in (*LEDGER, "ledger_checkpoint", "ledger_cosignature"):
        owner_connection.execute(f"alter table {table} disable trigger user")
    owner_connection.execute("alter table ledger_body drop constraint ledger_body_seq_fkey")
    return owner_connection


def forget_checkpoints(owner: psycopg.Connection[Any], folder: Path) -> None:
    """Remove every checkpoint that could speak against a rebuilt ledger, in the database and beside it."""
    owner.execute("delete from ledger_cosignature")
    owner.execute("delete from ledger_checkpoint")
    for path in folder.iterdir():
        path.unlink()


def edit(owner: psycopg.Connection[Any]) -> None:
    """Another body for entry 5, with leaf and tree made to fit."""
    rewrite(owner, 5, '{"actor":{"name":"eve"}}')


def delete(owner: psycopg.Connection[Any]) -> None:
    """Take entry 5 out and move the later ones up."""
    owner.execute("delete from ledger_body where seq = 5")
    owner.execute("delete from ledger_leaf where seq = 5")
    _renumber(owner)


def reorder(owner: psycopg.Connection[Any]) -> None:
    """Let entries 4 and 5 change places."""
    for table in ("ledger_leaf", "ledger_body"):
        for old, new in ((4, 100_000), (5, 4), (100_000, 5)):
            owner.execute(f"update {table} set seq = {new} where seq = {old}")
    owner.execute("update ledger_leaf set at = (select at from ledger_leaf where seq = 5) where seq = 4")
    for seq in (4, 5):
        _rewrite_as_is(owner, seq)


def truncate(owner: psycopg.Connection[Any]) -> None:
    """Cut everything from entry 6 on."""
    owner.execute("delete from ledger_body where seq >= 6")
    owner.execute("delete from ledger_leaf where seq >= 6")


def _renumber(owner: psycopg.Connection[Any]) -> None:
    (last,) = owner.execute("select max(seq) from ledger_leaf").fetchone() or (0,)
    for seq in range(6, last + 1):
        for table in ("ledger_leaf", "ledger_body"):
            owner.execute(f"update {table} set seq = {seq - 1} where seq = {seq}")
        _rewrite_as_is(owner, seq - 1)


def _rewrite_as_is(owner: psycopg.Connection[Any], seq: int) -> None:
    (body,) = owner.execute("select body from ledger_body where seq = %s", [seq]).fetchone() or ("",)
    rewrite(owner, seq, body)


WAYS = [edit, delete, reorder, truncate]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_past_made_anew_is_found_by_the_witnessed_checkpoint(
    witnessed: Checkpoint, intruder: psycopg.Connection[Any], way: Callable[..., None]
) -> None:
    """However cleanly leaves and tree are rebuilt, the co-signed checkpoint beside the database disagrees."""
    way(intruder)
    rebuild(intruder)
    assert standing.contradictions()
    found = verify.verify_installation()
    assert not found.is_sound
    assert found.fault is not None


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_past_signed_anew_is_refused_by_the_witness(
    witnessed: Checkpoint,
    intruder: psycopg.Connection[Any],
    cast: Cast,
    now: datetime,
    settings: Any,
    way: Callable[..., None],
) -> None:
    """With the key in hand and every old checkpoint gone, the forged head does not go on from the clerk's."""
    forget_checkpoints(intruder, settings.PLATEWARDEN_CHECKPOINTS)
    way(intruder)
    rebuild(intruder)
    for _ in range(3):
        with transaction.atomic():
            actions.append(Kind.SIGN_OUT, actor=cast.actor("tom"))
    actions.sign_checkpoint(actor=cast.actor("tom"), now=now)
    assert verify.verify_installation().is_sound, "nothing here speaks against it any more"
    tend_witnesses(now=now)
    told = Notice.objects.filter(kind=NoticeKind.LEDGER_CONTRADICTED).values_list("to_role", flat=True)
    assert sorted(told) == ["administrator", "auditor", "undersheriff"]


def test_a_past_signed_anew_has_no_cosignature_to_show(
    witnessed: Checkpoint,
    intruder: psycopg.Connection[Any],
    cast: Cast,
    clerk: Clerk,
    log_key: VerifierKey,
    now: datetime,
    tmp_path: Path,
) -> None:
    """An export of the rebuilt ledger fails for whoever asks for the witness, with the old co-signature copied in."""

    def taken() -> int:
        upto = handout.order_export(has_bodies=True, actor=cast.actor("tom"), now=now)
        (tmp_path / "x.ledger").write_bytes(b"".join(handout.export(upto, has_bodies=True)))
        return main([str(tmp_path / "x.ledger"), "--key", log_key.encode(), "--witness", clerk.key])

    assert taken() == 0
    edit(intruder)
    rebuild(intruder)
    intruder.execute("delete from ledger_checkpoint where size <> %s", [witnessed.size])
    key = keys.signer()
    intruder.execute(
        "update ledger_checkpoint set note = %s, root = %s", [*_signed_anew(intruder, witnessed.size, key)]
    )
    assert taken() == 1


def _signed_anew(owner: psycopg.Connection[Any], size: int, key: Any) -> tuple[str, bytes]:
    from platewarden.ledger.checkpoint import TreeHead
    from platewarden.ledger.store import StoredTree
    from platewarden.ledger.tlog import tree_root

    root = tree_root(StoredTree(owner.cursor()), size)
    return Note.sign(TreeHead(key.name, size, root).text, key).encode(), root


def test_a_ledger_put_back_is_found_by_the_files_beside_it(
    witnessed: Checkpoint, intruder: psycopg.Connection[Any]
) -> None:
    """Where the database alone was put back, the co-signed checkpoint beside it says so at once."""
    put_back(intruder, witnessed.size - 2)
    (problem,) = standing.contradictions()
    assert "and the ledger holds" in problem


def test_a_ledger_put_back_with_its_files_is_found_by_the_witness(
    witnessed: Checkpoint, intruder: psycopg.Connection[Any], now: datetime, settings: Any
) -> None:
    """Where database and checkpoint files were put back together, the witness alone knows better, and says so."""
    put_back(intruder, witnessed.size - 2)
    for path in settings.PLATEWARDEN_CHECKPOINTS.glob("*.cosigned"):
        path.unlink()
    assert standing.contradictions() == []
    tend_witnesses(now=now)
    assert Notice.objects.filter(kind=NoticeKind.LEDGER_CONTRADICTED).count() == len(ALARMED)
    (problem,) = standing.contradictions()
    assert f"Jane Roe, County Clerk has seen {witnessed.size} entries" in problem


def put_back(owner: psycopg.Connection[Any], size: int) -> None:
    """Bring the ledger back to what it was with *size* entries, as a restored copy would."""
    for table in ("ledger_cosignature", "ledger_checkpoint"):
        owner.execute(f"delete from {table} where size > %s", [size])
    for table in ("ledger_body", "ledger_leaf"):
        owner.execute(f"delete from {table} where seq >= %s", [size])
    owner.execute("delete from ledger_node where idx >= %s >> level", [size])


def test_a_replayed_checkpoint_is_not_news(
    witnessed: Checkpoint, cast: Cast, clerk: Clerk, now: datetime
) -> None:
    """An old co-signed checkpoint handed in again moves nothing back: the newest stays what it was."""
    first = Checkpoint.objects.order_by("size")[0]
    replayed = first.note + clerk._signer.cosign(Note.parse(first.note).text, now).encode()
    received = receive(replayed, actor=cast.actor("tom"), now=now)
    assert (received.size, received.problem) == (first.size, "")
    assert standing.lines()[0].size == witnessed.size


def test_a_forged_cosignature_is_refused(
    witnessed: Checkpoint, cast: Cast, clerk: Clerk, now: datetime
) -> None:
    """A line under the clerk's name and key hash that the clerk did not sign is not taken."""
    real = clerk._signer.cosign(Note.parse(witnessed.note).text, now)
    forged = Signature(real.name, real.key_hash, real.value[:-1] + bytes([real.value[-1] ^ 1]))
    with pytest.raises(ValueError, match=r"the one by clerk\.example\.org/witness is wrong"):
        receive(witnessed.note + forged.encode(), actor=cast.actor("tom"), now=now)


def test_a_clock_moved_back_is_on_record(
    fresh_database: str,
    owner_connection: psycopg.Connection[Any],
    cast: Cast,
    log_key: VerifierKey,
    now: datetime,
) -> None:
    """Whoever sets the clock back to hide when something was done leaves an entry that nobody can erase."""
    latest = LedgerLeaf.objects.latest("seq").at
    owner_connection.execute(
        "select ledger_append_at(array['sign_in.out'], array['{}'], %s)", [latest - timedelta(hours=3)]
    )
    entry = LedgerBody.objects.get(leaf__kind=Kind.CLOCK_STEPPED_BACK)
    assert datetime.fromisoformat(entry.content["details"]["from"]) == latest
    assert verify.verify_installation().is_sound
    with pytest.raises(psycopg.errors.RaiseException, match="cannot be erased"):
        owner_connection.execute(
            "select ledger_erase_bodies(array['clock.stepped_back'], now(), 'x', '{}'::json)"
        )


def test_an_auditor_s_page_cannot_write(
    fresh_database: str, cast: Cast, client: Client, log_key: VerifierKey
) -> None:
    """No address of the ledger changes, removes or adds an entry but by the entry that records the visit itself."""
    client.force_login(cast.tom)
    before = {seq: bytes(canon) for seq, canon in LedgerLeaf.objects.values_list("seq", "canon")}
    for path in ("/ledger/", "/ledger/0/", "/ledger/0/receipt/", "/ledger/witnesses/"):
        for method in ("put", "patch", "delete", "post"):
            getattr(client, method)(
                path, json.dumps({"body": "{}", "kind": "x.y"}), content_type="application/json"
            )
    after = {seq: bytes(canon) for seq, canon in LedgerLeaf.objects.values_list("seq", "canon")}
    assert {seq: after[seq] for seq in before} == before
    fresh = LedgerLeaf.objects.exclude(seq__in=before).values_list("kind", flat=True)
    assert set(fresh) <= {Kind.RECEIPT_DOWNLOADED, Kind.CHECKPOINT_SIGNED}
    assert verify.verify_installation().is_sound
