"""The signals there are: what each looks for, and what it cannot know. None of them is an accusation."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from platewarden.auditing.facts import QueryFact


class SignalKind(StrEnum):
    """A reason to look at searches: its value is kept, its label and its caution are shown."""

    label: str
    caution: str

    def __new__(cls, value: str, label: str = "", caution: str = "") -> Self:
        """Pair the *value* with what people read."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label, member.caution = label, caution
        return member

    REPEATED = (
        "repeated_vehicle",
        "One person, one vehicle, again and again",
        "Long investigations look like this.",
    )
    CROWD = (
        "crowd",
        "Many people, one vehicle",
        "A vehicle in the news looks like this, and so does one that several cases have in common.",
    )
    CASE_REUSED = (
        "case_reused",
        "One case number, many vehicles",
        "A series of offences, or an area searched for witnesses, looks like this.",
    )
    SAME_REASON = (
        "same_reason",
        "The same words for different cases",
        "Somebody who writes little looks like this.",
    )
    THIN_REASONS = (
        "thin_reasons",
        "Reasons that hardly say anything",
        "Few words are not wrong words.",
    )
    GROUND = (
        "named_ground",
        "A reason that names a protected ground",
        "The victim's religion, say, is named as well where an offence is aimed at it.",
    )
    OTHER_BODY = (
        "other_body",
        "Searched for somebody outside the agency",
        "Help for a neighbour is lawful by release (SHR-1), not by a search in one's own name.",
    )
    DECLARED = (
        "declared_plate",
        "A plate that somebody here has declared",
        "Whose vehicle was stolen looks like this, too.",
    )
    CANARY = (
        "canary",
        "A planted plate",
        "No vehicle has it. Somebody may have mistyped another.",
    )
    OFF_SHIFT = (
        "off_shift",
        "Searches off shift",
        "Overtime, call-outs and shifts that nobody started look like this.",
    )
    UNUSUAL_HOURS = (
        "unusual_hours",
        "Searches outside a person's usual hours",
        "A change of shift looks like this.",
    )
    NOTHING_FOLLOWED = (
        "nothing_followed",
        "Nothing followed",
        "Only what is recorded here is known: much good work ends elsewhere, or nowhere.",
    )
    VOLUME = (
        "volume",
        "More searches than the colleagues",
        "A grave case looks like this.",
    )
    COPIES = (
        "copies",
        "More copies taken away than the colleagues",
        "Somebody who prepares cases for court looks like this.",
    )
    FIRST_DAYS = (
        "first_days",
        "Somebody's first days",
        "Everybody has them: this says nothing but that a look now teaches most.",
    )


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason to look at some searches of one person.

    Attributes:
        kind: What it is.
        person: Account id of whose searches they are; of whoever made most of them where several did.
        entries: Numbers of their ledger entries, oldest first.
        words: What was found, in a sentence; it names neither plate nor person.
        strength: For the order in which signals are shown, from 0; comparable within one kind only.
    """

    kind: SignalKind
    person: str
    entries: tuple[int, ...]
    words: str
    strength: float = 0.0


def signal(
    kind: SignalKind, person: str, rows: Iterable[QueryFact], words: str, *, strength: float = 0.0
) -> Signal:
    """Return the signal about *rows*."""
    return Signal(kind, person, tuple(sorted({row.entry for row in rows})), words, strength)


def plural(count: int, one: str, many: str = "") -> str:
    """Return *count* with its word, e.g. ``3 vehicles``."""
    return f"{count} {one if count == 1 else many or one + 's'}"
