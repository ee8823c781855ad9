"""What each step of recognition costs: a recogniser that keeps the processor time of its steps."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import TypeVar

from platewarden.recognition.types import (
    Detection,
    Frame,
    Look,
    PlateRead,
    Recognises,
    Surroundings,
)

Result = TypeVar("Result")


class Clocked:
    """Hands everything on to a recogniser and keeps the time (implements `Recognises`).

    Attributes:
        seconds: Processor time of each step, of all threads.
        calls: How often each was taken.
    """

    def __init__(self, recogniser: Recognises) -> None:
        """Keep the time of *recogniser*."""
        self._recogniser = recogniser
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.calls: Counter[str] = Counter()

    def find(self, frame: Frame) -> list[Detection]:
        """Return what the recogniser does."""
        return self._timed("find", lambda: self._recogniser.find(frame))

    def look(self, frame: Frame, detection: Detection) -> Look:
        """Return what the recogniser does."""
        return self._timed("look", lambda: self._recogniser.look(frame, detection))

    def describe(self, frame: Frame, look: Look) -> Surroundings:
        """Return what the recogniser does."""
        return self._timed("describe", lambda: self._recogniser.describe(frame, look))

    def conclude(self, looks: Sequence[Look], described: Sequence[Surroundings] = ()) -> PlateRead | None:
        """Return what the recogniser does."""
        return self._timed("conclude", lambda: self._recogniser.conclude(looks, described))

    def read(self, frame: Frame) -> list[PlateRead]:
        """Return what the recogniser does."""
        return self._timed("read", lambda: self._recogniser.read(frame))

    def _timed(self, name: str, step: Callable[[], Result]) -> Result:
        began = time.process_time()
        result = step()
        self.seconds[name] += time.process_time() - began
        self.calls[name] += 1
        return result
