"""Business days: weekends, New York's holidays, days given one by one, and counting."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.policy.businessdays import Calendar, Holiday, read_days

ALL = Calendar(frozenset(Holiday))
DAYS = st.dates(date(2020, 1, 1), date(2050, 12, 31))
CLOSED = st.frozensets(st.dates(date(2024, 1, 1), date(2026, 12, 31)), max_size=20)


@pytest.mark.parametrize(
    ("holiday", "day"),
    [
        (Holiday.NEW_YEAR, date(2026, 1, 1)),
        (Holiday.KING, date(2026, 1, 19)),
        (Holiday.LINCOLN, date(2026, 2, 12)),
        (Holiday.WASHINGTON, date(2026, 2, 16)),
        (Holiday.MEMORIAL, date(2026, 5, 25)),
        (Holiday.JUNETEENTH, date(2026, 6, 19)),
        (Holiday.INDEPENDENCE, date(2026, 7, 4)),
        (Holiday.LABOR, date(2026, 9, 7)),
        (Holiday.COLUMBUS, date(2026, 10, 12)),
        (Holiday.ELECTION, date(2026, 11, 3)),
        (Holiday.VETERANS, date(2026, 11, 11)),
        (Holiday.THANKSGIVING, date(2026, 11, 26)),
        (Holiday.CHRISTMAS, date(2026, 12, 25)),
    ],
)
def test_each_holiday_of_2026_falls_on_its_day(holiday: Holiday, day: date) -> None:
    """As the calendar on the wall has it."""
    assert holiday.on(2026) == day


def test_election_day_is_never_the_first_of_november() -> None:
    """It is the Tuesday after the first Monday."""
    assert Holiday.ELECTION.on(2022) == date(2022, 11, 8)


def test_a_holiday_on_a_sunday_closes_the_monday() -> None:
    """Christmas of 2022, and the new year after it."""
    assert Holiday.CHRISTMAS.on(2022) == date(2022, 12, 26)
    assert Holiday.NEW_YEAR.on(2023) == date(2023, 1, 2)
    assert not ALL.is_open(date(2023, 1, 2))


def test_five_business_days_around_thanksgiving() -> None:
    """Received on Friday 20 November 2026: Thursday the 26th is none, so it is Monday the 30th."""
    assert ALL.after(date(2026, 11, 20), 5) == date(2026, 11, 30)
    assert Calendar(frozenset()).after(date(2026, 11, 20), 5) == date(2026, 11, 27)


def test_days_are_counted_from_one() -> None:
    """No day is not a number of days after another."""
    with pytest.raises(ValueError, match="from one"):
        ALL.after(date(2026, 11, 20), 0)


def test_closed_days_are_read_from_text() -> None:
    """With blanks or commas; the word none says that there are none; anything else is an error."""
    assert read_days("2026-11-27, 2026-12-24") == {date(2026, 11, 27), date(2026, 12, 24)}
    assert read_days("none") == frozenset()
    with pytest.raises(ValueError, match="isoformat"):
        read_days("Christmas")


@given(DAYS, st.integers(1, 60), CLOSED)
def test_so_many_business_days_lie_between(day: date, count: int, closed: frozenset[date]) -> None:
    """Whatever the calendar: the day that is found is open, later, and exactly so many open days away."""
    calendar = Calendar(frozenset(Holiday), closed)
    found = calendar.after(day, count)
    assert found > day
    assert calendar.is_open(found)
    assert calendar.between(day, found) == count


@given(DAYS, st.integers(1, 40))
def test_a_later_day_never_has_an_earlier_end(day: date, count: int) -> None:
    """Receipt a day later gives no less time."""
    assert ALL.after(day + timedelta(days=1), count) >= ALL.after(day, count)


@given(DAYS, st.integers(1, 20), st.integers(1, 20))
def test_counting_goes_on_where_it_stopped(day: date, first: int, second: int) -> None:
    """So many days and then so many more are all of them together."""
    assert ALL.after(ALL.after(day, first), second) == ALL.after(day, first + second)


@given(DAYS, st.integers(1, 40), CLOSED)
def test_more_closed_days_never_shorten_a_time(day: date, count: int, closed: frozenset[date]) -> None:
    """A closed office has later ends, or the same."""
    assert Calendar(frozenset(Holiday), closed).after(day, count) >= ALL.after(day, count)
