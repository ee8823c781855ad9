"""Sessions in which a prepared statement is planned once, whatever values it is given first."""

import sys
from typing import Any, Final

from django.db.backends.postgresql import base

_WHERE_ASKED: Final = {"prepare_threshold": sys.maxsize}
"""psycopg prepares what `site.prepared` asks it to and nothing else; by Django's default it prepares nothing at all."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of Django's, but for how its sessions begin."""

    def get_connection_params(self) -> dict[str, Any]:
        """Return what the session is opened with."""
        return super().get_connection_params() | _WHERE_ASKED

    def init_connection_state(self) -> None:
        """Let one plan serve whatever values are given.

        By itself the database plans anew for each set of values as long as it expects anything of that, and a look-up
        by a few keys costs less than its plan.
        """
        super().init_connection_state()
        with self.connection.cursor() as cursor:
            cursor.execute("SET plan_cache_mode = force_generic_plan")
