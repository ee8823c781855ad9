"""Who a device is: its code, its keys, its cameras and the key of its server, sealed under its secret."""

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platewarden.edge.vault import DamagedError, Vault
from platewarden.ledger.checkpoint import NoteError, SignerKey, VerifierKey
from platewarden.site.secrets import private_folder, sync_folder

FILE: Final = "identity.sealed"
_PURPOSE: Final = "identity"


class IdentityError(Exception):
    """There is no identity, or it cannot be opened; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Identity:
    """One enrolled device.

    Attributes:
        server: Address of the server.
        device: Code of the device.
        cameras: Codes of the cameras it speaks for.
        key: What it signs with.
        server_key: The public key that signs its settings and its revocation.
        settings_note: The settings last taken, as they came; empty where none came yet.
        settings_version: Their version; no older ones are taken.
    """

    server: str
    device: str
    cameras: tuple[str, ...]
    key: SignerKey
    server_key: VerifierKey
    settings_note: str = ""
    settings_version: int = 0

    def save(self, folder: Path, vault: Vault) -> None:
        """Write it into *folder*, in place of any before."""
        facts = {
            "server": self.server,
            "device": self.device,
            "cameras": list(self.cameras),
            "key": self.key.encode(),
            "server_key": self.server_key.encode(),
            "settings_note": self.settings_note,
            "settings_version": self.settings_version,
        }
        path, fresh = private_folder(folder) / FILE, folder / f".{FILE}.new"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(vault.seal(_PURPOSE, FILE, json.dumps(facts).encode()))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        sync_folder(folder)


def load_identity(folder: Path, vault: Vault) -> Identity:
    """Return the identity in *folder*.

    Raises:
        IdentityError: There is none, or the vault's secret is not the one it was sealed under.
    """
    try:
        facts = json.loads(vault.open(_PURPOSE, FILE, (folder / FILE).read_bytes()))
        return Identity(
            server=facts["server"],
            device=facts["device"],
            cameras=tuple(facts["cameras"]),
            key=SignerKey.parse(facts["key"]),
            server_key=VerifierKey.parse(facts["server_key"]),
            settings_note=facts["settings_note"],
            settings_version=facts["settings_version"],
        )
    except FileNotFoundError as error:
        raise IdentityError(f"{folder}: not enrolled yet; run platewarden edge enrol") from error
    except (OSError, DamagedError, NoteError, ValueError, KeyError) as error:
        raise IdentityError(
            f"{folder / FILE}: cannot be opened; is the secret the one of this device? ({error})"
        ) from error


def forget(folder: Path) -> None:
    """Remove the identity in *folder*."""
    for path in (folder / FILE, folder / f".{FILE}.new"):
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
