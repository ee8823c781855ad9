"""A stream of bytes that lies in the sealed store part by part: never whole, never in the clear."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

from platewarden.images.store import Shelf, image_store

PART_BYTES: Final = 4 << 20
"""Bytes sealed at once: what a stream takes in memory, however long it is."""


class SealedSink:
    """Takes a stream of bytes and seals it part by part under the key of a shelf."""

    def __init__(self, shelf: Shelf, name: str) -> None:
        """Begin the stream *name* on *shelf*."""
        self._shelf, self._name, self._waiting = shelf, name, bytearray()
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
        part = bytes(self._waiting[:size])
        self.parts += image_store().seal(self._shelf, [(_part(self._name, len(self.parts)), part)])
        del self._waiting[:size]


def opened(shelf: Shelf, name: str, parts: Sequence[str]) -> Iterator[bytes]:
    """Yield the bytes of the stream *name* on *shelf*, whose references are *parts*, part by part.

    Raises:
        KeyUnavailable, ImageUnavailable: A part cannot be opened.
    """
    store = image_store()
    for number, reference in enumerate(parts):
        yield store.open(shelf, _part(name, number), reference)


def _part(name: str, number: int) -> str:
    return f"{name}/{number}"
