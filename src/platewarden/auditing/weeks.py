"""The weeks by which searches are reviewed: Monday to Sunday, by UTC, named as ISO 8601 names them."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Self

_NAME: Final = re.compile(r"(\d{4})-W(\d{2})")


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """One week, known by its Monday."""

    monday: date

    def __post_init__(self) -> None:
        if self.monday.weekday():
            raise ValueError(f"{self.monday} is no Monday")

    @classmethod
    def of(cls, moment: datetime) -> Self:
        """Return the week that *moment* (aware) lies in."""
        day = moment.astimezone(UTC).date()
        return cls(day - timedelta(days=day.weekday()))

    @classmethod
    def parse(cls, name: str) -> Self:
        """Return the week called *name*, e.g. ``2026-W47``.

        Raises:
            ValueError: There is no such week.
        """
        found = _NAME.fullmatch(name)
        if not found:
            raise ValueError(f"{name!r} names no week: write it as 2026-W47")
        return cls(date.fromisocalendar(int(found[1]), int(found[2]), 1))

    @property
    def name(self) -> str:
        """Its name, e.g. ``2026-W47``."""
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02}"

    @property
    def begins_at(self) -> datetime:
        """Its first moment, aware, UTC."""
        return datetime.combine(self.monday, time(), UTC)

    @property
    def ends_at(self) -> datetime:
        """The first moment after it."""
        return self.begins_at + timedelta(days=7)

    @property
    def next(self) -> "Week":
        """The week after it."""
        return Week(self.monday + timedelta(days=7))

    def __str__(self) -> str:
        return self.name
