import numpy as np
import pytest

from models.detector.distractors import scatter, stamp_recorder

PLATE = np.array([[120, 140, 200, 180]], np.float32)


def ground() -> np.ndarray:
    """An even piece of a picture."""
    return np.full((320, 320, 3), 100, np.uint8)


@pytest.mark.parametrize("seed", range(12))
def test_no_lettering_is_laid_on_a_plate(seed: int) -> None:
    """Stickers and signs come beside the plates of a photograph, never on them."""
    picture = ground()
    scatter(picture, np.random.default_rng(seed), PLATE)
    assert (picture[140:180, 120:200] == 100).all()


def test_something_is_laid() -> None:
    """Over a few seeds most pieces change."""
    changed = 0
    for seed in range(12):
        picture = ground()
        scatter(picture, np.random.default_rng(seed), np.empty((0, 4), np.float32))
        changed += bool((picture != 100).any())
    assert changed >= 10


def test_a_recorder_writes_at_the_edge() -> None:
    """Its line leaves the middle of the picture alone."""
    picture = ground()
    stamp_recorder(picture, np.random.default_rng(1))
    assert (picture != 100).any()
    assert (picture[60:260] == 100).all()
