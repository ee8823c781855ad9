"""Capture days: a partition each, made once however many ask."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from django.db import connection

from platewarden.reads import days


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2026, 11, 21, 0, 0, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 11, 20, 20, 0, tzinfo=timezone(timedelta(hours=-5))), date(2026, 11, 21)),
    ],
)
def test_a_capture_day_is_a_day_in_utc(moment: datetime, day: date) -> None:
    """Whatever the clock on the wall says, the day is the one in UTC."""
    assert days.day_of(moment) == day


def test_many_may_make_room_for_the_same_day_at_once(fresh_database: str) -> None:
    """Submissions that race for a day's first partition all find it."""

    def prepare(_number: int) -> None:
        days.prepare([date(2026, 11, 20), date(2026, 11, 21)])
        connection.close()

    with ThreadPoolExecutor(8) as cameras:
        list(cameras.map(prepare, range(24)))
    assert days.kept() == [date(2026, 11, 20), date(2026, 11, 21)]


@pytest.mark.django_db
def test_only_tables_kept_by_day_can_be_dropped_by_day() -> None:
    """The function that drops a day's partition takes no other table's name."""
    with pytest.raises(Exception, match="not a table kept by day"), connection.cursor() as cursor:
        cursor.execute("SELECT drop_day('people', '2026-11-20')")
