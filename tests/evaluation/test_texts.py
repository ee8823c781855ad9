import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.evaluation.texts import Pair, aligned, confusions, edits, folded

PLATES = st.text("ABO0Q1I8", max_size=8)


@pytest.mark.parametrize(
    ("truth", "read", "pairs"),
    [
        ("ABC", "ABC", [("A", "A"), ("B", "B"), ("C", "C")]),
        ("AB0", "ABO", [("A", "A"), ("B", "B"), ("0", "O")]),
        ("1AMW", "MW", [("1", ""), ("A", ""), ("M", "M"), ("W", "W")]),
        ("10DTM", "10DTM59", [*((c, c) for c in "10DTM"), ("", "5"), ("", "9")]),
        ("", "AB", [("", "A"), ("", "B")]),
        ("AB", "", [("A", ""), ("B", "")]),
    ],
)
def test_characters_are_paired_by_the_fewest_edits(truth: str, read: str, pairs: list[Pair]) -> None:
    """A character lost or added moves none of the others into the wrong pair."""
    assert aligned(truth, read) == pairs


@given(PLATES, PLATES)
def test_pairs_keep_both_plates_and_the_number_of_edits(truth: str, read: str) -> None:
    """Read back, the pairs give both plates; those that differ are as many as the edits."""
    pairs = aligned(truth, read)
    assert ("".join(a for a, _ in pairs), "".join(b for _, b in pairs)) == (truth, read)
    assert sum(a != b for a, b in pairs) == edits(truth, read)


def test_confusions_count_what_was_right_as_well() -> None:
    """The matrix has the right characters on its diagonal."""
    assert confusions([("A0", "AO"), ("A1", "A1")]) == {("A", "A"): 2, ("0", "O"): 1, ("1", "1"): 1}


def test_folding_makes_one_of_what_many_dies_do_not_distinguish() -> None:
    """O, Q and 0 are one; I and 1 are one; nothing else is."""
    assert folded("OQ0I1D8BS5") == "00011D8BS5"
