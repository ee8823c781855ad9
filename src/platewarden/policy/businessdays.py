"""Business days: which days an office is open, and which day is so many of them after another.

The holidays are New York's (General Construction Law, section 24), by rule, so that no list has to be typed each year;
days on which the office is closed besides are given one by one. Days are counted by section 20 of that law: the
day from which they are counted is left out.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_MONDAY, _TUESDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 1, 3, 5, 6


class Holiday(StrEnum):
    """A public holiday, by the name that the parameter gives it."""

    NEW_YEAR = "new_year"
    KING = "king"
    LINCOLN = "lincoln"
    WASHINGTON = "washington"
    MEMORIAL = "memorial"
    JUNETEENTH = "juneteenth"
    INDEPENDENCE = "independence"
    LABOR = "labor"
    COLUMBUS = "columbus"
    ELECTION = "election"
    VETERANS = "veterans"
    THANKSGIVING = "thanksgiving"
    CHRISTMAS = "christmas"

    def on(self, year: int) -> date:
        """Return the day of *year* on which offices are closed for it; of a Sunday, the Monday after."""
        day = _RULES[self](year)
        return day + _DAY if day.weekday() == _SUNDAY else day


def _nth(month: int, weekday: int, count: int) -> Callable[[int], date]:
    def day_in(year: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7) + (count - 1) * _WEEK

    return day_in


def _last_monday_of_may(year: int) -> date:
    last = date(year, 5, 31)
    return last - timedelta(days=last.weekday())


_RULES: Final[dict[Holiday, Callable[[int], date]]] = {
    Holiday.NEW_YEAR: lambda year: date(year, 1, 1),
    Holiday.KING: _nth(1, _MONDAY, 3),
    Holiday.LINCOLN: lambda year: date(year, 2, 12),
    Holiday.WASHINGTON: _nth(2, _MONDAY, 3),
    Holiday.MEMORIAL: _last_monday_of_may,
    Holiday.JUNETEENTH: lambda year: date(year, 6, 19),
    Holiday.INDEPENDENCE: lambda year: date(year, 7, 4),
    Holiday.LABOR: _nth(9, _MONDAY, 1),
    Holiday.COLUMBUS: _nth(10, _MONDAY, 2),
    Holiday.ELECTION: lambda year: _nth(11, _MONDAY, 1)(year) + _DAY,
    Holiday.VETERANS: lambda year: date(year, 11, 11),
    Holiday.THANKSGIVING: _nth(11, _THURSDAY, 4),
    Holiday.CHRISTMAS: lambda year: date(year, 12, 25),
}


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days on which an office is closed: weekends, *holidays* and the days *closed* besides."""

    holidays: frozenset[Holiday]
    closed: frozenset[date] = field(default_factory=frozenset)

    def is_open(self, day: date) -> bool:
        """Whether *day* is a business day."""
        if day.weekday() >= _SATURDAY or day in self.closed:
            return False
        return all(holiday.on(day.year) != day for holiday in self.holidays)

    def after(self, day: date, count: int) -> date:
        """Return the *count*-th business day after *day*, which itself is not counted.

        Raises:
            ValueError: *count* is less than one.
        """
        if count < 1:
            raise ValueError("business days are counted from one")
        while count:
            day += _DAY
            count -= self.is_open(day)
        return day

    def between(self, first: date, last: date) -> int:
        """Return how many business days there are after *first*, up to and with *last*; none where it is earlier."""
        days = max(0, (last - first).days)
        return sum(self.is_open(first + timedelta(days=number)) for number in range(1, days + 1))


def read_days(text: str) -> frozenset[date]:
    """Return the days in *text*, as YYYY-MM-DD with blanks or commas between; ``none`` says that there are none.

    Raises:
        ValueError: One of them is no day.
    """
    words = text.replace(",", " ").split()
    return frozenset(date.fromisoformat(word) for word in words if word != "none")
