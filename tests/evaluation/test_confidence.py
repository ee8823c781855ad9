import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.evaluation.confidence import (
    Scored,
    coverage_at,
    points,
    reliability,
    scored_reads,
)
from platewarden.evaluation.shares import Share
from tests.evaluation.photos import mistaken, read

READS = st.lists(
    st.builds(Scored, confidence=st.sampled_from((0.1, 0.5, 0.5, 0.9, 0.99)), is_right=st.booleans()),
    min_size=1,
    max_size=60,
)


def test_false_plates_count_as_wrong_and_missed_plates_are_not_read() -> None:
    """What would be believed counts; what was never said does not."""
    reads = scored_reads([read("A1", "A1", 0.8), read("A1", "", 0.9), mistaken("TAXI", 0.7)])
    assert reads == [Scored(0.8, is_right=True), Scored(0.7, is_right=False, is_plate=False)]


def test_each_threshold_accepts_the_reads_at_or_above_it() -> None:
    """Precision is of the reads accepted, coverage of the labelled plates."""
    reads = [
        Scored(0.9, is_right=True),
        Scored(0.9, is_right=False),
        Scored(0.8, is_right=False, is_plate=False),
        Scored(0.5, is_right=True),
    ]
    found = [(point.threshold, point.precision, point.coverage) for point in points(reads, 5)]
    assert found == [
        (0.9, Share(1, 2), Share(2, 5)),
        (0.8, Share(1, 3), Share(2, 5)),
        (0.5, Share(2, 4), Share(3, 5)),
    ]


def test_coverage_is_the_most_that_can_be_accepted_at_a_precision() -> None:
    """Past an early mistake the precision may recover: then the later threshold counts."""
    reads = [Scored(1.0, is_right=False)] + [Scored(0.99 - 0.005 * n, is_right=True) for n in range(99)]
    along = points(reads, 100)
    at_98 = coverage_at(along, 0.98).point
    assert at_98 is not None
    assert (at_98.coverage, at_98.precision) == (Share(100, 100), Share(99, 100))
    assert coverage_at(along, 0.995).point is None


def test_equal_confidences_are_accepted_together() -> None:
    """No order among them can make the figure better than it is."""
    right_first = [Scored(0.9, is_right=True)] * 50 + [Scored(0.9, is_right=False)] * 50
    assert coverage_at(points(right_first, 100), 0.95).point is None


@given(READS)
def test_the_last_threshold_accepts_everything(reads: list[Scored]) -> None:
    """Thresholds fall, accepted reads grow, and in the end all are accepted."""
    along = points(reads, len(reads))
    assert [point.threshold for point in along] == sorted({read.confidence for read in reads}, reverse=True)
    assert along[-1].precision == Share(sum(read.is_right for read in reads), len(reads))


def test_confidence_that_is_right_as_often_as_it_says_has_no_error() -> None:
    """0.95 that is right 19 times in 20, and 0.6 that is right 12 times in 20."""
    reads = [Scored(0.95, is_right=n < 19) for n in range(20)]
    reads += [Scored(0.6, is_right=n < 12) for n in range(20)]
    found = reliability(reads)
    assert [group.right for group in found.bins] == [Share(12, 20), Share(19, 20)]
    assert found.error == pytest.approx(0)


def test_confidence_that_is_too_high_has_the_error_it_is_too_high_by() -> None:
    """0.9 that is right half of the time is 0.4 off."""
    reads = [Scored(0.9, is_right=n % 2 == 0) for n in range(200)]
    assert reliability(reads).error == pytest.approx(0.4)


def test_honest_confidence_has_a_small_error() -> None:
    """Reads that are right with the probability they state come out with an error near nought."""
    rng = np.random.default_rng(11)
    stated = rng.uniform(0.3, 1.0, 4000)
    right = rng.random(4000) < stated
    reads = [Scored(float(value), is_right=bool(fact)) for value, fact in zip(stated, right, strict=True)]
    assert reliability(reads).error < 0.03
    assert [group.right.whole for group in reliability(reads).bins] == [400] * 10


def test_no_reads_have_no_bins() -> None:
    """Nothing read, nothing to rely on."""
    assert (reliability([]).error, reliability([]).bins) == (0.0, ())
