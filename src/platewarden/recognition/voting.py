"""One reading out of several looks at the same serial, and the plates that would do as well.

Nothing is corrected here: the plate is always what one of the looks read. What the looks disagree about, what
the network itself held possible, and what cameras are known to confuse become alternates.
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from platewarden.matching.plates import CONFUSION_CLASSES
from platewarden.recognition.candidates import Line, mean_confidence
from platewarden.recognition.types import Alternate

MAX_ALTERNATES: Final = 5
MIN_ALTERNATE_CONFIDENCE: Final = 0.005

_CONFUSION_FLOOR: Final = 0.02
"""Probability that a character is another of its confusion class, however sure the network is."""

_MIN_CHOICE: Final = 0.01


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the looks agree on: see `PlateRead` for the fields."""

    plate: str
    plate_as_read: str
    confidence: float
    char_confidences: tuple[float, ...]
    alternates: tuple[Alternate, ...]


def vote(looks: Sequence[Line]) -> Verdict:
    """Return the serial that the *looks*, one or more, bear out best.

    Each look votes for what it read with the mean confidence of its characters. The confidence of the verdict
    is the share of the looks that read it, each counted by the probability that all its characters are right.
    """
    weights: dict[str, float] = defaultdict(float)
    for look in looks:
        weights[look.serial] += mean_confidence(look.reading)
    plate = max(weights, key=lambda serial: (weights[serial], serial))
    agreeing = [look for look in looks if look.serial == plate]
    best = max(agreeing, key=lambda look: math.prod(look.reading.char_confidences))
    return Verdict(
        plate=plate,
        plate_as_read=best.reading.text,
        confidence=_support(agreeing, len(looks)),
        char_confidences=_char_confidences(agreeing),
        alternates=_alternates(plate, looks),
    )


def character_choices(plate: str, looks: Sequence[Line]) -> list[dict[str, float]]:
    """Return for each character of *plate* what it may be, with the probability averaged over *looks*.

    Looks that read another number of characters cannot be laid beside it and do not count.
    """
    alike = [look for look in looks if len(look.serial) == len(plate)]
    merged: list[dict[str, float]] = []
    for position, character in enumerate(plate):
        options: dict[str, float] = defaultdict(float)
        for look in alike:
            for other, probability in look.reading.char_choices[position]:
                options[other] += probability / len(alike)
        for other in _confusable_with(character):
            options[other] = max(options[other], _CONFUSION_FLOOR)
        merged.append({other: value for other, value in options.items() if value >= _MIN_CHOICE})
    return merged


def likeliest(options: Sequence[dict[str, float]], count: int) -> list[tuple[str, float]]:
    """Return the *count* likeliest strings made of one of each of *options*, with their probability."""
    strings = [("", 1.0)]
    for choices in options:
        longer = [
            (text + other, value * share) for text, value in strings for other, share in choices.items()
        ]
        strings = heapq.nlargest(count, longer, key=lambda item: item[1])
    return strings


def _support(agreeing: Sequence[Line], looks: int) -> float:
    return sum(math.prod(look.reading.char_confidences) for look in agreeing) / looks


def _char_confidences(agreeing: Sequence[Line]) -> tuple[float, ...]:
    columns = zip(*(look.reading.char_confidences for look in agreeing), strict=True)
    return tuple(sum(column) / len(agreeing) for column in columns)


def _alternates(plate: str, looks: Sequence[Line]) -> tuple[Alternate, ...]:
    found = dict(likeliest(character_choices(plate, looks), MAX_ALTERNATES + 1))
    for serial in {look.serial for look in looks}:
        support = _support([look for look in looks if look.serial == serial], len(looks))
        found[serial] = max(found.get(serial, 0.0), support)
    found.pop(plate, None)
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:MAX_ALTERNATES]
    return tuple(Alternate(text, value) for text, value in ranked if value >= MIN_ALTERNATE_CONFIDENCE)


def _confusable_with(character: str) -> str:
    group = next((group for group in CONFUSION_CLASSES if character in group), "")
    return group.replace(character, "")
