"""A read and an entry set side by side, character by character, with what the entry leaves open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from platewarden.matching.edits import is_one_edit, shared_beginning
from platewarden.matching.patterns import ANY, ONE, is_pattern
from platewarden.matching.plates import confusable


class CharacterRelation(StrEnum):
    """How a character read compares with the entry's character in its place."""

    SAME = "same"
    CONFUSABLE = "confusable"
    DIFFERENT = "different"
    INSERTED = "inserted"
    MISSING = "missing"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class CharacterComparison:
    """One place of two plates side by side.

    Attributes:
        read: Character read; empty where the entry has one more, or leaves none open.
        entry: Character of the entry, ``?`` or ``*`` where it leaves this one open; empty where the read has one
            more.
        relation: How they compare.
        confidence: Of the character read, 0-1, where known.
    """

    read: str
    entry: str
    relation: CharacterRelation
    confidence: float | None = None


_Places = tuple[CharacterComparison, ...]
_Found = tuple[int, _Places]

_COSTS: Final = {
    CharacterRelation.SAME: 0,
    CharacterRelation.OPEN: 0,
    CharacterRelation.CONFUSABLE: 1,
    CharacterRelation.DIFFERENT: 4,
    CharacterRelation.INSERTED: 4,
    CharacterRelation.MISSING: 4,
}
"""What is likelier to have happened costs less; a shifted plate is seen as shifted, not as all different."""


def compare_characters(read: str, entry: str, *, confidences: Sequence[float] = ()) -> _Places:
    """Set two plates side by side so that as much as possible agrees.

    Args:
        read: Canonical plate.
        entry: Canonical plate or pattern.
        confidences: Of each character of the read, 0-1, in order; may be left out.
    """
    places = _beside(read, entry) or _aligned(read, entry)
    if places is None:  # a pattern that does not fit: its open places mean nothing then
        places = _aligned(read, entry.replace(ONE, "").replace(ANY, "")) or ()
    return tuple(_with_confidences(places, confidences))


def fits(plate: str, pattern: str) -> bool:
    """Whether a canonical *plate* is one that *pattern* leaves possible, characters that look alike included."""
    return _aligned(plate, pattern) is not None


def _beside(read: str, entry: str) -> _Places | None:
    """Return the pairing of whole plates that are one character apart at most: the common case, found at once."""
    if is_pattern(entry):
        return None
    if len(read) == len(entry):
        places = tuple(CharacterComparison(a, b, _relate(a, b)) for a, b in zip(read, entry, strict=True))
        others = sum(place.relation is CharacterRelation.DIFFERENT for place in places)
        return places if others <= 1 else None
    if not is_one_edit(read, entry):
        return None
    at = shared_beginning(read, entry)
    before, after = read[:at], read[at + 1 :] if len(read) > len(entry) else read[at:]
    inserted = CharacterComparison(read[at : at + 1], "", CharacterRelation.INSERTED)
    missing = CharacterComparison("", entry[at : at + 1], CharacterRelation.MISSING)
    return (*_same(before), inserted if len(read) > len(entry) else missing, *_same(after))


def _same(text: str) -> Iterable[CharacterComparison]:
    return (CharacterComparison(char, char, CharacterRelation.SAME) for char in text)


def _aligned(read: str, entry: str) -> _Places | None:
    """Return the cheapest way of pairing the characters; None when a pattern leaves none."""
    may_edit = not is_pattern(entry)

    @cache
    def from_here(at: int, on: int) -> _Found | None:
        if at == len(read) and on == len(entry):
            return 0, ()
        ways = [
            (place, from_here(at + taken, on + used))
            for place, taken, used in _steps(read[at:], entry[on:], may_edit=may_edit)
        ]
        found = [(_cost(place) + rest[0], place + rest[1]) for place, rest in ways if rest is not None]
        return min(found, key=lambda way: way[0], default=None)

    best = from_here(0, 0)
    return best[1] if best else None


def _steps(read: str, entry: str, *, may_edit: bool) -> Iterable[tuple[_Places, int, int]]:
    """Yield what the first places may be: their comparison, and how much of read and entry they use up."""
    if entry[:1] == ANY:
        for length in range(len(read) + 1):
            covered = read[:length] or [""]
            yield tuple(CharacterComparison(char, ANY, CharacterRelation.OPEN) for char in covered), length, 1
        return
    if read and entry:
        relation = _relate(read[0], entry[0])
        if may_edit or relation is not CharacterRelation.DIFFERENT:
            yield (CharacterComparison(read[0], entry[0], relation),), 1, 1
    if may_edit and read:
        yield (CharacterComparison(read[0], "", CharacterRelation.INSERTED),), 1, 0
    if may_edit and entry:
        yield (CharacterComparison("", entry[0], CharacterRelation.MISSING),), 0, 1


def _relate(read: str, entry: str) -> CharacterRelation:
    if entry == ONE:
        return CharacterRelation.OPEN
    if read == entry:
        return CharacterRelation.SAME
    return CharacterRelation.CONFUSABLE if confusable(read, entry) else CharacterRelation.DIFFERENT


def _cost(places: _Places) -> int:
    return sum(_COSTS[place.relation] for place in places)


def _with_confidences(places: _Places, confidences: Sequence[float]) -> Iterable[CharacterComparison]:
    known = iter(confidences)
    for place in places:
        sure = next(known, None) if place.read else None
        yield CharacterComparison(place.read, place.entry, place.relation, sure)
