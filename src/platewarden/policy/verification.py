"""Looking at a plate image and comparing it with the entry, before anybody is stopped (HIT-2).

An agency may ask for a *blind first look*: whoever verifies types the characters and the state they see before the
read text, the entry and its list are shown. What they typed is recorded as typed, and a mismatch is said at once.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from platewarden.matching.comparing import CharacterComparison, CharacterRelation, compare_characters
from platewarden.matching.grades import StateRelation, compare_states
from platewarden.matching.plates import PLATE_MAX_LENGTH
from platewarden.policy.actor import Actor
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.hits import Comparison, StatusCheck, StatusReason, Verification, is_open
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may

UNREADABLE: Final = "?"
"""What stands for a character that could not be read."""

_NO_CHARACTER: Final = re.compile(r"[^A-Z0-9?]")


class SeenRelation(StrEnum):
    """How a character typed at a first look compares with the entry's in its place."""

    SAME = "same"
    CONFUSABLE = "confusable"
    DIFFERENT = "different"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What somebody typed before the entry was shown.

    Attributes:
        characters: Letters and digits as they stand on the plate, `UNREADABLE` for each that cannot be read; empty
            when none can.
        state: Postal code of the state of registration; empty when it cannot be read.
    """

    characters: str
    state: str


@dataclass(frozen=True, slots=True)
class SeenPlace:
    """One place of the plate: what was typed, what the entry has there, and how they compare."""

    typed: str
    entry: str
    relation: SeenRelation


@dataclass(frozen=True, slots=True)
class LookOutcome:
    """How what somebody typed at their first look compares with the entry.

    Attributes:
        characters: Of the characters; those that only look alike differ.
        state: Of the state of registration.
    """

    characters: Comparison
    state: Comparison

    @property
    def is_match(self) -> bool:
        """Whether both were typed as the entry has them."""
        return self.characters is Comparison.MATCH and self.state is Comparison.MATCH

    def contradicts(self, verification: Verification) -> bool:
        """Whether *verification* calls a match what this look did not find to be one."""
        pairs = ((verification.characters, self.characters), (verification.state, self.state))
        return any(said is Comparison.MATCH and seen is not Comparison.MATCH for said, seen in pairs)


def typed_characters(text: str) -> str:
    """Return what was typed as canonical characters; blanks, hyphens and marks do not count.

    Raises:
        ValueError: It is longer than any plate.
    """
    characters = _NO_CHARACTER.sub("", unicodedata.normalize("NFKD", text).upper())
    if len(characters) > PLATE_MAX_LENGTH:
        raise ValueError(f"A plate has at most {PLATE_MAX_LENGTH} characters: type those you see.")
    return characters


def places_of(look: FirstLook, entry_plate: str) -> tuple[SeenPlace, ...]:
    """Set what was typed beside the entry, a canonical plate or pattern, place by place; what it leaves open agrees."""
    compared = compare_characters(look.characters, entry_plate)
    return tuple(SeenPlace(place.read, place.entry, _relate(place)) for place in compared)


def outcome_of(look: FirstLook, entry_plate: str, entry_state: str | None) -> LookOutcome:
    """Compare a first look with the entry.

    Args:
        look: What was typed.
        entry_plate: Canonical plate of the entry.
        entry_state: Postal code; None when the entry is expressly for any state, empty when it does not say.
    """
    relations = {place.relation for place in places_of(look, entry_plate)}
    return LookOutcome(
        _characters(relations) if look.characters.strip(UNREADABLE) else Comparison.UNREADABLE,
        _STATES[compare_states(look.state, entry_state)],
    )


def _relate(place: CharacterComparison) -> SeenRelation:
    if place.relation in {CharacterRelation.SAME, CharacterRelation.OPEN}:
        return SeenRelation.SAME
    if place.read == UNREADABLE and place.entry:
        return SeenRelation.UNREADABLE
    if place.relation is CharacterRelation.CONFUSABLE:
        return SeenRelation.CONFUSABLE
    return SeenRelation.DIFFERENT


def _characters(relations: set[SeenRelation]) -> Comparison:
    if relations <= {SeenRelation.SAME}:
        return Comparison.MATCH
    return (
        Comparison.UNREADABLE
        if relations <= {SeenRelation.SAME, SeenRelation.UNREADABLE}
        else Comparison.DIFFER
    )


_STATES: Final = {
    StateRelation.AGREES: Comparison.MATCH,
    StateRelation.ANY: Comparison.MATCH,
    StateRelation.UNKNOWN: Comparison.UNREADABLE,
    StateRelation.DIFFERS: Comparison.DIFFER,
}


@dataclass(frozen=True, slots=True)
class LookFacts:
    """An alert as far as first looks are concerned.

    Attributes:
        looked_by: Account ids of those whose first look is recorded.
        opened_by: Account ids of those who opened the alert's page with its plate image.
        is_disposed: Whether the alert has ended.
        has_image: Whether its plate image can be shown; without it there is nothing to type.
    """

    looked_by: frozenset[str]
    opened_by: frozenset[str] = frozenset()
    is_disposed: bool = False
    has_image: bool = True


def may_see_entry(actor: Actor, facts: LookFacts, *, parameters: Parameters) -> Decision:
    """Decide whether *actor* may be shown the read text, the entry and its list yet.

    > HIT-2: Before any stop, a person who has looked at the plate image verifies that both the characters
    > and the state of registration match the hotlist entry.

    Where the agency asks for a blind first look, an open alert shows them to nobody before their own.
    """
    is_open_to_all = facts.is_disposed or not facts.has_image or not parameters.flag("hits.blind_first_look")
    if is_open_to_all or actor.id in facts.looked_by:
        return allow("HIT-2")
    return refuse(
        "HIT-2",
        "Your first look at this alert comes before its entry is shown.",
        remedy="Open the alert and type the characters and the state you see on the plate image.",
    )


def may_take_first_look(actor: Actor, facts: LookFacts) -> Decision:
    """Decide whether *actor* may record what they see; once, for nobody is blind a second time.

    > HIT-2: a person who has looked at the plate image verifies that both the characters and the state of
    > registration match the hotlist entry
    """
    return first_refusal(
        may(actor, Right.VERIFY_ALERTS),
        is_open(facts.is_disposed, "HIT-2"),
        _has_looked(actor, facts.opened_by),
        _is_first(actor, facts),
    )


def _is_first(actor: Actor, facts: LookFacts) -> Decision:
    if actor.id not in facts.looked_by:
        return allow("HIT-2")
    return refuse(
        "HIT-2",
        "Your first look at this alert is recorded as you typed it.",
        remedy="Compare the image again, and say in the verification what you see now.",
        field="characters",
    )


@dataclass(frozen=True, slots=True)
class VerificationFacts:
    """A verification somebody wants to record.

    Attributes:
        verification: What they say they saw.
        opened_by: Account ids of those who opened the alert's page with its plate image.
        is_disposed: Whether the alert has already ended.
        first_look: How their own blind first look came out; None when they took none.
        asks_first_look: Whether the agency asks for one.
    """

    verification: Verification
    opened_by: frozenset[str]
    is_disposed: bool = False
    first_look: LookOutcome | None = None
    asks_first_look: bool = False


def may_verify(actor: Actor, facts: VerificationFacts, *, now: datetime) -> Decision:  # noqa: ARG001 - as every rule
    """Decide whether *actor* may record this verification.

    > HIT-2: Before any stop, a person who has looked at the plate image verifies that both the characters
    > and the state of registration match the hotlist entry. The current status is checked through dispatch
    > or a vehicle query when circumstances allow, and the record says whether it was.

    A verification that found a difference is as welcome as one that found none.
    """
    return first_refusal(
        may(actor, Right.VERIFY_ALERTS),
        is_open(facts.is_disposed, "HIT-2"),
        _has_looked(actor, facts.opened_by),
        _looked_first(facts),
        _stands_by_first_look(facts),
        _explains_status(facts.verification),
    )


def _has_looked(actor: Actor, opened_by: frozenset[str]) -> Decision:
    if actor.id in opened_by:
        return allow("HIT-2")
    return refuse(
        "HIT-2",
        "You have not opened this alert's plate image.",
        remedy="Open the alert, compare the image with the entry, then verify.",
        field="characters",
    )


def _looked_first(facts: VerificationFacts) -> Decision:
    if facts.first_look is None and facts.asks_first_look:
        return refuse(
            "HIT-2",
            "You have not said what you see on the plate image before the entry was shown.",
            remedy="Open the alert and type the characters and the state you see; then verify.",
            field="characters",
        )
    return allow("HIT-2")


def _stands_by_first_look(facts: VerificationFacts) -> Decision:
    if facts.first_look is None or facts.verification.looked_again:
        return allow("HIT-2")
    if facts.first_look.contradicts(facts.verification):
        return refuse(
            "HIT-2",
            "You call a match what you typed differently before you knew the entry.",
            remedy="Compare the image again; say so if it matches after all, or record the difference.",
            field="looked_again",
        )
    return allow("HIT-2")


def _explains_status(verification: Verification) -> Decision:
    is_explained = verification.status_note.strip() or verification.status_reason not in {
        None,
        StatusReason.OTHER,
    }
    if verification.status_check is not StatusCheck.NOT_POSSIBLE:
        return allow("HIT-2")
    if verification.status_reason is StatusReason.NO_MATCH and verification.is_match:
        return refuse(
            "HIT-2",
            "The status was not asked because the image does not match, and both characters and state are said to.",
            remedy="Check the status through dispatch, or choose why it could not be checked.",
            field="status_reason",
        )
    if is_explained:
        return allow("HIT-2")
    return refuse(
        "HIT-2",
        "The record does not say why the status could not be checked.",
        remedy="Choose why not or say it in a few words, or check it through dispatch.",
        field="status_note",
    )
