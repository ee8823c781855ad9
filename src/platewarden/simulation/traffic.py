"""Which vehicles pass a camera, and when: made of a seed, the same each time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
_STATES: Final = (("NY", 0.86), ("PA", 0.07), ("NJ", 0.04), ("CT", 0.02), ("", 0.01))
"""About what a county in New York sees; in one of a hundred the state is not known."""

_TYPES: Final = ("sedan", "suv", "pickup", "van")
_COLOURS: Final = ("grey", "white", "black", "blue", "red", "green")
_SERIALS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Passage:
    """One vehicle before one camera.

    Attributes:
        number: Of the passage at this camera, from 1 on.
        wait_s: Seconds since the one before.
        plate: Canonical.
        state: Postal code; empty where the camera does not know it.
        confidence: 0-1.
        vehicle: ``type`` and ``colour``.
    """

    number: int
    wait_s: float
    plate: str
    state: str
    confidence: float
    vehicle: dict[str, str]


@dataclass(frozen=True, slots=True)
class Traffic:
    """What passes one camera.

    Attributes:
        seed: Of everything in it.
        rate: Vehicles a second, on average; they come at random (Poisson).
        wanted: Plates that come by now and then, as lists would have them.
        wanted_share: Of all vehicles.
        known_share: Of vehicles that have been here before.
    """

    seed: int
    rate: float
    wanted: Sequence[str] = ()
    wanted_share: float = 0.0
    known_share: float = 0.1
    _fleet: list[str] = field(default_factory=list, repr=False)

    def passages(self) -> Iterator[Passage]:
        """Yield what passes, without end."""
        random, number = np.random.default_rng(self.seed), 0
        names, shares = [name for name, _ in _STATES], [share for _, share in _STATES]
        while True:
            number += 1
            yield Passage(
                number,
                float(random.exponential(1 / self.rate)),
                self._plate(random),
                str(random.choice(names, p=shares)),
                round(float(random.beta(30, 2)), 4),
                {"type": str(random.choice(_TYPES)), "colour": str(random.choice(_COLOURS))},
            )

    def _plate(self, random: np.random.Generator) -> str:
        if self.wanted and random.random() < self.wanted_share:
            return self.wanted[int(random.integers(len(self.wanted)))]
        if self._fleet and random.random() < self.known_share:
            return self._fleet[int(random.integers(len(self._fleet)))]
        letters = "".join(_LETTERS[place] for place in random.integers(0, len(_LETTERS), 3))
        plate = f"{letters}{int(random.integers(_SERIALS)):04d}"
        self._fleet.append(plate)
        del self._fleet[:-1000]
        return plate
