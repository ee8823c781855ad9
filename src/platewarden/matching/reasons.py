"""A match in plain sentences: what was read, what the entry has, and how the two compare."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from platewarden.matching.comparing import CharacterComparison, CharacterRelation
from platewarden.matching.grades import Match, StateRelation

_SURE: Final = 0.9
"""Confidence from which a character that agrees is not spoken of."""

_FLAWED: Final = frozenset(
    {
        CharacterRelation.CONFUSABLE,
        CharacterRelation.DIFFERENT,
        CharacterRelation.INSERTED,
        CharacterRelation.MISSING,
    }
)


def reasons(match: Match, *, read_state: str | None, entry_state: str | None) -> list[str]:
    """Return why *match* has its grade, one sentence a reason, characters first.

    Args:
        match: The match.
        read_state: Postal code of the state read; empty or None when it was not read.
        entry_state: Postal code; None when the entry is expressly for any state, empty when it does not say.
    """
    return [
        *_of_characters(match.characters),
        _of_state(match.state, read_state or "", entry_state or ""),
        *_of_alternates(match),
    ]


def _of_characters(places: tuple[CharacterComparison, ...]) -> Iterator[str]:
    if all(place.relation is CharacterRelation.SAME for place in places):
        yield f"All {len(places)} characters are the same."
    if opened := Counter(
        place.entry for place in places if place.relation is CharacterRelation.OPEN and place.read
    ):
        known = sum(1 for place in places if place.entry and place.relation is not CharacterRelation.OPEN)
        yield f"The entry is partial: it fixes {known} characters and leaves {opened.total()} of the plate open."
    elif any(place.relation is CharacterRelation.OPEN for place in places):
        yield "The entry is partial: it leaves open whether the plate has more characters."
    at = 0
    for place in places:
        at += bool(place.read)
        if place.relation in _FLAWED or (place.read and place.entry and _is_unsure(place)):
            yield _sentence(place, at)


def _is_unsure(place: CharacterComparison) -> bool:
    return (
        place.relation is CharacterRelation.SAME and place.confidence is not None and place.confidence < _SURE
    )


def _sentence(place: CharacterComparison, at: int) -> str:
    sure = "" if place.confidence is None else f" ({round(100 * place.confidence)} % sure)"
    read = f"Character {at} was read as {place.read}{sure}"
    match place.relation:
        case CharacterRelation.CONFUSABLE:
            return f"{read}; the entry has {place.entry}, which looks alike."
        case CharacterRelation.DIFFERENT:
            return f"{read}; the entry has {place.entry}, which is another."
        case CharacterRelation.INSERTED:
            return f"{read}; the entry does not have it."
        case CharacterRelation.MISSING:
            where = f"has {place.entry} after character {at}" if at else f"begins with {place.entry}"
            return f"The entry {where}; it was not read."
        case _:
            return f"{read}, as the entry has it."


def _of_state(relation: StateRelation, read: str, entry: str) -> str:
    match relation:
        case StateRelation.ANY:
            return "The entry is expressly for any state."
        case StateRelation.AGREES:
            return f"The state read is {read.strip().upper()}, as the entry has it."
        case StateRelation.DIFFERS:
            return f"The state read is {read.strip().upper()}; the entry is for {entry.strip().upper()}."
        case StateRelation.UNKNOWN:
            said = f"; the entry is for {entry.strip().upper()}" if entry.strip() else ""
            return "The entry does not say its state." if not said else f"The state was not read{said}."


def _of_alternates(match: Match) -> Iterator[str]:
    if match.alternate is not None:
        yield f"The camera's other readings include the entry's plate ({round(100 * match.alternate)} %)."
