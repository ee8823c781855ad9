"""Labelled photographs and guesses to measure with."""

from pathlib import Path

import numpy as np

from platewarden.evaluation.labels import LabelledPhoto, LabelledPlate
from platewarden.evaluation.outcomes import Guess, PhotoOutcome, judge
from platewarden.recognition.types import Box, Frame

BOX: Box = (100.0, 100.0, 200.0, 150.0)
ELSEWHERE: Box = (10.0, 10.0, 60.0, 35.0)


def frame(value: int = 128) -> Frame:
    """A grey picture, 400 x 300."""
    return np.full((300, 400, 3), value, np.uint8)


def photo(*plates: LabelledPlate, uncounted: tuple[Box, ...] = (), light: str = "day") -> LabelledPhoto:
    """A photograph with *plates*."""
    return LabelledPhoto("gate.jpg", Path("gate.jpg"), list(plates), list(uncounted), light)


def read(
    truth: str,
    guess: str,
    confidence: float = 0.9,
    *,
    box: Box = BOX,
    states: tuple[str, str] = ("", ""),
    light: str = "day",
) -> PhotoOutcome:
    """A photograph of one plate, *truth*, read as *guess*; its true state and the one given."""
    guesses = [Guess(guess, box, confidence, state=states[1])] if guess else []
    return judge(photo(LabelledPlate(truth, box, states[0]), light=light), frame(), guesses, ms=20.0)


def mistaken(guess: str, confidence: float) -> PhotoOutcome:
    """A photograph without a plate, in which *guess* was seen."""
    return judge(photo(), frame(), [Guess(guess, ELSEWHERE, confidence)], ms=40.0)
