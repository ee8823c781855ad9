"""Shares of a count, with how far they can be trusted."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

Z_95: Final = 1.96
"""Standard deviations either side that hold 95 % of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Share:
    """*part* of *whole*: counts, 0 or more. *part* may exceed *whole* where it counts errors."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """The share; 0 of nothing is 0, and `whole` says so."""
        return self.part / self.whole if self.whole else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """95 % Wilson interval; of nothing, anything from 0 to 1."""
        return wilson(min(self.part, self.whole), self.whole)

    def as_json(self) -> dict[str, float]:
        """Return plain values for `json.dumps`: share, interval and counts."""
        low, high = self.interval
        return {
            "share": round(self.value, 4),
            "low": round(low, 4),
            "high": round(high, 4),
            "part": self.part,
            "whole": self.whole,
        }


def share_of(facts: Iterable[bool]) -> Share:
    """Return how many of *facts* are true."""
    listed = list(facts)
    return Share(sum(listed), len(listed))


def wilson(part: int, whole: int, z: float = Z_95) -> tuple[float, float]:
    """Return the Wilson score interval of *part* in *whole*, 95 % by default (Wilson 1927)."""
    if whole == 0:
        return 0.0, 1.0
    share, spread = part / whole, z * z / whole
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / whole + spread / (4 * whole))
    return max(0.0, middle - half), min(1.0, middle + half)
