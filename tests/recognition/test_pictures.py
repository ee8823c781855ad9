import numpy as np
import pytest

from platewarden.recognition.images import decode_image
from platewarden.recognition.pictures import (
    VEHICLE_LONG_SIDE_PX,
    annotate,
    crop_plate,
    crop_vehicle,
    encode_jpeg,
)
from platewarden.recognition.types import Box, PlateRead

FRAME = np.full((1080, 1920, 3), 90, np.uint8)


def read_at(*box: float) -> PlateRead:
    """A read in *box*."""
    left, top, right, bottom = box
    return PlateRead("ABC1234", "ABC-1234", 0.9, (0.9,) * 7, (), "NV", 0.8, (left, top, right, bottom))


def test_the_plate_picture_holds_the_plate_and_its_frame() -> None:
    """The crop is the plate with a fifth of its height more on each side."""
    high, wide, _ = decode_image(crop_plate(FRAME, read_at(900, 600, 1000, 650))).shape
    assert (wide, high) == (120, 70)


def test_the_vehicle_picture_is_mostly_above_the_plate() -> None:
    """A plate sits low on a car: the crop spans 2 m, and reaches higher than it reaches low."""
    high, wide, _ = decode_image(crop_vehicle(FRAME, read_at(900, 600, 1000, 650))).shape
    assert (wide, high) == (660, 530)


def test_a_vehicle_that_fills_the_frame_is_reduced() -> None:
    """A vehicle picture is never larger than it needs to be."""
    assert max(decode_image(crop_vehicle(FRAME, read_at(400, 600, 1400, 900))).shape) == VEHICLE_LONG_SIDE_PX


@pytest.mark.parametrize("box", [(0, 0, 40, 10), (1900, 1070, 1920, 1080)])
def test_plates_at_the_edge_are_drawn_and_cut_without_leaving_the_frame(box: Box) -> None:
    """A plate in a corner still gives both pictures and an annotated frame of the same size."""
    read = read_at(*box)
    assert crop_plate(FRAME, read)[:2] == crop_vehicle(FRAME, read)[:2] == b"\xff\xd8"
    drawn = annotate(FRAME, [read])
    assert drawn.shape == FRAME.shape
    assert (drawn != FRAME).any()


def test_drawing_leaves_the_frame_as_it_was() -> None:
    """The annotated picture is a copy."""
    annotate(FRAME, [read_at(900, 600, 1000, 630)])
    assert (FRAME == 90).all()


def test_a_picture_too_large_for_jpeg_is_refused() -> None:
    """The format ends at 65,535 pixels a side."""
    with pytest.raises(ValueError, match="cannot write"):
        encode_jpeg(np.zeros((1, 70_000, 3), np.uint8))
