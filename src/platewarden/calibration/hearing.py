"""Whether an alert of our own plate is told: heard as a console would hear it, from the database."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from django.db import connection

from platewarden.calibration.raising import EVENT
from platewarden.site.channel import CHANNEL

PATIENCE_SECONDS: Final = 15.0

Hear = Callable[[str], bool]
"""Waits until the alert of the read with this id is told; says whether it was."""


@contextmanager
def listening() -> Iterator[Hear]:
    """Listen to the database; yields what waits for one alert."""
    keys = ("dbname", "user", "host", "port", "password")
    parameters = {
        key: value for key, value in connection.get_connection_params().items() if key in keys and value
    }
    with psycopg.connect(**parameters, autocommit=True) as ear:
        ear.execute(f"LISTEN {CHANNEL}")

        def hear(read_id: str) -> bool:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while (left := deadline - time.monotonic()) > 0:
                for notice in ear.notifies(timeout=left, stop_after=1):
                    if _is_about(json.loads(notice.payload), read_id):
                        return True
            return False

        yield hear


def _is_about(event: dict[str, Any], read_id: str) -> bool:
    return bool(event["event"] == EVENT and event["read"] == read_id)
