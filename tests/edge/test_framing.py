"""Times of a live stream's frames: the camera's, fitted to this machine's clock."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.edge.framing import FrameClock

OPENED_S, RATE = 1000.0, 10
frames = st.lists(
    st.tuples(st.floats(-1, 5, allow_nan=False), st.floats(0, 5, allow_nan=False)), min_size=1, max_size=60
)
"""Steps of the camera's time and of ours, as bad as any camera or network makes them."""


@given(steps=frames)
def test_a_frame_is_seen_before_it_comes_and_after_the_one_before(
    steps: list[tuple[float, float]],
) -> None:
    """Whatever the camera says and however the network delivers."""
    clock, own_s, arrived_s = FrameClock(OPENED_S), 0.0, OPENED_S
    seen = [OPENED_S]
    for own_step, step in steps:
        own_s, arrived_s = own_s + own_step, arrived_s + step
        seen.append(clock.seen(own_s, arrived_s))
        assert seen[-1] <= arrived_s
    assert all(before <= after for before, after in pairwise(seen))


@given(held_s=st.floats(0.2, 4.0), running_s=st.floats(0.0, 10.0))
def test_what_was_held_up_keeps_its_distances(held_s: float, running_s: float) -> None:
    """The network stands still and then brings all at once: each frame was seen when the camera saw it."""
    clock, late = FrameClock(OPENED_S), 0.05
    held_from = OPENED_S + late + running_s
    for number in range(round((running_s + held_s) * RATE)):
        on_time = OPENED_S + late + number / RATE
        arrived_s = on_time if on_time <= held_from else max(on_time, held_from + held_s)
        seen_s = clock.seen(number / RATE, arrived_s)
        assert on_time - seen_s == pytest.approx(0, abs=late + 1e-6)


def test_what_came_while_the_stream_was_opened_keeps_its_distances() -> None:
    """They wait until the opening is over, and were seen after it began, as far apart as the camera says."""
    clock = FrameClock(OPENED_S)
    seen = [clock.seen(number / RATE, OPENED_S + max(0.8, 0.2 + number / RATE)) for number in range(7)]
    assert seen == pytest.approx([OPENED_S + number / RATE for number in range(7)])


@pytest.mark.parametrize("rate", [0.9995, 1.0005])
def test_a_clock_that_runs_apart_is_followed(rate: float) -> None:
    """For a whole hour no frame is placed more than a few milliseconds from where it came."""
    clock, apart = FrameClock(OPENED_S), 0.0
    for number in range(3600 * RATE):
        arrived_s = OPENED_S + number / RATE
        late_s = arrived_s - clock.seen(number / RATE * rate, arrived_s)
        apart = max(apart, late_s)
    assert apart <= 0.002


@pytest.mark.parametrize("step_s", [-30.0, 5.0, 30.0])
def test_a_camera_whose_clock_is_set_is_followed_at_once(step_s: float) -> None:
    """Back, or ahead for one frame and back: the frames after it lie as far apart as they came."""
    clock = FrameClock(OPENED_S)
    for number in range(50):
        clock.seen(number / RATE, OPENED_S + number / RATE)
    after = [50 / RATE + step_s, *((number / RATE + min(step_s, 0.0)) for number in range(51, 71))]
    seen = [clock.seen(own_s, OPENED_S + number / RATE) for number, own_s in enumerate(after, start=50)]
    assert all(later - sooner > 0.06 for sooner, later in pairwise(seen[2:]))


def test_a_camera_that_answers_late_has_shown_nothing_meanwhile() -> None:
    """What it sends at last was seen two seconds ago at most."""
    clock = FrameClock(OPENED_S)
    assert clock.seen(0.0, OPENED_S + 9) == pytest.approx(OPENED_S + 7)


def test_a_camera_without_times_is_believed_for_three_frames() -> None:
    """Then frames were seen when they came."""
    clock = FrameClock(OPENED_S)
    seen = [clock.seen(0.0, OPENED_S + 1 + number / RATE) for number in range(8)]
    assert seen[4:] == pytest.approx([OPENED_S + 1 + number / RATE for number in range(4, 8)])
