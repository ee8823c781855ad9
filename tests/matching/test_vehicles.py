"""Whether the vehicle seen may be the vehicle described."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.matching.vehicles import Disagreement, disagreements

WORDS = st.sampled_from(
    [
        "",
        "unknown",
        "CHEV",
        "Chevrolet",
        "t0yt",
        "BLK/WHI",
        "GRY",
        "silver",
        "red",
        "PK",
        "4D",
        "van",
        "xyzzy",
        "MUL",
    ]
)


@dataclass
class Vehicle:
    """A vehicle as a read or an entry describes it."""

    vehicle_type: str = ""
    vehicle_make: str = ""
    vehicle_model: str = ""
    vehicle_colour: str = ""


VEHICLES = st.builds(Vehicle, WORDS, WORDS, st.sampled_from(["", "CAM", "Camry", "Corolla"]), WORDS)


def test_only_what_both_say_can_disagree() -> None:
    """What one of them does not know is no disagreement; upper case and blanks are none either."""
    seen = Vehicle("sedan", "FORD ", "unknown", "blue")
    described = Vehicle("", "Ford", "Focus", "red")
    assert disagreements(seen, described) == [Disagreement("colour", "blue", "red")]


@pytest.mark.parametrize("unknown", ["", "unknown", " Unknown ", "qwerty", "MUL"])
def test_the_unknown_disagrees_with_nothing(unknown: str) -> None:
    """In either direction; nor does a word that no table knows, or a colour that is none."""
    known = Vehicle("sedan", "Ford", "Focus", "red")
    nothing = Vehicle(unknown, unknown, "", unknown)
    assert disagreements(known, nothing) == disagreements(nothing, known) == []


@pytest.mark.parametrize(
    ("part", "seen", "described"),
    [
        ("make", "Chevrolet", "CHEV"),
        ("make", "chevy", "CHEVROLET"),
        ("make", "Toyota", "T0YT"),
        ("make", "Mercedes-Benz", "MERZ"),
        ("make", "Honda", "HOND"),
        ("make", "Toyota", "TOYT"),
        ("colour", "black", "BLK"),
        ("colour", "white", "WHI"),
        ("colour", "silver", "SIL"),
        ("make", "Ram", "DODG"),
        ("colour", "grey", "SIL"),
        ("colour", "tan", "GLD"),
        ("colour", "beige", "gold"),
        ("colour", "black", "BLK/WHI"),
        ("colour", "white", "BLK/WHI"),
        ("colour", "black", "DBL"),
        ("colour", "brown", "BR0"),
        ("type", "sedan", "4D"),
        ("type", "pickup", "4D"),
        ("type", "suv", "UV"),
        ("type", "sedan", "SD"),
        ("type", "van", "VN"),
        ("type", "suv", "Station wagon"),
        ("model", "Camry", "CAM"),
        ("model", "F-150", "F150 XLT"),
    ],
)
def test_other_words_for_the_same_do_not_disagree(part: str, seen: str, described: str) -> None:
    """Codes of the national lists, their zeros for O, synonyms, two colours, and colours taken for one another."""
    names = {f"vehicle_{part}": seen}, {f"vehicle_{part}": described}
    assert disagreements(Vehicle(**names[0]), Vehicle(**names[1])) == []


@pytest.mark.parametrize(
    ("part", "seen", "described", "words"),
    [
        ("make", "Honda", "CHEV", ("honda", "chevrolet")),
        ("make", "Mercury", "MERZ", ("mercury", "mercedes benz")),
        ("colour", "white", "BLK", ("white", "black")),
        ("colour", "red", "BLK/WHI", ("red", "BLK/WHI")),
        ("type", "sedan", "PK", ("car", "pickup")),
        ("type", "van", "MC", ("van", "motorcycle")),
        ("model", "Corolla", "Camry", ("Corolla", "Camry")),
    ],
)
def test_a_disagreement_is_told_in_plain_words(
    part: str, seen: str, described: str, words: tuple[str, str]
) -> None:
    """A code with one meaning becomes its word, so that an officer need not know it."""
    names = {f"vehicle_{part}": seen}, {f"vehicle_{part}": described}
    assert disagreements(Vehicle(**names[0]), Vehicle(**names[1])) == [Disagreement(part, *words)]


@given(first=VEHICLES, second=VEHICLES)
def test_it_does_not_matter_which_of_two_was_seen(first: Vehicle, second: Vehicle) -> None:
    """And a vehicle never disagrees with itself."""
    there = {one.part for one in disagreements(first, second)}
    assert there == {one.part for one in disagreements(second, first)}
    assert disagreements(first, first) == []
