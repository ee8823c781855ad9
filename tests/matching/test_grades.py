"""How well a read and an entry fit, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.matching.comparing import CharacterRelation
from platewarden.matching.edits import is_one_edit
from platewarden.matching.grades import Grade, Match, StateRelation, compare_states, grade
from platewarden.matching.plates import PlateError, skeleton

PLATES = st.from_regex(r"[AB80OQ1I7]{1,7}", fullmatch=True)
STATES = st.sampled_from(["", "NY", "PA", "ny "])


def graded(read: str, read_state: str | None, entry: str, entry_state: str | None) -> Grade | None:
    """Return the grade alone."""
    match = grade(read, read_state, entry, entry_state)
    return match.grade if match else None


def test_grades_are_ordered_best_first() -> None:
    """The best has rank 0, and each has plain words."""
    assert [found.rank for found in Grade] == list(range(len(Grade)))
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


@given(read=PLATES, read_state=STATES, entry=PLATES, entry_state=STATES)
def test_one_character_is_asked_for_expressly(
    read: str, read_state: str, entry: str, entry_state: str
) -> None:
    """It adds the plates one edit away that nothing better fits, and changes no other grade."""
    strict = graded(read, read_state, entry, entry_state)
    match = grade(read, read_state, entry, entry_state, with_one_character=True)
    if strict is not None:
        assert match is not None
        assert match.grade is strict
    else:
        assert (match is not None) is is_one_edit(read, entry)
        assert match is None or match.grade is Grade.ONE_CHARACTER


@given(read=PLATES, entry=PLATES, others=st.dictionaries(PLATES, st.floats(0, 1), max_size=3))
def test_another_reading_is_evidence_and_never_the_read(
    read: str, entry: str, others: dict[str, float]
) -> None:
    """It lists what nothing better fits, stands beside every other match, and what was read stays what was read."""
    without, match = grade(read, "NY", entry, "NY"), grade(read, "NY", entry, "NY", alternates=others)
    if match is None:
        assert without is None
        assert entry not in others
    else:
        assert match.grade is (without.grade if without else Grade.ALTERNATE)
        assert match.alternate == others.get(entry)
        assert "".join(one.read for one in match.characters) == read


def test_a_partial_entry_has_a_grade_of_its_own() -> None:
    """However many characters it knows, and whatever the state."""
    assert graded("ABC1234", "NY", "ABC?2*", "NY") is Grade.PARTIAL
    assert graded("ABC1234", "NY", "ABC123*", "NY") is Grade.PARTIAL
    assert graded("ABC1334", "NY", "ABC?2*", "NY") is None


@pytest.mark.clause("HIT-1")
@pytest.mark.parametrize(
    ("read", "read_state", "entry", "entry_state", "weaknesses"),
    [
        ("ABC1234", "NY", "ABC1234", "NY", {Grade.EXACT_STATE_AGREES}),
        ("ABC1234", "PA", "ABC1234", "NY", {Grade.EXACT_STATE_DIFFERS}),
        ("A8C1234", "NY", "ABC1234", "NY", {Grade.CONFUSABLE}),
        ("A8C1234", "PA", "ABC1234", "NY", {Grade.CONFUSABLE, Grade.EXACT_STATE_DIFFERS}),
        ("ABC124", "", "ABC1234", "NY", {Grade.ONE_CHARACTER, Grade.EXACT_STATE_UNKNOWN}),
        ("A8C1234", "NY", "ABC*", "NY", {Grade.PARTIAL, Grade.CONFUSABLE}),
        ("ABC1234", "PA", "ABC*", "NY", {Grade.PARTIAL, Grade.EXACT_STATE_DIFFERS}),
    ],
)
def test_every_flaw_of_a_match_is_named(
    read: str, read_state: str, entry: str, entry_state: str, weaknesses: set[Grade]
) -> None:
    """So that look-alikes of another state cannot alert where the same characters of another state may not."""
    match = grade(read, read_state, entry, entry_state, with_one_character=True)
    assert match is not None
    assert match.weaknesses == weaknesses


@pytest.mark.parametrize(("read", "entry"), [("abc", "ABC"), ("ABC", "A-C"), ("", "ABC")])
def test_only_canonical_plates_are_graded(read: str, entry: str) -> None:
    """Case and separators were dealt with before."""
    with pytest.raises(PlateError, match="normalise"):
        grade(read, "NY", entry, "NY")
