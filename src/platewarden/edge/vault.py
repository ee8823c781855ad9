"""The secret of a device, and what is sealed under it.

The secret lies outside the folder in which a device keeps reads: in a file of its own, or handed over by systemd
(``LoadCredential``). Keys are derived from it, one a purpose. Without it everything else is noise.
"""

import contextlib
import os
import secrets as random
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from platewarden.site import secrets

SECRET_BYTES: Final = 32
CREDENTIAL: Final = "platewarden-edge"
"""Name of the credential that systemd hands over (systemd.exec, LoadCredential)."""

_NONCE: Final = 12


class VaultError(Exception):
    """The secret is missing, or is not the one; the message says what to do."""


class DamagedError(ValueError):
    """Something that was sealed was altered, or is another thing's."""


class Vault:
    """Seals and opens under the secret of a device."""

    def __init__(self, secret: bytes) -> None:
        """Derive from *secret*, 32 bytes.

        Raises:
            VaultError: It has another length.
        """
        if len(secret) != SECRET_BYTES:
            raise VaultError(f"the device's secret is {len(secret)} bytes, not {SECRET_BYTES}")
        self._secret = secret

    def seal(self, purpose: str, name: str, content: bytes) -> bytes:
        """Return *content*, sealed by AES-256-GCM; *name* is bound to it."""
        nonce = random.token_bytes(_NONCE)
        return nonce + self._key(purpose).encrypt(nonce, content, name.encode())

    def open(self, purpose: str, name: str, sealed: bytes) -> bytes:
        """Return what was sealed.

        Raises:
            DamagedError: It was altered, sealed under another name, or under another secret.
        """
        try:
            return self._key(purpose).decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
        except (InvalidTag, ValueError) as error:
            raise DamagedError(f"{purpose}: sealed under another secret, or altered") from error

    def _key(self, purpose: str) -> AESGCM:
        info = f"platewarden edge {purpose}".encode()
        return AESGCM(HKDF(SHA256(), SECRET_BYTES, salt=None, info=info).derive(self._secret))


def secret_path(key_from: str) -> Path:
    """Return where the secret lies: *key_from* is a path, or ``systemd``.

    Raises:
        VaultError: systemd has handed over no credential of that name.
    """
    if key_from != "systemd":
        return Path(key_from)
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise VaultError(f"systemd handed over no credential: set LoadCredential={CREDENTIAL}:… in the unit")
    return Path(folder) / CREDENTIAL


def open_vault(key_from: str) -> Vault:
    """Return the vault whose secret *key_from* leads to.

    Raises:
        VaultError: There is none, or others may read it.
    """
    path = secret_path(key_from)
    try:
        return Vault(_handed_over(path) if key_from == "systemd" else secrets.read(path))
    except (secrets.SecretFileError, OSError) as error:
        raise VaultError(str(error)) from error


def _handed_over(path: Path) -> bytes:
    """Return a credential of systemd: it may show rights of a group, which are those of the unit's own user (ACL)."""
    if path.stat().st_mode & 0o007:
        raise VaultError(f"{path.name}: everybody may read it; systemd did not make it so")
    return path.read_bytes()


def make_secret(key_from: str, *, apart_from: Path) -> Vault:
    """Return the vault of *key_from*, with a fresh secret in that file if there is none yet.

    Raises:
        VaultError: The file would lie within *apart_from*, where the reads are, or cannot be made or read.
    """
    path = secret_path(key_from)
    if path.resolve().is_relative_to(apart_from.resolve()):
        raise VaultError(
            f"{path}: lies in the folder of the reads; who takes one takes both: put it elsewhere"
        )
    if not path.exists() and key_from != "systemd":
        try:
            secrets.write_new(path, random.token_bytes(SECRET_BYTES))
        except OSError as error:
            raise VaultError(f"{path}: cannot be made ({error.strerror})") from error
    return open_vault(key_from)


def destroy_secret(key_from: str) -> bool:
    """Overwrite and remove the secret; return whether that could be done (systemd's own copy cannot be reached)."""
    path = secret_path(key_from)
    with contextlib.suppress(OSError):
        path.write_bytes(random.token_bytes(SECRET_BYTES))
    try:
        path.unlink()
    except OSError:
        return not path.exists()
    return True
