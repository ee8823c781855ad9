import pytest

from platewarden.recognition.state import match_state
from platewarden.recognition.state_words import STATE_NAMES, STATE_SLOGANS


@pytest.mark.parametrize(("code", "name"), STATE_NAMES.items())
def test_every_state_is_known_by_its_name(code: str, name: str) -> None:
    """The name in full, alone, names its state and no other."""
    guess = match_state([name]) if code != "DC" else match_state(["WASHINGTON DC"])
    assert guess.code == code
    assert guess.confidence > 0.7


@pytest.mark.parametrize(
    ("code", "slogan"), [(code, words) for code, many in STATE_SLOGANS.items() for words in many]
)
def test_every_slogan_names_its_state(code: str, slogan: str) -> None:
    """A slogan that only one state uses is as good as its name."""
    assert match_state([slogan]).code == code


def test_there_are_fifty_states_and_the_district() -> None:
    """Fifty-one classes, each with a two-letter code."""
    assert len(STATE_NAMES) == 51
    assert STATE_SLOGANS.keys() <= STATE_NAMES.keys()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("CALIFORNLA", "CA"),
        ("JUN CALIFORNIA", "CA"),
        ("CALIFORNIA 2013", "CA"),
        ("MINNESDTA", "MN"),
        ("WASHINGTON O", "WA"),
        ("WEST VIRGINIA", "WV"),
        ("SMAING FACES BEAUTIFUL PRACES", "SC"),
        ("Arkansas", "AR"),
    ],
)
def test_near_spellings_still_name_the_state(words: str, code: str) -> None:
    """Small print is misread by a letter or two, and stickers stand beside it."""
    assert match_state([words]).code == code


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [""],
        ["OF"],
        ["CAROLINA"],
        ["BEAUTIFUL BRITISH COLUMBIA"],
        ["ONTARIO"],
        ["SMITH MOTORS"],
        ["ABC1234"],
    ],
)
def test_the_state_is_unknown_rather_than_guessed(lines: list[str]) -> None:
    """No words, words that fit two states equally, words of elsewhere and other words name no state."""
    guess = match_state(lines)
    assert (guess.code, guess.confidence) == ("", 0.0)


def test_name_and_slogan_together_are_surer_than_one() -> None:
    """Two lines that name the same state support one another."""
    both, one = match_state(["FLORIDA", "SUNSHINE STATF"]), match_state(["SUNSHINE STATF"])
    assert both.code == one.code == "FL"
    assert both.confidence > one.confidence


def test_two_states_named_equally_well_leave_it_unknown() -> None:
    """A dealer's frame from the next state must not decide."""
    assert match_state(["NEVADA", "OREGON"]).code == ""
