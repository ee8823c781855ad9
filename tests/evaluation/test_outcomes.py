import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from platewarden.evaluation.labels import LabelledPhoto, LabelledPlate
from platewarden.evaluation.outcomes import (
    PICTURE_LONG_SIDE_PX,
    Guess,
    PhotoOutcome,
    Unreadable,
    examine,
    judge,
    pair,
)
from platewarden.recognition.types import Box, Frame
from tests.evaluation.photos import BOX, ELSEWHERE, frame, photo, read

FIRST = LabelledPlate("ABC123", BOX)
SECOND = LabelledPlate("XYZ789", (250.0, 100.0, 350.0, 150.0))


def test_every_plate_gets_the_guess_at_its_place() -> None:
    """The order of the guesses does not matter, nor how sure they are."""
    guesses = [Guess("XYZ789", SECOND.box_xyxy, 0.9), Guess("ABC128", BOX, 0.2)]
    first, second = judge(photo(FIRST, SECOND), frame(), guesses).plates
    assert (first.read, first.is_exact, first.overlap) == ("ABC128", False, 1.0)
    assert (second.read, second.is_exact) == ("XYZ789", True)


def test_a_plate_without_a_guess_is_missed() -> None:
    """It counts as read with no character, at no confidence."""
    outcome = judge(photo(FIRST), frame(), []).plates[0]
    assert (outcome.guess, outcome.read, outcome.confidence, outcome.overlap) == (None, "", 0.0, 0.0)
    assert not outcome.is_exact
    assert outcome.folded_edits == 6


@pytest.mark.parametrize(
    "box",
    [BOX, (110, 115, 190, 135), (60, 60, 240, 190)],
    ids=["plate", "serial", "bumper"],
)
def test_the_box_of_the_serial_or_of_the_bumper_will_do(box: Box) -> None:
    """A guess belongs to the plate its middle lies in; how well the boxes agree is another figure."""
    assert judge(photo(FIRST), frame(), [Guess("ABC123", box, 0.9)]).plates[0].is_exact


def test_a_guess_where_there_is_no_plate_is_a_false_plate() -> None:
    """It is kept with a picture of the place."""
    outcome = judge(photo(FIRST), frame(), [Guess("ABC123", BOX, 0.9), Guess("TAXI1", ELSEWHERE, 0.7)])
    assert [false.guess.plate for false in outcome.false_plates] == ["TAXI1"]
    assert outcome.false_plates[0].picture is not None


def test_a_second_guess_at_the_same_plate_is_a_false_plate() -> None:
    """It would be a second read of one vehicle."""
    outcome = judge(photo(FIRST), frame(), [Guess("ABC123", BOX, 0.9), Guess("ABC12", BOX, 0.8)])
    assert outcome.plates[0].read == "ABC123"
    assert [false.guess.plate for false in outcome.false_plates] == ["ABC12"]


def test_a_guess_at_an_uncounted_place_is_neither_right_nor_wrong() -> None:
    """Nobody knows what is there."""
    outcome = judge(photo(FIRST, uncounted=(ELSEWHERE,)), frame(), [Guess("X1", ELSEWHERE, 0.9)])
    assert outcome.false_plates == ()


def test_the_most_alike_are_paired_first() -> None:
    """A wide guess over two plates takes none away from the guess that fits."""
    truths: list[Box] = [(0, 0, 100, 50), (100, 0, 200, 50)]
    guesses: list[Box] = [(0, 0, 190, 50), (2, 0, 100, 50)]
    assert pair(truths, guesses) == {0: 1, 1: 0}
    assert pair(truths, [(2, 0, 100, 50), (101, 0, 200, 50)]) == {0: 0, 1: 1}


def test_pictures_are_kept_of_failures_only_and_are_small() -> None:
    """Thousands of photographs are measured without holding on to them."""
    assert read("ABC123", "ABC123").plates[0].picture is None
    huge = np.zeros((3000, 5000, 3), np.uint8)
    plate = LabelledPlate("ABC123", (100, 100, 4000, 2000))
    picture = judge(photo(plate), huge, []).plates[0].picture
    assert picture is not None
    assert max(picture.shape) == PICTURE_LONG_SIDE_PX
    assert picture.base is None


@pytest.mark.parametrize("box", [(-50, -50, 5, 5), (390, 290, 900, 900), (1000, 1000, 1100, 1050)])
def test_a_box_that_leaves_the_picture_is_cut_to_it(box: Box) -> None:
    """Labels and guesses may lie outside."""
    outcome = judge(photo(LabelledPlate("ABC123", box)), frame(), [Guess("", ELSEWHERE, 0.1)])
    assert outcome.plates[0].picture is not None


def test_the_light_is_told_from_the_picture_unless_the_label_says_it() -> None:
    """What a person wrote goes before what a program guesses."""
    dark = frame(0)
    assert judge(photo(FIRST, light=""), dark, []).plates[0].light == "infrared"
    assert judge(photo(FIRST, light="dusk"), dark, []).plates[0].light == "dusk"


def test_one_photograph_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    """It is named with its cause; the time of the others is that of the engine, without decoding."""
    cv2.imwrite(str(tmp_path / "good.png"), frame())
    (tmp_path / "bad.jpg").write_bytes(b"\xff\xd8\xff")
    names = ("missing.jpg", "bad.jpg", "nul\0.jpg", "good.png")

    def engine(_: Frame) -> list[Guess]:
        time.sleep(0.02)
        return []

    results = list(examine(engine, [LabelledPhoto(name, tmp_path / name, [FIRST]) for name in names]))
    causes = [result.cause for result in results if isinstance(result, Unreadable)]
    assert causes[0] == "missing.jpg: No such file or directory"
    assert causes[1].startswith("bad.jpg: not a picture")
    assert len(causes) == 3
    assert isinstance(results[-1], PhotoOutcome)
    assert 20 <= results[-1].ms < 2000
