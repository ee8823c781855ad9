import numpy as np
import pytest

from models.detector.poses import lay_flat, random_pose


@pytest.mark.parametrize("seed", range(40))
def test_a_pose_has_the_width_and_place_it_was_asked_for(seed: int) -> None:
    """However the plate stands, the box around it is as wide as wanted and where it is wanted."""
    corners = random_pose(np.random.default_rng(seed), aspect=2.0, width_px=80, centre=(100, 60))
    low, high = corners.min(axis=0), corners.max(axis=0)
    assert high[0] - low[0] == pytest.approx(80, abs=0.01)
    assert ((low + high) / 2).tolist() == pytest.approx([100, 60], abs=0.01)


@pytest.mark.parametrize("seed", range(40))
def test_corners_run_clockwise_from_where_the_text_begins(seed: int) -> None:
    """No pose is mirrored or on its head."""
    a, b, c, d = random_pose(np.random.default_rng(seed), aspect=2.0, width_px=80, centre=(0, 0))
    assert a[0] < b[0]
    assert d[0] < c[0]
    assert a[1] < d[1]
    assert b[1] < c[1]


def test_a_card_comes_to_lie_with_its_inner_part_at_the_corners() -> None:
    """The white plate inside a black frame ends where it should; the frame lies outside it."""
    picture = np.full((100, 200, 3), 128, np.uint8)
    card = np.zeros((60, 120, 3), np.uint8)
    card[10:50, 10:110] = 255
    corners = np.array([(50, 30), (150, 30), (150, 70), (50, 70)], np.float32)
    lay_flat(picture, card, np.full((60, 120), 255, np.uint8), (10, 10, 110, 50), corners)
    assert (picture[34:66, 54:146] == 255).all()
    assert (picture[24:27, 60:140] == 0).all()
    assert (picture[:18] == 128).all()
    assert (picture[:, :38] == 128).all()


def test_a_card_beside_the_picture_changes_nothing() -> None:
    """Part of a crowd may lie outside the piece."""
    picture = np.full((50, 50, 3), 128, np.uint8)
    corners = np.array([(80, 80), (120, 80), (120, 100), (80, 100)], np.float32)
    lay_flat(
        picture, np.zeros((20, 40, 3), np.uint8), np.full((20, 40), 255, np.uint8), (0, 0, 40, 20), corners
    )
    assert (picture == 128).all()
