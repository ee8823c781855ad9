import numpy as np
import pytest

from platewarden.recognition.models import ModelError
from platewarden.recognition.pipeline import Recogniser
from platewarden.recognition.types import Detection, Frame, Reading

FRAME = np.zeros((400, 600, 3), np.uint8)


def detection(left: int, top: int, right: int, bottom: int) -> Detection:
    """A line in that box."""
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    return Detection((left, top, right, bottom), corners, 0.9)


def reading(text: str, confidence: float = 0.95) -> Reading:
    """A sure reading of *text*."""
    solid = [character for character in text if character.isalnum()]
    return Reading(text, (confidence,) * len(solid), tuple(((c, 1.0),) for c in solid), words=text)


class Lines:
    """A detector that finds the same lines wherever it looks."""

    def __init__(self, *lines: Detection) -> None:
        self.lines = list(lines)

    def detect(self, _frame: Frame) -> list[Detection]:
        """Return the lines, whatever the frame."""
        return self.lines


class Script:
    """A reader that says the next of its lines each time it is asked."""

    def __init__(self, *texts: str | Reading) -> None:
        self.texts = list(texts)

    def read(self, _crop: Frame) -> Reading:
        """Return the next line."""
        text = self.texts.pop(0)
        return text if isinstance(text, Reading) else reading(text)


def test_an_empty_street_has_no_plates() -> None:
    """Nothing found is an empty list."""
    assert Recogniser(Lines(), Script()).read(FRAME) == []


def test_a_broken_model_is_never_an_empty_street() -> None:
    """What a stage raises goes through."""

    class Broken:
        def detect(self, _frame: Frame) -> list[Detection]:
            raise ModelError("the network failed")

    with pytest.raises(ModelError):
        Recogniser(Broken(), Script()).read(FRAME)


def test_the_serial_is_chosen_among_other_words() -> None:
    """Of all the text in a frame only what could be a serial is reported."""
    lines = Lines(detection(10, 10, 90, 30), detection(200, 200, 270, 220), detection(10, 300, 90, 320))
    [read] = Recogniser(lines, Script("TOYOTA", "ABC-1234", "24")).read(FRAME)
    assert (read.plate, read.plate_as_read) == ("ABC1234", "ABC-1234")
    assert read.box_xyxy == pytest.approx((200, 200, 270, 220))
    assert len(read.char_confidences) == 7
    assert read.state == ""


def test_several_plates_come_best_first() -> None:
    """The surest read is the first."""
    lines = Lines(detection(10, 10, 80, 30), detection(200, 200, 270, 220))
    reads = Recogniser(lines, Script(reading("ABC1234", 0.8), reading("XYZ9876", 0.99))).read(FRAME)
    assert [read.plate for read in reads] == ["XYZ9876", "ABC1234"]


def test_one_plate_found_twice_is_one_read() -> None:
    """Overlapping finds are one plate."""
    lines = Lines(detection(10, 10, 80, 30), detection(12, 10, 80, 31))
    assert len(Recogniser(lines, Script("ABC1234", "ABC1234")).read(FRAME)) == 1


def test_a_word_is_no_vanity_plate_beside_a_usual_one() -> None:
    """Letters alone are reported only where the frame holds nothing better."""
    lines = Lines(detection(10, 10, 80, 30), detection(200, 200, 270, 220))
    assert [read.plate for read in Recogniser(lines, Script("ABC1234", "GRANNY")).read(FRAME)] == ["ABC1234"]
    assert [read.plate for read in Recogniser(Lines(lines.lines[1]), Script("GRANNY")).read(FRAME)] == [
        "GRANNY"
    ]


def test_a_closer_look_adds_a_vote_and_the_state() -> None:
    """The enlarged surroundings give a second reading of the serial, and the words that name the state."""
    first = detection(200, 200, 270, 220)
    around = Lines(
        detection(12, 22, 82, 42), detection(20, 2, 70, 12)
    )  # in pixels of the crop, cut at (188, 178)
    script = Script("ABC1234", "ABC1234", "NEVADA")
    [read] = Recogniser(Lines(first), script, close_detectors=[around]).read(FRAME)
    assert (read.plate, read.state) == ("ABC1234", "NV")
    assert read.state_confidence > 0.9


def test_looks_that_disagree_leave_alternates_and_doubt() -> None:
    """What only one of two looks read is an alternate, and the confidence is halved."""
    first, around = detection(200, 200, 270, 220), Lines(detection(12, 22, 82, 42))
    script = Script(reading("ABC1234", 0.99), reading("ABC1Z34", 0.9))
    [read] = Recogniser(Lines(first), script, close_detectors=[around]).read(FRAME)
    assert read.plate == "ABC1234"
    assert read.confidence == pytest.approx(0.99**7 / 2)
    assert "ABC1Z34" in [other.plate for other in read.alternates]
