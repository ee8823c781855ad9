"""The canonical plate and its skeleton.

`normalise` gives the form that is stored, compared and shown; `skeleton` folds characters that cameras and
data-entry confuse (O and 0, I and 1 ...) into one class and serves to *find candidates only*: it is never
shown and never overwrites what was read.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

CONFUSION_CLASSES: Final[tuple[str, ...]] = ("0ODQ", "1I", "8B", "5S", "2Z", "6G")
"""Characters taken for one another on US plates; the first of each class stands for it in a skeleton."""

PLATE_MAX_LENGTH: Final = 10
"""Longest licence number a national record can carry (NCIC field LIC)."""

_CANONICAL = re.compile(r"[A-Z0-9]{1,10}")
_SEPARATORS = re.compile(r"[^A-Z0-9]")
_FOLD: Final[dict[int, str]] = {
    ord(character): group[0] for group in CONFUSION_CLASSES for character in group[1:]
}


class PlateError(ValueError):
    """The text cannot be a plate; the message says why without repeating it."""


def normalise(plate_as_read: str) -> str:
    """Return the canonical plate: upper case Latin letters and digits, nothing else.

    Separators, blanks and marks are dropped; full-width and accented forms are reduced to their base letter.
    Idempotent.

    Raises:
        PlateError: Nothing is left, or more than `PLATE_MAX_LENGTH` characters are.
    """
    decomposed = unicodedata.normalize("NFKD", plate_as_read).upper()
    plate = _SEPARATORS.sub("", decomposed)
    if not plate:
        raise PlateError("no letter A-Z or digit in the plate: enter at least one")
    if len(plate) > PLATE_MAX_LENGTH:
        raise PlateError(f"a plate has at most {PLATE_MAX_LENGTH} characters: this has {len(plate)}")
    return plate


def is_canonical(text: str) -> bool:
    """Whether *text* is already a canonical plate."""
    return _CANONICAL.fullmatch(text) is not None


def skeleton(plate: str) -> str:
    """Return the class representative of each character of a canonical *plate*; same length, idempotent."""
    return plate.translate(_FOLD)


def confusable(first: str, second: str) -> bool:
    """Whether two single characters are equal or belong to one confusion class."""
    return skeleton(first) == skeleton(second)


def skeletons(plates: Iterable[str]) -> frozenset[str]:
    """Return the distinct skeletons of *plates*."""
    return frozenset(skeleton(plate) for plate in plates)
