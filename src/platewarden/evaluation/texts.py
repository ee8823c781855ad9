"""Two plates compared, character by character."""

from collections import Counter
from collections.abc import Iterable
from typing import Final, TypeAlias

from rapidfuzz.distance import Levenshtein

NOTHING: Final = ""
"""Stands in a pair where one of two plates has no character."""

Pair: TypeAlias = tuple[str, str]
"""A character of the true plate and the one that was read for it; either may be `NOTHING`."""

_FOLD: Final = str.maketrans("OQI", "001")


def folded(plate: str) -> str:
    """Return *plate* with the characters that many dies do not distinguish made one: O Q 0, I 1."""
    return plate.translate(_FOLD)


def edits(truth: str, read: str) -> int:
    """Return how many characters have to be replaced, put in or taken out to make *truth* of *read*."""
    return Levenshtein.distance(truth, read)


def aligned(truth: str, read: str) -> list[Pair]:
    """Return the characters of both, paired by the fewest edits, left to right."""
    pairs: list[Pair] = []
    for step in Levenshtein.opcodes(truth, read):
        wanted, given = truth[step.src_start : step.src_end], read[step.dest_start : step.dest_end]
        length = max(len(wanted), len(given))
        pairs += zip(_filled(wanted, length), _filled(given, length), strict=True)
    return pairs


def confusions(plates: Iterable[tuple[str, str]]) -> Counter[Pair]:
    """Count the pairs of all *plates*, each a true plate and what was read, right ones included."""
    return Counter(pair for truth, read in plates for pair in aligned(truth, read))


def _filled(text: str, length: int) -> list[str]:
    return [*text, *[NOTHING] * (length - len(text))]
