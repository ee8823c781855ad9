"""Plates one character away from another: one changed, one added, one left out."""

from itertools import takewhile
from typing import Final, NamedTuple

from platewarden.matching.plates import PLATE_MAX_LENGTH, skeleton

ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
"""Every character of a canonical plate."""

_FOLDED_ALPHABET: Final = "".join(sorted(set(skeleton(ALPHABET))))


def one_edit(plate: str, *, alphabet: str = ALPHABET) -> frozenset[str]:
    """Return every plate that one character of *alphabet* changed, added or left out makes of *plate*.

    The canonical *plate* itself is among them: some 400, whatever the plate.
    """
    halves = [(plate[:place], plate[place:]) for place in range(len(plate) + 1)]
    shorter = [(before, after[1:]) for before, after in halves[:-1]]
    edits = {before + char + rest for before, rest in shorter for char in alphabet}
    edits.update(before + rest for before, rest in shorter)
    if len(plate) < PLATE_MAX_LENGTH:
        edits.update([before + char + after for before, after in halves for char in alphabet])
    return frozenset(edits - {""})


def skeletons_near(plate: str) -> frozenset[str]:
    """Return the skeletons of every plate one character away from the canonical *plate*, its own included."""
    return one_edit(skeleton(plate), alphabet=_FOLDED_ALPHABET)


HEAD: Final = 2
TAIL: Final = 3
"""Characters of a plate's head and of its tail; what is between them is its middle. Of a short plate they overlap."""


class Parts(NamedTuple):
    """What is left of a plate without its head, without its middle, and without its tail.

    Where two plates are one character apart, the difference lies in the head, the middle or the tail of the one, so
    that what is left without that part is in the other as well: see `parts_near`.
    """

    headless: str
    ends: str
    tailless: str


def parts(plate: str) -> Parts:
    """Return what is left of *plate* without each of its parts."""
    return Parts(plate[HEAD:], plate[:HEAD] + plate[-TAIL:], plate[:-TAIL])


class PartsNear(NamedTuple):
    """Parts, of which every plate one character away has at least one, each in its own place."""

    headless: frozenset[str]
    ends: frozenset[str]
    tailless: frozenset[str]


def parts_near(plate: str) -> PartsNear:
    """Return the parts by which every plate is found that is *plate* or one character away from it.

    A character changed leaves the others in their place; one more or fewer moves what is behind it by one.
    """
    headless = (plate[HEAD + moved :] for moved in (-1, 0, 1))
    tailless = (plate[: -(TAIL + moved)] for moved in (-1, 0, 1))
    return PartsNear(frozenset(headless), frozenset({parts(plate).ends}), frozenset(tailless))


def is_one_edit(first: str, second: str) -> bool:
    """Whether exactly one character changed, added or left out makes *second* of *first*."""
    shorter, longer = sorted((first, second), key=len)
    if first == second or len(longer) - len(shorter) > 1:
        return False
    shared = shared_beginning(first, second)
    rest = shorter[shared:] if len(shorter) < len(longer) else shorter[shared + 1 :]
    return longer[shared + 1 :] == rest


def shared_beginning(first: str, second: str) -> int:
    """Return how many characters *first* and *second* begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))
