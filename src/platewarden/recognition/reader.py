"""Reading a line of text: the PP-OCRv6 recognition network, restricted to what stands on a plate."""

import string
import unicodedata
from collections.abc import Callable
from typing import Final

import cv2
import numpy as np

from platewarden.recognition.ctc import BLANK, choices, decode
from platewarden.recognition.models import TEXT_RECOGNITION, ModelError, Network, to_input
from platewarden.recognition.types import FloatArray, Frame, Reading

LINE_HEIGHT_PX: Final = 48
LINE_WIDTH_PX: Final = 320
"""Shorter lines are padded to this, as in the network's training; longer ones are kept up to the maximum."""

MAX_WIDTH_PX: Final = 960
CHOICES: Final = 3

PLATE_CHARACTERS: Final = string.ascii_uppercase + string.digits
SEPARATORS: Final = "-.· "
LETTERS: Final = string.digits + string.ascii_uppercase
"""What words are spelt in, in the order of the columns that `LineReader.spell` gives after the blank."""

_SILENT: Final = frozenset(" -.,:;|_/&*~'\"`\u00b4\u00b0\u00b7\u2019\u2022")
"""Marks that part words: between letters they are nothing."""

_LOOK_ALIKES: Final = dict(zip("cokpsuvwxz", "COKPSUVWXZ", strict=True))
"""Small letters of the same shape as their capital: on a plate, set in capitals, they are the capital."""


class SymbolClasses:
    """The symbols of a network's alphabet gathered into the few that matter, the blank first."""

    def __init__(self, alphabet: list[str], names: list[str], fold: Callable[[str], str]) -> None:
        """Gather each symbol of *alphabet*, the blank first, into the one of *names* that *fold* makes it.

        Raises:
            ModelError: One of *names* that is a plate character gets no symbol.
        """
        self.names = ["", *names]
        place = {name: index for index, name in enumerate(self.names)}
        classes = [BLANK] + [place.get(fold(symbol), -1) for symbol in alphabet[1:]]
        missing = {place[name] for name in names if name in PLATE_CHARACTERS} - set(classes)
        if missing:
            raise ModelError(f"the alphabet of the recognition model lacks {len(missing)} plate characters")
        self._symbols = len(alphabet)
        order = np.argsort(classes, kind="stable")
        self._kept = order[np.array(classes)[order] >= 0]
        self._present, self._starts = np.unique(np.array(classes)[self._kept], return_index=True)

    def merge(self, probabilities: FloatArray) -> FloatArray:
        """Return (steps, classes): the probabilities of each class's symbols added up, each row summing to 1.

        Symbols outside every class are left out, as though the network could not have said them.

        Raises:
            ModelError: *probabilities*, (steps, symbols), is not of this alphabet.
        """
        if probabilities.shape[1] != self._symbols:
            raise ModelError(
                f"the recognition model gives {probabilities.shape[1]} symbols, not {self._symbols}"
            )
        # Added up in runs, not by a product of matrices: its threads spin, and took longer than the network.
        merged: FloatArray = np.zeros((len(probabilities), len(self.names)), np.float32)
        merged[:, self._present] = np.add.reduceat(probabilities[:, self._kept], self._starts, axis=1)
        merged /= np.maximum(merged.sum(axis=1, keepdims=True), np.float32(1e-9))
        return merged


class LineReader:
    """One line of text to a `Reading` (implements `Reader`)."""

    def __init__(self, *, threads: int = 0) -> None:
        """Load the network.

        Raises:
            ModelError: The model is missing, altered, or its alphabet lacks a plate character.
        """
        self._network = Network(TEXT_RECOGNITION, threads=threads)
        alphabet = ["", *self._network.metadata("character").split("\n"), " "]
        self._plate = SymbolClasses(alphabet, [*PLATE_CHARACTERS, *SEPARATORS], on_a_plate)
        self._letters = SymbolClasses(alphabet, list(LETTERS), in_a_word)

    def read(self, crop: Frame) -> Reading:
        """Read the one line in *crop*, (h, w, 3) uint8 BGR, upright.

        Raises:
            ModelError: The network failed.
        """
        return interpret(self._network.run(_prepare(crop, least=LINE_WIDTH_PX))[0], plate=self._plate)

    def spell(self, crop: Frame) -> FloatArray:
        """Return what the network sees at each step of the line of words in *crop*, (h, w, 3) uint8 BGR, upright.

        Returns:
            (steps, 1 + len(LETTERS)) float32, the blank first, each row summing to 1; the shorter the line, the fewer
            steps and the quicker.

        Raises:
            ModelError: The network failed.
        """
        return self._letters.merge(self._network.run(_prepare(crop, least=LINE_HEIGHT_PX))[0])


def interpret(probabilities: FloatArray, *, plate: SymbolClasses) -> Reading:
    """Return the reading of *probabilities*: (steps, symbols of the alphabet) float32, each row sums to 1."""
    serial = plate.merge(probabilities)
    symbols = decode(serial)
    solid = [symbol for symbol in symbols if plate.names[symbol.index] in PLATE_CHARACTERS]
    return Reading(
        text="".join(plate.names[symbol.index] for symbol in symbols).strip(SEPARATORS),
        char_confidences=tuple(symbol.confidence for symbol in solid),
        char_choices=tuple(_choices(serial, symbol.step, plate.names) for symbol in solid),
    )


def on_a_plate(symbol: str) -> str:
    """Return what *symbol* is on a plate, where only capitals stand: itself, or the capital it looks like."""
    return _LOOK_ALIKES.get(symbol, symbol)


def in_a_word(symbol: str) -> str:
    """Return *symbol* as a capital without accents; of a mark that parts words, nothing."""
    return "" if symbol in _SILENT else unicodedata.normalize("NFKD", symbol)[:1].upper()


def _choices(serial: FloatArray, step: int, names: list[str]) -> tuple[tuple[str, float], ...]:
    solid = serial[:, : 1 + len(PLATE_CHARACTERS)]
    return tuple((names[index], share) for index, share in choices(solid, step, count=CHOICES))


def _prepare(crop: Frame, *, least: int) -> FloatArray:
    """Return *crop* as the network takes it: (1, 3, 48, w) float32, w *least* or more."""
    height, width = crop.shape[:2]
    wide = int(np.clip(np.ceil(LINE_HEIGHT_PX * width / height), 8, MAX_WIDTH_PX))
    kind = cv2.INTER_AREA if height > LINE_HEIGHT_PX else cv2.INTER_CUBIC
    line = to_input(cv2.resize(crop, (wide, LINE_HEIGHT_PX), interpolation=kind))
    batch = np.zeros((1, 3, LINE_HEIGHT_PX, max(wide, least)), np.float32)
    batch[0, :, :, :wide] = line
    return batch
