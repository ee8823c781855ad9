import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.evaluation.shares import Share, share_of, wilson


@pytest.mark.parametrize(
    ("part", "whole", "interval"),
    [(0, 10, (0.0, 0.2775)), (10, 10, (0.7225, 1.0)), (8, 10, (0.4902, 0.9433)), (81, 263, (0.2553, 0.3662))],
)
def test_intervals_are_those_of_the_textbook(part: int, whole: int, interval: tuple[float, float]) -> None:
    """Wilson's score interval without continuity correction (Newcombe 1998, method 3, for 81 of 263)."""
    assert wilson(part, whole) == pytest.approx(interval, abs=5e-5)


@given(st.integers(1, 5000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_the_interval_holds_the_share_and_stays_between_nought_and_one(counts: tuple[int, int]) -> None:
    """Whatever was counted, 0 <= low <= share <= high <= 1."""
    share = Share(*counts)
    low, high = share.interval
    assert 0 <= low <= share.value + 1e-12
    assert share.value - 1e-12 <= high <= 1


def test_nothing_counted_says_nothing() -> None:
    """A share of nothing may be anything."""
    assert share_of([]).interval == (0.0, 1.0)
    assert share_of([]).as_json() == {"share": 0.0, "low": 0.0, "high": 1.0, "part": 0, "whole": 0}


def test_more_errors_than_characters_are_possible() -> None:
    """A reader that adds characters can make more errors than there are characters; the share says so."""
    assert Share(3, 2).value == 1.5
    assert Share(3, 2).interval[1] == 1.0
