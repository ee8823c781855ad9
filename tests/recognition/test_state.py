import string

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.recognition.reader import LETTERS
from platewarden.recognition.state import MIN_CONFIDENCE, StateGuess, guess_of, heard, weigh
from platewarden.recognition.state_phrases import ELSEWHERE, STATES, squeezed
from platewarden.recognition.state_reader import StateReader
from platewarden.recognition.state_words import MENTIONED, NEIGHBOURS, STATE_NAMES, STATE_SLOGANS
from platewarden.recognition.text_lines import TextLineDetector
from platewarden.recognition.types import Detection, Frame
from platewarden.rendering.designs import DESIGNS
from platewarden.rendering.plates import render_plate
from tests.recognition.spelling import ALPHABET, spelling


def told(*lines: str, sureness: float = 0.95) -> StateGuess:
    """What *lines*, each at a place of its own on a plate, come to."""
    scores = [heard(spelling(squeezed(line), sureness)) for line in lines]
    return guess_of(weigh([[each] for each in scores if each is not None]))


def test_lines_are_spelt_in_the_letters_that_tests_use() -> None:
    """What follows would prove nothing in another order."""
    assert LETTERS == ALPHABET


@pytest.mark.parametrize(("code", "name"), STATE_NAMES.items())
def test_every_state_is_known_by_its_name(code: str, name: str) -> None:
    """The name in full, alone, names its state and no other."""
    guess = told(name)
    assert guess.code == code
    assert guess.confidence >= MIN_CONFIDENCE


@pytest.mark.parametrize(
    ("code", "slogan"), [(code, words) for code, many in STATE_SLOGANS.items() for words in many]
)
def test_a_slogan_alone_names_its_state(code: str, slogan: str) -> None:
    """A slogan or an address that only one state uses is as good as its name."""
    assert told(slogan).code == code


def test_there_are_fifty_states_and_the_district() -> None:
    """Fifty-one codes, and one more class for what comes from elsewhere."""
    assert len(STATE_NAMES) == 51
    assert STATE_SLOGANS.keys() <= STATE_NAMES.keys()
    assert (*STATE_NAMES, ELSEWHERE) == STATES


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("CALIFORNLA", "CA"),
        ("JUN CALIFORNIA", "CA"),
        ("CALIFORNIA 2013", "CA"),
        ("MINNESDTA", "MN"),
        ("MARYLAND", "MD"),
        ("WEST VIRGINIA", "WV"),
        ("SMAING FACES BEAUTIFUL PRACES", "SC"),
        ("Arkansas", "AR"),
    ],
)
def test_near_spellings_still_name_the_state(words: str, code: str) -> None:
    """Small print is misread by a letter or two, and stickers stand beside it."""
    assert told(words).code == code


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("WASHINGTON", "WA"),
        ("WASHINGTON, D.C.", "DC"),
        ("VIRGINIA", "VA"),
        ("WEST VIRGINIA", "WV"),
        ("NEW MEXICO", "NM"),
        ("MEXICO", ""),
        ("KANSAS", "KS"),
        ("ARKANSAS", "AR"),
        ("BAJA CALIFORNIA", ""),
    ],
)
def test_a_name_within_a_name_is_not_taken_for_it(words: str, code: str) -> None:
    """Virginia is not West Virginia, Washington not the District, New Mexico not Mexico."""
    assert told(words).code == code


@pytest.mark.parametrize(
    "line",
    [
        *("", "OF", "CAROLINA", "DAKOTA", "ABC1234", "SMITH MOTORS", "JUN 2013", "FIGHT TERRORISM"),
        *("ALBANY", "VIRGINIA BEACH FORD", "VIRGINIA BEACH", "TOYOTA OF NEVADA", "UNIVERSITY OF MICHIGAN"),
        *("OHIO STATE", "NEW YORK YANKEES", "KANSAS CITY", "WASHINGTON COUNTY", "GEORGETOWN"),
    ],
)
def test_the_frame_of_a_dealer_or_a_club_names_no_state(line: str) -> None:
    """Towns, schools and makes stand on frames of cars from anywhere."""
    assert told(line) == StateGuess()


@pytest.mark.parametrize("words", [*MENTIONED, *NEIGHBOURS])
def test_words_of_elsewhere_and_of_towns_name_no_state(words: str) -> None:
    """Provinces, territories, towns and teams make no state."""
    assert told(words) == StateGuess()


@pytest.mark.parametrize("serial", ["NY1234", "CA4EVER", "TXRANGR", "WV304", "GOVA12", "MEX1CO", "OHIGH5"])
def test_a_personal_serial_with_an_abbreviation_names_no_state(serial: str) -> None:
    """Two letters are on half of all plates."""
    assert told(serial) == StateGuess()


@given(st.text(string.ascii_uppercase + string.digits, min_size=2, max_size=9))
def test_letters_at_random_name_a_state_only_by_its_words(text: str) -> None:
    """What does not come near a phrase gives none."""
    guess = told(text)
    assert not guess.code or set(text) & set(squeezed(STATE_NAMES[guess.code]))


@given(st.sampled_from(sorted(STATE_NAMES)), st.integers(0, 2**32 - 1))
def test_probabilities_are_of_every_state_and_of_none(code: str, seed: int) -> None:
    """They add up to one, whatever is heard."""
    noise = np.random.default_rng(seed).dirichlet(np.ones(1 + len(LETTERS)), 30).astype(np.float32)
    scores = [heard(spelling(squeezed(STATE_NAMES[code]))), heard(noise)]
    probabilities = weigh([[each] for each in scores if each is not None])
    assert probabilities.shape == (len(STATES) + 1,)
    assert probabilities.sum() == pytest.approx(1)


def test_name_and_slogan_together_are_surer_than_one() -> None:
    """Two places that name the same state support one another."""
    both, one = told("FLORIDA", "SUNSHINE STATF"), told("SUNSHINE STATF")
    assert both.code == one.code == "FL"
    assert both.confidence > one.confidence


def test_a_second_look_at_one_place_is_no_second_witness() -> None:
    """The same line read twice is as sure as read once."""
    once = heard(spelling("FLORIDA"))
    assert once is not None
    assert weigh([[once, once]]) == pytest.approx(weigh([[once]]))


def test_two_states_named_equally_well_leave_it_unknown() -> None:
    """A dealer's frame from the next state must not decide."""
    assert told("NEVADA", "OREGON").code == ""


def test_letters_that_the_network_doubts_name_no_state() -> None:
    """A short name that fits only because anything would is none."""
    assert told("OHIO", sureness=0.2).code == ""


def test_nothing_heard_is_unknown() -> None:
    """No line, no state."""
    assert told() == StateGuess()


@pytest.fixture(scope="module")
def reader() -> StateReader:
    """The networks, loaded once."""
    return StateReader(threads=1)


def plate(key: str, serial: str = "KRT4821", *, width_px: int = 240) -> Frame:
    """A rendered plate of the design *key*, so wide."""
    design = next(each for each in DESIGNS if each.key == key)
    image = render_plate(serial, design, 7).image
    return np.asarray(cv2.resize(image, (width_px, width_px // 2), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize("key", ["ny-excelsior", "ny-gold", "ny-blue-white", "pa", "tx", "md"])
def test_the_state_is_read_from_a_picture(reader: StateReader, key: str) -> None:
    """New York's three current designs and some neighbours, straight on."""
    assert reader.read(plate(key)).code == key[:2].upper()


def test_what_the_top_settles_is_read_no_further(
    reader: StateReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name read well where names stand decides: lines are not even looked for; faint, they are."""
    looked: list[Frame] = []

    def finds_nothing(_self: TextLineDetector, whole: Frame) -> list[Detection]:
        looked.append(whole)
        return []

    monkeypatch.setattr(TextLineDetector, "detect", finds_nothing)
    assert reader.read(plate("pa")).code == "PA"
    assert not looked
    assert reader.read(np.full((100, 200, 3), 128, np.uint8)) == StateGuess()
    assert len(looked) == 1


def test_a_personal_serial_that_is_a_states_name_does_not_outweigh_the_name(reader: StateReader) -> None:
    """The serial is no line of words."""
    assert reader.read(plate("ny-gold", "OHIO")).code in ("NY", "")


def test_upside_down_no_other_state_is_named(reader: StateReader) -> None:
    """The network reads large words standing on their head; what it does not read is unknown, never another state."""
    turned = np.ascontiguousarray(plate("ny-excelsior")[::-1, ::-1])
    assert reader.read(turned).code in ("NY", "")


def test_without_contrast_nothing_is_named(reader: StateReader) -> None:
    """What cannot be read is unknown."""
    upright = plate("ny-excelsior")
    faint = np.asarray(128 + (upright.astype(np.float32) - 128) * 0.008, np.uint8)
    assert reader.read(faint) == StateGuess()
    assert reader.read(np.full((40, 80, 3), 128, np.uint8)) == StateGuess()
    assert reader.read(np.full((2, 2, 3), 128, np.uint8)) == StateGuess()
