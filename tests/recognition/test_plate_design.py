"""New York's designs and classes by name."""

from dataclasses import replace
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from platewarden.edge.pictures import submission
from platewarden.ingest.schemas import SubmittedRead
from platewarden.recognition.plate_design import DESIGN_NAMES, DESIGN_STATE, design_of, design_word, ground_of
from platewarden.recognition.state_phrases import squeezed
from platewarden.recognition.state_reader import StateReader
from platewarden.recognition.types import Frame, PlateRead
from platewarden.rendering.designs import design_for
from platewarden.rendering.plates import render_plate
from tests.recognition.spelling import spelling


def plate(key: str, *, slogan: str = "", width_px: int = 240) -> Frame:
    """A rendered plate of the design *key*, with another slogan if one is given."""
    design = design_for(key)
    image = render_plate("KRT4821", replace(design, slogan=slogan) if slogan else design, 7).image
    return np.asarray(cv2.resize(image, (width_px, width_px // 2), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.fixture(scope="module")
def reader() -> StateReader:
    """The networks, loaded once."""
    return StateReader(threads=1)


@pytest.mark.parametrize("key", ["ny-excelsior", "ny-gold", "ny-blue-white"])
def test_new_yorks_designs_are_told_by_slogan_and_ground(reader: StateReader, key: str) -> None:
    """Excelsior by its word; of the two that say EMPIRE STATE, one is gold and one white with blue bands."""
    guess = reader.read(plate(key))
    assert (guess.code, guess.design) == ("NY", key)


@pytest.mark.parametrize(
    ("slogan", "design"),
    [("TAXI", "ny-taxi"), ("T&LC", "ny-taxi"), ("COMMERCIAL", "ny-commercial"), ("OFFICIAL", "ny-official")],
)
def test_classes_are_told_by_their_word(slogan: str, design: str) -> None:
    """Taxis, commercial and official vehicles say so at the foot."""
    assert design_of([spelling("NEWYORK"), spelling(squeezed(slogan))], plate("ny-blue-white")) == design


@pytest.mark.parametrize("key", ["pa", "tx", "md", "fl"])
def test_plates_of_other_states_have_no_design(reader: StateReader, key: str) -> None:
    """Designs are told of New York alone."""
    assert DESIGN_STATE == "NY"
    assert reader.read(plate(key)).design == ""


def test_a_word_that_the_ground_contradicts_tells_no_design() -> None:
    """Excelsior is never gold; a slogan of two designs on a ground that is neither's says nothing."""
    assert design_of([spelling("EXCELSIOR")], plate("ny-gold")) == ""
    assert design_of([spelling("EMPIRESTATE")], plate("vt")) == ""


def test_two_different_words_tell_no_design() -> None:
    """A dealer's OFFICIAL beside the slogan is no class."""
    assert design_of([spelling("EXCELSIOR"), spelling("OFFICIAL")], plate("ny-excelsior")) == ""


@pytest.mark.parametrize(
    "words", ["TAX1S", "OFFICIALDEALER", "COMMERCIALSTREETFORD", "TAXICAB", "ROSEVILLE", ""]
)
def test_other_words_are_not_taken_for_a_class(words: str) -> None:
    """A class stands alone; with letters beside it, it is something else."""
    assert design_word(spelling(words)) == ""


def test_a_long_word_may_lack_a_letter_and_a_short_one_may_not() -> None:
    """Small print is misread; four letters of which one is wrong are any four letters."""
    assert design_word(spelling("EXCELSOR")) == "ny-excelsior"
    assert design_word(spelling("TAX")) == ""


@pytest.mark.parametrize(
    ("key", "ground"), [("ny-gold", "gold"), ("ny-blue-white", "white"), ("nj", ""), ("vt", "")]
)
def test_a_ground_is_told_only_where_it_is_plain(key: str, ground: str) -> None:
    """Gold, or white with blue bands; pale yellow and green are neither."""
    assert ground_of(plate(key)) == ground


def test_in_the_dark_and_in_grey_no_ground_is_told() -> None:
    """Without light or colour, white and gold cannot be told."""
    gold = plate("ny-gold")
    assert ground_of(np.asarray(gold * 0.2, np.uint8)) == ""
    assert ground_of(cv2.cvtColor(cv2.cvtColor(gold, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)) == ""


@pytest.mark.clause("CAP-2")
def test_a_design_is_neither_submitted_nor_kept() -> None:
    """The design is shown to who looks at a photograph; a camera's read has no place for it."""
    read = PlateRead("KRT4821", "KRT4821", 0.9, (0.9,) * 7, (), "NY", 0.9, (0, 0, 20, 10), design="ny-gold")
    assert read.as_json()["design"] in DESIGN_NAMES
    assert "design" not in submission(
        "one", np.zeros((40, 80, 3), np.uint8), read, datetime(2026, 11, 20, tzinfo=UTC)
    )
    assert "design" not in SubmittedRead.model_fields
