"""Receipts as those check them who have neither our database nor our installation."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from platewarden.commands import ledger as commands
from platewarden.ledger import actions, store
from platewarden.ledger.checkpoint import SignerKey, VerifierKey
from platewarden.policy.actor import Actor


@pytest.mark.django_db
def test_a_receipt_is_checked_by_whoever_has_the_key(
    fill: Callable[[int], list[Any]], actor: Actor, log_key: VerifierKey, now: datetime, tmp_path: Path
) -> None:
    """`platewarden ledger receipt` needs neither database nor installation, and names what it proves."""
    fill(10)
    actions.sign_checkpoint(actor=actor, now=now)
    proof = store.receipt_for(3)
    assert proof
    good, bad, rubbish = (tmp_path / f"{name}.tlog-proof" for name in ("good", "bad", "rubbish"))
    good.write_text(proof.encode())
    bad.write_text(proof.encode().replace("index 3", "index 4"))
    rubbish.write_text("rubbish")
    (tmp_path / "ledger.pub").write_text(f"{log_key.encode()}\n")
    check = partial(CliRunner().invoke, commands.ledger)
    for key in (log_key.encode(), str(tmp_path / "ledger.pub")):
        result = check(["receipt", str(good), "--key", key])
        assert result.exit_code == 0
        assert "entry 3 (alert.opened, " in result.output
        assert "is on test.platewarden.invalid/ledger, one of" in result.output
    result = check(["receipt", str(good), str(bad), str(rubbish), "--key", log_key.encode()])
    assert (result.exit_code, result.output.count("NOT proved")) == (1, 2)
    stranger = SignerKey.generate("test.platewarden.invalid/ledger").verifier.encode()
    assert check(["receipt", str(good), "--key", stranger]).exit_code == 1
    assert check(["receipt", str(good), "--key", "no key"]).exit_code == 1
