"""One plate out of several looks at it, and the plates that would do as well.

Nothing is corrected here. The plate is the text that the looks together bear out best: for each text that a look
read, or that differs from one by a character some look held possible, the probabilities that the looks give it are
multiplied. How serials are composed counts only between texts that a camera takes for one another (O and 0, I and
1), and only as much as `MAX_SYNTAX`: a character that a look is sure of stays.
"""

import heapq
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from platewarden.matching.plates import CONFUSION_CLASSES
from platewarden.recognition.ctc import decode, likelihoods
from platewarden.recognition.syntax import log_weight
from platewarden.recognition.types import Alternate, FloatArray

MAX_ALTERNATES: Final = 5
MIN_ALTERNATE_CONFIDENCE: Final = 0.005

MAX_SYNTAX: Final = 3.0
"""The most, as a natural logarithm of odds, that the composition of serials may say for one text against another."""

MIN_LENGTH: Final = 2
MAX_LENGTH: Final = 9

_POSSIBLE: Final = 0.004
"""A character less likely than this at every step of every look is not tried."""

_MOST_DENIAL: Final = 1e-3
"""No look denies a text more than this, beside the text it likes best: one spoilt look must not undo the others."""

_CONFUSION_FLOOR: Final = 0.02
"""Probability that a character is another of its confusion class, however sure the network is."""

_SAME_DIE: Final[dict[str, str]] = {"O": "0", "Q": "0", "I": "1"}
"""Characters that many dies stamp alike."""

Text: TypeAlias = tuple[int, ...]
"""A text as the network's symbols, none of them the blank."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the looks come to.

    Attributes:
        plate: The serial, A-Z and 0-9.
        support: The share of all the texts tried that the looks give it, 0-1: not calibrated.
        agreement: Share of the looks that read exactly this, 0-1.
        char_confidences: 0-1, one a character: its share among the characters that could stand there.
        alternates: Other plates the looks bear out, likeliest first.
    """

    plate: str
    support: float
    agreement: float
    char_confidences: tuple[float, ...]
    alternates: tuple[Alternate, ...]


def vote(looks: Sequence[FloatArray], alphabet: str) -> Verdict | None:
    """Return the plate that *looks*, one or more, bear out best; None if they read nothing.

    Args:
        looks: What the network gave for each: (steps, 1 + len(alphabet)) float32, the blank first.
        alphabet: The network's characters; A-Z and 0-9.
    """
    read = [tuple(symbol.index for symbol in decode(look)) for look in looks]
    seeds = {text for text in read if MIN_LENGTH <= len(text) <= MAX_LENGTH}
    if not seeds:
        return None
    tried = _Tried(looks, alphabet, seeds)
    best = tried.best()
    tried.add(_neighbours(best, _possible(looks)))
    best = tried.best()
    tried.add(_neighbours(best, _possible(looks)))
    best = tried.settled()
    plate = tried.spelt(best)
    return Verdict(
        plate=plate,
        support=tried.share(best),
        agreement=sum(text == best for text in read) / len(read),
        char_confidences=tuple(tried.character_share(best, place) for place in range(len(best))),
        alternates=_alternates(best, tried),
    )


class _Tried:
    """Texts with the mean of what the looks say of them: logarithms of their share of the look's favourite."""

    def __init__(self, looks: Sequence[FloatArray], alphabet: str, texts: Iterable[Text]) -> None:
        self._looks = looks
        self._alphabet = alphabet
        self._scores: dict[Text, float] = {}
        texts = list(texts)
        self._most = [float(likelihoods(look, texts).max()) for look in looks]
        self.add(texts)

    def add(self, texts: Iterable[Text]) -> None:
        """Score those of *texts* that are new."""
        new = [text for text in texts if text not in self._scores and len(text) >= MIN_LENGTH]
        if new:
            heard = [
                np.log(likelihoods(look, new) / most + _MOST_DENIAL)
                for look, most in zip(self._looks, self._most, strict=True)
            ]
            self._scores.update(zip(new, np.mean(heard, axis=0).tolist(), strict=True))

    def best(self) -> Text:
        """Return the text that the looks bear out best."""
        return max(self._scores, key=lambda text: (self._scores[text], text))

    def settled(self) -> Text:
        """Return the best text once the composition of serials has been heard on characters of one die."""
        best = self.best()
        folded = self._folded(best)
        rivals = [text for text in self._scores if self._folded(text) == folded]
        usual = max(log_weight(self.spelt(text)) for text in rivals)
        return max(rivals, key=lambda text: (self._scores[text] + self._syntax(text, usual), text))

    def spelt(self, text: Text) -> str:
        """Return *text* in characters."""
        return "".join(self._alphabet[symbol - 1] for symbol in text)

    def share(self, text: Text) -> float:
        """Return the share of *text* among all the texts tried, 0-1."""
        return 1.0 / sum(math.exp(min(score - self._scores[text], 50.0)) for score in self._scores.values())

    def shares(self) -> dict[Text, float]:
        """Return the share of every text tried."""
        top = max(self._scores.values())
        weights = {text: math.exp(score - top) for text, score in self._scores.items()}
        total = sum(weights.values())
        return {text: weight / total for text, weight in weights.items()}

    def character_share(self, best: Text, place: int) -> float:
        """Return the share of the character of *best* at *place* among the texts that differ only there."""
        head, tail = best[:place], best[place + 1 :]
        alike = [
            score
            for text, score in self._scores.items()
            if len(text) == len(best) and text[:place] == head and text[place + 1 :] == tail
        ]
        return 1.0 / sum(math.exp(min(score - self._scores[best], 50.0)) for score in alike)

    def _folded(self, text: Text) -> str:
        return "".join(_SAME_DIE.get(character, character) for character in self.spelt(text))

    def _syntax(self, text: Text, usual: float) -> float:
        return max(-MAX_SYNTAX, log_weight(self.spelt(text)) - usual)


def _possible(looks: Sequence[FloatArray]) -> list[int]:
    """Return the symbols that some look holds possible at some step."""
    most = np.max([look[:, 1:].max(axis=0) for look in looks], axis=0)
    return [int(index) + 1 for index in np.flatnonzero(most >= _POSSIBLE)]


def _neighbours(text: Text, symbols: Sequence[int]) -> Iterable[Text]:
    """Yield the texts that differ from *text* in one character: another, one more or one less."""
    for place in range(len(text)):
        yield text[:place] + text[place + 1 :]
        for symbol in symbols:
            yield (*text[:place], symbol, *text[place + 1 :])
    if len(text) < MAX_LENGTH:
        for place in range(len(text) + 1):
            for symbol in symbols:
                yield (*text[:place], symbol, *text[place:])


def _alternates(best: Text, tried: _Tried) -> tuple[Alternate, ...]:
    """Return the likeliest other plates: those the looks bear out, and those of confusable characters."""
    plate = tried.spelt(best)
    found = {tried.spelt(text): share for text, share in tried.shares().items()}
    for place, character in enumerate(plate):
        for other in _confusable_with(character):
            text = plate[:place] + other + plate[place + 1 :]
            found[text] = max(found.get(text, 0.0), _CONFUSION_FLOOR * _likeness(character, other))
    found.pop(plate, None)
    ranked = heapq.nsmallest(MAX_ALTERNATES, found.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Alternate(text, share) for text, share in ranked if share >= MIN_ALTERNATE_CONFIDENCE)


def _confusable_with(character: str) -> str:
    group = next((group for group in CONFUSION_CLASSES if character in group), "")
    return group.replace(character, "")


def _likeness(first: str, second: str) -> float:
    """Return 1 for characters that many dies stamp alike, less for those that only look alike."""
    return 1.0 if _SAME_DIE.get(first, first) == _SAME_DIE.get(second, second) else 0.5
