"""Capture days (UTC): the unit in which reads and hits are kept and purged."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from django.db import connection

KEPT_BY_DAY = ("reads", "hits")
"""Tables partitioned by capture day; everything in them goes when the day goes."""


def day_of(moment: datetime) -> date:
    """Return the capture day (UTC) that *moment* belongs to."""
    return moment.astimezone(UTC).date()


def prepare(days: Iterable[date]) -> None:
    """Make room for reads and hits of *days*; does nothing for a day that has it."""
    with connection.cursor() as cursor:
        for day in sorted(set(days)):
            for parent in KEPT_BY_DAY:
                cursor.execute("SELECT prepare_day(%s, %s)", [parent, day])


def prepare_ahead(now: datetime) -> None:
    """Make room for today and tomorrow, so that no submission waits for a table."""
    prepare([day_of(now), day_of(now + timedelta(days=1))])


def kept() -> list[date]:
    """Return the days that still have a partition of any kind, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT d FROM (SELECT days_kept('reads') d UNION SELECT days_kept('hits')) x ORDER BY d"
        )
        return [row[0] for row in cursor.fetchall()]


def drop(day: date) -> dict[str, int]:
    """Drop the partitions of *day* and return how many rows each table lost."""
    with connection.cursor() as cursor:
        lost = {}
        for parent in KEPT_BY_DAY:
            cursor.execute("SELECT drop_day(%s, %s)", [parent, day])
            lost[parent] = int(cursor.fetchone()[0])
        return lost
