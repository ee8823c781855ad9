"""The log's key: made once, secret, and bound to its origin."""

from pathlib import Path
from typing import Any

import pytest

from platewarden.ledger import keys
from platewarden.ledger.checkpoint import SignerKey

ORIGIN = "alpr.example.gov/ledger"


def test_a_key_is_made_once_and_kept_secret(tmp_path: Path) -> None:
    """The secret half is readable by its owner alone and never made anew."""
    public = keys.ensure_log_key(tmp_path, ORIGIN)
    assert keys.ensure_log_key(tmp_path, ORIGIN) == public
    assert (tmp_path / "ledger.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "ledger.pub").read_text() == f"{public.encode()}\n"


def test_a_lost_public_half_comes_back(tmp_path: Path) -> None:
    """The public half follows from the secret one."""
    public = keys.ensure_log_key(tmp_path, ORIGIN)
    (tmp_path / "ledger.pub").unlink()
    keys.ensure_log_key(tmp_path, ORIGIN)
    assert (tmp_path / "ledger.pub").read_text() == f"{public.encode()}\n"


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """A secret that group or others can read may have leaked, so it is not used."""
    keys.ensure_log_key(tmp_path, ORIGIN)
    (tmp_path / "ledger.key").chmod(0o640)
    with pytest.raises(keys.LogKeyError, match="others may read it"):
        keys.ensure_log_key(tmp_path, ORIGIN)


def test_a_key_signs_for_its_own_origin_only(tmp_path: Path) -> None:
    """An origin is for ever: renaming the log in the settings does not rename it."""
    keys.ensure_log_key(tmp_path, ORIGIN)
    with pytest.raises(keys.LogKeyError, match="correct the settings"):
        keys.ensure_log_key(tmp_path, "other.example.gov/ledger")


def test_a_spoilt_key_is_refused_without_repeating_it(tmp_path: Path) -> None:
    """A broken key file is named; nothing of its content is."""
    keys.ensure_log_key(tmp_path, ORIGIN)
    secret = (tmp_path / "ledger.key").read_text()
    (tmp_path / "ledger.key").write_text(secret[:-2])
    with pytest.raises(keys.LogKeyError, match=r"ledger\.key") as caught:
        keys.ensure_log_key(tmp_path, ORIGIN)
    assert secret[-30:-2] not in str(caught.value)


def test_former_keys_stay_known(tmp_path: Path, settings: Any) -> None:
    """Each line of the public file is a key that checkpoints may be signed with."""
    settings.PLATEWARDEN_KEYS = tmp_path
    now, former = keys.ensure_log_key(tmp_path, ORIGIN), SignerKey.generate(ORIGIN).verifier
    (tmp_path / "ledger.pub").write_text(f"{now.encode()}\n{former.encode()}\n")
    assert keys.verifiers() == [now, former]


@pytest.mark.parametrize("content", [None, "rubbish", "a+b+c"])
def test_without_its_public_key_nothing_is_verified(
    tmp_path: Path, settings: Any, content: str | None
) -> None:
    """A missing or malformed public key is an error that says where it should be."""
    settings.PLATEWARDEN_KEYS = tmp_path
    if content:
        (tmp_path / "ledger.pub").write_text(content)
    with pytest.raises(keys.LogKeyError, match=r"ledger\.pub"):
        keys.verifiers()
