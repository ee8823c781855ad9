"""Verification finds what a superuser does to the ledger, and names the first bad entry."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result

from platewarden.commands import ledger as commands
from platewarden.ledger import actions, tlog, verify
from platewarden.ledger.checkpoint import Note, SignerKey, TreeHead, VerifierKey
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import Checkpoint
from platewarden.policy.actor import Actor
from tests.cast import Cast
from tests.ledger.tampering import LEDGER, rebuild, rewrite


@pytest.fixture
def intruder(
    owner_connection: psycopg.Connection[Any], fill: Callable[[int], list[Any]]
) -> psycopg.Connection[Any]:
    """A superuser with the guards off, before a ledger of 23 entries (0 to 22)."""
    fill(23)
    for table in LEDGER:
        owner_connection.execute(f"alter table {table} disable trigger user")
    return owner_connection


@pytest.fixture
def signed(
    fresh_database: str, fill: Callable[[int], list[Any]], actor: Actor, log_key: VerifierKey, now: datetime
) -> Checkpoint:
    """A checkpoint over the first 11 entries (0 to 10)."""
    fill(10)
    return actions.sign_checkpoint(actor=actor, now=now)


def test_an_empty_ledger_is_sound(fresh_database: str, verdict: Callable[..., Any]) -> None:
    """No entries, no faults, and the root of nothing."""
    assert verdict() == verify.Verdict(0, tlog.EMPTY_ROOT.hex(), 0, 0, None)


def test_an_untouched_ledger_is_sound(
    signed: Checkpoint, fill: Callable[[int], list[Any]], verdict: Callable[..., Any]
) -> None:
    """Everything that only the product wrote verifies, against stored checkpoints and files."""
    fill(9)
    found = verdict(files={"copy": signed.note})
    assert (found.entries, found.checkpoints, found.erased, found.fault) == (20, 2, 0, None)
    assert found.sentence().startswith("The ledger is sound: 20 entries")


def test_more_entries_than_fit_in_one_batch_verify(
    intruder: psycopg.Connection[Any], verdict: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The walk goes on from batch to batch, whatever their size."""
    for size in (1, 2, 3, 7, 23, 24):
        monkeypatch.setattr(verify, "_BATCH", size)
        assert verdict().entries == 23
        assert verdict().is_sound


@pytest.mark.parametrize(
    ("tampering", "seq", "problem"),
    [
        ("update ledger_leaf set canon = 'x' where seq = 13", 13, "not in the ledger's format"),
        ("update ledger_leaf set canon = canon || ' ' where seq = 0", 0, "not in the ledger's format"),
        ("update ledger_leaf set kind = 'sign_in.out' where seq = 13", 13, "number, time or kind"),
        (
            "update ledger_leaf set at = at + interval '1 microsecond' where seq = 22",
            22,
            "number, time or kind",
        ),
        ("update ledger_body set body = '{}' where seq = 13", 13, "its body is not the one"),
        ("update ledger_body set salt = sha256(salt) where seq = 13", 13, "its body is not the one"),
        ("delete from ledger_body where seq = 13", 13, "lost its body"),
        ("update ledger_node set hash = sha256(hash) where (level, idx) = (0, 13)", 13, "does not hash to"),
        ("update ledger_node set hash = sha256(hash) where (level, idx) = (2, 3)", 15, "from entry 12 on"),
        ("delete from ledger_node where (level, idx) = (3, 1)", 15, "from entry 8 on"),
        ("delete from ledger_node where (level, idx) = (0, 22)", 22, "does not hash to"),
        ("insert into ledger_node values (0, 23, sha256(''))", 23, "is missing, but the tree holds its hash"),
        ("insert into ledger_node values (6, 0, sha256(''))", 0, "is missing, but the tree holds its hash"),
    ],
)
def test_a_changed_row_is_found_and_named(
    intruder: psycopg.Connection[Any], verdict: Callable[..., Any], tampering: str, seq: int, problem: str
) -> None:
    """Whatever is changed in a row of any table, the first entry that suffers is named with what is wrong."""
    intruder.execute(tampering)
    found = verdict()
    assert found.fault is not None
    assert found.fault.seq == seq
    assert problem in found.fault.problem
    assert not found.is_sound
    assert f"Entry {seq} " in found.sentence()


def test_the_first_of_several_faults_is_named(
    intruder: psycopg.Connection[Any], verdict: Callable[..., Any]
) -> None:
    """Entries are looked at in their order, so the first bad one is the one named."""
    intruder.execute("update ledger_body set body = '{}' where seq in (21, 8, 15)")
    assert verdict().fault.seq == 8
    assert verdict().entries == 8


def test_a_rewritten_entry_does_not_fit_the_tree(
    intruder: psycopg.Connection[Any], verdict: Callable[..., Any]
) -> None:
    """Body, digest and leaf rewritten together still do not hash to what the tree holds."""
    rewrite(intruder, 13, '{"actor": {"name": "eve"}}')
    assert verdict().fault == verify.Fault(
        13, "was changed: its leaf does not hash to what the tree holds for it"
    )


def test_a_removed_entry_leaves_a_gap(intruder: psycopg.Connection[Any], verdict: Callable[..., Any]) -> None:
    """Removing an entry with its hash leaves its number missing."""
    for statement in (
        "ledger_body where seq",
        "ledger_leaf where seq",
        "ledger_node where level = 0 and idx",
    ):
        intruder.execute(f"delete from {statement} = 9")
    assert verdict().fault == verify.Fault(9, "is missing")


def test_a_removed_first_entry_leaves_a_gap(
    intruder: psycopg.Connection[Any], verdict: Callable[..., Any]
) -> None:
    """The numbers begin at 0."""
    intruder.execute("delete from ledger_body where seq = 0")
    intruder.execute("delete from ledger_leaf where seq = 0")
    assert verdict().fault == verify.Fault(0, "is missing")


def test_an_entry_slipped_in_before_the_first_is_found(
    intruder: psycopg.Connection[Any], verdict: Callable[..., Any]
) -> None:
    """No entry has a negative number, even if its guard is taken away."""
    intruder.execute("alter table ledger_leaf drop constraint ledger_leaf_seq_check")
    intruder.execute("insert into ledger_leaf values (-1, now(), 'a.b', '')")
    assert verdict().fault == verify.Fault(-1, "does not belong here: numbers begin at 0")


def test_exchanged_entries_are_found(intruder: psycopg.Connection[Any], verdict: Callable[..., Any]) -> None:
    """Two entries that change places no longer say their own numbers."""
    intruder.execute("alter table ledger_body drop constraint ledger_body_seq_fkey")
    for table in ("ledger_leaf", "ledger_body"):
        for old, new in ((9, 1000), (14, 9), (1000, 14)):
            intruder.execute(f"update {table} set seq = {new} where seq = {old}")
    assert verdict().fault.seq == 9
    assert "number, time or kind" in verdict().fault.problem


def test_a_time_before_its_predecessor_s_is_found(
    intruder: psycopg.Connection[Any], verdict: Callable[..., Any]
) -> None:
    """Times never run backwards, even where leaf and tree were made to fit."""
    intruder.execute("update ledger_leaf set at = at - interval '1 hour' where seq = 13")
    rewrite(intruder, 13, "{}")
    rebuild(intruder)
    assert verdict().fault == verify.Fault(13, "was changed: its time is before that of the entry before it")


def test_a_rebuilt_tree_contradicts_the_checkpoint(
    signed: Checkpoint, intruder: psycopg.Connection[Any], verdict: Callable[..., Any]
) -> None:
    """Rewriting an entry and rebuilding the whole tree is found by the checkpoint signed before."""
    rewrite(intruder, 4, "{}")
    rebuild(intruder)
    found = verdict()
    assert found.fault.seq == 0
    assert "or a later one below 11 was changed" in found.fault.problem


def test_a_rebuilt_tree_is_narrowed_down_by_earlier_checkpoints(
    signed: Checkpoint,
    intruder: psycopg.Connection[Any],
    actor: Actor,
    now: datetime,
    verdict: Callable[..., Any],
) -> None:
    """Entries under a checkpoint that still agrees are above suspicion."""
    actions.sign_checkpoint(actor=actor, now=now)
    rewrite(intruder, 25, "{}")
    rebuild(intruder)
    assert verdict().fault.seq == 11


def test_a_rebuilt_tree_contradicts_the_file_even_if_the_stored_checkpoint_is_gone(
    signed: Checkpoint, intruder: psycopg.Connection[Any], verdict: Callable[..., Any]
) -> None:
    """An intruder who removes the checkpoint from the database does not reach its copy."""
    rewrite(intruder, 4, "{}")
    rebuild(intruder)
    intruder.execute("delete from ledger_checkpoint")
    assert verdict().is_sound
    assert "the checkpoint file copy" in verdict(files={"copy": signed.note}).fault.problem


def test_a_cut_tail_is_found_by_its_hashes(
    intruder: psycopg.Connection[Any], verdict: Callable[..., Any]
) -> None:
    """Removing the last entries but not their hashes names the first that is missing."""
    intruder.execute("delete from ledger_body where seq >= 20")
    intruder.execute("delete from ledger_leaf where seq >= 20")
    assert verdict().fault == verify.Fault(20, "is missing, but the tree holds its hash")


def test_a_cleanly_cut_tail_is_found_by_the_checkpoint(
    signed: Checkpoint, owner_connection: psycopg.Connection[Any], verdict: Callable[..., Any]
) -> None:
    """Removing the last entries without a trace is found by any checkpoint that covers them."""
    for table in LEDGER:
        owner_connection.execute(f"alter table {table} disable trigger user")
    owner_connection.execute("delete from ledger_body where seq >= 8")
    owner_connection.execute("delete from ledger_leaf where seq >= 8")
    rebuild(owner_connection)
    assert verdict().fault.seq == 8
    assert "covers 11 entries, the ledger holds 8" in verdict().fault.problem
    owner_connection.execute("delete from ledger_checkpoint")
    assert verdict().is_sound
    assert verdict(files={"copy": signed.note}).fault.seq == 8


def test_a_checkpoint_by_another_key_is_found(
    signed: Checkpoint, intruder: psycopg.Connection[Any], verdict: Callable[..., Any], log_key: VerifierKey
) -> None:
    """A checkpoint that this log's key did not sign is named, whoever put it there."""
    forger = SignerKey.generate(log_key.name)
    note = Note.sign(TreeHead(forger.name, 11, bytes(signed.root)).text, forger).encode()
    intruder.execute("update ledger_checkpoint set note = %s", [note])
    found = verdict()
    assert (found.entries, found.fault.seq) == (34, None)
    assert "the stored checkpoint of 11 entries is not a valid checkpoint" in found.fault.problem
    assert found.sentence().startswith("The ledger is NOT sound. the stored checkpoint")


def test_a_checkpoint_whose_columns_differ_from_its_note_is_found(
    signed: Checkpoint, intruder: psycopg.Connection[Any], verdict: Callable[..., Any]
) -> None:
    """The signed note decides; columns that say otherwise were tampered with."""
    intruder.execute("update ledger_checkpoint set root = sha256(root)")
    assert "says otherwise in its columns" in verdict().fault.problem


@pytest.mark.parametrize("note", ["", "no note", "\n\n", "x" * 1000])
def test_a_spoilt_checkpoint_file_is_found(
    signed: Checkpoint, verdict: Callable[..., Any], note: str
) -> None:
    """A file that is no checkpoint any more is named."""
    assert "the checkpoint file spoilt" in verdict(files={"spoilt": note}).fault.problem


def test_an_erased_body_without_a_record_is_found(
    intruder: psycopg.Connection[Any], verdict: Callable[..., Any]
) -> None:
    """A record of erasure excuses its own kinds, times and predecessors only."""
    body = {"details": {"before": "2000-01-01T00:00:00+00:00", "kinds": ["alert.opened"]}}
    intruder.execute("select ledger_append_at(array['bodies.erased'], array[%s], now())", [json.dumps(body)])
    intruder.execute("delete from ledger_body where seq = 6")
    assert verdict().fault == verify.Fault(6, "has lost its body, and no entry says that it was erased")


@pytest.mark.parametrize("body", ["[]", '{"details": {}}', '{"details": {"before": "soon", "kinds": []}}'])
def test_a_spoilt_record_of_erasure_excuses_nothing(
    intruder: psycopg.Connection[Any], verdict: Callable[..., Any], body: str
) -> None:
    """A record that was tampered with is named itself, unless something before it is worse."""
    intruder.execute("select ledger_append_at(array['bodies.erased'], array['{}'], now())")
    intruder.execute("update ledger_body set body = %s where seq = 23", [body])
    assert verdict().fault.seq == 23
    intruder.execute("delete from ledger_body where seq = 6")
    assert verdict().fault.seq == 6


def test_the_installation_verifies_against_its_files(
    signed: Checkpoint, intruder: psycopg.Connection[Any], settings: Any
) -> None:
    """The whole check reads the public key and the checkpoint files where the settings say they are."""
    assert verify.verify_installation().checkpoints == 2
    (settings.PLATEWARDEN_CHECKPOINTS / "000000000099.checkpoint").write_text("rubbish")
    assert "000000000099" in verify.verify_installation().sentence()


def test_the_check_works_within_a_transaction_too(db: None, actor: Actor, log_key: VerifierKey) -> None:
    """A page that verifies within its own transaction sees what that transaction wrote."""
    actions.append(Kind.SIGN_OUT, actor=actor)
    assert verify.verify_installation().is_sound


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run `platewarden ledger ...` against the test's own database."""
    monkeypatch.setattr(commands, "with_django", nullcontext)
    return lambda *words: CliRunner().invoke(commands.ledger, words)


def test_the_command_says_that_the_ledger_is_sound(
    signed: Checkpoint, command: Callable[..., Result]
) -> None:
    """`platewarden ledger verify` ends with status 0 and a sentence, or one JSON object."""
    result = command("verify")
    assert (result.exit_code, "The ledger is sound: 11 entries" in result.output) == (0, True)
    assert json.loads(command("verify", "--json").output)["fault"] is None


def test_the_command_names_the_first_bad_entry(
    signed: Checkpoint, intruder: psycopg.Connection[Any], command: Callable[..., Result]
) -> None:
    """`platewarden ledger verify` ends with status 1 and names entry and problem."""
    intruder.execute("update ledger_body set body = '{}' where seq = 13")
    result = command("verify")
    assert result.exit_code == 1
    assert "Entry 13 was changed: its body" in result.output
    assert json.loads(command("verify", "--json").output)["fault"]["seq"] == 13


def test_the_command_signs_a_checkpoint(
    cast: Cast, fresh_database: str, log_key: VerifierKey, command: Callable[..., Result]
) -> None:
    """`platewarden ledger checkpoint` prints the signed note for the witnesses."""
    result = command("checkpoint")
    assert result.exit_code == 0
    assert result.output.startswith("test.platewarden.invalid/ledger\n")


def test_the_commands_say_what_to_do_without_a_key(
    fresh_database: str, cast: Cast, command: Callable[..., Result]
) -> None:
    """A missing key is an error with the file's name, never a silent success."""
    for word in ("verify", "checkpoint"):
        result = command(word)
        assert result.exit_code == 1
        assert "ledger." in result.output
