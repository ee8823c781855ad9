"""The arithmetic behind the comparisons, worked by hand."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.auditing.statistics import (
    at_least,
    beyond_others,
    discoveries,
    newly_beyond,
    rate_of_others,
    robust_z,
    upper_tail,
)

pytestmark = pytest.mark.clause("AUD-1")


@given(st.integers(0, 30), st.integers(0, 30), st.floats(0.01, 0.99))
def test_the_binomial_tail_is_exact(successes: int, trials: int, chance: float) -> None:
    """Against the sum written out."""
    exact = sum(
        comb(trials, k) * chance**k * (1 - chance) ** (trials - k) for k in range(successes, trials + 1)
    )
    assert at_least(successes, trials, chance) == pytest.approx(exact if successes else 1.0, abs=1e-9)


def test_one_heavy_user_does_not_hide_the_next() -> None:
    """Medians: two far out are both far out; nobody is among people who are all alike."""
    assert robust_z(60, [5, 6, 4, 5, 60, 6]) > 4
    assert abs(robust_z(5, [5, 5, 5, 5, 5])) < 1e-9
    assert robust_z(3, [1, 1, 1, 1, 1]) < 2


def test_the_tail_of_a_normal_variable() -> None:
    """One half at zero, a fortieth at about two."""
    assert upper_tail(0) == 0.5
    assert upper_tail(1.96) == pytest.approx(0.025, abs=0.0005)


def test_false_discovery_is_controlled_step_by_step() -> None:
    """The example of Benjamini and Hochberg (1995), section 3.3, at 0.05: four of fifteen."""
    chances = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719]
    chances += [0.6528, 0.7590, 1.0]
    found = discoveries({str(place): chance for place, chance in enumerate(chances)}, 0.05)
    assert found == {"0", "1", "2", "3"}
    assert discoveries({}, 0.05) == set()


def test_the_rate_of_the_others_leaves_oneself_out() -> None:
    """And is never nought nor one, so that a first occurrence is not impossible."""
    assert rate_of_others((5, 5), (5, 105)) == pytest.approx(1 / 102)
    assert rate_of_others((0, 0), (0, 0)) == 0.5


def test_what_was_beyond_before_is_new_once_it_has_doubled() -> None:
    """Or when it was not beyond before; never below the least."""
    others = {str(person): (0, 20) for person in range(10)}
    before, same, twice = ({**others, "x": (count, 20)} for count in (4, 5, 8))
    assert set(beyond_others(before, 0.05)) == {"x"}
    assert not newly_beyond(before, same, least=3, share=0.05)
    assert set(newly_beyond(before, twice, least=3, share=0.05)) == {"x"}
    assert set(newly_beyond(others, same, least=3, share=0.05)) == {"x"}
    assert not newly_beyond(others, same, least=6, share=0.05)
