import math
from itertools import groupby, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.recognition.ctc import choices, decode, likelihoods
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


def by_every_path(probabilities: FloatArray, text: tuple[int, ...]) -> float:
    """The probability of *text* by adding up every path that spells it: the definition, slowly."""
    total = 0.0
    for path in product(range(probabilities.shape[1]), repeat=probabilities.shape[0]):
        kept = tuple(symbol for symbol, _ in groupby(path) if symbol)
        if kept == text:
            total += math.prod(float(probabilities[step, symbol]) for step, symbol in enumerate(path))
    return total


@given(
    st.lists(st.lists(st.floats(0.01, 1), min_size=3, max_size=3), min_size=2, max_size=5),
    st.lists(st.lists(st.integers(1, 2), max_size=3).map(tuple), min_size=1, max_size=3),
)
def test_the_probability_of_a_text_is_the_sum_over_all_its_paths(
    rows: list[list[float]], texts: list[tuple[int, ...]]
) -> None:
    """Scoring many texts at once gives what adding up every single path gives."""
    probabilities = np.array(rows, np.float32)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    wanted = [by_every_path(probabilities, text) for text in texts]
    assert likelihoods(probabilities, texts).tolist() == pytest.approx(wanted, rel=1e-4, abs=1e-30)


def test_a_text_longer_than_the_steps_is_next_to_impossible() -> None:
    """There is no path for it; its logarithm is still a number."""
    assert 0 < likelihoods(steps([0.1, 0.9]), [(1, 1, 1)])[0] < 1e-100
