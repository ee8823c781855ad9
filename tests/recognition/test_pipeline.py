from collections.abc import Sequence

import numpy as np
import pytest

from platewarden.recognition.models import ModelError
from platewarden.recognition.pipeline import MAX_DESCRIBED, TRIMS, Recogniser
from platewarden.recognition.plate_reader import PlateReader
from platewarden.recognition.state_reader import StateReader
from platewarden.recognition.types import Detection, Frame, PlateRead, Reading, Surroundings, Vehicle
from platewarden.rendering.designs import design_for
from platewarden.rendering.plates import render_plate
from tests.recognition.spelling import ALPHABET, reading

FRAME = np.zeros((400, 600, 3), np.uint8)


def detection(left: int, top: int, right: int, bottom: int, confidence: float = 0.9) -> Detection:
    """A plate in that box."""
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    return Detection((left, top, right, bottom), corners, confidence)


FIRST, SECOND = detection(200, 200, 290, 245), detection(10, 20, 110, 70)


class Finds:
    """A detector that finds the same plates wherever it looks."""

    def __init__(self, *plates: Detection) -> None:
        self.plates = list(plates)

    def detect(self, _frame: Frame) -> list[Detection]:
        """Return the plates, whatever the frame."""
        return self.plates


class Says:
    """A reader that says the next of its texts for each plate it is shown, the same at every trim."""

    alphabet = ALPHABET

    def __init__(self, *texts: str | Reading) -> None:
        self.texts = list(texts)
        self.shown: list[tuple[int, ...]] = []

    def read_all(self, crops: Sequence[Frame]) -> list[Reading]:
        """Return the next text, once a crop."""
        self.shown += [crop.shape for crop in crops]
        text = self.texts.pop(0)
        return [text if isinstance(text, Reading) else reading(text)] * len(crops)


def test_an_empty_street_has_no_plates() -> None:
    """Nothing found is an empty list."""
    assert Recogniser(Finds(), Says()).read(FRAME) == []


def test_a_broken_model_is_never_an_empty_street() -> None:
    """What a stage raises goes through."""

    class Broken:
        def detect(self, _frame: Frame) -> list[Detection]:
            raise ModelError("the network failed")

    with pytest.raises(ModelError):
        Recogniser(Broken(), Says()).read(FRAME)


def test_a_plate_is_read_once_a_trim_and_reported_once() -> None:
    """One plate gives one read, with its place in the frame and a confidence for each character."""
    says = Says("ABC1234")
    [read] = Recogniser(Finds(FIRST), says).read(FRAME)
    assert (read.plate, read.plate_as_read, read.state) == ("ABC1234", "ABC1234", "")
    assert read.box_xyxy == FIRST.box_xyxy
    assert len(read.char_confidences) == 7
    assert len(says.shown) == len(TRIMS)
    assert {shape[1] for shape in says.shown} == {90}


def test_several_plates_come_best_first() -> None:
    """The surest read is the first."""
    reads = Recogniser(Finds(FIRST, SECOND), Says(reading("ABC1234", 0.6), reading("XYZ9876", 0.99))).read(
        FRAME
    )
    assert [read.plate for read in reads] == ["XYZ9876", "ABC1234"]


def test_of_a_picture_full_of_plates_the_foremost_are_described() -> None:
    """Every plate is read; state and vehicle are told of the largest and surest, and the others say so."""
    plates = [detection(10, 20 * row, 60 + row, 20 * row + 18) for row in range(MAX_DESCRIBED + 5)]
    reads = Recogniser(Finds(*plates), Says(*["ABC1234"] * len(plates))).read(FRAME)
    assert len(reads) == len(plates)
    left = [read.box_xyxy for read in reads if not read.is_described]
    assert sorted(left) == sorted(plate.box_xyxy for plate in plates[:5])


def test_one_plate_found_twice_is_one_read() -> None:
    """Overlapping finds are one plate: the surer find's."""
    again = detection(202, 201, 292, 246, confidence=0.95)
    assert [found.confidence for found in Recogniser(Finds(FIRST, again), Says()).find(FRAME)] == [0.95]


def test_a_doubtful_find_is_no_plate() -> None:
    """What the detector hardly believes in is not even read."""
    assert Recogniser(Finds(detection(0, 0, 90, 45, confidence=0.05)), Says()).read(FRAME) == []


def test_a_find_on_which_nothing_can_be_read_is_not_reported() -> None:
    """A bare rectangle is no read."""
    assert Recogniser(Finds(FIRST), Says("")).read(FRAME) == []


def test_the_looks_of_a_pass_are_taken_together() -> None:
    """Three frames of one plate come to what two of them read, and what was described once is kept."""
    recogniser = Recogniser(Finds(FIRST), Says("KBC1234", "KBC1234", "K8C1234"))
    looks = [recogniser.look(FRAME, FIRST) for _ in range(3)]
    read = recogniser.conclude(
        looks, [Surroundings("NY", 0.97, "ny-gold", Vehicle(colour="blue")), Surroundings()]
    )
    assert isinstance(read, PlateRead)
    assert (read.plate, read.state, read.vehicle.colour) == ("KBC1234", "NY", "blue")
    assert "K8C1234" in [other.plate for other in read.alternates]


def test_looks_that_disagree_leave_doubt() -> None:
    """The same plate is surer when every look reads it than when half of them do."""
    recogniser = Recogniser(Finds(FIRST), Says("ABC1234", "ABC1Z34"))
    one, other = recogniser.look(FRAME, FIRST), recogniser.look(FRAME, FIRST)
    agreed, split = recogniser.conclude([one, one]), recogniser.conclude([one, other])
    assert agreed is not None
    assert split is not None
    assert split.confidence < agreed.confidence


@pytest.fixture(scope="module")
def real() -> Recogniser:
    """The readers of this release; the plate is where the test says."""
    return Recogniser(Finds(), PlateReader(threads=1), StateReader(threads=1))


@pytest.mark.parametrize("key", ["ny-excelsior", "ny-gold", "pa", "va", "tx", "vt"])
def test_of_a_plate_upside_down_no_state_is_told(real: Recogniser, key: str) -> None:
    """Words are read standing on their head, the serial is not: where it is certain only the other way up, unknown."""
    rendered = render_plate("KRT4821", design_for(key), 7, height_px=120).image
    whole = detection(0, 0, 240, 120)
    for frame, expected in ((rendered, key[:2].upper()), (np.ascontiguousarray(rendered[::-1, ::-1]), "")):
        assert real.describe(frame, real.look(frame, whole)).state == expected
