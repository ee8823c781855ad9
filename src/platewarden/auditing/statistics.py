"""Comparing people with each other without being fooled by few of them or by chance."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

_SPREAD: Final = (
    1.4826  # makes the median distance from the median the standard deviation of a normal distribution
)
_LEAST_SPREAD: Final = (
    0.4  # of logarithms: even among people who are all alike, counts vary this much by chance
)


def robust_z(count: int, others: Sequence[int]) -> float:
    """Return how far *count* lies above what *others* count, in robust standard deviations of the logarithm.

    Medians, so that one heavy user does not hide the next; logarithms, because counts of work vary by factors. The
    spread is never taken for smaller than chance alone makes it: that of a Poisson count about the median, and at
    least a factor of one and a half.
    """
    logs = [math.log1p(other) for other in others]
    middle = median(logs)
    spread = _SPREAD * median(abs(one - middle) for one in logs)
    by_chance = 1 / math.sqrt(max(math.expm1(middle), 1.0))
    return (math.log1p(count) - middle) / max(spread, by_chance, _LEAST_SPREAD)


def upper_tail(z: float) -> float:
    """Return the chance that a normal variable exceeds *z*."""
    return 0.5 * math.erfc(z / math.sqrt(2))


def at_least(successes: int, trials: int, chance: float) -> float:
    """Return the chance of *successes* or more in *trials* that succeed with *chance* each (binomial, exact)."""
    if successes <= 0:
        return 1.0
    if not 0.0 < chance < 1.0:
        return float(chance >= 1.0)
    terms = (
        math.exp(
            math.lgamma(trials + 1)
            - math.lgamma(k + 1)
            - math.lgamma(trials - k + 1)
            + k * math.log(chance)
            + (trials - k) * math.log1p(-chance)
        )
        for k in range(successes, trials + 1)
    )
    return min(1.0, math.fsum(terms))


def rate_of_others(own: tuple[int, int], all_of_them: tuple[int, int]) -> float:
    """Return the rate of everybody but one: successes and trials of theirs, with one imagined success and failure."""
    successes, trials = (whole - part for whole, part in zip(all_of_them, own, strict=True))
    return (successes + 1) / (trials + 2)


def discoveries(chances: Mapping[str, float], share: float) -> set[str]:
    """Return whose result may count as found, so that of all such at most *share* are expected to be chance.

    Benjamini and Hochberg (1995): the more people are compared, the rarer one's result has to be.
    """
    ranked = sorted(chances.items(), key=lambda item: item[1])
    passed = [rank for rank, (_, chance) in enumerate(ranked, 1) if chance <= share * rank / len(ranked)]
    return {name for name, _ in ranked[: max(passed, default=0)]}


@dataclass(frozen=True, slots=True)
class Beyond:
    """Somebody whose share lies beyond everybody else's.

    Attributes:
        successes: How often it was so of them.
        trials: Out of how many.
        rate: How often it is so of everybody else.
        chance: How likely so many would be at that rate.
    """

    successes: int
    trials: int
    rate: float
    chance: float


def beyond_others(tallies: Mapping[str, tuple[int, int]], share: float) -> dict[str, Beyond]:
    """Return whose share (successes, trials) lies beyond everybody else's, with at most *share* of them by chance."""
    whole = (sum(one for one, _ in tallies.values()), sum(of for _, of in tallies.values()))
    rates = {name: rate_of_others(own, whole) for name, own in tallies.items() if own[1]}
    chances = {name: at_least(*tallies[name], rates[name]) for name in rates}
    return {
        name: Beyond(*tallies[name], rates[name], chances[name])
        for name in sorted(discoveries(chances, share))
    }


def newly_beyond(
    before: Mapping[str, tuple[int, int]],
    now: Mapping[str, tuple[int, int]],
    *,
    least: int,
    share: float,
) -> dict[str, Beyond]:
    """Return who lies beyond everybody else *now* with *least* or more, and did not *before*, or with half as many.

    So that one and the same thing is not shown again every week.
    """
    known = beyond_others(before, share)
    return {
        name: one
        for name, one in beyond_others(now, share).items()
        if one.successes >= least and (name not in known or one.successes >= 2 * known[name].successes)
    }
