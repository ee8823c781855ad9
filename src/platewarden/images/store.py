"""Images sealed under a day's or a case's key, many to one object.

All images of one submission and one day go into one object ("segment"), so that a batch costs one durable
write. Each image has a key of its own - HKDF-SHA-256 of the day key over the image id - and is sealed with
AES-256-GCM, its id as associated data: an image cannot be taken for another's. A reference reads
``<segment>:<offset>:<length>``.
"""

import contextlib
import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from platewarden.images.keystore import KeyName, Keystore
from platewarden.images.storage import DurableFileStorage

_NONCE = 12


class ImageUnavailable(Exception):  # noqa: N818 - says a state, shown in place of the image
    """The sealed bytes are missing, damaged or not this image's."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where images of one kind lie and under which key: a capture day's or a case's."""

    folder: str
    key: KeyName

    @classmethod
    def of_day(cls, agency_id: int, day: date) -> "Shelf":
        """Name the shelf of an agency's capture day (UTC)."""
        return cls(f"days/{agency_id}/{day:%Y%m%d}", KeyName.of_day(agency_id, day))

    @classmethod
    def of_case(cls, case_id: int) -> "Shelf":
        """Name the shelf of a case."""
        return cls(f"cases/{case_id}", KeyName.of_case(case_id))

    @classmethod
    def of_complaint(cls, complaint_id: int) -> "Shelf":
        """Name the shelf of a complaint."""
        return cls(f"complaints/{complaint_id}", KeyName.of_complaint(complaint_id))

    @classmethod
    def of_release(cls, request_id: int) -> "Shelf":
        """Name the shelf of a request for a release."""
        return cls(f"releases/{request_id}", KeyName.of_release(request_id))

    @classmethod
    def of_package(cls, request_id: int) -> "Shelf":
        """Name the shelf of the packages of a release."""
        return cls(f"packages/{request_id}", KeyName.of_package(request_id))

    @classmethod
    def of_records_request(cls, request_id: int) -> "Shelf":
        """Name the shelf of a records request."""
        return cls(f"records/{request_id}", KeyName.of_records_request(request_id))

    @classmethod
    def of_statement(cls, statement_id: int) -> "Shelf":
        """Name the shelf of a field-of-view statement."""
        return cls(f"statements/{statement_id}", KeyName.of_statement(statement_id))

    @classmethod
    def of_device_still(cls, still_id: int) -> "Shelf":
        """Name the shelf of a still that a device sent, until it is used or its time is over."""
        return cls(f"stills/{still_id}", KeyName.of_device_still(still_id))


class ImageStore:
    """Seals, opens and destroys images."""

    def __init__(self, storage: Storage, keystore: Keystore) -> None:
        """Keep objects in *storage* and keys in *keystore*."""
        self._storage = storage
        self.keystore = keystore

    def seal(self, shelf: Shelf, images: Sequence[tuple[str, bytes]]) -> list[str]:
        """Store *images* (id, bytes), durably, and return one reference for each, in order."""
        key = self.keystore.obtain(shelf.key)
        segment = secrets.token_hex(16)
        sealed = [_seal(key, image_id, content) for image_id, content in images]
        self._storage.save(f"{shelf.folder}/{segment}", ContentFile(b"".join(sealed)))
        references, offset = [], 0
        for part in sealed:
            references.append(f"{segment}:{offset}:{len(part)}")
            offset += len(part)
        return references

    def open(self, shelf: Shelf, image_id: str, reference: str) -> bytes:
        """Return the image *image_id*.

        Raises:
            KeyUnavailable: Its day's or case's key is gone.
            ImageUnavailable: The sealed bytes are missing, damaged, or another image's.
        """
        key = self.keystore.get(shelf.key)
        try:
            segment, offset, length = reference.split(":")
            with self._storage.open(f"{shelf.folder}/{segment}") as file:
                file.seek(int(offset))
                part = file.read(int(length))
            return AESGCM(_image_key(key, image_id)).decrypt(part[:_NONCE], part[_NONCE:], image_id.encode())
        except (FileNotFoundError, InvalidTag, ValueError) as error:
            raise ImageUnavailable(f"image {image_id}: missing or damaged in the sealed store") from error

    def destroy(self, shelf: Shelf) -> tuple[str, int]:
        """Destroy the key of *shelf*, then its objects; return the key's id and the number of objects."""
        return self.destroy_key(shelf), self.remove_objects(shelf)

    def destroy_key(self, shelf: Shelf) -> str:
        """Destroy the key of *shelf* and return its id; whatever becomes of its objects, they are noise."""
        return self.keystore.destroy(shelf.key)

    def remove_objects(self, shelf: Shelf) -> int:
        """Remove the objects of *shelf* and return how many they were.

        Raises:
            OSError: One cannot be removed.
        """
        return self._delete_objects(shelf.folder)

    def holds(self, shelf: Shelf) -> bool:
        """Whether any object of *shelf* is left."""
        return self.objects(shelf) > 0

    def objects(self, shelf: Shelf) -> int:
        """Return how many objects of *shelf* there are."""
        try:
            return len(self._storage.listdir(shelf.folder)[1])
        except (FileNotFoundError, NotADirectoryError):
            return 0

    def remove(self, shelf: Shelf, references: Collection[str]) -> None:
        """Remove the objects of *shelf* that *references* lead to, with everything else that lies in them."""
        for segment in {reference.split(":")[0] for reference in references}:
            self._storage.delete(f"{shelf.folder}/{segment}")

    def records(self, parent: str) -> set[int]:
        """Return the ids of the records that have a folder below *parent*, e.g. ``cases``."""
        return {int(name) for name in self._folders(parent) if name.isdecimal()}

    def names(self, parents: Collection[str], *, since: date | None = None) -> Iterator[str]:
        """Yield the names of objects of records below *parents*, and of capture days from *since* on, where given."""
        folders = [f"{parent}/{record}" for parent in parents for record in self._folders(parent)]
        for agency in self._folders("days") if since else []:
            found = (day for day in self._folders(f"days/{agency}") if day >= f"{since:%Y%m%d}")
            folders += [f"days/{agency}/{day}" for day in found]
        for folder in folders:
            with contextlib.suppress(FileNotFoundError):
                yield from (f"{folder}/{name}" for name in self._storage.listdir(folder)[1])

    def sealed(self, name: str) -> bytes | None:
        """Return the object *name* as it lies there, sealed; None if there is none."""
        try:
            with self._storage.open(name) as file:
                return bytes(file.read())
        except FileNotFoundError:
            return None

    def place(self, name: str, content: bytes) -> None:
        """Put a sealed object back under its *name*, durably."""
        self._storage.save(name, ContentFile(content))

    def withdraw(self, name: str) -> None:
        """Remove the object *name*, if it is there."""
        self._storage.delete(name)

    def remove_unknown(self, shelf: Shelf, known: Collection[str], *, before: datetime) -> int:
        """Remove the objects of *shelf* that are not *known* and older than *before*; return how many they were."""
        try:
            names = self._storage.listdir(shelf.folder)[1]
        except FileNotFoundError:
            return 0
        unknown = [f"{shelf.folder}/{name}" for name in names if name not in known]
        old = [name for name in unknown if self._storage.get_modified_time(name) < before]
        for name in old:
            self._storage.delete(name)
        return len(old)

    def days(self) -> set[date]:
        """Return the capture days of which a key or an object is left, whether or not any read is."""
        return self.keystore.days() | {
            date.fromisoformat(day)
            for agency in self._folders("days")
            for day in self._folders(f"days/{agency}")
        }

    def _folders(self, folder: str) -> list[str]:
        try:
            return self._storage.listdir(folder)[0]
        except FileNotFoundError:
            return []

    def _delete_objects(self, folder: str) -> int:
        if isinstance(self._storage, DurableFileStorage):
            return self._storage.remove_folder(folder)
        try:
            names = self._storage.listdir(folder)[1]
        except FileNotFoundError:
            return 0
        for name in names:
            self._storage.delete(f"{folder}/{name}")
        self._storage.delete(folder)
        return len(names)


def image_store() -> ImageStore:
    """Return the installation's store."""
    return ImageStore(storages["images"], Keystore(settings.PLATEWARDEN_KEYS))


def _image_key(key: bytes, image_id: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"platewarden image " + image_id.encode()).derive(key)


def _seal(key: bytes, image_id: str, content: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(_image_key(key, image_id)).encrypt(nonce, content, image_id.encode())
