"""What the ledger hands out is proved by the file that knows nothing of it."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from django.db import transaction

from platewarden.commands import ledger as commands
from platewarden.ledger import actions, handout, keys, store
from platewarden.ledger.checkpoint import VerifierKey, open_checkpoint
from platewarden.ledger.cosignature import Consistency
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import Checkpoint, LedgerBody, LedgerLeaf
from platewarden.ledger.verify import verify_installation
from platewarden.ledger.verify_ledger import main
from platewarden.policy.actor import Actor
from platewarden.reports.receipts import proofs_of
from tests.cast import Cast


@pytest.fixture
def taken(
    fresh_database: str,
    fill: Callable[[int], list[Any]],
    actor: Actor,
    log_key: VerifierKey,
    now: datetime,
    tmp_path: Path,
) -> Callable[..., Path]:
    """Take the ledger away into a file."""
    fill(12)
    actions.sign_checkpoint(actor=actor, now=now)

    def _taken(*, has_bodies: bool = True) -> Path:
        upto = handout.order_export(has_bodies=has_bodies, actor=actor, now=now)
        path = tmp_path / "taken.ledger"
        path.write_bytes(b"".join(handout.export(upto, has_bodies=has_bodies)))
        return path

    return _taken


@pytest.mark.parametrize("has_bodies", [True, False])
def test_an_export_is_proved_by_the_verifier(
    taken: Callable[..., Path], log_key: VerifierKey, capsys: pytest.CaptureFixture[str], *, has_bodies: bool
) -> None:
    """The whole ledger, with bodies or without, passes under the log's key, the order for it included."""
    path = taken(has_bodies=has_bodies)
    assert main([str(path), "--key", log_key.encode()]) == 0
    assert "15 entries of test.platewarden.invalid/ledger" in capsys.readouterr().out
    assert ("alert:7" in path.read_text()) is has_bodies
    ordered = LedgerBody.objects.get(leaf__kind=Kind.LEDGER_EXPORTED).content
    assert ordered["details"] == {"bodies": has_bodies}


def test_an_export_is_written_in_pieces(
    taken: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, log_key: VerifierKey
) -> None:
    """However few entries are read at a time, the export is the same."""
    monkeypatch.setattr(handout, "_BATCH", 5)
    assert main([str(taken()), "--key", log_key.encode()]) == 0


def test_an_intruder_s_edit_is_found_in_the_export(
    taken: Callable[..., Path],
    owner_connection: psycopg.Connection[Any],
    log_key: VerifierKey,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A body that was changed in the database is named by its number by whoever checks the export."""
    owner_connection.execute("alter table ledger_body disable trigger user")
    owner_connection.execute("update ledger_body set body = '{}' where seq = 4")
    assert main([str(taken()), "--key", log_key.encode()]) == 1
    assert "entry 4 was changed: its body" in capsys.readouterr().out


def test_a_rotated_key_is_followed(
    taken: Callable[..., Path],
    actor: Actor,
    now: datetime,
    log_key: VerifierKey,
    fill: Callable[[int], list[Any]],
) -> None:
    """Whoever was given the first key follows the log to the next; checkpoints signed before stay provable."""
    announced = actions.rotate_key(actor=actor, now=now)
    fresh = keys.signer().verifier
    assert fresh != log_key
    assert open_checkpoint(announced.note, [log_key]) == open_checkpoint(announced.note, [fresh])
    fill(3)
    path = taken()
    assert main([str(path), "--key", log_key.encode()]) == 0
    assert main([str(path), "--key", fresh.encode()]) == 0
    with pytest.raises(ValueError, match="none by a known key"):
        open_checkpoint(Checkpoint.objects.latest("size").note, [log_key])
    assert verify_installation().is_sound
    assert [key.encode() for key in keys.verifiers()] == [fresh.encode(), log_key.encode()]


def test_a_rotation_that_was_broken_off_goes_on(
    taken: Callable[..., Path], actor: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between announcing and using the new key the power may go; the order given again finishes it, announcing once."""

    def power_cut(_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(keys, "take_next_into_use", power_cut)
        with pytest.raises(KeyboardInterrupt):
            actions.rotate_key(actor=actor, now=now)
    old = keys.signer()
    announced = actions.rotate_key(actor=actor, now=now)
    assert keys.signer() != old
    assert LedgerLeaf.objects.filter(kind=Kind.KEY_ROTATED).count() == 1
    assert announced == Checkpoint.objects.latest("size")


def test_a_key_is_called_lost_only_when_it_is(
    taken: Callable[..., Path], actor: Actor, now: datetime, log_key: VerifierKey, settings: Any
) -> None:
    """A lost key is replaced on record and under the new key alone; one that is there is rotated instead."""
    with pytest.raises(RuntimeError, match="rotate it"):
        actions.replace_lost_key(actor=actor, now=now)
    (settings.PLATEWARDEN_KEYS / "ledger.key").unlink()
    signed = actions.replace_lost_key(actor=actor, now=now)
    fresh = keys.signer().verifier
    assert open_checkpoint(signed.note, [fresh]).size == signed.size
    path = str(taken())
    assert main([path, "--key", log_key.encode()]) == 1
    assert main([path, "--key", log_key.encode(), "--key", fresh.encode()]) == 0
    assert verify_installation().is_sound


def test_what_announces_a_key_is_never_erased(
    taken: Callable[..., Path], owner_connection: psycopg.Connection[Any], actor: Actor, now: datetime
) -> None:
    """Bodies that announce keys outlive every schedule, or nobody could follow the log to its key."""
    owner_connection.execute(
        "select ledger_append_at(array['sign_in.out'], array['{}'], now() - interval '1 day')"
    )
    actions.rotate_key(actor=actor, now=now)
    owner_connection.execute("alter table ledger_leaf disable trigger user")
    owner_connection.execute("update ledger_leaf set at = at - interval '500 days'")
    erased = actions.erase_bodies(
        kinds=list(Kind),
        before=datetime.fromisoformat("2025-09-01T00:00:00+00:00"),
        reason="RET-3",
        actor=actor,
    )
    assert erased > 0
    assert LedgerBody.objects.filter(leaf__kind=Kind.KEY_ROTATED).exists()


def test_proofs_for_another_copy_are_written_by_one_call(
    taken: Callable[..., Path],
    tmp_path: Path,
    log_key: VerifierKey,
    fill: Callable[[int], list[Any]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Receipts, bodies, keys and verifier land in one folder and pass; fresh entries are named."""
    fresh = fill(1)[0].seq
    folder = tmp_path / "bag"
    folder.mkdir()
    assert handout.write_proofs(folder, [3, 5, fresh], has_bodies=True) == [fresh]
    assert {path.name for path in folder.iterdir()} == {
        "entry-3.tlog-proof",
        "entry-3.body.json",
        "entry-5.tlog-proof",
        "entry-5.body.json",
        "ledger.pub",
        "verify_ledger.py",
    }
    receipts = [str(path) for path in folder.glob("*.tlog-proof")]
    assert main([*receipts, "--key", str(folder / "ledger.pub")]) == 0
    assert capsys.readouterr().out.count("and so is what it says") == 2
    with pytest.raises(FileExistsError):
        handout.write_proofs(folder, [3], has_bodies=False)


def test_any_two_checkpoints_are_shown_to_be_one_log(
    taken: Callable[..., Path],
    actor: Actor,
    now: datetime,
    log_key: VerifierKey,
    tmp_path: Path,
    fill: Callable[[int], list[Any]],
) -> None:
    """The proof between any two checkpoints passes, here and alone; with the two exchanged it is refused."""
    taken()
    fill(4)
    actions.sign_checkpoint(actor=actor, now=now)
    signed = list(Checkpoint.objects.order_by("size"))
    for place, old in enumerate(signed):
        for new in signed[place:]:
            proof = store.consistency_between(old, new).encode()
            assert [head.size for head in Consistency.parse(proof).check([log_key])] == [old.size, new.size]
            (tmp_path / "x.consistency").write_text(proof)
            assert main([str(tmp_path / "x.consistency"), "--key", log_key.encode()]) == 0
    told = json.loads(store.consistency_between(signed[0], signed[-1]).encode())
    told["old"], told["new"] = told["new"], told["old"]
    (tmp_path / "x.consistency").write_text(json.dumps(told))
    assert main([str(tmp_path / "x.consistency"), "--key", log_key.encode()]) == 1


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, cast: Cast, fresh_database: str, log_key: VerifierKey
) -> Callable[..., Result]:
    """Run `platewarden ledger ...` against the test's own database."""
    monkeypatch.setattr(commands, "with_django", nullcontext)
    return lambda *words: CliRunner().invoke(commands.ledger, words)


def test_the_commands_hand_out_what_the_verifier_proves(
    command: Callable[..., Result], tmp_path: Path, log_key: VerifierKey, actor: Actor
) -> None:
    """Export, checkpoint, consistency and verifier come by command, as files that pass."""
    assert command("export", str(tmp_path / "x.ledger"), "--bodies").exit_code == 0
    with transaction.atomic():
        actions.append(Kind.SIGN_OUT, actor=actor)
    assert command("checkpoint").exit_code == 0
    sizes = [str(size) for size in Checkpoint.objects.order_by("size").values_list("size", flat=True)]
    (tmp_path / "x.consistency").write_text(command("consistency", *sizes).output)
    for name in ("x.ledger", "x.consistency"):
        assert main([str(tmp_path / name), "--key", log_key.encode()]) == 0
    assert command("verifier").output.encode() == handout.verifier()
    assert "no checkpoint of 1 entries" in command("consistency", "1", sizes[0]).output
    assert "smaller checkpoint first" in command("consistency", *reversed(sizes)).output


def test_the_key_is_changed_by_command(
    command: Callable[..., Result], log_key: VerifierKey, settings: Any
) -> None:
    """The command prints the new public key, and refuses to call a key lost that is there."""
    result = command("rekey")
    assert result.exit_code == 0
    assert keys.signer().verifier.encode() in result.output
    assert "rotate it" in command("rekey", "--lost").output
    (settings.PLATEWARDEN_KEYS / "ledger.key").unlink()
    assert command("rekey", "--lost").exit_code == 0


def test_a_report_s_receipt_names_the_key_that_signed_it(
    taken: Callable[..., Path], cast: Cast, actor: Actor, now: datetime, log_key: VerifierKey
) -> None:
    """After a change of keys an old entry's receipt is printed with the former key, and a fresh one with the new."""
    actions.rotate_key(actor=actor, now=now)
    with transaction.atomic():
        fresh = actions.append(Kind.SIGN_OUT, actor=actor).seq
    proofs = proofs_of([3, fresh], now=now)
    assert proofs.printed(3)["key"] == log_key.encode()
    assert proofs.printed(fresh)["key"] == keys.signer().verifier.encode()
