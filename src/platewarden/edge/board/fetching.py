"""Fetching the list from the server and taking it on board."""

import zlib
from collections.abc import Iterable, Iterator
from typing import Final

import httpx

from platewarden.edge.board.entries import BoardError
from platewarden.edge.board.store import BoardStore
from platewarden.edge.board.wire import Coming
from platewarden.edge.identity import Identity
from platewarden.edge.talking import Line, answer_facts

PATH: Final = "/board"
_LONGEST: Final = 1 << 20


def fetch_board(line: Line, store: BoardStore, identity: Identity) -> bool:
    """Bring *store* up to date; return whether anything came. A change that does not fit is made good by the whole.

    Raises:
        BoardError: The server gives no list, or none that can be taken; what is on board stays.
        UnreachableError, RevokedError, StrangerError: See `Line.ask`.
    """
    on_board = int(store.statement.get("version", 0))
    try:
        return _taken(line, store, identity, base=on_board)
    except BoardError:
        if not on_board:
            raise
        return _taken(line, store, identity, base=0)


def _taken(line: Line, store: BoardStore, identity: Identity, *, base: int) -> bool:
    with line.asking("GET", PATH, etag=f'"{base}"') as answer:
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return False
        if answer.status_code != httpx.codes.OK:
            answer.read()
            facts = answer_facts(answer)
            raise BoardError(f"the server gives no list: {facts.get('message', answer.status_code)}")
        coming = Coming(lines_of(answer.iter_bytes()), device=identity.device, key=identity.server_key)
        coming.take_into(store)
    return True


def lines_of(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of gzipped *pieces*, with their ends.

    Raises:
        BoardError: They are no gzip, or a line is longer than any can be.
    """
    unpacker, waiting = zlib.decompressobj(31), b""
    try:
        for piece in pieces:
            more = piece
            while more:
                waiting += unpacker.decompress(more, _LONGEST)
                more = unpacker.unconsumed_tail
                *lines, waiting = waiting.splitlines(keepends=True) or [b""]
                if waiting.endswith(b"\n"):
                    lines, waiting = [*lines, waiting], b""
                if len(waiting) > _LONGEST:
                    raise BoardError("a line of the list is longer than any entry")
                yield from lines
    except zlib.error as error:
        raise BoardError("the list is not packed as it must be") from error
