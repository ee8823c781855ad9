"""When a camera that says nothing is silent: what it would usually have submitted since its last read.

Vehicles come by chance, roughly as a Poisson process: where *m* reads are usual, the chance of none is ``exp(-m)``.
A camera is silent once that chance is too small to believe, and "quiet" is said only where it is known to be usual.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Final

from platewarden.policy.parameters import Parameters

HOUR: Final = timedelta(hours=1)
LEAST_SAMPLES: Final = 3
"""From so many earlier hours on there is something usual; below it is unknown."""

FEW_CHANCE: Final = 0.001
"""A count is unusually small when one so small has no greater chance than this."""


class Hearing(StrEnum):
    """How it stands with the reads of a camera."""

    HEARD = "heard within the hour"
    QUIET = "quiet, as is usual now"
    UNKNOWN = "quiet, and what is usual now is unknown"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Silence:
    """What the rule says of a camera.

    Attributes:
        hearing: How it stands.
        since: Its last read, or from when on it could have submitted any.
        expected: How many reads are usual since then, as far as known: a lower bound where hours are unknown.
        is_complete: Whether what is usual was known for every hour of it.
        is_over: Whether it is silent for its length alone, whatever is usual.
    """

    hearing: Hearing
    since: datetime
    expected: float
    is_complete: bool
    is_over: bool


def usual_of(samples: Sequence[int]) -> float | None:
    """Return what is usual where such hours brought *samples* reads: their median; None where they are too few."""
    return float(median(samples)) if len(samples) >= LEAST_SAMPLES else None


def expected_between(
    usual: Callable[[datetime], float | None], since: datetime, until: datetime
) -> tuple[float, bool]:
    """Return how many reads are usual from *since* to *until*, and whether that is known for every hour between.

    Args:
        usual: What is usual in the hour that begins at a moment; None where that is unknown.
        since: Where it begins, within an hour or at its start.
        until: Where it ends.
    """
    expected, is_complete, start = 0.0, True, since.replace(minute=0, second=0, microsecond=0)
    while start < until:
        share = (min(start + HOUR, until) - max(start, since)) / HOUR
        known = usual(start)
        is_complete = is_complete and known is not None
        expected += share * (known or 0.0)
        start += HOUR
    return expected, is_complete


def silence_of(
    since: datetime,
    *,
    usual: Callable[[datetime], float | None],
    must_speak: bool,
    parameters: Parameters,
    now: datetime,
) -> Silence:
    """Decide whether a camera that has submitted nothing since *since* is silent.

    > HIT-1: A hit raises an alert that is seen and heard.

    A camera that does not speak hears no hit. It is silent once ``capture.silence_expected_reads`` are usual since its
    last read, and where it *must_speak* - it stands still, by a road - after ``capture.silence_hours_most`` whatever
    is usual.
    """
    longest = parameters.hours("capture.silence_hours_most")
    looked_back = max(since, now - max(longest, timedelta(days=7)))
    expected, is_complete = expected_between(usual, looked_back, now)
    is_over = must_speak and now - since >= longest
    if is_over or expected >= parameters.integer("capture.silence_expected_reads"):
        hearing = Hearing.SILENT
    elif now - since < HOUR:
        hearing = Hearing.HEARD
    else:
        hearing = Hearing.QUIET if is_complete else Hearing.UNKNOWN
    return Silence(hearing, since, expected, is_complete, is_over)


def chance_of_at_most(count: int, mean: float) -> float:
    """Return the chance that a Poisson process brings at most *count* where *mean* are usual, 0-1."""
    if mean <= 0:
        return 1.0
    terms = (math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)) for n in range(count + 1))
    return min(1.0, math.fsum(terms))


def is_few(count: int, usual: float | None) -> bool:
    """Whether *count* reads in an hour are fewer than chance explains; never where what is usual is unknown."""
    return usual is not None and count < usual and chance_of_at_most(count, usual) < FEW_CHANCE
