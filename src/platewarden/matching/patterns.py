"""Partial plates: what a witness remembers, with ``?`` for one character and ``*`` for any number of them.

A partial entry is found by its *anchor*, its longest run of known characters, cut to a few: a read whose skeleton
holds that run somewhere may fit, and is then compared in full.
"""

import re
import unicodedata
from typing import Final

from platewarden.matching.plates import PLATE_MAX_LENGTH, PlateError, skeleton

ONE: Final = "?"
ANY: Final = "*"

LEAST_KNOWN: Final = 3
"""Known characters a partial entry has at least: with fewer it fits a good part of all vehicles."""

ANCHOR_LENGTH: Final = 4
"""Characters of an anchor at most."""

_SEPARATORS: Final = re.compile(r"[\s.·\-]")
_WILD: Final = re.compile(r"[*?]")
_CANONICAL: Final = re.compile(r"[A-Z0-9*?]+")


def normalise_pattern(typed: str) -> str:
    """Return *typed* in capitals without blanks, hyphens and dots, ``*`` and ``?`` left in it; may be empty.

    Raises:
        PlateError: It holds anything else, or fixes more characters than a plate has.
    """
    decomposed = unicodedata.normalize("NFKD", typed).upper()
    unmarked = "".join(char for char in decomposed if not unicodedata.combining(char))
    text = re.sub(r"\*+", ANY, _SEPARATORS.sub("", unmarked))
    if text and not _CANONICAL.fullmatch(text):
        raise PlateError(
            "A plate is written with the letters A to Z and digits; a pattern also with * and ?."
        )
    if len(text.replace(ANY, "")) > PLATE_MAX_LENGTH:
        raise PlateError(f"A plate has at most {PLATE_MAX_LENGTH} characters.")
    return text


def is_pattern(text: str) -> bool:
    """Whether *text* leaves characters open."""
    return _WILD.search(text) is not None


def known_characters(pattern: str) -> int:
    """Return how many characters *pattern* fixes."""
    return len(_WILD.sub("", pattern))


def anchor(pattern: str) -> str:
    """Return the key under which a canonical *pattern* is found; empty for a whole plate."""
    if not is_pattern(pattern):
        return ""
    runs = _WILD.split(skeleton(pattern))
    return max(runs, key=len)[:ANCHOR_LENGTH]


def anchors_within(plate: str) -> frozenset[str]:
    """Return every key under which a pattern may stand that the canonical *plate* fits."""
    folded = skeleton(plate)
    return frozenset(
        folded[start : start + length]
        for length in range(1, ANCHOR_LENGTH + 1)
        for start in range(len(folded) - length + 1)
    )
