"""A copy that waits to be fetched lies in the case's store in sealed parts: never whole, never in the clear."""

import hashlib
from collections.abc import Iterator
from typing import Final

from platewarden.cases.models import CaseExport
from platewarden.images.store import Shelf, image_store

PART_BYTES: Final = 4 << 20
"""Bytes sealed at once: what a copy takes in memory, however large it is."""


class SealedSink:
    """Takes a stream of bytes and seals it part by part under the case's key."""

    def __init__(self, export: CaseExport) -> None:
        """Begin the sealed copy of *export*."""
        self._export, self._waiting = export, bytearray()
        self._hash = hashlib.sha256()
        self.parts: list[str] = []
        self.size = 0

    def write(self, data: bytes, /) -> int:
        """Take *data*; seal what fills a part."""
        self._hash.update(data)
        self._waiting += data
        self.size += len(data)
        while len(self._waiting) >= PART_BYTES:
            self._seal(PART_BYTES)
        return len(data)

    def flush(self) -> None:
        """There is nothing to wait for: a part is durable once it is sealed."""

    def close(self) -> str:
        """Seal what is left, and return the SHA-256 of everything as hexadecimal."""
        if self._waiting:
            self._seal(len(self._waiting))
        return self._hash.hexdigest()

    def _seal(self, size: int) -> None:
        name = _name(self._export, len(self.parts))
        part = bytes(self._waiting[:size])
        self.parts += image_store().seal(Shelf.of_case(self._export.case_id), [(name, part)])
        del self._waiting[:size]


def opened(export: CaseExport) -> Iterator[bytes]:
    """Yield the bytes of a sealed copy, part by part.

    Raises:
        KeyUnavailable, ImageUnavailable: A part cannot be opened.
    """
    shelf, store = Shelf.of_case(export.case_id), image_store()
    for number, reference in enumerate(export.parts):
        yield store.open(shelf, _name(export, number), reference)


def _name(export: CaseExport, number: int) -> str:
    return f"export/{export.pk}/{number}"
