"""Capture days (UTC): the unit in which reads and hits are kept and purged."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db import connection

from platewarden.ledger.kinds import Kind
from platewarden.site.prepared import execute, fetched, together

KEPT_BY_DAY = ("reads", "hits", "candidates")
"""Tables partitioned by capture day; everything in them goes when the day goes."""

_LOCK = 6963
"""First half of the advisory locks that closing a day and storing its reads hold against each other."""


class DayClosedError(Exception):
    """The day is being removed, or is gone: no read of it is taken any more (RET-1)."""


def day_of(moment: datetime) -> date:
    """Return the capture day (UTC) that *moment* belongs to."""
    return moment.astimezone(UTC).date()


def prepare(days: Iterable[date]) -> None:
    """Make room for what is kept of *days*; does nothing for a day that has it."""
    for day in sorted(set(days)):
        fetched("SELECT prepare_day(parent, %s) FROM unnest(%s::text[]) parent", [day, list(KEPT_BY_DAY)])


def prepare_ahead(now: datetime) -> None:
    """Make room for today and tomorrow, so that no submission waits for a table."""
    prepare([day_of(now), day_of(now + timedelta(days=1))])


def subject_of(day: date) -> str:
    """Return how ledger entries name *day*."""
    return f"day:{day.isoformat()}"


_CLOSED: Final = """
SELECT ledger_body.subject FROM ledger_body JOIN ledger_leaf ON ledger_leaf.seq = ledger_body.seq
WHERE ledger_body.subject = ANY (%s::text[]) AND ledger_body.subject <> '' AND ledger_leaf.kind = %s
"""


def closed(days: Iterable[date]) -> set[date]:
    """Return those of *days* that the ledger calls closed."""
    by_subject = {subject_of(day): day for day in days}
    return {by_subject[subject] for (subject,) in fetched(_CLOSED, [list(by_subject), Kind.DAY_CLOSED.value])}


def hold_open(days: Iterable[date]) -> None:
    """Keep *days* from being closed until the current transaction ends.

    Raises:
        DayClosedError: One of them is closed already.
    """
    days = sorted(set(days))
    with together():  # the second looks when the first has what it waits for
        _lock("pg_advisory_xact_lock_shared", days)
        gone = closed(days)
    if gone:
        raise DayClosedError


def lock(day: date) -> None:
    """Wait until no transaction stores a read of *day*, and let none begin until the current one ends."""
    _lock("pg_advisory_xact_lock", [day])


def _lock(function: str, days: Iterable[date]) -> None:
    for day in days:
        execute(f"SELECT {function}(%s, %s)", [_LOCK, day.toordinal()])


def kept() -> list[date]:
    """Return the days that still have a partition of any kind, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT day FROM unnest(%s::text[]) parent, days_kept(parent) day ORDER BY day",
            [list(KEPT_BY_DAY)],
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
