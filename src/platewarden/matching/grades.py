"""How well a read and a hotlist entry fit together: by characters and by state.

A grade never says that a vehicle is wanted: it says how much a person still has to compare.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from platewarden.matching.comparing import CharacterComparison, CharacterRelation, compare_characters, fits
from platewarden.matching.edits import is_one_edit
from platewarden.matching.patterns import ANY, ONE, is_pattern
from platewarden.matching.plates import PlateError, is_canonical, skeleton


class Grade(StrEnum):
    """What a match is worth, the best first."""

    EXACT_STATE_AGREES = "exact_state_agrees"
    EXACT_STATE_UNKNOWN = "exact_state_unknown"
    EXACT_STATE_DIFFERS = "exact_state_differs"
    CONFUSABLE = "confusable"
    ONE_CHARACTER = "one_character"
    PARTIAL = "partial"
    ALTERNATE = "alternate"

    @property
    def rank(self) -> int:
        """Place in the order of worth; 0 is the best."""
        return list(Grade).index(self)

    @property
    def label(self) -> str:
        """Plain words for people."""
        return _GRADE_LABELS[self]


_GRADE_LABELS: Final = {
    Grade.EXACT_STATE_AGREES: "same characters, same state",
    Grade.EXACT_STATE_UNKNOWN: "same characters, state unknown",
    Grade.EXACT_STATE_DIFFERS: "same characters, another state",
    Grade.CONFUSABLE: "characters that look alike",
    Grade.ONE_CHARACTER: "one character differs",
    Grade.PARTIAL: "fits a partial entry",
    Grade.ALTERNATE: "another reading of the plate",
}


class StateRelation(StrEnum):
    """How the state read compares with the entry's."""

    AGREES = "agrees"
    ANY = "any"
    UNKNOWN = "unknown"
    DIFFERS = "differs"


_BY_STATE: Final = {
    StateRelation.AGREES: Grade.EXACT_STATE_AGREES,
    StateRelation.ANY: Grade.EXACT_STATE_AGREES,
    StateRelation.UNKNOWN: Grade.EXACT_STATE_UNKNOWN,
    StateRelation.DIFFERS: Grade.EXACT_STATE_DIFFERS,
}

NO_ALTERNATES: Final[Mapping[str, float]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Match:
    """A read and an entry that fit, how well, and why.

    Attributes:
        grade: What the match is worth.
        characters: Every place of the plate, first to last.
        state: How the states compare.
        alternate: Confidence, 0-1, with which the camera also read the entry's plate itself; None if it did not.
    """

    grade: Grade
    characters: tuple[CharacterComparison, ...]
    state: StateRelation
    alternate: float | None = None

    @property
    def weaknesses(self) -> frozenset[Grade]:
        """Every grade the match would have for one of its flaws alone; an alert must be admitted for each."""
        flaws = {self.grade, _BY_STATE[self.state]}
        if any(place.relation is CharacterRelation.CONFUSABLE for place in self.characters):
            flaws.add(Grade.CONFUSABLE)
        return frozenset(flaws - {Grade.EXACT_STATE_AGREES}) or frozenset({Grade.EXACT_STATE_AGREES})


def grade(
    read_plate: str,
    read_state: str | None,
    entry_plate: str,
    entry_state: str | None,
    *,
    confidences: Sequence[float] = (),
    with_one_character: bool = False,
    alternates: Mapping[str, float] = NO_ALTERNATES,
) -> Match | None:
    """Grade a read against a hotlist entry.

    Args:
        read_plate: Canonical plate of the read.
        read_state: Postal code of the state read; empty or None when it was not read.
        entry_plate: Canonical plate of the entry, or the pattern of a partial one.
        entry_state: Postal code; None when the entry is expressly for any state, empty when it does not say.
        confidences: Of each character of the read, 0-1, in order; may be left out.
        with_one_character: Whether a plate one character away fits as well.
        alternates: What else the camera may have seen, by canonical plate, with its confidence, 0-1. They are
            evidence beside the read and never take its place.

    Returns:
        The match, under the best grade that fits; None when none does.

    Raises:
        PlateError: A plate is not canonical.
    """
    if not (is_canonical(read_plate) and is_canonical(entry_plate.replace(ONE, "").replace(ANY, ""))):
        raise PlateError("only canonical plates can be graded: normalise both first")
    state = compare_states(read_state, entry_state)
    found = _grade(
        read_plate, entry_plate, state, with_one_character=with_one_character, alternates=alternates
    )
    if found is None:
        return None
    characters = compare_characters(read_plate, entry_plate, confidences=confidences)
    return Match(found, characters, state, alternates.get(entry_plate))


def compare_states(read_state: str | None, entry_state: str | None) -> StateRelation:
    """Compare the state read with the entry's; case and blanks do not count."""
    if entry_state is None:
        return StateRelation.ANY
    read, entry = (read_state or "").strip().upper(), entry_state.strip().upper()
    if not read or not entry:
        return StateRelation.UNKNOWN
    return StateRelation.AGREES if read == entry else StateRelation.DIFFERS


def _grade(
    read: str,
    entry: str,
    state: StateRelation,
    *,
    with_one_character: bool,
    alternates: Mapping[str, float],
) -> Grade | None:
    if is_pattern(entry):
        return Grade.PARTIAL if fits(read, entry) else None
    if read == entry:
        return _BY_STATE[state]
    if skeleton(read) == skeleton(entry):
        return Grade.CONFUSABLE
    if with_one_character and is_one_edit(read, entry):
        return Grade.ONE_CHARACTER
    return Grade.ALTERNATE if entry in alternates else None
