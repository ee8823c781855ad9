"""A program that is newer than its database."""

from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command

from platewarden.adoption.in_force import parameters_at
from platewarden.hotlists.matching import matches_for
from platewarden.matching.grades import Grade
from platewarden.site import databases
from tests.cast import Cast
from tests.conftest import NOW
from tests.hotlists.lists import a_list, load
from tests.live import LiveServer
from tests.sightings import a_sighting


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


@pytest.mark.clause("HIT-1")
def test_entries_loaded_before_are_found_by_their_parts(fresh_database: str, cast: Cast) -> None:
    """A database that knew no parts is brought to this version with its lists in it."""
    call_command("migrate", "hotlists", "0006", database="owner", verbosity=0)
    load(cast, a_list(cast), "KAB4821,NY,wanted_person,", "HXB7730,NY,stolen_plate,")
    databases.migrate()
    read = a_sighting(cast.camera, "KAB4827", NOW)
    (found,) = matches_for([read], parameters=parameters_at(NOW), now=NOW)
    assert (found.match.grade, found.entry.plate) == (Grade.ONE_CHARACTER, "KAB4821")
