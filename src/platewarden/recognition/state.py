"""The state of registration, from the words on the plate.

Names and slogans are set small and often in script, so they are matched as near spellings; a state is named
only when its words fit well and no other state's words fit nearly as well.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from platewarden.recognition.state_words import NEIGHBOURS, STATE_NAMES, STATE_SLOGANS

MIN_CONFIDENCE: Final = 0.5
"""Below this the state is unknown."""

MIN_LETTERS: Final = 4
"""Shorter words say nothing; the shortest names (IOWA, OHIO, UTAH) have four letters."""

_SIMILAR: Final = 70.0
"""Similarity, 0-100, at which words begin to count."""

_NOTHING: Final = 36.0
"""Similarity that unrelated words have anyway: strength grows from here to 100."""

_CLEARLY_WORSE: Final = 5.0
_STRONGEST: Final = 0.98
_SUREST: Final = 0.99
"""No guess is surer than states named on photographs have turned out right."""

NEW_YORK_DESIGNS: Final = (
    "ny-excelsior", "ny-gold", "ny-blue-white", "ny-taxi", "ny-commercial", "ny-official"
)  # fmt: skip
"""Designs that are told apart by name; a class of vehicle (the last three) is named before its ground."""

_ELSEWHERE: Final = ""
_NOT_LETTERS: Final = re.compile(r"[^A-Z0-9]")
_STICKER: Final = re.compile(
    r"^[\d\s]*(?:JAN|FEB|MAR|APR|MAY|JUNE?|JULY?|AUG|SEPT?|OCT|NOV|DEC)(?=[\s\d]|CALIF)|^\s*\d{1,4}(?=\s*[A-Z]{4})|(?<=[A-Z])\s*\d{1,4}\s*$"
)


@dataclass(frozen=True, slots=True)
class StateGuess:
    """The state of registration of one plate.

    Attributes:
        code: Two-letter code; empty when unknown.
        confidence: 0-1; 0 when unknown.
        design: One of `NEW_YORK_DESIGNS` where words, look and serial bear it out; else empty.
    """

    code: str = ""
    confidence: float = 0.0
    design: str = ""


def _squeeze(words: str) -> str:
    return _NOT_LETTERS.sub("", words.upper())


def _phrases() -> tuple[tuple[str, str], ...]:
    names = [(code, _squeeze(name)) for code, name in STATE_NAMES.items()]
    slogans = [(code, _squeeze(words)) for code, many in STATE_SLOGANS.items() for words in many]
    return (*names, *slogans, *((_ELSEWHERE, _squeeze(words)) for words in NEIGHBOURS))


_PHRASES: Final = _phrases()
"""State code, words without blanks."""


def match_state(lines: Iterable[str]) -> StateGuess:
    """Return the state whose name or slogan *lines*, the words on and around a plate, spell best."""
    doubt: dict[str, float] = {}
    for line in lines:
        for code, strength in _strengths(_squeeze(_without_date(line))).items():
            doubt[code] = doubt.get(code, 1.0) * (1.0 - strength)
    ranked = sorted(((1.0 - rest, code) for code, rest in doubt.items()), reverse=True)
    if not ranked:
        return StateGuess()
    best, code = ranked[0]
    rival = ranked[1][0] if len(ranked) > 1 else 0.0
    confidence = best * best / (best + rival)
    if code == _ELSEWHERE or confidence < MIN_CONFIDENCE:
        return StateGuess()
    return StateGuess(code, min(confidence, _SUREST))


def _without_date(line: str) -> str:
    """Return *line* without the month and year of a validation sticker around it."""
    return _STICKER.sub(" ", line.upper())


def _strengths(text: str) -> dict[str, float]:
    """Return for each state that *text* could name how well it does, 0-1.

    States whose best phrase fits clearly worse than the best of all are left out: WASHINGTON with a letter
    too many is not half a WASHINGTON DC.
    """
    if len(text) < MIN_LETTERS:
        return {}
    similar: dict[str, float] = {}
    for code, phrase in _PHRASES:
        similar[code] = max(similar.get(code, 0.0), _similarity(text, phrase))
    least = max(_SIMILAR, max(similar.values()) - _CLEARLY_WORSE)
    return {
        code: _STRONGEST * (value - _NOTHING) / (100.0 - _NOTHING)
        for code, value in similar.items()
        if value >= least
    }


def _similarity(text: str, phrase: str) -> float:
    """Return 0-100: the whole of *text* against *phrase*, or the best stretch of a longer *text*."""
    if len(text) <= len(phrase) + 3:
        return fuzz.ratio(text, phrase)
    return fuzz.partial_ratio(phrase, text) * 0.9 if len(phrase) > MIN_LETTERS else 0.0
