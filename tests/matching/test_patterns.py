"""Partial plates: how they are written, found and fitted."""

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.matching.comparing import fits
from platewarden.matching.patterns import (
    ANCHOR_LENGTH,
    anchor,
    anchors_within,
    is_pattern,
    known_characters,
    normalise_pattern,
)
from platewarden.matching.plates import PlateError, skeleton

PLATES = st.text("AB80Q", min_size=1, max_size=6)
PATTERNS = st.text("AB80?*", min_size=1, max_size=7).map(normalise_pattern).filter(is_pattern)


@given(plate=PLATES, pattern=PATTERNS)
def test_a_plate_fits_as_the_wildcards_say(plate: str, pattern: str) -> None:
    """`?` stands for one character, `*` for any number, and known characters may be look-alikes."""
    assert fits(plate, pattern) is fnmatch.fnmatchcase(skeleton(plate), skeleton(pattern))


@given(plate=PLATES, pattern=PATTERNS)
def test_every_plate_that_fits_is_found_by_the_anchor(plate: str, pattern: str) -> None:
    """The anchor of a pattern is among the keys of every plate that fits it, so none is missed."""
    if known_characters(pattern) and fits(plate, pattern):
        assert anchor(pattern) in anchors_within(plate)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("ABC?2*", "A8C"),
        ("KAB4821", ""),
        ("*4821", "4821"),
        ("K?B?1*7", "K"),
        ("*ABCDEF*", "A8C0"),
        ("**", ""),
    ],
)
def test_the_anchor_is_the_longest_known_run(pattern: str, expected: str) -> None:
    """Folded like a skeleton, cut to a few characters; a whole plate has none."""
    assert anchor(pattern) == expected
    assert len(anchor(pattern)) <= ANCHOR_LENGTH


@pytest.mark.parametrize(
    ("typed", "pattern"),
    [("k?b **21", "K?B*21"), ("ká-b*", "KAB*"), (" ab·c.?", "ABC?"), ("", "")],
)
def test_what_is_typed_becomes_canonical(typed: str, pattern: str) -> None:
    """Case, separators and accents do not count; repeated stars are one."""
    assert normalise_pattern(typed) == pattern


@pytest.mark.parametrize("typed", ["ABC%", "A[BC]1", "AB_C", "'; --", "???????????", "А*"])  # noqa: RUF001
def test_nothing_but_plates_and_two_signs_is_a_pattern(typed: str) -> None:
    """The refusal does not repeat what was typed."""
    with pytest.raises(PlateError) as refused:
        normalise_pattern(typed)
    assert typed not in str(refused.value)


def test_known_characters_are_counted_without_the_wildcards() -> None:
    """Three at least are asked for; so many are left."""
    assert [known_characters(text) for text in ("ABC?2*", "*", "A?")] == [4, 0, 1]
