"""A program that is newer than its database."""

from pathlib import Path
from typing import Any

import psycopg

from tests.live import LiveServer


def test_a_command_says_that_the_database_is_older(
    store_home: Path, fresh_database: str, owner_connection: psycopg.Connection[Any]
) -> None:
    """One sentence with the remedy and status 1, in place of a traceback."""
    owner_connection.execute("ALTER TABLE adopted_values RENAME TO values_of_before")
    owner_connection.commit()
    done = LiveServer(store_home, fresh_database).run("purge", "--dry-run")
    assert done.returncode == 1
    assert "platewarden migrate" in done.stderr
    assert "Traceback" not in done.stderr
