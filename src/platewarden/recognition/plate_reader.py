"""Reading a plate: PP-OCRv6's recognition network tuned to US plates (see models/reader/CARD.md).

It takes the straightened plate, a little trimmed, and gives the 36 characters of a serial and nothing else: words,
stickers and separators it has learnt to pass over.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from platewarden.recognition.ctc import choices, decode
from platewarden.recognition.models import PLATE_READER, ModelError, Network, to_input
from platewarden.recognition.types import FloatArray, Frame, Reading

HEIGHT_PX: Final = 48
WIDTH_PX: Final = 160
CHOICES: Final = 3


class PlateReader:
    """A plate's picture to a `Reading` (implements `Reader`)."""

    def __init__(self, *, threads: int = 0) -> None:
        """Load the network.

        Raises:
            ModelError: The model is missing or altered, or does not say which characters it reads.
        """
        self._network = Network(PLATE_READER, threads=threads)
        self.alphabet = self._network.metadata("alphabet")

    def read(self, crop: Frame) -> Reading:
        """Read the serial on *crop*, (h, w, 3) uint8 BGR, a straightened plate.

        Raises:
            ModelError: The network failed.
        """
        return self.read_all([crop])[0]

    def read_all(self, crops: Sequence[Frame]) -> list[Reading]:
        """Read each of *crops*, one or more, in one run of the network.

        Raises:
            ModelError: The network failed, or is not of its alphabet.
        """
        found = self._network.run(np.stack([_prepared(crop) for crop in crops]))
        if found.shape[2] != 1 + len(self.alphabet):
            raise ModelError(f"the plate reader gives {found.shape[2]} symbols, not {1 + len(self.alphabet)}")
        return [self._interpret(probabilities) for probabilities in found]

    def _interpret(self, probabilities: FloatArray) -> Reading:
        symbols = decode(probabilities)
        return Reading(
            text="".join(self.alphabet[symbol.index - 1] for symbol in symbols),
            char_confidences=tuple(symbol.confidence for symbol in symbols),
            char_choices=tuple(self._choices(probabilities, symbol.step) for symbol in symbols),
            probabilities=probabilities,
        )

    def _choices(self, probabilities: FloatArray, step: int) -> tuple[tuple[str, float], ...]:
        found = choices(probabilities, step, count=CHOICES)
        return tuple((self.alphabet[index - 1], share) for index, share in found)


def _prepared(crop: Frame) -> FloatArray:
    """Return *crop* as the network takes it: (3, 48, 160) float32."""
    kind = cv2.INTER_AREA if crop.shape[1] > WIDTH_PX else cv2.INTER_CUBIC
    return to_input(cv2.resize(crop, (WIDTH_PX, HEIGHT_PX), interpolation=kind))
