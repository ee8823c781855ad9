import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.recognition.types import FloatArray
from platewarden.recognition.voting import MAX_ALTERNATES, Verdict, vote
from tests.recognition.spelling import ALPHABET, spelling

PLATES = st.text(string.ascii_uppercase + string.digits, min_size=2, max_size=8)


def verdict(*looks: FloatArray) -> Verdict:
    """What the looks come to; there must be something to come to."""
    found = vote(looks, ALPHABET)
    assert found is not None
    return found


@given(PLATES)
def test_a_sure_look_is_taken_at_its_word(plate: str) -> None:
    """What one look reads surely is the plate, with a confidence a character."""
    found = verdict(spelling(plate, 0.99))
    assert found.plate == plate
    assert len(found.char_confidences) == len(plate)
    assert all(0 < confidence <= 1 for confidence in (*found.char_confidences, found.support))


@given(st.lists(PLATES, min_size=1, max_size=4))
def test_nothing_is_made_up(plates: list[str]) -> None:
    """Every character of the verdict was held possible by a look."""
    found = verdict(*(spelling(plate, 0.97) for plate in plates))
    assert set(found.plate) <= set("".join(plates))


@given(PLATES, st.integers(1, 4))
def test_looks_that_agree_are_as_sure_as_one(plate: str, count: int) -> None:
    """The same look again is no new evidence: support does not grow by repeating it."""
    once, again = verdict(spelling(plate)), verdict(*[spelling(plate)] * count)
    assert again.support == pytest.approx(once.support)
    assert again.agreement == 1.0


def test_two_looks_outvote_one() -> None:
    """What most looks read is the plate, and how many read it is on record."""
    found = verdict(spelling("8ABC123"), spelling("BABC123"), spelling("8ABC123"))
    assert found.plate == "8ABC123"
    assert found.agreement == pytest.approx(2 / 3)


def test_one_sure_look_outvotes_one_doubtful_look() -> None:
    """With one look each, the surer one wins."""
    doubtful = spelling("KB1", 0.5, {2: {"7": 0.4}})
    assert verdict(doubtful, spelling("KB7", 0.99)).plate == "KB7"


def test_looks_of_different_length_are_weighed_as_wholes() -> None:
    """A look that lost a character does not stop the others from being heard."""
    assert verdict(spelling("WOLF17"), spelling("WOLF17"), spelling("WOLF1")).plate == "WOLF17"


def test_disagreement_lowers_support() -> None:
    """A plate that only half of the looks read has far less support than one all read."""
    assert (
        verdict(spelling("ABC1234"), spelling("ABC1Z34")).support
        < verdict(spelling("ABC1234"), spelling("ABC1234")).support
    )


def test_a_doubtful_character_is_named_by_its_confidence() -> None:
    """Confidence drops at the character in doubt, and not beside it."""
    found = verdict(spelling("KXH1", 0.97, {2: {"N": 0.45}}))
    assert min(range(4), key=lambda place: found.char_confidences[place]) == 2
    assert found.char_confidences[0] > 0.9


def test_what_another_look_read_is_an_alternate() -> None:
    """A plate that was outvoted is kept beside the verdict."""
    found = verdict(spelling("WXLF17"), spelling("WXLF17"), spelling("WXLF11"))
    assert "WXLF11" in [other.plate for other in found.alternates]


def test_known_confusions_are_alternates_however_sure_the_network_is() -> None:
    """O for 0 stays possible although the network gave the one all the probability, and comes before Q for it."""
    alternates = [other.plate for other in verdict(spelling("AOK", 0.9999)).alternates]
    assert "A0K" in alternates
    assert len(alternates) <= MAX_ALTERNATES


def test_of_characters_stamped_alike_the_place_in_the_serial_decides() -> None:
    """Where the looks cannot tell 0 from O, a figure stands among figures and a letter among letters."""
    either = {4: {"O": 0.47}}
    assert verdict(spelling("ABC1O34", 0.48, {4: {"0": 0.47}})).plate == "ABC1034"
    assert verdict(spelling("ABC1034", 0.47, either)).plate == "ABC1034"
    assert verdict(spelling("C0K1234", 0.48, {1: {"O": 0.47}})).plate == "COK1234"


def test_composition_never_overrules_what_a_look_is_sure_of() -> None:
    """A personal plate with an O among figures stays as it was read."""
    assert verdict(spelling("1O1O", 0.995, {1: {"0": 0.003}, 3: {"0": 0.003}})).plate == "1O1O"


def test_composition_never_turns_one_shape_into_another() -> None:
    """A 7 is not read as a 1 or a Z because that would make a commoner serial."""
    assert verdict(spelling("1291164", 0.6, {1: {"Z": 0.3}})).plate == "1291164"


def test_looks_that_read_nothing_bear_out_no_plate() -> None:
    """Blanks, or a single character, are no plate."""
    assert vote([spelling("A"), spelling("")], ALPHABET) is None
