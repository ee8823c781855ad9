"""What a list says of one wanted plate: as its file gives it, and as it is kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from platewarden.policy.hotlists import Category

ANY_STATE: Final = "*"
"""What an entry's state says when it is expressly for any state; empty means the list does not say."""

LENGTHS: Final[Mapping[str, int]] = {
    "plate": 32,
    "state": 2,
    "category": 40,
    "reason": 500,
    "case_number": 40,
    "expires": 40,
    "make": 24,
    "model": 32,
    "colour": 24,
    "type": 24,
    "instructions": 500,
    "priority": 8,
}
"""The values that any layout can give, named as in the plain CSV layout, and how long they may be."""

REQUIRED: Final = ("plate", "state", "category")
"""Columns that the plain CSV layout must have; `category` unless it is said for the whole file."""


class Given(NamedTuple):
    """One line of a file, taken apart and otherwise as it stands; in the order of `LENGTHS`.

    Attributes:
        remarks: What else is told with the entry, after the reason.
        others: Further texts of the line, looked through for what no list may say.
    """

    plate: str
    state: str
    category: str
    reason: str = ""
    case_number: str = ""
    expires: str = ""
    make: str = ""
    model: str = ""
    colour: str = ""
    type: str = ""
    instructions: str = ""
    priority: str = ""
    remarks: str = ""
    others: tuple[str, ...] = ()


class Row(NamedTuple):
    """One wanted plate, ready to be kept."""

    line: int
    plate_as_given: str
    plate: str
    skeleton: str
    state: str
    category: Category
    priority: str
    reason: str
    case_number: str
    instructions: str
    vehicle_type: str
    vehicle_make: str
    vehicle_model: str
    vehicle_colour: str
    expires_at: datetime | None
