import numpy as np
import pytest

from platewarden.recognition import plate_reader
from platewarden.recognition.models import ModelError
from platewarden.recognition.plate_reader import PlateReader
from platewarden.rendering.designs import design_for
from platewarden.rendering.plates import render_plate


@pytest.fixture(scope="module")
def reader() -> PlateReader:
    """The real model, loaded once."""
    return PlateReader(threads=1)


@pytest.mark.parametrize(
    ("serial", "design"),
    [
        ("KLM4827", "ny-excelsior"),
        ("8XGR341", "ca"),
        ("472WPB", "vt"),
        ("HTN5093", "tx"),
        ("NICEDAY", "ny-gold"),
    ],
)
def test_rendered_plates_are_read_without_their_words(reader: PlateReader, serial: str, design: str) -> None:
    """The serial is read, and neither the state's name nor a slogan, a sticker or a separator."""
    plate = render_plate(serial, design_for(design), 7, height_px=64).image
    [reading] = reader.read_all([plate[6:58]])
    assert reading.text == serial
    assert len(reading.char_confidences) == len(reading.char_choices) == len(serial)
    assert min(reading.char_confidences) > 0.5


def test_several_plates_are_read_in_one_run_in_order(reader: PlateReader) -> None:
    """Crops of different sizes may be read together, and what is read does not depend on the company."""
    plates = [
        render_plate(serial, design_for("pa"), 3, height_px=high).image
        for serial, high in (("KLM4827", 40), ("HTN5093", 120))
    ]
    together = reader.read_all(plates)
    assert [reading.text for reading in together] == ["KLM4827", "HTN5093"]
    assert together[1] == reader.read(plates[1])


def test_every_step_gives_shares_of_all_characters(reader: PlateReader) -> None:
    """The probabilities for a vote are a row a step, the blank and 36 characters, each row summing to 1."""
    probabilities = reader.read(np.full((40, 90, 3), 128, np.uint8)).probabilities
    assert probabilities is not None
    assert probabilities.shape == (20, 37)
    assert probabilities.sum(axis=1).tolist() == pytest.approx([1.0] * 20, abs=1e-4)


def test_a_crop_of_two_pixels_is_no_error(reader: PlateReader) -> None:
    """There is nothing to read on it, and that is all."""
    assert len(reader.read(np.zeros((2, 2, 3), np.uint8)).text) <= 2


def test_an_alphabet_that_does_not_fit_is_an_error(
    reader: PlateReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that gives other symbols than it names must not be believed."""
    monkeypatch.setattr(reader, "alphabet", "ABC")
    with pytest.raises(ModelError, match="symbols"):
        reader.read(np.zeros((20, 40, 3), np.uint8))


def test_the_reader_takes_what_it_was_trained_on() -> None:
    """Input size and the recipe's agree."""
    assert (plate_reader.WIDTH_PX, plate_reader.HEIGHT_PX) == (160, 48)
