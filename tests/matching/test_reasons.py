"""A match in plain sentences; many more examples stand in policy/cases/matches.yaml."""

from typing import Any

from platewarden.matching.grades import grade
from platewarden.matching.reasons import reasons


def why(read: str, entry: str, **changes: Any) -> list[str]:
    """The reasons for the grade of *read* against *entry*, both of New York unless *changes* say otherwise."""
    states = {"read_state": "NY", "entry_state": "NY"} | {
        name: changes.pop(name) for name in ("read_state", "entry_state") if name in changes
    }
    match = grade(
        read, states["read_state"], entry, states["entry_state"], with_one_character=True, **changes
    )
    assert match is not None
    return reasons(match, **states)


def test_the_same_plate_is_told_in_one_line_and_its_state_in_another() -> None:
    """Nobody reads more than that when there is nothing more to say."""
    assert why("KAB4821", "KAB4821") == [
        "All 7 characters are the same.",
        "The state read is NY, as the entry has it.",
    ]


def test_a_character_that_was_hardly_read_is_named_even_if_it_agrees() -> None:
    """It is the one to look at first."""
    assert why("KAB", "KAB", confidences=(0.99, 0.41, 0.97))[1] == (
        "Character 2 was read as A (41 % sure), as the entry has it."
    )


def test_what_was_not_read_is_said_not_to_have_been() -> None:
    """A missing character and a state unknown on either side."""
    assert why("KA4821", "KAB4821", read_state="") == [
        "The entry has B after character 2; it was not read.",
        "The state was not read; the entry is for NY.",
    ]
    assert why("AB4821", "KAB4821")[0] == "The entry begins with K; it was not read."
    assert why("KAB4821", "KAB4821", entry_state="")[-1] == "The entry does not say its state."
    assert why("KAB4821", "KAB4821", entry_state=None)[-1] == "The entry is expressly for any state."


def test_a_partial_entry_says_how_much_it_leaves_open() -> None:
    """Also when it happens to leave nothing open of this plate."""
    assert why("ABC1234", "ABC?2*")[0] == (
        "The entry is partial: it fixes 4 characters and leaves 3 of the plate open."
    )
    assert why("ABC", "ABC*")[0] == (
        "The entry is partial: it leaves open whether the plate has more characters."
    )


def test_another_reading_is_told_with_its_confidence() -> None:
    """As evidence beside what was read."""
    told = why("KAB4821", "KXT9000", alternates={"KXT9000": 0.234})
    assert told[-1] == "The camera's other readings include the entry's plate (23 %)."
