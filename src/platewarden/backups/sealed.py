"""A stream sealed chunk by chunk: it can be neither read, changed, reordered, cut nor lengthened without the key.

The file: a line that names the format, a line of JSON (the header, readable by anyone), then chunks of four bytes of
length and so many bytes of AES-256-GCM. A chunk's nonce is its number and whether it is the last; the digest of
format and header is the associated data of every chunk. A key seals one stream alone, so that no nonce comes twice.
"""

import hashlib
import json
import struct
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT: Final = b"platewarden backup 1\n"
CHUNK: Final = 1 << 20
_LENGTH: Final = struct.Struct(">I")
_NONCE: Final = struct.Struct(">QI")
_TAG: Final = 16
_LONGEST_HEADER: Final = 65_536


class BackupDamaged(Exception):  # noqa: N818 - says a state
    """What lies there is not a backup, or not the whole backup as it was made."""


class SealedWriter:
    """Seals what is written to it into *file*; only `close` makes it whole."""

    def __init__(self, file: BinaryIO, key: bytes, header: Mapping[str, Any]) -> None:
        """Write format and *header*; *key* (32 bytes) is this stream's alone."""
        top = FORMAT + json.dumps(header, sort_keys=True).encode() + b"\n"
        file.write(top)
        self._file, self._cipher, self._top = file, AESGCM(key), hashlib.sha256(top).digest()
        self._pending = bytearray()
        self._number = 0

    def write(self, data: bytes | memoryview) -> None:
        """Seal *data*, sooner or later."""
        self._pending += data
        while len(self._pending) > CHUNK:
            self._seal(bytes(self._pending[:CHUNK]), is_last=False)
            del self._pending[:CHUNK]

    def close(self) -> None:
        """Seal what is left as the end of the stream."""
        self._seal(bytes(self._pending), is_last=True)
        self._pending.clear()

    def _seal(self, chunk: bytes, *, is_last: bool) -> None:
        sealed = self._cipher.encrypt(_NONCE.pack(self._number, is_last), chunk, self._top)
        self._file.write(_LENGTH.pack(len(sealed)) + sealed)
        self._number += 1


def read_header(file: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """Return the header of the backup that begins at *file*'s position, and the digest that binds it to its chunks.

    Nothing of it may be believed before a chunk has been opened.

    Raises:
        BackupDamaged: It does not begin like a backup.
    """
    first = file.readline(len(FORMAT))
    line = file.readline(_LONGEST_HEADER)
    try:
        header = json.loads(line)
    except ValueError:
        header = None
    if first != FORMAT or not line.endswith(b"\n") or not isinstance(header, dict):
        raise BackupDamaged("This is no backup of Platewarden, or its beginning is damaged.")
    return header, hashlib.sha256(first + line).digest()


def opened(file: BinaryIO, key: bytes, top: bytes) -> Iterator[bytes]:
    """Yield the chunks of a stream whose header has been read, each one checked; *top* is the header's digest.

    Raises:
        BackupDamaged: A chunk is missing, changed, in the wrong place, or something follows the last.
    """
    cipher, number, is_last = AESGCM(key), 0, False
    while not is_last:
        sealed = _next_chunk(file)
        chunk, is_last = _open(cipher, sealed, number, top)
        number += 1
        yield chunk
    if file.read(1):
        raise BackupDamaged("Something was added behind the end of the backup.")


def _next_chunk(file: BinaryIO) -> bytes:
    length = file.read(_LENGTH.size)
    if len(length) < _LENGTH.size:
        raise BackupDamaged("The backup ends too early: it was cut, or never finished.")
    (size,) = _LENGTH.unpack(length)
    if not _TAG <= size <= CHUNK + _TAG:
        raise BackupDamaged("The backup is damaged: a part has an impossible length.")
    sealed = file.read(size)
    if len(sealed) < size:
        raise BackupDamaged("The backup ends too early: it was cut, or never finished.")
    return sealed


def _open(cipher: AESGCM, sealed: bytes, number: int, top: bytes) -> tuple[bytes, bool]:
    for is_last in (False, True):
        try:
            return cipher.decrypt(_NONCE.pack(number, is_last), sealed, top), is_last
        except InvalidTag:
            continue
    raise BackupDamaged(f"The backup was changed, or the key is not its own: part {number} does not open.")
