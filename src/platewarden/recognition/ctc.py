"""Reading the output of a network trained with connectionist temporal classification (CTC).

The network gives, at each step from left to right, a probability for every symbol and for "nothing new here"
(the blank, symbol 0). A symbol counts once for a run of steps at which it is the likeliest.
"""

from dataclasses import dataclass

import numpy as np

from platewarden.recognition.types import FloatArray

BLANK = 0


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
