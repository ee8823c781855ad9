"""The phrases that are looked for on a plate, and what each says of the state of registration."""

import re
from dataclasses import dataclass
from typing import Final

from platewarden.recognition.reader import LETTERS
from platewarden.recognition.spotting import Phrasebook
from platewarden.recognition.state_words import MENTIONED, NEIGHBOURS, STATE_NAMES, STATE_SLOGANS

ELSEWHERE: Final = "elsewhere"
"""Stands for the state of a plate that is none of a state's."""

STATES: Final = (*STATE_NAMES, ELSEWHERE)
NO_STATE: Final = -1

_NOT_LETTERS: Final = re.compile(r"[^A-Z0-9]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words and what they say.

    Attributes:
        text: The words in capitals and figures, without blanks.
        state: Place in `STATES`; `NO_STATE` for words that say nothing, however much they look like a state's.
        share: How many plates of that state bear it, 0-1, roughly.
    """

    text: str
    state: int
    share: float


def squeezed(words: str) -> str:
    """Return *words* in capitals and figures, without blanks and marks."""
    return _NOT_LETTERS.sub("", words.upper())


def symbols(text: str) -> list[int]:
    """Return the numbers of the symbols of *text*, capitals and figures only."""
    return [1 + LETTERS.index(character) for character in text]


_NAMED: Final = 0.5
_SLOGAN: Final = 0.1
_SAID_BESIDE: Final = 0.03


def _phrases() -> tuple[Phrase, ...]:
    place = {code: number for number, code in enumerate(STATES)}
    return (
        *(Phrase(squeezed(name), place[code], _NAMED) for code, name in STATE_NAMES.items()),
        *(
            Phrase(squeezed(words), place[code], _SLOGAN)
            for code, many in STATE_SLOGANS.items()
            for words in many
        ),
        *(Phrase(squeezed(words), place[ELSEWHERE], _SLOGAN) for words in NEIGHBOURS),
        *(Phrase(squeezed(words), NO_STATE, _SAID_BESIDE) for words in MENTIONED),
    )


PHRASES: Final = _phrases()
BOOK: Final = Phrasebook([symbols(phrase.text) for phrase in PHRASES])
