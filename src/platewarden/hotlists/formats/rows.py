"""What a list says of one wanted plate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from platewarden.policy.hotlists import Category

ANY_STATE: Final = "*"
"""What an entry's state says when it is expressly for any state; empty means the list does not say."""

REQUIRED: Final = ("plate", "state", "category")
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
"""Columns of the plain CSV layout and how long their values may be; `REQUIRED` ones must be in the header."""


@dataclass(frozen=True, slots=True)
class Row:
    """One wanted plate as a list gives it."""

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
