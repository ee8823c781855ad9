import numpy as np
import pytest

from models.detector.labels import SIZE_PX, Plate, Sample, settled
from models.detector.targets import targets_for

PICTURE = np.zeros((SIZE_PX, SIZE_PX, 3), np.uint8)
CORNERS = np.array([(90, 82), (150, 78), (152, 108), (91, 112)], np.float32)


def sample(*plates: Plate, ignored: tuple[tuple[float, float, float, float], ...] = ()) -> Sample:
    """A sample with these plates."""
    return Sample(PICTURE, list(plates), list(ignored))


def test_the_cell_in_the_middle_knows_the_box_and_the_corners() -> None:
    """Adding its middle to what it should say gives the plate back."""
    targets = targets_for([sample(Plate((90, 78, 152, 112), CORNERS))])
    row, column = 11, 15
    middle = np.array([column + 0.5, row + 0.5]) * 8
    assert targets.weight[0, row, column] > 0
    assert targets.boxes[0, :, row, column] + np.tile(middle, 2) == pytest.approx([90, 78, 152, 112])
    assert targets.corners[0, :, row, column] + np.tile(middle, 4) == pytest.approx(CORNERS.ravel())
    assert targets.known[0, row, column]


def test_where_only_a_box_is_known_nothing_is_asked_of_the_corners() -> None:
    """A photograph's own plate has no corners."""
    targets = targets_for([sample(Plate((90, 78, 152, 112)))])
    assert (targets.weight > 0).any()
    assert not targets.known.any()


def test_the_smallest_plate_has_a_cell() -> None:
    """Wherever it lies between the cells."""
    for shift in range(8):
        targets = targets_for([sample(Plate((100 + shift, 100 + shift, 114 + shift, 107 + shift)))])
        assert (targets.weight > 0).sum() >= 1


def test_a_large_plate_counts_more_than_a_small_one_but_not_by_its_area() -> None:
    """Sixteen times the width is about sixteen times the weight, though 256 times the cells."""
    small = targets_for([sample(Plate((100, 100, 116, 108)))]).weight.sum()
    large = targets_for([sample(Plate((20, 60, 276, 188)))]).weight.sum()
    assert 4 < large / small < 20


def test_each_of_two_plates_has_its_own_cells() -> None:
    """Neighbours do not take each other's middle."""
    targets = targets_for([sample(Plate((40, 40, 100, 70)), Plate((40, 75, 100, 105)))])
    assert targets.boxes[0, 3, 6, 8] == pytest.approx(70 - 52)
    assert targets.boxes[0, 3, 11, 8] == pytest.approx(105 - 92)


def test_nothing_is_claimed_about_illegible_plates_except_where_another_lies() -> None:
    """The cells of an ignored box are left out, those of a plate in it are not."""
    targets = targets_for([sample(Plate((90, 78, 152, 112)), ignored=((80, 70, 200, 120),))])
    assert targets.ignored[0, 11, 23]
    assert not targets.ignored[0, 11, 15]
    assert not targets.ignored[0, 30, 30]


def test_plates_too_small_or_mostly_outside_are_ignored() -> None:
    """13 pixels are too few; a plate half outside is not asked for; one wholly outside is forgotten."""
    whole, small = Plate((100, 100, 160, 130)), Plate((10, 10, 23, 17))
    half, outside = Plate((300, 100, 340, 120)), Plate((330, 100, 400, 140))
    result = settled(sample(whole, small, half, outside))
    assert result.plates == [whole]
    assert result.ignored == [small.box, half.box]
