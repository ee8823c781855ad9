import numpy as np
import pytest

from platewarden.recognition.candidates import Line
from platewarden.recognition.types import Detection, Reading
from platewarden.recognition.voting import character_choices, likeliest, vote

CORNERS = np.array([[0, 0], [70, 0], [70, 20], [0, 20]], np.float32)


def look(text: str, *confidences: float, doubts: dict[int, tuple[str, float]] | None = None) -> Line:
    """One look that read *text*; *doubts* maps a position to (other character, probability)."""
    serial = text.replace("-", "")
    confidences = confidences or (0.9,) * len(serial)
    options: list[tuple[tuple[str, float], ...]] = [((character, 1.0),) for character in serial]
    for position, (other, probability) in (doubts or {}).items():
        options[position] = ((serial[position], 1 - probability), (other, probability))
    return Line(Detection((0, 0, 70, 20), CORNERS, 0.9), Reading(text, confidences, tuple(options)))


def test_two_looks_outvote_one() -> None:
    """The serial most looks agree on, weighed by their confidence, is the plate."""
    assert vote([look("8ABC123"), look("BABC123"), look("8ABC123")]).plate == "8ABC123"


def test_one_sure_look_outvotes_one_doubtful_look() -> None:
    """With one look each, the surer one wins."""
    assert vote([look("AB1", 0.5, 0.5, 0.5), look("AB7", 0.9, 0.9, 0.9)]).plate == "AB7"


def test_disagreement_lowers_confidence() -> None:
    """Confidence is the share of the looks that read the plate, each by the probability of all its characters."""
    verdict = vote([look("AB", 0.9, 0.8), look("A8", 0.5, 0.5)])
    assert verdict.confidence == pytest.approx(0.9 * 0.8 / 2)


def test_the_plate_as_read_keeps_its_separators() -> None:
    """The canonical plate loses the hyphen, the plate as read does not."""
    verdict = vote([look("ABC-123")])
    assert (verdict.plate, verdict.plate_as_read) == ("ABC123", "ABC-123")


def test_what_another_look_read_is_an_alternate() -> None:
    """A serial that was outvoted is kept beside the plate."""
    verdict = vote([look("WOLF1"), look("WOLF1"), look("WOLF17")])
    assert "WOLF17" in [other.plate for other in verdict.alternates]


def test_what_the_network_held_possible_is_an_alternate() -> None:
    """The second choice at a doubtful character makes an alternate with its probability."""
    verdict = vote([look("K1X", doubts={0: ("H", 0.3)})])
    assert verdict.alternates[0].plate == "H1X"
    assert verdict.alternates[0].confidence == pytest.approx(0.3 * 0.98, abs=0.02)


def test_known_confusions_are_alternates_however_sure_the_network_is() -> None:
    """O for 0 stays possible although the network gave the one all the probability."""
    assert "A0K" in [other.plate for other in vote([look("AOK")]).alternates]


def test_the_plate_itself_is_no_alternate() -> None:
    """Alternates are other plates, at most five."""
    alternates = [other.plate for other in vote([look("0OB8IS5")]).alternates]
    assert "0OB8IS5" not in alternates
    assert len(alternates) == len(set(alternates)) == 5


def test_looks_of_another_length_do_not_speak_about_single_characters() -> None:
    """Characters can be laid side by side only where their number is the same."""
    options = character_choices("XY", [look("XY"), look("XYW")])
    assert options == [{"X": 1.0}, {"Y": 1.0}]


def test_likeliest_strings_come_in_order_of_probability() -> None:
    """The best combinations of choices, likeliest first."""
    ranked = likeliest([{"A": 0.9, "B": 0.1}, {"1": 0.6, "7": 0.4}], 3)
    assert [text for text, _ in ranked] == ["A1", "A7", "B1"]
    assert ranked[0][1] == pytest.approx(0.54)
