"""What the policy page says of the ledger: missed signatures, silent witnesses, contradictions, verification."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from platewarden.compliance.figures import Evidence, Scene
from platewarden.compliance.ledger import soundness
from platewarden.ledger import actions, keys
from platewarden.ledger.cosignature import WitnessSigner
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import Checkpoint
from platewarden.policy.parameters import defaults
from platewarden.site.clock import utc_now
from platewarden.witnesses.actions import adopt_witness, propose_witness, receive
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.clause("AUD-1")]
Taken = Callable[..., Evidence]


@pytest.fixture
def taken(cast: Cast, settings: Any) -> Taken:
    """Return a function that measures, some time from now, the figure whose label begins with some words."""
    keys.ensure_log_key(settings.PLATEWARDEN_KEYS, settings.PLATEWARDEN_ORIGIN)

    def _taken(label: str, *, later: timedelta = timedelta(0)) -> Evidence:
        now = utc_now() + later
        found = soundness(Scene(cast.agency.pk, defaults(now), now))
        return next(one for one in found if one.label.startswith(label))

    return _taken


def sign(cast: Cast, *, later: timedelta = timedelta(0)) -> Checkpoint:
    """Append an entry, and sign the head some time afterwards."""
    with transaction.atomic():
        actions.append(Kind.SIGN_OUT, actor=cast.actor("tom"))
    return actions.sign_checkpoint(actor=cast.actor("tom"), now=utc_now() + later)


def test_a_ledger_without_anything_says_what_nobody_knows(taken: Taken) -> None:
    """Entries are counted; without checkpoint, witness or verification the page says so."""
    assert int(taken("Entries").value.replace(",", "")) > 0
    assert taken("Oldest entry").tone == "good"
    assert taken("Newest checkpoint co-signed").note.startswith("No witness: nobody is registered")
    assert taken("Whole ledger").value == "not known"
    assert taken("Signed checkpoints that").tone == "good"


def test_a_missed_hour_is_noticed(cast: Cast, taken: Taken) -> None:
    """Entries that wait too long for a checkpoint are broken duty; a quiet ledger is not."""
    assert taken("Oldest entry", later=timedelta(hours=3)).tone == "danger"
    sign(cast)
    assert taken("Oldest entry", later=timedelta(days=3)) == Evidence(
        "Oldest entry that no signed checkpoint covers", "none", "good"
    )


def test_hours_that_were_missed_stay_noticed(cast: Cast, taken: Taken) -> None:
    """A checkpoint that came late is counted for thirty days, even when all is signed again."""
    sign(cast)
    assert taken("Checkpoints signed too late").tone == "good"
    sign(cast, later=timedelta(hours=5))
    assert taken("Checkpoints signed too late").value == "1"
    assert taken("Checkpoints signed too late", later=timedelta(days=31)).value == "0"


def test_a_silent_witness_is_noticed(cast: Cast, taken: Taken) -> None:
    """The age of the newest co-signature is held against what the agency has decided."""
    signer = WitnessSigner.generate("clerk.example.org/witness")
    now = utc_now()
    key = signer.verifier.encode()
    witness = propose_witness(who="Jane Roe", key=key, url="", actor=cast.actor("ada"), now=now)
    adopt_witness(witness=witness, actor=cast.actor("tom"), now=now)
    assert "signed nothing yet" in taken("Newest checkpoint co-signed").note
    note = sign(cast).note
    cosigned = note + signer.cosign(note.rpartition("\n\n")[0] + "\n", now).encode()
    receive(cosigned, actor=cast.actor("tom"), now=now)
    assert taken("Newest checkpoint co-signed").tone == "good"
    assert taken("Newest checkpoint co-signed", later=timedelta(days=3)).tone == "warning"


def test_evidence_of_a_contradiction_is_danger(taken: Taken, settings: Any) -> None:
    """What was kept as evidence is counted until somebody has taken it into a case."""
    Path(settings.PLATEWARDEN_CHECKPOINTS).mkdir()
    (settings.PLATEWARDEN_CHECKPOINTS / "000000000005.abcdef01.contradiction").write_text("x")
    (settings.PLATEWARDEN_CHECKPOINTS / "000000000006.abcdef01.cosigned").write_text("rubbish")
    assert (taken("Signed checkpoints that").value, taken("Signed checkpoints that").tone) == ("2", "danger")


def test_the_folder_of_copies_is_looked_at(cast: Cast, taken: Taken, settings: Any, tmp_path: Path) -> None:
    """It is up to date, behind, or cannot be read; without one there is no figure."""
    label = "Copies of checkpoints"
    with pytest.raises(StopIteration):
        taken(label)
    settings.PLATEWARDEN_CHECKPOINT_FOLDER = str(tmp_path)
    assert taken(label).tone == "good"
    signed = sign(cast)
    assert taken(label).tone == "danger"
    (tmp_path / "checkpoint").write_text("older")
    assert taken(label).tone == "warning"
    (tmp_path / "checkpoint").write_text(signed.note)
    assert taken(label).tone == "good"


@pytest.mark.parametrize(("outcome", "tone"), [("done", "good"), ("failed", "danger")])
def test_the_last_verification_is_told_with_its_outcome(
    cast: Cast, taken: Taken, outcome: str, tone: str
) -> None:
    """A ledger that was found unsound is danger until a verification says otherwise."""
    with transaction.atomic():
        actions.append(Kind.LEDGER_VERIFIED, actor=cast.actor("tom"), outcome=outcome)
    assert taken("Whole ledger").tone == tone
