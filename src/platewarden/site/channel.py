"""The channel on which the database tells listening processes of what has just been committed."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.db import connection

CHANNEL: Final = "platewarden_alerts"


def announce(event: str, facts: Mapping[str, Any]) -> None:
    """Tell every listening process of *event*; identifiers only, never a plate.

    PostgreSQL delivers it when the transaction commits, in the order of commits, and with it or not at all: no
    console hears of what was rolled back, and none misses what a dying process had just committed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps({"event": event, **facts})])
