"""Named parts within one stream: each a line of JSON that says what it is, then its bytes in blocks."""

import json
import struct
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from platewarden.backups.sealed import BackupDamaged, SealedWriter

_SIZE: Final = struct.Struct(">I")
_LONGEST_BLOCK: Final = 1 << 24


def write_part(
    stream: SealedWriter, what: Mapping[str, Any], blocks: Iterable[bytes | memoryview] = ()
) -> None:
    """Write one part: *what* it is, and its content in *blocks*."""
    name = json.dumps(what, sort_keys=True).encode()
    stream.write(_SIZE.pack(len(name)) + name)
    for block in blocks:
        for start in range(0, len(block), _LONGEST_BLOCK):
            piece = bytes(block[start : start + _LONGEST_BLOCK])
            stream.write(_SIZE.pack(len(piece)) + piece)
    stream.write(_SIZE.pack(0))


class PartReader:
    """Gives back what `write_part` wrote, part by part, in order."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        """Read from *chunks*, as they come."""
        self._chunks, self._buffer = chunks, bytearray()

    def __iter__(self) -> Iterator[tuple[dict[str, Any], Iterator[bytes]]]:
        """Yield each part's name and its blocks; what is left of those is passed over before the next part."""
        while self._fill(1):
            name = json.loads(self._take(self._size()))
            blocks = self._blocks()
            yield name, blocks
            deque(blocks, maxlen=0)

    def _blocks(self) -> Iterator[bytes]:
        while size := self._size():
            yield self._take(size)

    def _size(self) -> int:
        (size,) = _SIZE.unpack(self._take(_SIZE.size))
        return int(size)

    def _take(self, size: int) -> bytes:
        if not self._fill(size):
            raise BackupDamaged("The backup ends within a part.")
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _fill(self, size: int) -> bool:
        while len(self._buffer) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                return False
            self._buffer += chunk
        return True
