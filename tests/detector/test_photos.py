from pathlib import Path

import cv2
import numpy as np
import pytest

from models.detector.photos import load_photo, load_photos
from models.photographs import NotForTrainingError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A picture, 2200 x 1100, black with a white oblong 400 x 200."""
    picture = np.zeros((1100, 2200, 3), np.uint8)
    picture[300:500, 800:1200] = 255
    path = tmp_path / "set" / "images" / "one.png"
    path.parent.mkdir(parents=True)
    cv2.imwrite(str(path), picture)
    return path


def test_large_photographs_are_reduced_with_their_boxes(file: Path) -> None:
    """The long side is 1100 pixels then; boxes are in pixels of what is kept."""
    photo = load_photo(file, [(800, 300, 1200, 500)])
    assert photo.levels[0].shape == (550, 1100, 3)
    assert photo.boxes.tolist() == [[400, 150, 600, 250]]
    assert photo.name == "set/one.png"


@pytest.mark.parametrize("scale", [1.5, 1.0, 0.4, 0.2, 0.1])
def test_a_piece_shows_the_same_place_at_any_scale(file: Path, scale: float) -> None:
    """Whichever of the reduced copies it is cut from, the oblong lies where the matrix says."""
    photo = load_photo(file, [])
    x, y = 500 * scale - 50, 200 * scale - 50
    piece = photo.cut(np.array([(scale, 0, -x), (0, scale, -y)], np.float32), 100)
    rows, columns = np.nonzero(piece[..., 0] > 127)
    half_wide, half_high = min(50, 100 * scale), min(50, 50 * scale)
    assert columns.min() == pytest.approx(50 - half_wide, abs=2)
    assert columns.max() == pytest.approx(50 + half_wide, abs=2)
    assert rows.min() == pytest.approx(50 - half_high, abs=2)
    assert rows.max() == pytest.approx(50 + half_high, abs=2)


def test_a_missing_photograph_is_an_error(tmp_path: Path) -> None:
    """Not an empty one."""
    with pytest.raises(FileNotFoundError):
        load_photo(tmp_path / "set" / "images" / "none.jpg", [])


def test_the_photographs_for_measuring_only_cannot_be_loaded_for_training() -> None:
    """Their name is refused."""
    with pytest.raises(NotForTrainingError):
        load_photos(("us-dev",), "train")
