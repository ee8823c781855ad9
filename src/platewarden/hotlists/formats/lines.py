"""From bytes to lines of text: UTF-8 only, bounded, and clear about what is wrong with anything else.

No encoding is guessed, for a wrong guess would change what an entry says. Line ends may be LF or CRLF; the mark
at the start and the end-of-file character of old systems are no part of the text.
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from platewarden.hotlists.formats.report import Report

MAX_BYTES: Final = 1024 * 1024 * 1024
"""Of a file, and of what a compressed file holds: five million lines of the national extract are 330 MB."""

MAX_LINE: Final = 64 * 1024
CHUNK: Final = 256 * 1024

_OTHER_ENCODINGS: Final = (
    (b"\xff\xfe\0\0", "UTF-32"),
    (b"\0\0\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_END_OF_FILE: Final = b"\x1a"

Watch = Callable[[int], None]
"""Told now and then how many bytes have been read; what it raises ends the reading."""


def unwatched(seen: int) -> None:
    """Let the reading go on, however many bytes have been *seen*."""


class _UnreadableError(ValueError):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def read_lines(stream: BinaryIO, report: Report, watch: Watch) -> Iterator[str]:
    """Yield the lines of *stream* without their ends; what makes it unreadable is added to *report* and ends it."""
    seen, done, carry = 0, 0, b""
    try:
        while chunk := stream.read(CHUNK):
            seen += len(chunk)
            watch(seen)
            carry += chunk
            _check_bytes(chunk, carry, seen, done)
            block, end, carry = carry.rpartition(b"\n")
            lines = _decoded(block, done) if end else []
            yield from lines
            done += len(lines)
        if last := carry.rstrip(_END_OF_FILE):
            yield from _decoded(last, done)
    except _UnreadableError as error:
        report.add_problem(error.line, "", str(error))


def _check_bytes(chunk: bytes, carry: bytes, seen: int, done: int) -> None:
    """Refuse what is no text of ours as soon as it is seen: *carry* begins line *done* + 1 and ends with *chunk*."""
    if seen == len(chunk):
        for mark, name in _OTHER_ENCODINGS:
            if chunk.startswith(mark):
                raise _UnreadableError(1, f"is {name}: save the file as UTF-8 text")
    if seen > MAX_BYTES:
        line = done + 1 + carry.count(b"\n")
        raise _UnreadableError(
            line, f"is beyond {MAX_BYTES // 1024**2} MB, the most that is read: split the list"
        )
    if b"\0" in chunk:
        line = done + 1 + carry.count(b"\n", 0, carry.index(b"\0"))
        raise _UnreadableError(
            line, "holds a NUL byte: this is no text in UTF-8; save the file as UTF-8 text"
        )
    if len(carry) > 4 * MAX_LINE and b"\n" not in carry:  # as many bytes as its characters can have
        raise _too_long(done + 1, has_returns=b"\r" in carry)


def _decoded(block: bytes, done: int) -> list[str]:
    """Return the lines of *block*, *done* having gone before."""
    try:
        text = block.decode("utf-8-sig" if done == 0 else "utf-8")
    except UnicodeDecodeError as error:
        line = done + 1 + block.count(b"\n", 0, error.start)
        message = "is not UTF-8, and no other encoding is guessed: save the file as UTF-8 text"
        raise _UnreadableError(line, message) from error
    lines = [line.removesuffix("\r") for line in text.split("\n")] if "\r" in text else text.split("\n")
    if max(map(len, lines)) > MAX_LINE:
        place, long = next((place, line) for place, line in enumerate(lines) if len(line) > MAX_LINE)
        raise _too_long(done + 1 + place, has_returns="\r" in long)
    return lines


def _too_long(line: int, *, has_returns: bool) -> _UnreadableError:
    ends = ". Its lines seem to end with CR alone: save it with LF or CRLF" if has_returns else ""
    return _UnreadableError(line, f"is longer than {MAX_LINE} characters{ends}")
