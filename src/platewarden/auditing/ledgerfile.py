"""A week's seed and its searches, read off a copy of the ledger, as anybody may have it (see ledger-format.md).

It holds no word of what was searched: numbers, times and kinds suffice. Whether the copy is the ledger is not checked
here: `verify_ledger.py` does that.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from platewarden.auditing.weeks import Week
from platewarden.ledger.checkpoint import Note, NoteError, TreeHead

SEARCH_KINDS: Final = frozenset({"query.asked", "query.held"})
"""Kinds of entries with which a search begins."""

_LEAF: Final = re.compile(r"platewarden ledger leaf 1\nseq (\d+)\nat (\S+)Z\nkind (\S+)\n")


class LedgerFileError(ValueError):
    """The file is no copy of a ledger, or holds nothing to draw from."""


@dataclass(frozen=True, slots=True)
class WeekOfLedger:
    """What a copy of the ledger says of one week.

    Attributes:
        entries: Numbers of the entries with which searches were asked.
        checkpoint: Size of the first checkpoint that covers an entry made after the week.
        seed: Its root hash, 32 bytes.
    """

    entries: list[int]
    checkpoint: int
    seed: bytes


def read_week(lines: Iterable[str], week: Week) -> WeekOfLedger:
    """Return what the copy with these *lines* says of *week*.

    Raises:
        LedgerFileError: A line is malformed, or no checkpoint covers an entry made after the week.
    """
    entries: list[int] = []
    is_over = False
    for place, line in enumerate(lines, 1):
        said = _parsed(line, place)
        if isinstance(leaf := said.get("leaf"), str):
            seq, at, kind = _leaf(leaf, place)
            is_over = is_over or at >= week.ends_at
            if kind in SEARCH_KINDS and week.begins_at <= at < week.ends_at:
                entries.append(seq)
        elif is_over and isinstance(note := said.get("checkpoint"), str):
            head = _head(note, place)
            return WeekOfLedger(entries, head.size, head.root)
    raise LedgerFileError(f"no checkpoint in this file covers an entry made after {week}: take a later copy")


def _parsed(line: str, place: int) -> dict[str, object]:
    try:
        said = json.loads(line)
    except ValueError as error:
        raise LedgerFileError(f"line {place} is no JSON: is this an export of the ledger?") from error
    if not isinstance(said, dict):
        raise LedgerFileError(f"line {place} is no JSON object")
    return said


def _leaf(leaf: str, place: int) -> tuple[int, datetime, str]:
    found = _LEAF.match(leaf)
    try:
        assert found
        return int(found[1]), datetime.fromisoformat(found[2]).replace(tzinfo=UTC), found[3]
    except (AssertionError, ValueError) as error:
        raise LedgerFileError(f"line {place} holds no leaf of the ledger") from error


def _head(note: str, place: int) -> TreeHead:
    try:
        return TreeHead.parse(Note.parse(note).text)
    except NoteError as error:
        raise LedgerFileError(f"line {place} holds no checkpoint: {error}") from error
