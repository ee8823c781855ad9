"""Whether the vehicle seen is the vehicle described; a difference is a warning to people, never a filter."""

from dataclasses import dataclass
from typing import Final, Protocol

PARTS: Final = ("type", "make", "model", "colour")
_UNKNOWN: Final = frozenset({"", "unknown"})


class Described(Protocol):
    """What a read and a hotlist entry both say of a vehicle; each may be empty or ``unknown``."""

    vehicle_type: str
    vehicle_make: str
    vehicle_model: str
    vehicle_colour: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of the description in which a read and an entry differ."""

    part: str
    read: str
    entry: str


def differences(read: Described, entry: Described) -> list[Difference]:
    """Return where *read* and *entry* both say something about the vehicle and do not say the same."""
    pairs = [(part, getattr(read, f"vehicle_{part}"), getattr(entry, f"vehicle_{part}")) for part in PARTS]
    return [Difference(part, seen, described) for part, seen, described in pairs if _differ(seen, described)]


def _differ(seen: str, described: str) -> bool:
    first, second = seen.strip().casefold(), described.strip().casefold()
    return first not in _UNKNOWN and second not in _UNKNOWN and first != second
