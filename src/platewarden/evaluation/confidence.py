"""Whether confidence can be relied on: how much may be accepted unseen, and whether 0.95 means 95 in 100."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

import numpy as np

from platewarden.evaluation.outcomes import PhotoOutcome
from platewarden.evaluation.shares import Share

PRECISIONS: Final = (0.95, 0.98, 0.99)
ACCEPT_FROM: Final = 0.5
"""Confidence from which a read is more likely right than wrong, and a false plate would be believed."""

MOST_BINS: Final = 10
LEAST_IN_BIN: Final = 15


@dataclass(frozen=True, slots=True)
class Scored:
    """A read with its confidence, 0-1; whether it is right; whether it is of a labelled plate."""

    confidence: float
    is_right: bool
    is_plate: bool = True


@dataclass(frozen=True, slots=True)
class Point:
    """What accepting every read of at least *threshold* comes to.

    Attributes:
        threshold: Confidence, 0-1.
        precision: Right reads of those accepted, false plates among them.
        coverage: Labelled plates whose read is accepted.
    """

    threshold: float
    precision: Share
    coverage: Share


@dataclass(frozen=True, slots=True)
class Coverage:
    """The most that can be accepted at a precision; no point if no threshold reaches it."""

    wanted: float
    point: Point | None


@dataclass(frozen=True, slots=True)
class Bin:
    """Reads of like confidence: lowest, highest and mean, and how many of them are right."""

    low: float
    high: float
    mean: float
    right: Share


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far confidence is from the share that is right.

    Attributes:
        error: Expected calibration error: the mean distance of the two over `bins`, weighted by their reads.
        bins: About equally many reads each, least confident first.
    """

    error: float
    bins: tuple[Bin, ...]


def scored_reads(photos: Iterable[PhotoOutcome]) -> list[Scored]:
    """Return every read in *photos*, those of false plates included; what was not read is left out."""
    reads: list[Scored] = []
    for photo in photos:
        reads += [Scored(plate.confidence, plate.is_exact) for plate in photo.plates if plate.read]
        reads += [
            Scored(false.guess.confidence, is_right=False, is_plate=False)
            for false in photo.false_plates
            if false.guess.plate
        ]
    return reads


def points(reads: Sequence[Scored], plates: int) -> list[Point]:
    """Return what each possible threshold comes to, highest first; *plates* is the number of labelled ones."""
    found: list[Point] = []
    accepted = right = covered = 0
    ranked = sorted(reads, key=lambda read: -read.confidence)
    for confidence, alike in groupby(ranked, key=lambda read: read.confidence):
        group = list(alike)
        accepted += len(group)
        right += sum(read.is_right for read in group)
        covered += sum(read.is_plate for read in group)
        found.append(Point(confidence, Share(right, accepted), Share(covered, plates)))
    return found


def coverage_at(along: Sequence[Point], wanted: float) -> Coverage:
    """Return the point of *along* that covers most with a precision of at least *wanted*."""
    good = [point for point in along if point.precision.value >= wanted]
    return Coverage(wanted, good[-1] if good else None)


def reliability(reads: Sequence[Scored]) -> Reliability:
    """Return how far the confidence of *reads* is from the share that is right."""
    if not reads:
        return Reliability(0.0, ())
    ranked = sorted(reads, key=lambda read: read.confidence)
    count = int(np.clip(len(ranked) // LEAST_IN_BIN, 1, MOST_BINS))
    edges = np.linspace(0, len(ranked), count + 1).round().astype(int).tolist()
    bins = tuple(_bin(ranked[low:high]) for low, high in pairwise(edges))
    off = sum(abs(group.mean - group.right.value) * group.right.whole for group in bins)
    return Reliability(off / len(ranked), bins)


def _bin(reads: Sequence[Scored]) -> Bin:
    mean = sum(read.confidence for read in reads) / len(reads)
    right = Share(sum(read.is_right for read in reads), len(reads))
    return Bin(reads[0].confidence, reads[-1].confidence, mean, right)
