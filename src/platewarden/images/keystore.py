"""Keys of days and cases: files outside the database, each wrapped by the master key.

Destroying a day's file makes every image of that day unreadable, wherever copies of the sealed bytes lie. The
folder is therefore never backed up together with images or database (design: day keys outside PostgreSQL).
"""

import contextlib
import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from platewarden.site.secrets import (
    SecretFileError,
    private_folder,
    read,
    read_or_create,
    sync_folder,
    write_new,
)

_NONCE = 12
_KEY = 32


class KeyUnavailable(Exception):  # noqa: N818 - says a state: without the key there is no image
    """The key does not exist, was destroyed, or cannot be unwrapped."""


@dataclass(frozen=True, slots=True)
class KeyName:
    """Which key: of an agency's capture day or of its register, of a case, or of a complaint."""

    text: str

    @classmethod
    def of_day(cls, agency_id: int, day: date) -> "KeyName":
        """Name the key under which images captured on *day* (UTC) are sealed."""
        return cls(f"day-{agency_id}-{day:%Y%m%d}")

    @classmethod
    def of_case(cls, case_id: int) -> "KeyName":
        """Name the key under which a case keeps its copies."""
        return cls(f"case-{case_id}")

    @classmethod
    def of_register(cls, agency_id: int) -> "KeyName":
        """Name the key of an agency's keyed digests: of entries that were found wrong, and of their plates."""
        return cls(f"register-{agency_id}")

    @classmethod
    def of_backup(cls, oldest: date, backup_id: str) -> "KeyName":
        """Name the key of a backup whose oldest reads were captured on *oldest* (UTC)."""
        return cls(f"backup-{oldest:%Y%m%d}-{backup_id}")

    @classmethod
    def of_complaint(cls, complaint_id: int) -> "KeyName":
        """Name the key under which a complaint keeps what the resident said."""
        return cls(f"complaint-{complaint_id}")

    @classmethod
    def of_release(cls, request_id: int) -> "KeyName":
        """Name the key under which a request for a release keeps what it asks for, in writing."""
        return cls(f"release-{request_id}")

    @classmethod
    def of_package(cls, request_id: int) -> "KeyName":
        """Name the key of the packages of a release, which go long before the request does."""
        return cls(f"package-{request_id}")

    @classmethod
    def of_records_request(cls, request_id: int) -> "KeyName":
        """Name the key under which a records request keeps what the requester wrote."""
        return cls(f"records-{request_id}")

    @classmethod
    def of_statement(cls, statement_id: int) -> "KeyName":
        """Name the key under which the still of a field-of-view statement is sealed."""
        return cls(f"statement-{statement_id}")

    @classmethod
    def of_device_still(cls, still_id: int) -> "KeyName":
        """Name the key of a still that a device sent, destroyed with it."""
        return cls(f"still-{still_id}")


def key_id(key: bytes) -> str:
    """Return the public identifier of *key*: the start of its SHA-256, as kept in destruction records."""
    return hashlib.sha256(key).hexdigest()[:16]


class Keystore:
    """The folder of wrapped keys. Stateless: a key destroyed by one process is gone for all."""

    def __init__(self, folder: Path) -> None:
        """Use *folder*, creating it (0700) and the master key in it (0600) on first use.

        A master key that is lost is never made anew: what the old one wrapped would be lost without a word.
        Keys can be named and destroyed without it, so that its loss keeps no day beyond its limit.
        """
        self._folder = private_folder(folder)
        self._wrapped = private_folder(folder / "wrapped")
        if not any(self._wrapped.glob("*.key")):
            self._master()

    def _master(self) -> AESGCM:
        path = self._folder / "master.key"
        try:
            is_first = not any(self._wrapped.glob("*.key"))
            key = read_or_create(path, _KEY) if is_first else read(path)
        except SecretFileError as error:
            raise KeyUnavailable(str(error)) from error
        return AESGCM(key)

    def obtain(self, name: KeyName) -> bytes:
        """Return the key called *name*, creating it if there is none.

        Raises:
            KeyUnavailable: It exists and cannot be unwrapped.
        """
        path = self._path(name)
        if not path.exists():
            key = secrets.token_bytes(_KEY)
            nonce = secrets.token_bytes(_NONCE)
            with contextlib.suppress(FileExistsError):  # another process was quicker: its key is the key
                write_new(path, nonce + self._master().encrypt(nonce, key, name.text.encode()))
        return self.get(name)

    def get(self, name: KeyName) -> bytes:
        """Return the existing key called *name*.

        Raises:
            KeyUnavailable: It does not exist, was destroyed, or cannot be unwrapped.
        """
        try:
            wrapped = read(self._path(name))
            return self._master().decrypt(wrapped[:_NONCE], wrapped[_NONCE:], name.text.encode())
        except SecretFileError as error:
            raise KeyUnavailable(f"{name.text}: there is no such key; its images cannot be opened") from error
        except (InvalidTag, ValueError) as error:  # ValueError: too short to be a wrapped key
            raise KeyUnavailable(
                f"{name.text}: the master key does not open it; is it the right one?"
            ) from error

    def identify(self, name: KeyName) -> str:
        """Return the id of the key called *name*; "" when there is none, "unreadable" when it cannot be unwrapped."""
        if not os.path.lexists(self._path(name)):
            return ""
        try:
            return key_id(self.get(name))
        except KeyUnavailable:
            return "unreadable"

    def days(self) -> set[date]:
        """Return the capture days for which any key exists."""
        names = (path.stem.rpartition("-")[2] for path in self._wrapped.glob("day-*.key"))
        return {date.fromisoformat(name) for name in names}

    def backups(self) -> dict[KeyName, date]:
        """Return the keys of backups that there are, with the capture day of the oldest reads in each."""
        names = sorted(path.stem for path in self._wrapped.glob("backup-*.key"))
        return {KeyName(name): date.fromisoformat(name.split("-")[1]) for name in names}

    def wrap(self, key: bytes, name: str) -> bytes:
        """Return *key* wrapped by the master key, to be kept elsewhere under *name*.

        Raises:
            KeyUnavailable: The master key cannot be had.
        """
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._master().encrypt(nonce, key, name.encode())

    def unwrap(self, wrapped: bytes, name: str) -> bytes:
        """Return the key that `wrap` wrapped under *name*.

        Raises:
            KeyUnavailable: The master key cannot be had, or is not the one that wrapped it.
        """
        try:
            return self._master().decrypt(wrapped[:_NONCE], wrapped[_NONCE:], name.encode())
        except (InvalidTag, ValueError) as error:
            raise KeyUnavailable(f"{name}: the master key does not open it; is it the right one?") from error

    def records(self, prefix: str, *, before: datetime) -> set[int]:
        """Return the ids of the records whose keys are named *prefix* and an id, and are older than *before*."""
        paths = self._wrapped.glob(f"{prefix}*.key")
        return {
            int(path.stem.removeprefix(prefix)) for path in paths if path.stat().st_mtime < before.timestamp()
        }

    def destroy(self, name: KeyName) -> str:
        """Overwrite and remove the key called *name*; return its id, or "" when it was gone already."""
        identifier = self.identify(name)
        if not identifier:
            return ""
        path = self._path(name)
        with contextlib.suppress(OSError):  # a disk that cannot be written to must not keep the key either
            _overwrite(path)
        path.unlink()
        sync_folder(self._wrapped)
        return identifier

    def _path(self, name: KeyName) -> Path:
        return self._wrapped / f"{name.text}.key"


def _overwrite(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(os.fstat(descriptor).st_size))
        file.flush()
        os.fsync(descriptor)
