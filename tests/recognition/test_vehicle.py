import cv2
import numpy as np
import pytest

from platewarden.recognition.types import UNKNOWN, FloatArray, Frame, Vehicle
from platewarden.recognition.vehicle import colour_of, vehicle_of

CORNERS: FloatArray = np.array([[290, 300], [350, 300], [350, 330], [290, 330]], np.float32)
"""A plate 60 px wide in the middle of the frame."""


def street(body: tuple[int, int, int], *, rng: int = 7) -> Frame:
    """A vehicle of one lacquer, BGR, with its plate at `CORNERS`, lamps and a window, on a road under a sky."""
    frame = np.full((480, 640, 3), (96, 98, 100), np.uint8)
    frame[:180] = (225, 205, 180)
    frame[60:180, :200] = (60, 110, 70)
    cv2.rectangle(frame, (180, 200), (460, 350), body, -1)
    cv2.rectangle(frame, (215, 205), (425, 240), (60, 55, 50), -1)
    for left in (185, 425):
        cv2.rectangle(frame, (left, 260), (left + 30, 285), (40, 30, 170), -1)
    cv2.rectangle(frame, (290, 300), (350, 330), (240, 240, 240), -1)
    noisy = frame + np.random.default_rng(rng).normal(0, 4, frame.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("lacquer", "colour"),
    [
        ((34, 28, 165), "red"),
        ((150, 70, 30), "blue"),
        ((30, 190, 235), "yellow"),
        ((30, 110, 235), "orange"),
        ((60, 120, 40), "green"),
        ((22, 20, 20), "black"),
    ],
)
def test_a_plain_colour_is_named(lacquer: tuple[int, int, int], colour: str) -> None:
    """Most of the body around the plate is of it; lamps, glass, road and sky do not count for much."""
    guess = colour_of(street(lacquer), CORNERS)
    assert guess.name == colour
    assert 0.75 <= guess.confidence <= 0.97


@pytest.mark.parametrize("lacquer", [(235, 235, 235), (190, 188, 186), (110, 108, 106)])
def test_white_silver_and_grey_stay_unknown(lacquer: tuple[int, int, int]) -> None:
    """In one picture light and paint cannot be told apart, so none of the three is given."""
    guess = colour_of(street(lacquer), CORNERS)
    assert (guess.name, guess.confidence) == (UNKNOWN, 0.0)


def test_infrared_and_night_tell_no_colour() -> None:
    """Without colour in the picture, or with hardly any light, nothing is said."""
    red = street((34, 28, 165))
    grey = red.mean(axis=2, keepdims=True).astype(np.uint8).repeat(3, axis=2)
    dark = (red * 0.08).astype(np.uint8)
    assert colour_of(grey, CORNERS).name == UNKNOWN
    assert colour_of(dark, CORNERS).name == UNKNOWN


def test_coloured_light_tells_no_colour() -> None:
    """Under sodium lamps every vehicle is orange."""
    lit = np.clip(street((200, 200, 200)) * np.array([0.25, 0.65, 1.0]), 0, 255).astype(np.uint8)
    assert colour_of(lit, CORNERS).name == UNKNOWN


def test_a_plate_at_the_edge_of_the_picture_tells_no_colour() -> None:
    """Where most of the body is cut off, what is left may be anything."""
    corner = CORNERS - CORNERS[0]
    assert colour_of(street((34, 28, 165)), corner).name == UNKNOWN


@pytest.mark.parametrize("corners", [np.zeros((4, 2)), CORNERS * 0 + 5, CORNERS * 100, -CORNERS])
def test_corners_that_make_no_sense_are_no_colour_and_no_error(corners: FloatArray) -> None:
    """A detector may give a point, or a place outside the picture."""
    assert colour_of(street((34, 28, 165)), corners.astype(np.float32)).name == UNKNOWN


def test_type_make_and_model_stay_unknown() -> None:
    """No model earns them; nothing is made up."""
    vehicle = vehicle_of(street((34, 28, 165)), CORNERS)
    assert vehicle == Vehicle(kind=UNKNOWN, make=UNKNOWN, model=UNKNOWN, colour="red")
