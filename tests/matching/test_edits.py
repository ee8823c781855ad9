"""Plates one character away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from platewarden.matching.edits import ALPHABET, is_one_edit, one_edit, parts, parts_near, skeletons_near
from platewarden.matching.plates import is_canonical, skeleton

PLATES = st.text(ALPHABET, min_size=1, max_size=10)
SHORT = st.text("AB80", min_size=1, max_size=5)


@given(plate=PLATES, other=st.data())
def test_one_edit_is_one_edit(plate: str, other: st.DataObject) -> None:
    """The plates looked up are exactly those at an edit distance of one at most."""
    edits = one_edit(plate)
    assert all(Levenshtein.distance(plate, edit) <= 1 and is_canonical(edit) for edit in edits)
    place, char = other.draw(st.integers(0, len(plate))), other.draw(st.sampled_from("AZ09"))
    inserted = plate[:place] + char + plate[place:]
    changed = plate[:place] + char + plate[place + 1 :]
    removed = plate[:place] + plate[place + 1 :]
    assert {edit for edit in (inserted, changed, removed) if 1 <= len(edit) <= 10} <= edits


@given(plate=SHORT)
def test_no_skeleton_of_a_near_plate_is_missed(plate: str) -> None:
    """Editing the skeleton gives exactly the skeletons of the edited plates."""
    assert skeletons_near(plate) == {skeleton(edit) for edit in one_edit(plate)}


def test_a_plate_has_a_few_hundred_near_skeletons() -> None:
    """Their number, and so the cost of looking them up, depends on the length alone."""
    assert len(skeletons_near("KAB4821")) == len(skeletons_near("HXC7430")) == 414


@given(plate=PLATES)
def test_plates_one_character_apart_share_a_part(plate: str) -> None:
    """Whatever their length: what is left of the one without its head, its middle or its tail is in the other."""
    for other in one_edit(plate, alphabet="A0"):
        assert any(part in some for part, some in zip(parts(other), parts_near(plate), strict=True))


def test_few_plates_share_a_part() -> None:
    """Seven keys find a plate's neighbours, and none of them stands for less than four of seven characters."""
    keys = [key for some in parts_near("KAB4821") for key in some]
    assert len(keys) == 7
    assert parts("KAB4821") == ("B4821", "KA821", "KAB4")


@given(first=SHORT, second=SHORT)
def test_one_character_apart_is_an_edit_distance_of_one(first: str, second: str) -> None:
    """Whatever the lengths; it does not matter which of the two was read."""
    assert is_one_edit(first, second) is (Levenshtein.distance(first, second) == 1)
    assert is_one_edit(first, second) is is_one_edit(second, first)


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ("KAB4821", "KAB4821", False),
        ("KAB4821", "KAB4827", True),
        ("KAB4821", "KAB421", True),
        ("AAB", "AB", True),
        ("KAB4821", "KBA4821", False),
        ("KAB4821", "KAB48", False),
    ],
)
def test_examples_of_one_character_apart(first: str, second: str, *, apart: bool) -> None:
    """Changed, left out, doubled; two places swapped are two characters."""
    assert is_one_edit(first, second) is apart
