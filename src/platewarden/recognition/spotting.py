"""Keyword spotting: how well a line of text, as a network saw it, spells each of many known phrases.

Small print is read wrong by a letter or two nearly always. The likeliest text throws away what the network held
possible beside it; a known phrase asked for letter by letter uses all of it. The score of a phrase is that of its
best path through the network's steps (see `ctc`) beside the best path of any text.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from platewarden.recognition.ctc import BLANK
from platewarden.recognition.types import FloatArray

LEAST: Final = -10.0
"""Most that a letter at one step costs a phrase, a natural logarithm: a scratch must not undo a long slogan."""

BESIDE: Final = -1.0
"""What a letter beside the phrase costs it, at least: the phrase is sought anywhere in the line."""

HOPELESS: Final = -1e9
"""The score of a phrase that the line cannot spell."""


class Phrasebook:
    """Phrases to be spotted in lines."""

    def __init__(self, phrases: Sequence[Sequence[int]]) -> None:
        """Take *phrases*, each the numbers of its symbols, none the blank, one or more."""
        self._lengths = np.array([len(phrase) for phrase in phrases])
        self._symbols = np.full((len(phrases), int(self._lengths.max(initial=1))), BLANK, np.int64)
        for row, phrase in enumerate(phrases):
            self._symbols[row, : len(phrase)] = phrase

    def spot(self, probabilities: FloatArray, *, least: float) -> npt.NDArray[np.float64]:
        """Return for each phrase how well it is spelt: (phrases,) float64, 0 for as well as any text, else below.

        Args:
            probabilities: (steps, symbols) float32; column 0 is the blank.
            least: Phrases that cannot come near this a letter are not looked at further, and `HOPELESS`.
        """
        costs = np.log(np.maximum(probabilities, 1e-9)) - np.log(probabilities.max(axis=1, keepdims=True))
        costs = np.maximum(costs, LEAST).astype(np.float64)
        bound = costs.max(axis=0)
        bound[BLANK] = 0.0  # what fills up short phrases costs nothing
        hopeful = np.flatnonzero(
            (bound[self._symbols].sum(axis=1) >= least * self._lengths) & (self._lengths <= len(costs))
        )
        scores = np.full(len(self._lengths), HOPELESS)
        if len(hopeful):
            scores[hopeful] = _best_paths(costs, self._symbols[hopeful], self._lengths[hopeful])
        return scores


def _best_paths(
    costs: npt.NDArray[np.float64], symbols: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return the best path's score for each of *symbols*, (n, longest), found anywhere in the line."""
    longest = int(lengths.max())
    states = np.full((len(symbols), 2 * longest + 1), BLANK, np.int64)
    states[:, 1::2] = symbols[:, :longest]
    may_skip = np.full(states.shape, -np.inf)
    may_skip[:, 3::2] = np.where(states[:, 3::2] != states[:, 1:-2:2], 0.0, -np.inf)
    beside = np.maximum(costs[:, BLANK], BESIDE)
    rows, last = np.arange(len(symbols)), 2 * lengths
    emitted = costs[:, states]
    emitted[:, :, 0] = beside[:, None]
    emitted[:, rows, last] = beside[:, None]
    paths = np.full(states.shape, -np.inf)
    paths[:, :2] = emitted[0, :, :2]
    for step in emitted[1:]:
        best = paths.copy()
        np.maximum(best[:, 1:], paths[:, :-1], out=best[:, 1:])
        np.maximum(best[:, 2:], paths[:, :-2] + may_skip[:, 2:], out=best[:, 2:])
        paths = best + step
    return np.asarray(np.maximum(paths[rows, last], paths[rows, last - 1]), np.float64)
