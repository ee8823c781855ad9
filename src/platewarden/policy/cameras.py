"""The register of cameras: what is said of one, by what it is known, and when a portable one is deployed."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Self


class _Labelled(StrEnum):
    """A recorded value with the words that people read."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """Pair the recorded *value* with its label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class Protocol(_Labelled):
    """In which format a camera speaks; adapters are found by the value."""

    PLATEWARDEN = "platewarden", "Platewarden's own (cameras and edge)"
    OPENALPR = "openalpr", "OpenALPR / Rekor webhook"
    PLATERECOGNIZER = "platerecognizer", "Plate Recognizer Stream webhook"
    HIKVISION = "hikvision", "Hikvision HTTP listening (ISAPI)"
    DAHUA = "dahua", "Dahua HTTP push"
    AXIS = "axis", "Axis License Plate Verifier"
    GENETEC = "genetec", "Genetec AutoVu export"
    FLOCK = "flock", "Flock Safety export"
    CSV = "csv", "CSV files"


class Travel(_Labelled):
    """Which way the vehicles go that a camera looks at."""

    NORTH = "north", "northbound"
    NORTHEAST = "northeast", "northeast"
    EAST = "east", "eastbound"
    SOUTHEAST = "southeast", "southeast"
    SOUTH = "south", "southbound"
    SOUTHWEST = "southwest", "southwest"
    WEST = "west", "westbound"
    NORTHWEST = "northwest", "northwest"
    BOTH = "both", "both directions"


class CredentialStyle(_Labelled):
    """How a device presents its secret; one issued in one style is nothing in another."""

    BEARER = "bearer", "Authorization: Bearer header"
    BASIC = "basic", "user name and password (HTTP Basic)"
    PATH = "path", "secret part of the address"


OTHER_FIELD: Final = "other"
"""Under this name go dropped fields whose own name cannot be kept."""

MOST_DROPPED_NAMES: Final = 40
_FIELD_NAME: Final = re.compile(r"[A-Za-z][A-Za-z_.\-]{0,47}")


def countable_names(dropped: Mapping[str, int]) -> dict[str, int]:
    """Return *dropped* under names that may be kept: counts of fields by name, and no word of what was in them.

    > CAP-2: Whatever else a camera sends is not stored.

    A name with a digit in it, or one that is no name, might be a plate in the wrong place, and becomes ``other``; so
    does everything beyond `MOST_DROPPED_NAMES` names at once.
    """
    counted: dict[str, int] = {}
    for name, times in sorted(dropped.items()):
        is_name = _FIELD_NAME.fullmatch(name) is not None and len(counted) < MOST_DROPPED_NAMES
        kept = name if is_name else OTHER_FIELD
        counted[kept] = counted.get(kept, 0) + times
    return {name: times for name, times in counted.items() if times > 0}
