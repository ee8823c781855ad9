"""How well a read and a hotlist entry fit together, and why: character by character, and by state.

A grade never says that a vehicle is wanted: it says how much a person still has to compare.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

from platewarden.matching.plates import PlateError, confusable, is_canonical, skeleton


class Grade(StrEnum):
    """What a match is worth, the best first."""

    EXACT_STATE_AGREES = "exact_state_agrees"
    EXACT_STATE_UNKNOWN = "exact_state_unknown"
    EXACT_STATE_DIFFERS = "exact_state_differs"
    CONFUSABLE = "confusable"

    @property
    def rank(self) -> int:
        """Place in the order of worth; 0 is the best."""
        return list(Grade).index(self)

    @property
    def label(self) -> str:
        """Plain words for people."""
        return _GRADE_LABELS[self]


_GRADE_LABELS = {
    Grade.EXACT_STATE_AGREES: "same characters, same state",
    Grade.EXACT_STATE_UNKNOWN: "same characters, state unknown",
    Grade.EXACT_STATE_DIFFERS: "same characters, another state",
    Grade.CONFUSABLE: "characters that look alike",
}


class CharacterRelation(StrEnum):
    """How a character read compares with the entry's character in its place."""

    SAME = "same"
    CONFUSABLE = "confusable"
    DIFFERENT = "different"


class StateRelation(StrEnum):
    """How the state read compares with the entry's."""

    AGREES = "agrees"
    ANY = "any"
    UNKNOWN = "unknown"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class CharacterComparison:
    """One place of two plates side by side.

    Attributes:
        read: Character read; empty where the read is shorter.
        entry: Character of the entry; empty where the entry is shorter.
        relation: How they compare.
        confidence: Of the character read, 0-1, where known.
    """

    read: str
    entry: str
    relation: CharacterRelation
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A read and an entry that fit, how well, and why.

    Attributes:
        grade: What the match is worth.
        characters: Every place of the plate, first to last.
        state: How the states compare.
    """

    grade: Grade
    characters: tuple[CharacterComparison, ...]
    state: StateRelation


def grade(
    read_plate: str,
    read_state: str | None,
    entry_plate: str,
    entry_state: str | None,
    *,
    confidences: Sequence[float] = (),
) -> Match | None:
    """Grade a read against a hotlist entry.

    Args:
        read_plate: Canonical plate of the read.
        read_state: Postal code of the state read; empty or None when it was not read.
        entry_plate: Canonical plate of the entry.
        entry_state: Postal code; None when the entry is expressly for any state, empty when it does not say.
        confidences: Of each character of the read, 0-1, in order; may be left out.

    Returns:
        The match; None when the plates differ in more than characters that look alike.

    Raises:
        PlateError: A plate is not canonical.
    """
    if not (is_canonical(read_plate) and is_canonical(entry_plate)):
        raise PlateError("only canonical plates can be graded: normalise both first")
    if skeleton(read_plate) != skeleton(entry_plate):
        return None
    state = compare_states(read_state, entry_state)
    characters = compare_characters(read_plate, entry_plate, confidences=confidences)
    return Match(_grade(state, is_exact=read_plate == entry_plate), characters, state)


def compare_characters(
    read_plate: str, entry_plate: str, *, confidences: Sequence[float] = ()
) -> tuple[CharacterComparison, ...]:
    """Set two plates side by side, place by place; the shorter one is filled with empty characters."""
    known = confidences[: len(read_plate)]
    return tuple(
        CharacterComparison(read, entry, _relate(read, entry), known[place] if place < len(known) else None)
        for place, (read, entry) in enumerate(zip_longest(read_plate, entry_plate, fillvalue=""))
    )


def compare_states(read_state: str | None, entry_state: str | None) -> StateRelation:
    """Compare the state read with the entry's; case and blanks do not count."""
    if entry_state is None:
        return StateRelation.ANY
    read, entry = (read_state or "").strip().upper(), entry_state.strip().upper()
    if not read or not entry:
        return StateRelation.UNKNOWN
    return StateRelation.AGREES if read == entry else StateRelation.DIFFERS


def _relate(read: str, entry: str) -> CharacterRelation:
    if read == entry:
        return CharacterRelation.SAME
    if read and entry and confusable(read, entry):
        return CharacterRelation.CONFUSABLE
    return CharacterRelation.DIFFERENT


def _grade(state: StateRelation, *, is_exact: bool) -> Grade:
    if not is_exact:
        return Grade.CONFUSABLE
    if state is StateRelation.UNKNOWN:
        return Grade.EXACT_STATE_UNKNOWN
    return Grade.EXACT_STATE_DIFFERS if state is StateRelation.DIFFERS else Grade.EXACT_STATE_AGREES
