"""The state of registration, from everything a plate says about it: one probability for each state, and for none.

Lines of text are compared with the phrases that states put on their plates (`state_phrases`). A line either bears a
phrase of the plate's own state, or something else: the serial, a sticker, a dealer's frame, now and then the name of
another state. Which of the two it is depends on how well the phrase is spelt and on how much stands beside it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

import numpy as np
import numpy.typing as npt

from platewarden.recognition.ctc import Symbol, decode
from platewarden.recognition.reader import LETTERS
from platewarden.recognition.spotting import HOPELESS
from platewarden.recognition.state_phrases import BOOK, ELSEWHERE, NO_STATE, PHRASES, STATES
from platewarden.recognition.state_words import SELLERS
from platewarden.recognition.types import FloatArray

MIN_CONFIDENCE: Final = 0.9
"""Below this the state is unknown; chosen on photographs that are for training (models/state/CARD.md)."""

MIN_LETTERS: Final = 3
"""Shorter lines say nothing; the shortest names (IOWA, OHIO, UTAH) have four letters, one of which may be missed."""

SUREST: Final = 0.999
"""No guess is surer than states named on photographs have turned out right."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What the evidence is worth; natural logarithms, chosen on validation plates (models/state/CARD.md).

    Attributes:
        letter: For each letter that a phrase explains: how unlikely other text is to have it there.
        beside: Against each letter or figure beside the phrase in the same line.
        borrowed: How often a line bears the words of another state than the plate's.
        silent: How much likelier a plate is to be of no state known here than of one of them.
        least: A letter: phrases spelt worse are not looked at.
    """

    letter: float = 3.0
    beside: float = 3.0
    borrowed: float = 0.02
    silent: float = 0.5
    least: float = -5.0


WEIGHTS: Final = Weights()

_MONTHS: Final = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
_STICKER_BEFORE: Final = re.compile(rf"\d*(?:{_MONTHS})?\d*(?=[A-Z]{{4}})")
_STICKER_LETTERS: Final = 4
_APART_STEPS: Final = 5
"""A step is an eighth of an inch in a line three quarters of an inch high: a gap of most of a line's height."""

_STICKER_BEHIND: Final = re.compile(rf"(?<=[A-Z]{{4}})\d*(?:{_MONTHS})?\d*$")


@dataclass(frozen=True, slots=True)
class StateGuess:
    """The state of registration of one plate.

    Attributes:
        code: Two-letter code; empty when unknown.
        confidence: 0-1; 0 when unknown.
        design: A key of `plate_design.DESIGN_NAMES` where the state is New York and the design plain; else empty.
    """

    code: str = ""
    confidence: float = 0.0
    design: str = ""


def heard(line: FloatArray, weights: Weights = WEIGHTS) -> npt.NDArray[np.float64] | None:
    """Return how much better the words of each of `STATES` explain *line* than other text does; None if nothing does.

    Args:
        line: (steps, 1 + len(LETTERS)) float32, what the network saw; each row sums to 1.
        weights: What the evidence is worth.

    Returns:
        (len(STATES),) float64, natural logarithms of ratios.
    """
    spelt = decode(line)
    text = "".join(LETTERS[symbol.index - 1] for symbol in spelt)
    if len(text) < MIN_LETTERS or any(word in text for word in SELLERS):
        return None
    scores = _spotted(line, spelt, weights)
    said_otherwise = np.logaddexp(0.0, scores[NO_STATE])
    for first, last in _without_stickers(text, spelt):
        begin = spelt[first - 1].step + 1 if first else 0
        end = spelt[last].step if last < len(text) else len(line)
        scores = np.maximum(scores, _spotted(line[begin:end], spelt[first:last], weights))
    return np.asarray(scores[:-1] - said_otherwise, np.float64) if scores.max() > -np.inf else None


def weigh(
    places: Sequence[Sequence[npt.NDArray[np.float64]]],
    *,
    weights: Weights = WEIGHTS,
) -> npt.NDArray[np.float64]:
    """Return the probability of each of `STATES` and, last, of none of them: (len(STATES) + 1,) float64, sum 1.

    Args:
        places: What was heard at each place of the plate, once for each look at it: looks at one place are no
            independent evidence, places are.
        weights: What the evidence is worth.
    """
    own = np.zeros(len(STATES))
    silent = np.log(weights.silent)
    for looks in places:
        if not looks:
            continue
        scores = np.logaddexp.reduce(looks, axis=0) - np.log(len(looks))
        stray = np.logaddexp(0.0, np.logaddexp.reduce(scores) + np.log(weights.borrowed / len(STATES)))
        own += np.logaddexp(stray, scores)
        silent += stray
    everything = np.append(own - np.log(len(STATES)), silent)
    return np.asarray(np.exp(everything - np.logaddexp.reduce(everything)), np.float64)


def guess_of(probabilities: npt.NDArray[np.float64]) -> StateGuess:
    """Return the state that *probabilities*, as from `weigh`, come to; unknown where none is sure enough."""
    best = int(probabilities[: len(STATES)].argmax())
    confidence = float(probabilities[best])
    if confidence < MIN_CONFIDENCE or STATES[best] == ELSEWHERE:
        return StateGuess()
    return StateGuess(STATES[best], min(confidence, SUREST))


def _spotted(line: FloatArray, spelt: Sequence[Symbol], weights: Weights) -> npt.NDArray[np.float64]:
    """Return how well each of `STATES` explains *line*, which spells *spelt*, and last how well what is no state's."""
    scores = np.full(len(STATES) + 1, -np.inf)
    found = BOOK.spot(line, least=weights.least)
    fitting = np.flatnonzero(found > HOPELESS)
    letters = len(spelt)
    explained = np.minimum(_LENGTHS[fitting], letters)
    clear = fmean(symbol.confidence for symbol in spelt)
    values = (
        found[fitting]
        + weights.letter * clear * explained
        - weights.beside * (letters - explained)
        + _LOG_SHARES[fitting]
    )
    np.logaddexp.at(scores, _PLACES[fitting], values)
    return scores


def _without_stickers(text: str, spelt: Sequence[Symbol]) -> list[tuple[int, int]]:
    """Return the parts of *text*, first and last place, that are left without a validation sticker at either end.

    Month and year stand level with many a name. They are known by what they say, or by a gap: a group of a few
    characters at the end of a line that stands apart.
    """
    before, behind = _STICKER_BEFORE.match(text), _STICKER_BEHIND.search(text)
    spoken = (before.end() if before else 0, behind.start() if behind else len(text))
    gaps = [
        place for place in range(1, len(text)) if spelt[place].step - spelt[place - 1].step >= _APART_STEPS
    ]
    first = max((place for place in gaps if place <= _STICKER_LETTERS), default=0)
    last = min((place for place in gaps if place >= len(text) - _STICKER_LETTERS), default=len(text))
    parts = {spoken, (first, last), (first, len(text)), (0, last)}
    return [part for part in parts if part != (0, len(text)) and part[1] - part[0] > MIN_LETTERS]


_LENGTHS: Final = np.array([len(phrase.text) for phrase in PHRASES])
_LOG_SHARES: Final = np.log([phrase.share for phrase in PHRASES])
_PLACES: Final = np.array([phrase.state for phrase in PHRASES])
