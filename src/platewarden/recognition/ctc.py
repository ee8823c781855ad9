"""Reading the output of a network trained with connectionist temporal classification (CTC).

The network gives, at each step from left to right, a probability for every symbol and for "nothing new here"
(the blank, symbol 0). A symbol counts once for a run of steps at which it is the likeliest. The probability of
a whole text is the sum over all the ways in which the steps can spell it (Graves et al. 2006, section 4.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from platewarden.recognition.types import FloatArray

BLANK: Final = 0

_FLOOR: Final = 1e-10
"""Least probability of a symbol at a step: twenty of them multiplied are still far above what float64 can hold."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """One decoded symbol: its number, its probability at its best step, and that step."""

    index: int
    confidence: float
    step: int


def decode(probabilities: FloatArray) -> list[Symbol]:
    """Return the symbols of the likeliest path.

    Args:
        probabilities: (steps, symbols) float32; column 0 is the blank.
    """
    symbols: list[Symbol] = []
    previous = BLANK
    for step, index in enumerate(probabilities.argmax(axis=1).tolist()):
        confidence = float(probabilities[step, index])
        if index == BLANK:
            pass
        elif index != previous:
            symbols.append(Symbol(index, confidence, step))
        elif confidence > symbols[-1].confidence:
            symbols[-1] = Symbol(index, confidence, step)
        previous = index
    return symbols


def choices(probabilities: FloatArray, step: int, *, count: int) -> list[tuple[int, float]]:
    """Return the *count* likeliest symbols at *step* other than the blank, with their share among those."""
    row = probabilities[step, 1:]
    total = float(row.sum())
    if total <= 0:
        return []
    best = np.argsort(-row, kind="stable")[:count]
    return [(int(index) + 1, float(row[index]) / total) for index in best]


def likelihoods(probabilities: FloatArray, texts: Sequence[Sequence[int]]) -> npt.NDArray[np.float64]:
    """Return the probability that the network spells each of *texts*: (len(texts),) float64, above 0.

    Args:
        probabilities: (steps, symbols) float32; column 0 is the blank, each row sums to 1.
        texts: Numbers of symbols other than the blank; a text may be empty.
    """
    lengths = np.array([len(text) for text in texts])
    states = _states(texts, int(lengths.max(initial=0)))
    may_skip = np.zeros(states.shape, bool)
    may_skip[:, 2:] = (states[:, 2:] != BLANK) & (states[:, 2:] != states[:, :-2])
    emitted = np.maximum(probabilities.astype(np.float64), _FLOOR)[:, states]
    ways = np.zeros(states.shape)
    ways[:, :2] = emitted[0, :, :2]
    for step in emitted[1:]:
        moved = ways.copy()
        moved[:, 1:] += ways[:, :-1]
        moved[:, 2:] += ways[:, :-2] * may_skip[:, 2:]
        ways = moved * step
    rows = np.arange(len(states))
    endings = ways[rows, 2 * lengths] + np.where(lengths > 0, ways[rows, np.maximum(2 * lengths - 1, 0)], 0.0)
    return np.asarray(np.maximum(endings, np.finfo(np.float64).tiny), np.float64)


def _states(texts: Sequence[Sequence[int]], longest: int) -> npt.NDArray[np.int64]:
    """Return each of *texts* with a blank before, between and after its symbols, filled up with blanks."""
    states = np.full((len(texts), 2 * longest + 2), BLANK, np.int64)
    for row, text in enumerate(texts):
        states[row, 1 : 2 * len(text) : 2] = text
    return states
