"""Network outputs that spell a text, for tests of what is made of them."""

from collections.abc import Mapping

import numpy as np

from platewarden.recognition.types import FloatArray, Reading

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def spelling(
    text: str, confidence: float = 0.95, doubts: Mapping[int, Mapping[str, float]] | None = None
) -> FloatArray:
    """Return (2 * len(text) + 1, 37) probabilities that spell *text*, a blank between characters.

    *doubts* maps the place of a character to others with the probability they have there.
    """
    rows = np.full((2 * len(text) + 1, 1 + len(ALPHABET)), 1e-4, np.float32)
    rows[0::2, 0] = 1.0
    for place, character in enumerate(text):
        row = rows[2 * place + 1]
        others = dict((doubts or {}).get(place, {}))
        row[1:] += max(0.0, 1 - confidence - sum(others.values())) / len(ALPHABET)
        for other, share in {character: confidence, **others}.items():
            row[1 + ALPHABET.index(other)] = share
    return np.asarray(rows / rows.sum(axis=1, keepdims=True), np.float32)


def reading(text: str, confidence: float = 0.95) -> Reading:
    """Return a reading of *text* with the probabilities behind it."""
    return Reading(
        text,
        (confidence,) * len(text),
        tuple(((character, 1.0),) for character in text),
        probabilities=spelling(text, confidence),
    )
