from collections.abc import Callable

import numpy as np
import pytest

from models.detector.photos import Photo
from models.detector.validate import Found, measure, wilson
from platewarden.recognition.types import Frame


def photo(*boxes: tuple[float, float, float, float], legible: bool = True) -> Photo:
    """A photograph, 1024 x 512, with plates there."""
    levels = (np.zeros((512, 1024, 3), np.uint8),)
    return Photo("one", levels, np.array(boxes, np.float32).reshape(-1, 4), legible)


def says(*answers: tuple[tuple[float, float, float, float], float]) -> Callable[[Frame], Found]:
    """A detector that always says the same."""
    return lambda _: list(answers)


def test_a_plate_counts_as_found_when_half_of_both_boxes_is_common() -> None:
    """And only above the threshold."""
    photos = [photo((100, 100, 200, 150), (500, 100, 600, 150))]
    answers = says(((105, 100, 205, 150), 0.9), ((500, 100, 600, 150), 0.3))
    low, high = measure(photos, answers, (0.2, 0.5))
    assert (low.found, low.plates, low.false) == (2, 2, 0)
    assert (high.found, high.recall) == (1, 0.5)


def test_a_badly_fitting_box_is_neither_found_nor_false() -> None:
    """It is near a plate."""
    [figures] = measure([photo((100, 100, 200, 150))], says(((120, 110, 260, 190), 0.9)), (0.5,))
    assert (figures.found, figures.false) == (0, 0)


def test_a_box_near_no_plate_is_false() -> None:
    """One false plate in two photographs is half a false plate a photograph."""
    [figures] = measure([photo(), photo((700, 300, 800, 350))], says(((700, 300, 800, 350), 0.9)), (0.5,))
    assert figures.false_per_photo == 0.5


def test_small_and_illegible_plates_need_not_be_found_and_are_not_false() -> None:
    """28 pixels of 1024 is the least; a scene's illegible plates do not count."""
    photos = [photo((100, 100, 127, 114)), photo((100, 100, 200, 150), legible=False)]
    [figures] = measure(photos, says(((100, 100, 127, 114), 0.9)), (0.5,))
    assert (figures.plates, figures.false) == (0, 0)


def test_wilson_intervals_are_those_of_the_tables() -> None:
    """9 of 10 and 0 of 10, two-sided, 95 %."""
    assert wilson(9, 10) == pytest.approx((0.5958, 0.9821), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)
