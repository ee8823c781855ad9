"""What the purge will destroy, and when: a look ahead that changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection

from platewarden.alerts.models import Alert
from platewarden.cases.models import PreservedHit
from platewarden.images.store import image_store
from platewarden.policy import retention as policy
from platewarden.policy.parameters import Parameters
from platewarden.reads import days
from platewarden.retention.actions import bounds_of, kept_days, shelves_of

AHEAD: Final = timedelta(days=7)
"""How far one looks ahead, unless told otherwise; counting more days would take long."""

_COUNT: Final = (
    "SELECT (SELECT count(*) FROM reads WHERE seen_at >= %(opens)s AND seen_at <= %(closes)s),"
    " (SELECT count(*) FROM hits WHERE seen_at >= %(opens)s AND seen_at <= %(closes)s),"
    " (SELECT count(*) FROM candidates WHERE seen_at >= %(opens)s AND seen_at <= %(closes)s),"
    " (SELECT count(*) FROM captures WHERE seen_at >= %(opens)s AND seen_at <= %(closes)s),"
    " (SELECT count(*) FROM plates_seen WHERE last_day <= %(day)s)"
)


@dataclass(frozen=True, slots=True)
class DayAhead:
    """One capture day as it stands, and what will go with it.

    Attributes:
        day: The capture day (UTC).
        due_at: When it goes.
        is_due: Whether that has come.
        is_overdue: Whether people are being told that it is still there.
        rows: How many rows will go, by table.
        objects: How many sealed files will go.
        keys: Ids of the keys that will be destroyed.
        held: How many of its hits are kept in cases, and stay there.
    """

    day: date
    due_at: datetime
    is_due: bool
    is_overdue: bool
    rows: Mapping[str, int]
    objects: int
    keys: tuple[str, ...]
    held: int


def look_ahead(*, parameters: Parameters, now: datetime, ahead: timedelta = AHEAD) -> list[DayAhead]:
    """Return the days that are due, or will be within *ahead*, oldest first; nothing is changed."""
    until = now + ahead
    return [
        _look(day, parameters=parameters, now=now)
        for day in kept_days()
        if policy.is_due(day, parameters=parameters, now=until)
    ]


def backups_kept(*, parameters: Parameters) -> list[tuple[str, date, datetime]]:
    """Return the backups with reads that can still be opened: id, oldest capture day, and when the key goes."""
    kept = image_store().keystore.backups()
    return [
        (name.text.rpartition("-")[2], oldest, policy.backup_ends_at(oldest, parameters=parameters))
        for name, oldest in kept.items()
    ]


def _look(day: date, *, parameters: Parameters, now: datetime) -> DayAhead:
    store = image_store()
    shelves = shelves_of(day).values()
    keys = (store.keystore.identify(shelf.key) for shelf in shelves)
    alerts = Alert.objects.filter(hit_seen_at__range=bounds_of(day)).values("pk")
    return DayAhead(
        day=day,
        due_at=policy.purge_due_at(day, parameters=parameters),
        is_due=policy.is_due(day, parameters=parameters, now=now),
        is_overdue=policy.is_overdue(day, parameters=parameters, now=now),
        rows=_rows_of(day),
        objects=sum(store.objects(shelf) for shelf in shelves),
        keys=tuple(key for key in keys if key),
        held=PreservedHit.objects.filter(alert_id__in=alerts).count(),
    )


def _rows_of(day: date) -> dict[str, int]:
    opens, closes = bounds_of(day)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"opens": opens, "closes": closes, "day": day})
        counts = cursor.fetchone()
    return dict(zip((*days.KEPT_BY_DAY, "captures", "plates_seen"), counts, strict=True))
