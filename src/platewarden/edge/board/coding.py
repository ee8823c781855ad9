"""Plates as numbers: a key that is the same for all plates of one skeleton, and what tells them apart again."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from platewarden.matching.edits import ALPHABET
from platewarden.matching.plates import CONFUSION_CLASSES, PLATE_MAX_LENGTH, skeleton

Keys = NDArray[np.uint64]
Variants = NDArray[np.uint32]

_BASE: Final = len(ALPHABET) + 1
_POWERS: Final = np.array([_BASE**place for place in reversed(range(PLATE_MAX_LENGTH))], dtype=np.uint64)
_SHIFTS: Final = np.array([2 * place for place in range(PLATE_MAX_LENGTH)], dtype=np.uint32)
_CLASS_OF: Final = {char: group for group in CONFUSION_CLASSES for char in group}


def _table(number_of: dict[str, int]) -> NDArray[np.uint8]:
    table = np.zeros(256, dtype=np.uint8)
    for char, number in number_of.items():
        table[ord(char)] = number
    return table


_CODES: Final = _table({char: 1 + ALPHABET.index(skeleton(char)) for char in ALPHABET})
_MEMBERS: Final = _table({char: _CLASS_OF.get(char, char).index(char) for char in ALPHABET})


def encode(plates: Sequence[str]) -> tuple[Keys, Variants]:
    """Return the key, n uint64, and the variant, n uint32, of canonical *plates*.

    A key has one digit of base 37 a character of the skeleton, the first one foremost, nothing after the last. A
    variant has two bits a character: which of its confusion class it is.
    """
    raw = np.array(plates, dtype=f"S{PLATE_MAX_LENGTH}").view(np.uint8).reshape(-1, PLATE_MAX_LENGTH)
    keys = _CODES[raw].astype(np.uint64) @ _POWERS
    variants = (_MEMBERS[raw].astype(np.uint32) << _SHIFTS).sum(axis=1, dtype=np.uint32)
    return keys, variants


def decode(key: int, variant: int) -> str:
    """Return the canonical plate that *key* and *variant* stand for."""
    digits = []
    for _ in range(PLATE_MAX_LENGTH):
        key, digit = divmod(key, _BASE)
        digits.append(digit)
    chars = [ALPHABET[digit - 1] for digit in reversed(digits) if digit]
    return "".join(_CLASS_OF.get(char, char)[variant >> 2 * place & 3] for place, char in enumerate(chars))
