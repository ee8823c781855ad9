"""The key that signs checkpoints: ``ledger.key``, secret, and ``ledger.pub``, to hand to everyone.

Whoever holds the secret can sign a second history, so it must never be in a backup that others can read, and
copies of checkpoints belong with someone who is not us.
"""

import contextlib
from pathlib import Path

from django.conf import settings

from platewarden.ledger.checkpoint import NoteError, SignerKey, VerifierKey
from platewarden.site import secrets


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


def _read_signer(folder: Path, origin: str) -> SignerKey:
    try:
        key = SignerKey.parse(secrets.read(folder / "ledger.key").decode())
    except (secrets.SecretFileError, UnicodeDecodeError, NoteError) as error:
        raise LogKeyError(f"{folder / 'ledger.key'}: {error}") from error
    if key.name != origin:
        raise LogKeyError(
            f"{folder / 'ledger.key'}: signs for {key.name}, but the settings say origin = {origin!r}; "
            "an origin is for ever: correct the settings"
        )
    return key
