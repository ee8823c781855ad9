"""What the audit knows of searches, people and shifts: plain values; a plate is never among them.

Which vehicle was searched is told by an opaque key, the same for the same plate. So nothing that is computed of
these values, and nothing that is kept of it, names a plate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo


@dataclass(frozen=True, slots=True)
class QueryFact:
    """One search, as its entries on the ledger tell of it.

    Attributes:
        entry: Number of the entry with which it was asked.
        asked_by: Account id.
        asked_at: Aware, UTC.
        purpose: Code of the purpose.
        reason: As written.
        case_number: As given; empty for an exigent one without a number yet.
        requested_by: The colleague it was made for, as written.
        kind: The way of searching.
        vehicle: Opaque key of the plate that was asked for; empty where none, or a pattern, was.
        declared_by: Account id of whoever has declared this plate as their own or their household's.
        is_canary: Whether the plate is a planted one.
        images: How many times an image of its answer was opened.
        copies: How many files and prints were made of its answer.
        is_followed: Whether anything was recorded under its case number afterwards.
    """

    entry: int
    asked_by: str
    asked_at: datetime
    purpose: str
    reason: str
    case_number: str
    requested_by: str = ""
    kind: str = "exact"
    vehicle: str = ""
    declared_by: str = ""
    is_canary: bool = False
    images: int = 0
    copies: int = 0
    is_followed: bool = False


@dataclass(frozen=True, slots=True)
class PersonFact:
    """One person: whom they are compared with, and since when they have had a role at all."""

    id: str
    role: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShiftFact:
    """One time on duty of one person."""

    person: str
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """What is looked at.

    Attributes:
        begins_at: From when searches are known: the beginning of the look-back.
        focus_from: From when searches are under review; what lies before only explains them.
        ends_at: The first moment that is no longer part of it.
        queries: Every search from `begins_at` on, in any order.
        people: Everybody who could search.
        shifts: Shifts that touch it.
        zone: The agency's time zone, for hours of the day.
    """

    begins_at: datetime
    focus_from: datetime
    ends_at: datetime
    queries: Sequence[QueryFact]
    people: Sequence[PersonFact]
    shifts: Sequence[ShiftFact] = ()
    zone: tzinfo = UTC

    @property
    def focused(self) -> list[QueryFact]:
        """The searches under review."""
        return [query for query in self.queries if query.asked_at >= self.focus_from]

    @property
    def days(self) -> int:
        """How many days it reaches back over."""
        return (self.ends_at - self.begins_at).days
