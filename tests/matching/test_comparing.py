"""Two plates side by side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.matching.comparing import CharacterRelation, compare_characters
from platewarden.matching.patterns import normalise_pattern

PLATES = st.from_regex(r"[AB80OQ1I7]{1,7}", fullmatch=True)
ENTRIES = PLATES | st.text("AB807?*", min_size=1, max_size=7).map(normalise_pattern).filter(bool)
FLAWS = {CharacterRelation.DIFFERENT, CharacterRelation.INSERTED, CharacterRelation.MISSING}


def side_by_side(read: str, entry: str) -> list[tuple[str, str, str]]:
    """Each place as read, entry and relation."""
    return [(one.read, one.entry, one.relation.value) for one in compare_characters(read, entry)]


@given(read=PLATES, entry=PLATES, confidences=st.lists(st.floats(0, 1), max_size=9))
def test_both_plates_can_be_read_off_the_comparison(read: str, entry: str, confidences: list[float]) -> None:
    """Whatever their lengths, and each character read keeps its confidence."""
    compared = compare_characters(read, entry, confidences=confidences)
    assert "".join(one.read for one in compared) == read
    assert "".join(one.entry for one in compared) == entry
    kept = [one.confidence for one in compared if one.read]
    assert kept == (confidences + [None] * len(read))[: len(read)]


@given(read=PLATES, entry=ENTRIES)
def test_a_place_lacks_a_character_exactly_where_one_is_more_or_less(read: str, entry: str) -> None:
    """Inserted means read and not in the entry, missing the other way round; only open places may be empty else."""
    for one in compare_characters(read, entry):
        if one.relation is not CharacterRelation.OPEN:
            assert (one.entry == "") is (one.relation is CharacterRelation.INSERTED)
            assert (one.read == "") is (one.relation is CharacterRelation.MISSING)
            assert (one.read == one.entry) is (one.relation is CharacterRelation.SAME)


@given(first=PLATES, second=PLATES)
def test_the_other_way_round_it_is_the_same_comparison(first: str, second: str) -> None:
    """What was inserted is missing, and there are as many flaws."""
    there = sorted(one.relation for one in compare_characters(first, second))
    back = sorted(one.relation for one in compare_characters(second, first))
    assert [one for one in there if one not in FLAWS] == [one for one in back if one not in FLAWS]
    assert sum(one in FLAWS for one in there) == sum(one in FLAWS for one in back)


@pytest.mark.parametrize(
    ("read", "entry", "expected"),
    [
        ("A8C", "ABC", [("A", "A", "same"), ("8", "B", "confusable"), ("C", "C", "same")]),
        ("ABC", "AXC", [("A", "A", "same"), ("B", "X", "different"), ("C", "C", "same")]),
        ("ABBC", "ABC", [("A", "A", "same"), ("B", "B", "same"), ("B", "", "inserted"), ("C", "C", "same")]),
        ("AC", "ABC", [("A", "A", "same"), ("", "B", "missing"), ("C", "C", "same")]),
        ("AB12", "A?1*", [("A", "A", "same"), ("B", "?", "open"), ("1", "1", "same"), ("2", "*", "open")]),
        ("AB", "AB*", [("A", "A", "same"), ("B", "B", "same"), ("", "*", "open")]),
        ("KXT4", "XT4", [("K", "", "inserted"), ("X", "X", "same"), ("T", "T", "same"), ("4", "4", "same")]),
    ],
)
def test_examples_side_by_side(read: str, entry: str, expected: list[tuple[str, str, str]]) -> None:
    """Look-alike, different, one more, one less, left open."""
    assert side_by_side(read, entry) == expected


def test_a_shifted_plate_is_seen_as_shifted() -> None:
    """A character lost at the front and one gained at the end are two flaws, not seven."""
    flaws = [relation for *_, relation in side_by_side("AB48217", "KAB4821") if relation != "same"]
    assert sorted(flaws) == ["inserted", "missing"]


def test_a_pattern_that_does_not_fit_is_compared_by_what_it_knows() -> None:
    """Its open places mean nothing then."""
    assert [relation for *_, relation in side_by_side("XYZ", "AB*")].count("open") == 0
