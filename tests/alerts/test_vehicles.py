"""Whether the vehicle seen is the vehicle described."""

from dataclasses import dataclass

import pytest

from platewarden.alerts.vehicles import Difference, differences


@dataclass
class Vehicle:
    """A vehicle as a read or an entry describes it."""

    vehicle_type: str = ""
    vehicle_make: str = ""
    vehicle_model: str = ""
    vehicle_colour: str = ""


def test_only_what_both_say_can_differ() -> None:
    """What one of them does not know is no difference; upper case and blanks are none either."""
    seen = Vehicle("sedan", "FORD ", "unknown", "blue")
    described = Vehicle("", "Ford", "Focus", "red")
    assert differences(seen, described) == [Difference("colour", "blue", "red")]


@pytest.mark.parametrize("unknown", ["", "unknown", " Unknown "])
def test_the_unknown_differs_from_nothing(unknown: str) -> None:
    """In either direction."""
    known = Vehicle("sedan", "Ford", "Focus", "red")
    nothing = Vehicle(unknown, unknown, unknown, unknown)
    assert differences(known, nothing) == differences(nothing, known) == []
