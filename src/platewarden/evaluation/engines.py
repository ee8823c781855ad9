"""Recognisers as engines: frame in, guesses out."""

from collections.abc import Sequence
from typing import Protocol

from platewarden.evaluation.outcomes import Engine, Guess
from platewarden.recognition.types import Frame, PlateRead


class ReadsPlates(Protocol):
    """Whatever reads the plates in a frame."""

    def read(self, frame: Frame) -> list[PlateRead]:
        """Return the plates in *frame*, best first."""


def engine_of(recogniser: ReadsPlates) -> Engine:
    """Return *recogniser* as an engine."""

    def guess(frame: Frame) -> Sequence[Guess]:
        return [_guess(read) for read in recogniser.read(frame)]

    return guess


def _guess(read: PlateRead) -> Guess:
    others = tuple(other.plate for other in read.alternates)
    return Guess(read.plate, read.box_xyxy, read.confidence, others, read.state, read.design)
