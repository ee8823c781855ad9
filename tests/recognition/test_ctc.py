import numpy as np
import pytest

from platewarden.recognition.ctc import choices, decode
from platewarden.recognition.types import FloatArray


def steps(*rows: list[float]) -> FloatArray:
    """The output of a network: a row a step, the blank first."""
    return np.array(rows, np.float32)


def test_a_run_of_one_symbol_counts_once_with_its_best_probability() -> None:
    """A symbol that is likeliest at several steps on end is one symbol, as sure as its best step."""
    symbols = decode(steps([0.1, 0.6, 0.3], [0.1, 0.8, 0.1], [0.9, 0.1, 0.0]))
    assert [(symbol.index, symbol.step) for symbol in symbols] == [(1, 1)]
    assert symbols[0].confidence == pytest.approx(0.8)


def test_a_blank_between_two_equal_symbols_keeps_them_apart() -> None:
    """The same symbol before and after a blank is a double letter."""
    symbols = decode(steps([0.1, 0.9], [0.9, 0.1], [0.2, 0.8]))
    assert [symbol.index for symbol in symbols] == [1, 1]


def test_nothing_but_blanks_is_an_empty_reading() -> None:
    """A path of blanks spells nothing."""
    assert decode(steps([0.9, 0.1], [0.8, 0.2])) == []


def test_choices_are_shares_among_the_symbols_without_the_blank() -> None:
    """How much of the blank there is at a step says nothing about which symbol it is."""
    found = choices(steps([0.5, 0.1, 0.4]), 0, count=2)
    assert [index for index, _ in found] == [2, 1]
    assert [share for _, share in found] == pytest.approx([0.8, 0.2])


def test_a_step_of_pure_blank_offers_no_choice() -> None:
    """Where every symbol is impossible there is nothing to choose from."""
    assert choices(steps([1.0, 0.0, 0.0]), 0, count=2) == []
