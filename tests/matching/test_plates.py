"""Canonical plates and skeletons."""

import re
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from platewarden.matching.plates import (
    CONFUSION_CLASSES,
    PLATE_MAX_LENGTH,
    PlateError,
    confusable,
    is_canonical,
    normalise,
    skeleton,
    skeletons,
)

PLATES = st.from_regex(r"[A-Z0-9]{1,10}", fullmatch=True)


@given(text=st.text(max_size=30))
def test_normalising_gives_a_canonical_plate_or_says_why_not(text: str) -> None:
    """Whatever comes in, what comes out is canonical, and stays as it is when normalised again."""
    try:
        plate = normalise(text)
    except PlateError:
        assert not 1 <= len(re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKD", text).upper())) <= 10
        return
    assert is_canonical(plate)
    assert normalise(plate) == plate


@given(plate=PLATES, separators=st.lists(st.sampled_from(" -.·/"), min_size=1, max_size=10))
def test_separators_and_case_do_not_count(plate: str, separators: list[str]) -> None:
    """A plate written with blanks or hyphens, in small letters, is the same plate."""
    written = "".join(
        character.lower() + separators[i % len(separators)] for i, character in enumerate(plate)
    )
    assert normalise(written) == plate


@pytest.mark.parametrize(
    ("written", "plate"),
    [("abc-1234", "ABC1234"), ("ＡＢＣ１２", "ABC12"), ("é1", "E1"), (" 1 ", "1"), ("a\u0301b", "AB")],  # noqa: RUF001
)
def test_letters_of_other_widths_and_accents_are_reduced(written: str, plate: str) -> None:
    """Full-width and accented forms become their base letters."""
    assert normalise(written) == plate


@pytest.mark.parametrize("text", ["", " - ", "日本", "А", "A" * (PLATE_MAX_LENGTH + 1)])  # noqa: RUF001
def test_what_cannot_be_a_plate_is_refused_without_repeating_it(text: str) -> None:
    """Nothing left, letters of another alphabet, or too long; the message holds no plate."""
    with pytest.raises(PlateError) as caught:
        normalise(text)
    assert not text.strip(" -") or text not in str(caught.value)


@given(plate=PLATES)
def test_a_skeleton_keeps_length_and_is_its_own_skeleton(plate: str) -> None:
    """Folding twice changes nothing."""
    folded = skeleton(plate)
    assert len(folded) == len(plate)
    assert skeleton(folded) == folded
    assert is_canonical(folded)


def test_confusion_classes_do_not_overlap() -> None:
    """A character belongs to one class at most, so confusion is an equivalence."""
    members = "".join(CONFUSION_CLASSES)
    assert len(set(members)) == len(members)


@given(first=PLATES, second=PLATES)
def test_plates_share_a_skeleton_exactly_if_each_place_is_confusable(first: str, second: str) -> None:
    """Skeletons find all candidates and only those."""
    assume(len(first) == len(second))
    each = all(confusable(a, b) for a, b in zip(first, second, strict=True))
    assert (skeleton(first) == skeleton(second)) is each


def test_skeletons_of_many_are_distinct() -> None:
    """Plates that look alike give one skeleton."""
    assert skeletons(["ABO1", "A8O1", "ABQI", "XYZ"]) == {skeleton("AB01"), skeleton("XYZ")}
