import numpy as np
import pytest

from platewarden.recognition.candidates import Line, mean_confidence, plausibility
from platewarden.recognition.types import Detection, Reading


def line(text: str, confidence: float = 1.0, size: tuple[int, int] = (70, 20)) -> Line:
    """A line of *size* that reads *text*."""
    wide, high = size
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    solid = [character for character in text if character.isalnum()]
    return Line(
        Detection((0, 0, wide, high), corners, 1.0),
        Reading(text, (confidence,) * len(solid), ((),) * len(solid)),
    )


@pytest.mark.parametrize("text", ["ABC1234", "7ABC123", "AB1-234", "123ABC", "A1B2C"])
def test_letters_and_digits_of_the_usual_length_are_a_serial(text: str) -> None:
    """Five to seven characters, letters and digits mixed, read surely: nothing speaks against it."""
    assert plausibility(line(text)) == 1.0


@pytest.mark.parametrize("text", ["", "A", "10", "ABC123456", "PENNSYLVANIA"])
def test_too_short_and_too_long_is_no_serial(text: str) -> None:
    """Stickers and slogans are no serials."""
    assert plausibility(line(text)) == 0.0


def test_kinds_of_serial_in_order() -> None:
    """Mixed beats digits only beats letters only beats a word known from vehicles and streets."""
    kinds = [plausibility(line(text)) for text in ("ABC123", "123456", "GRANNY", "TOYOTA")]
    assert kinds == sorted(kinds, reverse=True)
    assert len(set(kinds)) == 4


def test_a_long_thin_line_is_hardly_a_serial() -> None:
    """A line of print is longer for its height than a serial."""
    assert plausibility(line("ABC123", size=(200, 20))) < plausibility(line("ABC123"))


def test_doubt_about_the_characters_is_doubt_about_the_serial() -> None:
    """The mean confidence of the characters weighs in."""
    assert plausibility(line("ABC123", confidence=0.5)) == pytest.approx(0.5)


def test_the_mean_confidence_of_nothing_is_nothing() -> None:
    """No character, or one that is impossible, gives none."""
    assert mean_confidence(line("").reading) == 0.0
    assert mean_confidence(line("AB", confidence=0.0).reading) == 0.0
