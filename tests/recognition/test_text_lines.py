import numpy as np
import pytest

from platewarden.recognition.models import Network
from platewarden.recognition.text_lines import TextLineDetector, lines_in
from platewarden.recognition.types import FloatArray


def heat_with(*rectangles: tuple[int, int, int, int], value: float = 0.9) -> FloatArray:
    """A map, 100 x 200, that is hot inside each (left, top, right, bottom)."""
    heat = np.zeros((100, 200), np.float32)
    for left, top, right, bottom in rectangles:
        heat[top:bottom, left:right] = value
    return heat


def test_a_core_is_grown_back_to_the_line() -> None:
    """The network marks the shrunken core; the line is larger on every side by area / perimeter times 1.6."""
    [(corners, confidence)] = lines_in(heat_with((50, 40, 130, 60)))
    grow = 1.6 * 80 * 20 / 200
    assert corners[0] == pytest.approx([50 - grow, 40 - grow], abs=2)
    assert corners[2] == pytest.approx([130 + grow, 60 + grow], abs=2)
    assert confidence > 0.8


def test_corners_run_clockwise_from_the_top_left() -> None:
    """Top left, top right, bottom right, bottom left."""
    [(corners, _)] = lines_in(heat_with((50, 40, 130, 60)))
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = corners.tolist()
    assert ax < bx
    assert dx < cx
    assert ay < dy
    assert by < cy


def test_each_separate_core_is_a_line() -> None:
    """Two hot places are two lines."""
    assert len(lines_in(heat_with((10, 10, 60, 30), (100, 60, 180, 80)))) == 2


@pytest.mark.parametrize(
    "heat",
    [heat_with(), heat_with((50, 40, 130, 60), value=0.25), heat_with((50, 40, 52, 41))],
    ids=["cold", "faint", "speck"],
)
def test_faint_places_and_specks_are_no_lines(heat: FloatArray) -> None:
    """What is below the threshold or too small to hold a character is not text."""
    assert lines_in(heat) == []


class MiddleIsText(Network):
    """Says that the middle of whatever it is shown is text, and remembers the shape it was shown."""

    def __init__(self) -> None:
        """Load nothing."""

    def run(self, batch: FloatArray) -> FloatArray:
        """Return a map with a core in the middle."""
        self.shape = batch.shape
        heat = np.zeros((1, 1, *batch.shape[2:]), np.float32)
        high, wide = batch.shape[2:]
        heat[0, 0, int(high * 0.45) : int(high * 0.55), int(wide * 0.3) : int(wide * 0.7)] = 0.9
        return heat


def test_boxes_are_in_pixels_of_the_frame_whatever_size_the_network_sees() -> None:
    """A frame is shown with its long side at the size asked for, sides multiples of 32, and boxes scaled back."""
    network = MiddleIsText()
    [found] = TextLineDetector(long_side_px=960, network=network).detect(np.zeros((1000, 2000, 3), np.uint8))
    assert network.shape == (1, 3, 480, 960)
    left, top, right, bottom = found.box_xyxy
    assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx((1000, 500), abs=10)


def test_the_same_network_can_look_at_another_size() -> None:
    """The closer look needs no second copy of the model."""
    network = MiddleIsText()
    TextLineDetector(network=network).at(256).detect(np.zeros((50, 100, 3), np.uint8))
    assert network.shape == (1, 3, 128, 256)
