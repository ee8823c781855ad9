"""Open a backup and read it: its key, its parts, its end. Knows no Django: it may hold the settings."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO, Final

from platewarden.backups.parts import PartReader
from platewarden.backups.sealed import BackupDamaged, opened, read_header
from platewarden.images.keystore import KeyName, Keystore, KeyUnavailable

LASTING: Final = "lasting"
SHORT: Final = "short"

Part = tuple[dict[str, Any], Iterator[bytes]]


@dataclass(slots=True)
class Restored:
    """What a restore brought back.

    Attributes:
        header: What the backup says of itself.
        rows: Rows, by table.
        objects: Sealed objects.
        entries: Entries of the ledger it holds.
        lost: Entries that checkpoints kept here cover and the backup does not hold.
        settings: The settings file as it was.
    """

    header: dict[str, Any]
    rows: dict[str, int] = field(default_factory=dict)
    objects: int = 0
    entries: int = 0
    lost: int = 0
    settings: bytes = b""
    checkpoints: dict[str, bytes] = field(default_factory=dict)
    end: dict[str, Any] = field(default_factory=dict)


def key_of(header: dict[str, Any], keystore: Keystore) -> bytes:
    """Return the key of the backup that *header* begins.

    Raises:
        KeyUnavailable: It was destroyed, or the master key is not the one.
        BackupDamaged: The header makes no sense.
    """
    try:
        if header["kind"] == SHORT:
            return _short_key(header, keystore)
        return keystore.unwrap(bytes.fromhex(header["key"]), f"backup {header['id']}")
    except (KeyError, ValueError, TypeError) as error:
        raise BackupDamaged("The beginning of the backup is damaged.") from error


def _short_key(header: dict[str, Any], keystore: Keystore) -> bytes:
    name = KeyName.of_backup(date.fromisoformat(header["oldest_day"]), header["id"])
    if not keystore.identify(name):
        raise KeyUnavailable(
            f"The key of this backup is not in the keystore. It holds reads from {header['oldest_day']} on, and its"
            " key is destroyed a day before the first of them is past its day (RET-1): nobody can open it any more."
            " If it is younger, restore keys/ from the disk that holds the keystore."
        )
    return keystore.get(name)


def check(file: BinaryIO, keystore: Keystore) -> Restored:
    """Read a backup to its end, and change nothing.

    Raises:
        BackupDamaged, KeyUnavailable: It cannot be restored.
    """
    found = Restored(header={})
    for what, blocks in parts_of(file, keystore, found):
        size = sum(len(block) for block in blocks)
        found.rows |= {what["name"]: size} if what["part"] == "table" else {}
        found.objects += what["part"] == "object"
        found.end = what if what["part"] == "end" else found.end
    require_end(found.end)
    return found


def settings_in(file: BinaryIO, keystore: Keystore) -> bytes:
    """Return the settings file that a backup holds; empty if it holds none."""
    for what, blocks in parts_of(file, keystore, Restored(header={})):
        if what["part"] == "settings":
            return b"".join(blocks)
        if what["part"] == "table":
            break
    return b""


def parts_of(file: BinaryIO, keystore: Keystore, found: Restored) -> Iterator[Part]:
    """Open a backup, put its header into *found*, and return an iterator over its parts; raises as `key_of` does."""
    found.header, top = read_header(file)
    return iter(PartReader(opened(file, key_of(found.header, keystore), top)))


def require_end(end: dict[str, Any]) -> None:
    """Raise unless a backup's last part was there."""
    if not end:
        raise BackupDamaged("The backup has no end.")
