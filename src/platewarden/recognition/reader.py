"""Reading a line of text: the PP-OCRv6 recognition network, restricted to what stands on a plate."""

import string
import unicodedata
from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from platewarden.recognition.ctc import BLANK, choices, decode
from platewarden.recognition.models import TEXT_RECOGNITION, ModelError, Network, to_input
from platewarden.recognition.types import FloatArray, Frame, Reading

LINE_HEIGHT_PX: Final = 48
LINE_WIDTH_PX: Final = 320
"""Shorter lines are padded to this, as in the network's training; longer ones are kept up to `MAX_WIDTH_PX`."""

MAX_WIDTH_PX: Final = 960
CHOICES: Final = 3

PLATE_CHARACTERS: Final = string.ascii_uppercase + string.digits
SEPARATORS: Final = "-.· "
_LOOK_ALIKES: Final = dict(zip("cokpsuvwxz", "COKPSUVWXZ", strict=True))
"""Small letters of the same shape as their capital: on a plate, set in capitals, they are the capital."""


class LineReader:
    """One line of text to a `Reading` (implements `Reader`)."""

    def __init__(self, *, threads: int = 0) -> None:
        """Load the network.

        Raises:
            ModelError: The model is missing, altered, or its alphabet lacks a plate character.
        """
        self._network = Network(TEXT_RECOGNITION, threads=threads)
        alphabet = ["", *self._network.metadata("character").split("\n"), " "]
        self._plate_classes = ["", *PLATE_CHARACTERS, *SEPARATORS]
        self._plate = _columns(alphabet, self._plate_classes, _on_a_plate)
        self._word_classes = ["", *PLATE_CHARACTERS, " "]
        self._word = _columns(alphabet, self._word_classes, _in_a_word)

    def read(self, crop: Frame) -> Reading:
        """Read the one line in *crop*, (h, w, 3) uint8 BGR, upright.

        Raises:
            ModelError: The network failed.
        """
        return self.interpret(self._network.run(_prepare(crop))[0])

    def interpret(self, probabilities: FloatArray) -> Reading:
        """Return the reading of *probabilities*, (steps, symbols of the alphabet) float32, rows summing to 1."""
        plate = _merge(probabilities, self._plate, len(self._plate_classes))
        word = _merge(probabilities, self._word, len(self._word_classes))
        symbols = decode(plate)
        text = "".join(self._plate_classes[symbol.index] for symbol in symbols)
        solid = [symbol for symbol in symbols if self._plate_classes[symbol.index] in PLATE_CHARACTERS]
        read_words = decode(word)
        return Reading(
            text=text.strip(SEPARATORS),
            char_confidences=tuple(symbol.confidence for symbol in solid),
            char_choices=tuple(self._choices(plate, symbol.step) for symbol in solid),
            words="".join(self._word_classes[symbol.index] for symbol in read_words).strip(),
            words_confidence=float(np.mean([s.confidence for s in read_words])) if read_words else 0.0,
        )

    def _choices(self, plate: FloatArray, step: int) -> tuple[tuple[str, float], ...]:
        solid = plate[:, : 1 + len(PLATE_CHARACTERS)]
        return tuple(
            (self._plate_classes[index], share) for index, share in choices(solid, step, count=CHOICES)
        )


def _prepare(crop: Frame) -> FloatArray:
    """Return *crop* as the network takes it: (1, 3, 48, w) float32."""
    height, width = crop.shape[:2]
    wide = int(np.clip(np.ceil(LINE_HEIGHT_PX * width / height), 8, MAX_WIDTH_PX))
    line = to_input(cv2.resize(crop, (wide, LINE_HEIGHT_PX)))
    batch = np.zeros((1, 3, LINE_HEIGHT_PX, max(wide, LINE_WIDTH_PX)), np.float32)
    batch[0, :, :, :wide] = line
    return batch


def _on_a_plate(symbol: str) -> str:
    return _LOOK_ALIKES.get(symbol, symbol)


def _in_a_word(symbol: str) -> str:
    return unicodedata.normalize("NFKD", symbol)[:1].upper()


def _columns(alphabet: list[str], classes: list[str], fold: Callable[[str], str]) -> npt.NDArray[np.intp]:
    """Return for each symbol of *alphabet* the place in *classes* of its fold, or -1; the blank stays 0.

    Raises:
        ModelError: A plate character is nowhere in *alphabet*.
    """
    place = {name: index for index, name in enumerate(classes)}
    columns = np.array([place.get(fold(symbol), -1) if symbol else BLANK for symbol in alphabet], np.intp)
    missing = set(range(1, 1 + len(PLATE_CHARACTERS))) - set(columns.tolist())
    if missing:
        raise ModelError(f"the alphabet of the recognition model lacks {len(missing)} plate characters")
    return columns


def _merge(probabilities: FloatArray, columns: npt.NDArray[np.intp], count: int) -> FloatArray:
    """Return (steps, *count*): the probabilities of each class's symbols added up, rows summing to 1.

    Symbols outside every class are left out, as though the network could not have said them.
    """
    if probabilities.shape[1] != len(columns):
        raise ModelError(f"the recognition model gives {probabilities.shape[1]} symbols, not {len(columns)}")
    kept = np.flatnonzero(columns >= 0)
    merged = np.zeros((len(probabilities), count), np.float32)
    np.add.at(merged, (slice(None), columns[kept]), probabilities[:, kept])
    return merged / np.maximum(merged.sum(axis=1, keepdims=True), 1e-9)
