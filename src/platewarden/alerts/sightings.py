"""One alert a vehicle and period: which open alert a further read of the same plate joins (HIT-1)."""

import zlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.db import connection

from platewarden.alerts.models import Alert, Hit
from platewarden.hotlists.matching import MatchedEntry

_LOCK: Final = 6964
"""First half of the advisory locks that submissions of the same vehicle hold against each other."""

Key = tuple[int, str, str, str, str, str]


def key_of(matched: MatchedEntry) -> Key:
    """Return what two reads must share to be sightings of one alert: the plate, and the entry as its list has it.

    An entry has another number in each snapshot of its list, so it is known by what it says.
    """
    read, entry = matched.read, matched.entry
    hotlist = entry.snapshot.hotlist.name
    return read.agency_id, read.plate, hotlist, entry.plate_as_given, entry.state, entry.category


def lock_vehicles(matches: Iterable[MatchedEntry]) -> None:
    """Let submissions of the same vehicle wait for each other, until the current transaction ends."""
    numbers = {zlib.crc32("\n".join(map(str, key_of(matched))).encode()) for matched in matches}
    with connection.cursor() as cursor:
        for number in sorted(numbers):  # one order for all, so that parallel submissions cannot deadlock
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, number - 2**31])


def alert_to_join(matched: MatchedEntry, *, window: timedelta) -> Alert | None:
    """Return the open alert of the same vehicle that was last seen within *window* of this read; None: a new one.

    Args:
        matched: The read and the entry it matches.
        window: How far apart two sightings of one alert may be.
    """
    read = matched.read
    agency_id, plate, hotlist, given, state, category = key_of(matched)
    hits = Hit.objects.filter(
        agency_id=agency_id,
        plate=plate,
        seen_at__range=(read.seen_at - window, read.seen_at + window),
        hotlist_name=hotlist,
        entry_plate_as_given=given,
        entry_state=state,
        entry_category=category,
    )
    alerts = Alert.objects.select_for_update().filter(
        agency_id=agency_id,
        pk__in=list(hits.values_list("alert_id", flat=True)),
        disposed_at__isnull=True,
        hit_id__isnull=False,
    )
    return alerts.order_by("-number").first()
