"""When a camera that says nothing is silent, and when that is simply unknown."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.policy.parameters import Parameters
from platewarden.policy.silence import (
    Hearing,
    chance_of_at_most,
    expected_between,
    is_few,
    silence_of,
    usual_of,
)

NOW = datetime(2026, 6, 1, 12, 20, tzinfo=UTC)
_MINUTES = st.integers(1, 40 * 60)
_USUAL = st.none() | st.floats(0, 500)


def said(ago: timedelta, usual: float | None, parameters: Parameters, *, must_speak: bool = True) -> Hearing:
    """What the rule says of a camera that was last heard so long *ago*."""
    return silence_of(
        NOW - ago, usual=lambda _hour: usual, must_speak=must_speak, parameters=parameters, now=NOW
    ).hearing


@given(minutes=_MINUTES, usual=st.floats(0, 500))
def test_where_every_hour_is_alike_the_expected_grows_with_time(minutes: int, usual: float) -> None:
    """Rate times hours, however the span lies across the hours."""
    expected, is_complete = expected_between(lambda _hour: usual, NOW - timedelta(minutes=minutes), NOW)
    assert is_complete
    assert math.isclose(expected, usual * minutes / 60, rel_tol=1e-6, abs_tol=1e-9)


@pytest.mark.clause("HIT-1")
@given(minutes=_MINUTES, longer=_MINUTES, usual=_USUAL)
def test_silence_stays_silence_while_it_lasts(
    minutes: int, longer: int, usual: float | None, parameters: Parameters
) -> None:
    """Saying nothing for longer never makes a silent camera well."""
    if said(timedelta(minutes=minutes), usual, parameters) is Hearing.SILENT:
        assert said(timedelta(minutes=minutes + longer), usual, parameters) is Hearing.SILENT


@pytest.mark.clause("HIT-1")
@given(minutes=_MINUTES, usual=st.floats(0, 500))
def test_a_camera_is_silent_exactly_when_ten_reads_are_usual_or_a_day_is_over(
    minutes: int, usual: float, parameters: Parameters
) -> None:
    """A vehicle may be parked for a day: of it only what is usual tells."""
    ago = timedelta(minutes=minutes)
    expected, _ = expected_between(lambda _hour: usual, NOW - ago, NOW)
    for must_speak in (True, False):
        is_silent = expected >= 10 or (must_speak and ago >= timedelta(hours=24))
        assert (said(ago, usual, parameters, must_speak=must_speak) is Hearing.SILENT) is is_silent


@pytest.mark.clause("HIT-1")
@given(minutes=st.integers(60, 24 * 60 - 1))
def test_what_is_unknown_is_never_called_usual(minutes: int, parameters: Parameters) -> None:
    """Where history is short, an hour without reads is neither health nor an alarm before the day is over."""
    assert said(timedelta(minutes=minutes), None, parameters) is Hearing.UNKNOWN
    assert said(timedelta(minutes=minutes), 0.0, parameters) is Hearing.QUIET


def test_what_is_usual_is_a_median_of_enough_hours() -> None:
    """One bad week changes nothing; two weeks are too few to tell."""
    assert usual_of([40, 44]) is None
    assert usual_of([40, 0, 44]) == 40
    assert usual_of([]) is None


@given(count=st.integers(0, 300), mean=st.floats(0.1, 300))
def test_the_chance_is_a_chance_and_grows_with_the_count(count: int, mean: float) -> None:
    """Between nought and one; of none it is exp(-mean)."""
    chance = chance_of_at_most(count, mean)
    assert 0 <= chance <= 1
    assert chance <= chance_of_at_most(count + 1, mean) + 1e-12
    assert math.isclose(chance_of_at_most(0, mean), math.exp(-mean), rel_tol=1e-9)


def test_few_is_fewer_than_chance_explains() -> None:
    """Twenty of forty are too few, thirty may happen; unknown is not few, and no count is few where none is usual."""
    assert is_few(20, 40.0)
    assert not is_few(30, 40.0)
    assert not is_few(0, None)
    assert not is_few(0, 0.0)
    assert not is_few(0, 6.0)
    assert is_few(0, 7.0)
