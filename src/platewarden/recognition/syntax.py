"""How serials are composed: evidence for one plate among several that look alike, and for nothing else.

Many dies stamp O and 0, or I and 1, with one tool: on the plate itself only the place in the serial tells them
apart. The weights below say how often a shape of serial (`A` a letter, `9` a figure) occurs on US plates, by rough
shares of vehicles. They weigh plates that the picture bears out about equally; they never make a plate nobody read
(see `voting`), and a personal plate, which has no shape, loses little.
"""

import math
from typing import Final

_SHAPES: Final[dict[str, float]] = {
    "AAA9999": 30.0, "9AAA999": 12.0, "AAA999": 10.0, "999AAA": 7.0, "A999999": 3.0, "AA99999": 3.0, "99AAA9": 0.3,
    "AAAA99": 3.0, "AAA99A": 2.0, "A99AAA": 2.0, "9AA9999": 2.0, "AA9999": 2.0, "AA9A9A": 2.0, "999A999": 0.5,
    "9AAA99": 1.5, "9AA999": 1.5, "999AA9": 1.0, "9999AA": 1.5, "AA999": 1.0, "999999": 1.5, "9999999": 1.5,
    "99999AA": 1.0, "99A999": 1.0, "9A99999": 1.5, "99999A9": 0.7, "999A99": 0.8, "A9A999": 0.8, "99AA99": 0.5,
    "99999": 0.7, "AA9A999": 0.4, "A99A999": 0.3, "AAA99": 0.6, "99AAA": 0.6, "9AAAA": 0.2, "99A99AA": 0.3,
    "A999": 0.3, "A9999": 0.4, "A99999": 0.6, "99999A": 0.5, "9A9999": 0.5, "999AA": 0.3, "AA99A": 0.2, "AA99AA": 0.4,
    "AAAAAA": 1.5, "AAAAAAA": 2.5, "AAAAA": 0.8, "AAAA": 0.4, "9A9999A": 0.5, "99A9999": 0.5, "A99AA9": 0.3,
}  # fmt: skip
_OTHER: Final = 0.02
_TOTAL: Final = sum(_SHAPES.values())
_RARE: Final = {"O": 1 / 6, "I": 1 / 6, "Q": 1 / 6}
"""Letters most states leave out of ordinary serials, and how much rarer that makes them."""


def shape(plate: str) -> str:
    """Return *plate* with each letter as `A` and each figure as `9`."""
    return "".join("9" if character.isdigit() else "A" for character in plate)


def log_weight(plate: str) -> float:
    """Return how usual *plate* is as a serial: a natural logarithm, to be compared with another plate's only.

    Within a shape every figure is as likely as another, and every letter too, but for those rarely issued.
    """
    letters = sum(character.isalpha() for character in plate)
    weight = math.log(_SHAPES.get(shape(plate), _OTHER) / _TOTAL)
    rare = sum(math.log(_RARE.get(character, 1.0)) for character in plate) if letters < len(plate) else 0.0
    return weight + rare - letters * math.log(26) - (len(plate) - letters) * math.log(10)
