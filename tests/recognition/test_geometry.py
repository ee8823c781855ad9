import numpy as np
import pytest

from platewarden.recognition.geometry import (
    box_around,
    covered,
    cut_box,
    cut_line,
    grow_box,
    likeness,
    line_size,
    trim_across,
)
from platewarden.recognition.types import Box

LINE = np.array([[10, 10], [90, 10], [90, 30], [10, 30]], np.float32)


def test_a_line_is_as_long_as_its_text_and_as_high_as_its_characters() -> None:
    """Length runs along the text, height across it."""
    assert line_size(LINE) == (80, 20)
    assert box_around(LINE) == (10, 10, 90, 30)


def test_trimming_takes_a_share_of_the_height_above_and_below() -> None:
    """A tenth off either side of twenty pixels leaves sixteen."""
    assert box_around(trim_across(LINE, 0.1)) == (10, 12, 90, 28)


def test_a_tilted_line_is_cut_straight() -> None:
    """A line drawn at an angle comes out level, from its own left to its own right."""
    frame = np.zeros((100, 100, 3), np.uint8)
    corners = np.array([[10, 10], [80, 80], [70, 90], [0, 20]], np.float32)
    cut = cut_line(frame, corners)
    assert cut.shape == (14, 99, 3)


def test_growing_stops_at_the_edge_of_the_frame() -> None:
    """A box near the border gets no pixels from outside."""
    frame = np.zeros((50, 60, 3), np.uint8)
    assert grow_box((5, 5, 55, 45), x_px=10, y_px=3, frame=frame) == (0, 2, 60, 48)


@pytest.mark.parametrize("box", [(-5, -5, -1, -1), (59.6, 49.7, 59.9, 49.9), (200, 200, 300, 300)])
def test_a_crop_is_never_empty(box: Box) -> None:
    """Even a box outside the frame gives a reader something to look at."""
    assert min(cut_box(np.zeros((50, 60, 3), np.uint8), box).shape[:2]) >= 2


def test_likeness_and_cover_of_boxes() -> None:
    """A box inside a box four times its area is covered wholly and alike by a quarter; apart they are neither."""
    small, large = (0, 0, 10, 10), (0, 0, 20, 20)
    assert (covered(small, large), likeness(small, large)) == (1.0, 0.25)
    assert covered(small, (50, 50, 60, 60)) == likeness(small, (50, 50, 60, 60)) == 0.0
    assert likeness((0, 0, 0, 0), (0, 0, 0, 0)) == 0.0
