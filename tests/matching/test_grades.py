"""How well a read and an entry fit, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.matching.grades import (
    CharacterRelation,
    Grade,
    Match,
    StateRelation,
    compare_characters,
    compare_states,
    grade,
)
from platewarden.matching.plates import PlateError, skeleton

PLATES = st.from_regex(r"[AB80OQ1I7]{1,7}", fullmatch=True)
STATES = st.sampled_from(["", "NY", "PA", "ny "])


def graded(read: str, read_state: str | None, entry: str, entry_state: str | None) -> Grade | None:
    """Return the grade alone."""
    match = grade(read, read_state, entry, entry_state)
    return match.grade if match else None


def test_grades_are_ordered_best_first() -> None:
    """The best has rank 0, and each has plain words."""
    assert [found.rank for found in Grade] == [0, 1, 2, 3]
    assert Grade.EXACT_STATE_AGREES.rank < Grade.CONFUSABLE.rank
    assert all(found.label for found in Grade)


@pytest.mark.parametrize(
    ("read", "read_state", "entry", "entry_state", "expected"),
    [
        ("ABC1234", "NY", "ABC1234", "NY", Grade.EXACT_STATE_AGREES),
        ("ABC1234", " ny", "ABC1234", "NY", Grade.EXACT_STATE_AGREES),
        ("ABC1234", "PA", "ABC1234", None, Grade.EXACT_STATE_AGREES),
        ("ABC1234", "", "ABC1234", None, Grade.EXACT_STATE_AGREES),
        ("ABC1234", None, "ABC1234", "NY", Grade.EXACT_STATE_UNKNOWN),
        ("ABC1234", "NY", "ABC1234", "", Grade.EXACT_STATE_UNKNOWN),
        ("ABC1234", "PA", "ABC1234", "NY", Grade.EXACT_STATE_DIFFERS),
        ("A8C1234", "NY", "ABC1234", "NY", Grade.CONFUSABLE),
        ("ABCI234", "PA", "ABC1234", "NY", Grade.CONFUSABLE),
        ("ABC1235", "NY", "ABC1234", "NY", None),
        ("ABC123", "NY", "ABC1234", "NY", None),
    ],
)
def test_a_read_is_graded_against_an_entry(
    read: str, read_state: str | None, entry: str, entry_state: str | None, expected: Grade | None
) -> None:
    """Same characters by state, characters that look alike, and otherwise nothing."""
    assert graded(read, read_state, entry, entry_state) is expected


@pytest.mark.clause("HIT-2")
def test_a_state_that_was_not_read_never_agrees() -> None:
    """Unknown is said to be unknown, never assumed; only an entry for any state needs none."""
    for missing in ("", None, "  "):
        assert compare_states(missing, "NY") is StateRelation.UNKNOWN
        assert compare_states(missing, None) is StateRelation.ANY


@given(read=PLATES, read_state=STATES, entry=PLATES, entry_state=STATES)
def test_grading_is_symmetric_and_finds_what_skeletons_find(
    read: str, read_state: str, entry: str, entry_state: str
) -> None:
    """It does not matter which of two plates was read, and candidates are exactly the equal skeletons."""
    there, back = graded(read, read_state, entry, entry_state), graded(entry, entry_state, read, read_state)
    assert there is back
    assert (there is None) is (skeleton(read) != skeleton(entry))
    assert (there is Grade.CONFUSABLE) is (read != entry and there is not None)


@given(plate=PLATES, state=STATES)
def test_a_plate_fits_itself_exactly(plate: str, state: str) -> None:
    """Every character is the same, and the state agrees wherever it is known."""
    match = grade(plate, state, plate, state)
    assert isinstance(match, Match)
    assert {one.relation for one in match.characters} == {CharacterRelation.SAME}
    assert (match.grade is Grade.EXACT_STATE_AGREES) is bool(state)


def test_the_reasons_name_every_place_with_its_confidence() -> None:
    """A person sees which character only looks alike, and how sure the camera was."""
    match = grade("A80", "NY", "AB0", "PA", confidences=(0.99, 0.41, 0.97))
    assert match is not None
    assert match.state is StateRelation.DIFFERS
    assert [(one.read, one.entry, one.relation, one.confidence) for one in match.characters] == [
        ("A", "A", CharacterRelation.SAME, 0.99),
        ("8", "B", CharacterRelation.CONFUSABLE, 0.41),
        ("0", "0", CharacterRelation.SAME, 0.97),
    ]


@given(read=PLATES, entry=PLATES, confidences=st.lists(st.floats(0, 1), max_size=9))
def test_plates_of_any_length_are_set_side_by_side(read: str, entry: str, confidences: list[float]) -> None:
    """Both can be read off the comparison, whatever confidences were given."""
    compared = compare_characters(read, entry, confidences=confidences)
    assert "".join(one.read for one in compared) == read
    assert "".join(one.entry for one in compared) == entry
    assert [one.confidence for one in compared[: len(confidences)] if one.read] == confidences[: len(read)]


@pytest.mark.parametrize(("read", "entry"), [("abc", "ABC"), ("ABC", "A-C"), ("", "ABC")])
def test_only_canonical_plates_are_graded(read: str, entry: str) -> None:
    """Case and separators were dealt with before."""
    with pytest.raises(PlateError, match="normalise"):
        grade(read, "NY", entry, "NY")
