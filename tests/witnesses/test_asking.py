"""Checkpoints reach witnesses by folder and by address, are tried again until they do, and refusals are alarms."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from platewarden.ledger.checkpoint import VerifierKey
from platewarden.ledger.models import Checkpoint, Cosignature
from platewarden.ledger.verify_ledger import main
from platewarden.ledger.witnessing import FolderSource, cosign_newest
from platewarden.ledger.witnessing import Witness as Clerk
from platewarden.notices.models import Notice
from platewarden.policy.notices import NoticeKind
from platewarden.witnesses import standing
from platewarden.witnesses.asking import tend_witnesses
from platewarden.witnesses.models import Witness
from tests.cast import Cast

pytestmark = pytest.mark.django_db
Sign = Callable[..., Checkpoint]


@pytest.fixture
def shared(tmp_path: Path, settings: Any) -> Path:
    """A folder on somebody else's disc."""
    (tmp_path / "shared").mkdir()
    settings.PLATEWARDEN_CHECKPOINT_FOLDER = str(tmp_path / "shared")
    return tmp_path / "shared"


def alarms() -> int:
    """How many notices say that the ledger contradicts what was signed."""
    return Notice.objects.filter(kind=NoticeKind.LEDGER_CONTRADICTED).count()


def test_a_witness_works_through_the_folder_alone(
    cast: Cast,
    shared: Path,
    clerk: Clerk,
    register: Callable[..., Witness],
    sign: Sign,
    now: datetime,
    log_key: VerifierKey,
) -> None:
    """Checkpoints and proofs are left there, what is co-signed is taken back, and strays are passed over."""
    register(clerk.key)
    sign(), sign()
    tend_witnesses(now=now)
    head, note = cosign_newest(clerk, FolderSource(shared), now=now)
    (shared / f"{head.size:012d}.{clerk.key_hash}.cosigned").write_text(note)
    (shared / "000000000001.00000000.cosigned").write_text("a stray")
    sign()
    tend_witnesses(now=now)
    assert Cosignature.objects.get().size == head.size
    assert cosign_newest(clerk, FolderSource(shared), now=now)[0].size == sign().size - 2
    tend_witnesses(now=now)
    proofs = sorted(str(path) for path in shared.glob("*.consistency"))
    assert len(proofs) == 3
    assert main([*proofs, "--key", log_key.encode()]) == 0
    assert alarms() == 0


def test_a_folder_that_is_away_is_tried_again(
    cast: Cast, shared: Path, sign: Sign, now: datetime, settings: Any
) -> None:
    """A disc that is not mounted stops nothing; when it is back, everything that is missing is left there."""
    sign()
    settings.PLATEWARDEN_CHECKPOINT_FOLDER = str(shared / "not-mounted")
    tend_witnesses(now=now)
    sign()
    (shared / "not-mounted").mkdir()
    tend_witnesses(now=now)
    assert len(list((shared / "not-mounted").glob("*.checkpoint"))) == 2


def test_a_witness_is_asked_at_their_address(
    cast: Cast, address: str, clerk: Clerk, register: Callable[..., Witness], sign: Sign, now: datetime
) -> None:
    """Each new head is posted with its proof and co-signed at once; one who knows it is not asked again."""
    witness = register(clerk.key, address)
    for _ in range(3):
        newest = sign()
        tend_witnesses(now=now)
        assert Cosignature.objects.order_by("-size")[0].size == newest.size
    Witness.objects.update(tried_at=None)
    tend_witnesses(now=now)
    witness.refresh_from_db()
    assert (witness.tried_at, witness.problem) == (None, "")
    assert standing.lines()[0].size == newest.size


def test_a_witness_who_is_away_is_asked_again(
    cast: Cast, address: str, clerk: Clerk, register: Callable[..., Witness], sign: Sign, now: datetime
) -> None:
    """What could not be sent is sent at a later turn; only the newest head matters."""
    witness = register(clerk.key, "https://localhost:1")
    sign()
    tend_witnesses(now=now)
    witness.refresh_from_db()
    assert "cannot be reached" in witness.problem
    assert alarms() == 0
    Witness.objects.update(address=address)
    newest = sign()
    tend_witnesses(now=now)
    witness.refresh_from_db()
    assert (witness.problem, Cosignature.objects.get().size) == ("", newest.size)


def test_a_witness_who_knows_an_older_head_is_answered_with_its_proof(
    cast: Cast,
    address: str,
    clerk: Clerk,
    register: Callable[..., Witness],
    sign: Sign,
    now: datetime,
    shared: Path,
) -> None:
    """One who co-signed by another way says which head they know, and gets the proof from there."""
    old = sign()
    tend_witnesses(now=now)
    cosign_newest(clerk, FolderSource(shared), now=now)
    register(clerk.key, address)
    newest = sign()
    tend_witnesses(now=now)
    assert list(Cosignature.objects.values_list("size", flat=True)) == [newest.size]
    assert newest.size > old.size


def test_silence_is_told_once_a_day(
    cast: Cast, clerk: Clerk, register: Callable[..., Witness], sign: Sign, now: datetime, shared: Path
) -> None:
    """Those who have signed nothing for as long as the agency allows are asked for; a co-signature ends it."""

    def told() -> int:
        return Notice.objects.filter(kind=NoticeKind.WITNESS_SILENT).count()

    later = now + timedelta(hours=49)
    tend_witnesses(now=later)
    assert told() == 0, "nobody is registered"
    register(clerk.key)
    sign()
    tend_witnesses(now=now)
    assert told() == 0, "they have only just been adopted"
    for _ in range(2):
        tend_witnesses(now=later)
    assert told() == 1
    head, note = cosign_newest(clerk, FolderSource(shared), now=later)
    (shared / f"{head.size:012d}.{clerk.key_hash}.cosigned").write_text(note)
    tend_witnesses(now=later + timedelta(hours=24))
    assert told() == 1
