import numpy as np
import pytest

from platewarden.recognition.models import ModelError
from platewarden.recognition.reader import (
    LETTERS,
    PLATE_CHARACTERS,
    SEPARATORS,
    SymbolClasses,
    in_a_word,
    interpret,
    on_a_plate,
)
from platewarden.recognition.types import FloatArray, Reading

ALPHABET = ["", *PLATE_CHARACTERS, "o", "é", "-", " ", "文"]
PLATE = SymbolClasses(ALPHABET, [*PLATE_CHARACTERS, *SEPARATORS], on_a_plate)
WORDS = SymbolClasses(ALPHABET, list(LETTERS), in_a_word)


def network_output(*steps: dict[str, float]) -> FloatArray:
    """Rows of probabilities from dictionaries of symbol -> probability."""
    rows = np.zeros((len(steps), len(ALPHABET)), np.float32)
    for row, step in zip(rows, steps, strict=True):
        for symbol, probability in step.items():
            row[ALPHABET.index(symbol)] = probability
    return rows


def read(*steps: dict[str, float]) -> Reading:
    """The reading of such rows."""
    return interpret(network_output(*steps), plate=PLATE)


def test_each_letter_and_digit_has_its_confidence_and_separators_have_none() -> None:
    """The text keeps the hyphen that was seen; confidences belong to the characters of the plate."""
    reading = read({"A": 0.9, "": 0.1}, {"-": 1.0}, {"7": 0.8, "1": 0.2})
    assert reading.text == "A-7"
    assert reading.char_confidences == pytest.approx((0.9, 0.8))


def test_the_second_best_character_stays_on_record() -> None:
    """What the network held possible at a character is kept for the alternates."""
    reading = read({"O": 0.7, "0": 0.3})
    first, second, *_ = reading.char_choices[0]
    assert (first[0], second[0]) == ("O", "0")
    assert (first[1], second[1]) == pytest.approx((0.7, 0.3))


def test_symbols_that_no_plate_bears_are_left_out() -> None:
    """A symbol outside A-Z and 0-9 is read as the likeliest character that can be there."""
    assert read({"文": 0.6, "X": 0.4}).text == "X"


def test_a_small_letter_of_the_same_shape_counts_as_its_capital() -> None:
    """The probabilities of o and O are one."""
    reading = read({"o": 0.5, "O": 0.3, "0": 0.2})
    assert reading.text == "O"
    assert reading.char_confidences == pytest.approx((0.8,))


def test_words_are_spelt_without_accents_and_blanks() -> None:
    """Names and slogans are capitals and figures; what parts their words counts as nothing seen."""
    letters = WORDS.merge(network_output({"é": 1.0}, {" ": 0.5, "-": 0.5}, {"A": 0.8, "文": 0.2}))
    assert [WORDS.names[index] for index in letters.argmax(axis=1)] == ["E", "", "A"]
    assert letters[2, 1 + LETTERS.index("A")] == pytest.approx(1.0)


def test_an_alphabet_without_a_plate_character_is_refused() -> None:
    """A model that cannot say every character of a plate is an error at start-up."""
    with pytest.raises(ModelError, match="lacks 1 plate character"):
        SymbolClasses(["", *PLATE_CHARACTERS[1:]], list(PLATE_CHARACTERS), on_a_plate)


def test_an_output_of_another_alphabet_is_refused() -> None:
    """A network whose output does not fit the alphabet is an error, not a reading."""
    with pytest.raises(ModelError, match="gives 2 symbols"):
        PLATE.merge(np.ones((3, 2), np.float32))
