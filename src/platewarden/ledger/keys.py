"""The key that signs checkpoints: ``ledger.key``, secret, and ``ledger.pub``, to hand to everyone.

Whoever holds the secret can sign a second history, so it must never be in a backup that others can read, and
copies of checkpoints belong with someone who is not us.
"""

import contextlib
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from platewarden.ledger.checkpoint import NoteError, SignerKey, VerifierKey
from platewarden.site import secrets

_NEXT = "ledger.key.next"


class LogKeyError(Exception):
    """The log's key is missing, unreadable or another log's; the message says what to do."""


def ensure_log_key(folder: Path, origin: str) -> VerifierKey:
    """Make the key of the log named *origin* in *folder* unless there is one; return its public half.

    Raises:
        LogKeyError: There is one, but it is another log's or unreadable.
    """
    with contextlib.suppress(FileExistsError):
        if not (folder / "ledger.key").exists():
            secrets.write_new(folder / "ledger.key", SignerKey.generate(origin).encode().encode())
    public = _read_signer(folder, origin).verifier
    with contextlib.suppress(FileExistsError):
        secrets.write_new(folder / "ledger.pub", f"{public.encode()}\n".encode())
    return public


def signer() -> SignerKey:
    """Return this installation's signing key.

    Raises:
        LogKeyError: It is missing, unreadable or another log's.
    """
    return _read_signer(settings.PLATEWARDEN_KEYS, settings.PLATEWARDEN_ORIGIN)


def verifiers() -> list[VerifierKey]:
    """Return the public keys that checkpoints may be signed with, one a line of ``ledger.pub``.

    Raises:
        LogKeyError: The file is missing or malformed.
    """
    path = settings.PLATEWARDEN_KEYS / "ledger.pub"
    try:
        return [VerifierKey.parse(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise LogKeyError(f"{path}: {error}; restore it from a copy, or pass the key by hand") from error


def prepare_next(folder: Path, origin: str) -> SignerKey:
    """Return the key that is to follow, made and kept beside the one in use; whoever breaks off finds it again.

    Raises:
        LogKeyError: It is unreadable or another log's.
    """
    with contextlib.suppress(FileExistsError):
        if not (folder / _NEXT).exists():
            secrets.write_new(folder / _NEXT, SignerKey.generate(origin).encode().encode())
    return _read_signer(folder, origin, _NEXT)


def publish(folder: Path, key: VerifierKey, former: Iterable[VerifierKey]) -> None:
    """Put *key* first in ``ledger.pub``; the *former* ones stay below it, so that what they signed can be checked."""
    lines = dict.fromkeys([key.encode(), *(one.encode() for one in former)])
    _replace(folder / "ledger.pub", "".join(f"{line}\n" for line in lines).encode())


def take_next_into_use(folder: Path) -> None:
    """Let the key that `prepare_next` made sign from now on; the one before it is gone for ever."""
    (folder / _NEXT).replace(folder / "ledger.key")
    secrets.sync_folder(folder)


def _replace(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    secrets.write_new(fresh, content)
    fresh.replace(path)
    secrets.sync_folder(path.parent)


def _read_signer(folder: Path, origin: str, name: str = "ledger.key") -> SignerKey:
    try:
        key = SignerKey.parse(secrets.read(folder / name).decode())
    except (secrets.SecretFileError, UnicodeDecodeError, NoteError) as error:
        raise LogKeyError(f"{folder / name}: {error}") from error
    if key.name != origin:
        raise LogKeyError(
            f"{folder / name}: signs for {key.name}, but the settings say origin = {origin!r}; "
            "an origin is for ever: correct the settings"
        )
    return key
