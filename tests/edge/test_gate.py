import numpy as np
import pytest

from platewarden.edge.gate import LONGEST_REST_S, Gate, Looking, Region, RegionError
from platewarden.recognition.types import Detection, Frame
from tests.edge.stage import HEIGHT, RATE, WIDTH, Passing, driving, frames

LEFT_HALF = Region.parse("0,0;0.5,0;0.5,1;0,1")


def grain(seed: int) -> Frame:
    """An empty scene as a sensor sees it at dusk."""
    noise = np.random.default_rng(seed).normal(90, 10, (HEIGHT, WIDTH, 3))
    return np.clip(noise, 0, 255).astype(np.uint8)


def test_a_still_scene_is_looked_at_once_a_second() -> None:
    """Grain and nothing else: of three seconds, the first frame and then one a second goes through."""
    gate = Gate()
    passed = [index / RATE for index in range(3 * RATE) if gate.lets_through(grain(index), index / RATE)]
    assert passed == pytest.approx([0, LONGEST_REST_S, 2 * LONGEST_REST_S])


def test_a_vehicle_in_motion_is_looked_at_again_and_again() -> None:
    """While a plate moves, every frame of a slow camera goes through."""
    gate = Gate()
    moving = list(frames([Passing(3, driving(begin_s=0, end_s=2))], 2, rate=12.5))
    assert all(gate.lets_through(frame.picture, frame.at_s) for frame in moving)


def test_slow_movement_adds_up() -> None:
    """A change too small from one frame to the next is noticed when enough of it has come together."""
    gate = Gate()
    creeping = list(frames([Passing(3, driving(begin_s=0, end_s=9, speed=8, width=60))], 0.9))
    passed = sum(gate.lets_through(frame.picture, frame.at_s) for frame in creeping)
    assert 2 <= passed < len(creeping)


@pytest.mark.parametrize(("rate", "looked_at"), [(25, 25), (30, 30), (60, 30)])
def test_a_fast_camera_costs_no_more_than_a_slow_one(rate: float, looked_at: int) -> None:
    """Within two seconds of movement, 25 or 30 frames are looked at, however many there are."""
    gate = Gate()
    moving = list(frames([Passing(3, driving(begin_s=0, end_s=2))], 2, rate=rate))
    assert sum(gate.lets_through(frame.picture, frame.at_s) for frame in moving) == looked_at


def test_what_moves_outside_the_region_opens_nothing() -> None:
    """A vehicle in the right half goes by unseen, the same in the left half does not."""
    passed = {}
    for side, x in (("left", 160), ("right", 480)):
        gate = Gate(Looking(LEFT_HALF))
        moving = list(frames([Passing(3, driving(begin_s=0, end_s=2, x=x))], 0.9))
        passed[side] = sum(gate.lets_through(frame.picture, frame.at_s) for frame in moving)
    assert passed["right"] == 1
    assert passed["left"] > 10


def test_another_size_of_picture_goes_through() -> None:
    """After a camera was set anew, its first picture is looked at."""
    gate = Gate()
    assert gate.lets_through(np.zeros((360, 640, 3), np.uint8), 0)
    assert not gate.lets_through(np.zeros((360, 640, 3), np.uint8), 0.1)
    assert gate.lets_through(np.zeros((480, 640, 3), np.uint8), 0.2)


def at(x: float, y: float) -> Detection:
    """A plate with its middle at *x*, *y*."""
    corners = np.array([[x - 20, y - 10], [x + 20, y - 10], [x + 20, y + 10], [x - 20, y + 10]], np.float32)
    return Detection((x - 20, y - 10, x + 20, y + 10), corners, 0.9)


def test_a_plate_is_in_the_region_if_its_middle_is() -> None:
    """The corners of the region are shares of the picture."""
    frame = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    assert LEFT_HALF.holds(at(310, 100), frame)
    assert not LEFT_HALF.holds(at(330, 100), frame)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("0,0;1,1", "at least three corners"),
        ("", "corner 1"),
        ("0,0;1,0;a,b", "corner 3: give two numbers from 0 to 1"),
        ("0,0;1,0;1,100", "corner 3"),
        ("0,0;1,0;-1,0", "corner 3"),
        ("0,0;0.5,0.5;1,1", "covers nothing"),
        ("0,0;1,1;1,0;0,1", "sides cross"),
    ],
)
def test_a_region_that_is_none_is_refused(text: str, problem: str) -> None:
    """The message names the corner and shows the form."""
    with pytest.raises(RegionError, match=problem):
        Region.parse(text)
