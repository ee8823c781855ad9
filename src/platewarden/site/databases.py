"""Which database Django talks to, and bringing it to this version."""

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from platewarden.database import APP_ROLE, Address

HOST_VARIABLE = "PLATEWARDEN_SOCKET_FOLDER"
"""Set by whoever attached to or started the embedded PostgreSQL; child processes inherit it."""

_ENGINE = "platewarden.site.postgresql"

# Tables appear with the right grants: the application may use them all, and migrations take away what it may not.
_GRANTS = f"""
GRANT USAGE ON SCHEMA public TO {APP_ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {APP_ROLE};
"""


def settings_for(home: Path, *, role: str, url: str) -> dict[str, Any]:
    """Return one entry of Django's DATABASES: of *url* if given, else of the embedded PostgreSQL in *home*."""
    if not url:
        address = Address(host=os.environ.get(HOST_VARIABLE, str(home / "pg" / "run")))
        return {
            **address.django_settings(role),
            "ENGINE": _ENGINE,
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
        }
    parts = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    return {
        "ENGINE": _ENGINE,
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", role),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": parts,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def archive_mode() -> str:
    """Return whether the server keeps its write-ahead segments for good: ``off``, ``on`` or ``always``.

    Segments hold rows, so that whoever archives them keeps reads beyond their day (RET-1).
    """
    from django.db import connection  # noqa: PLC0415 - settings import this module

    with connection.cursor() as cursor:
        cursor.execute("SHOW archive_mode")
        return str(cursor.fetchone()[0])


class VersionError(Exception):
    """The database is of another version than is asked for; the message says what to do."""


def migrate_to(applied: Collection[tuple[str, str]]) -> None:
    """Bring an empty database to the version at which exactly *applied* migrations (app, name) had been made.

    Raises:
        VersionError: This version of Platewarden does not know one of them, or the database is beyond it.
    """
    from django.db import connections  # noqa: PLC0415 - settings import this module
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    with connections["owner"].cursor() as cursor:
        cursor.execute(_GRANTS)
    executor = MigrationExecutor(connections["owner"])
    wanted, there = set(applied), set(executor.loader.applied_migrations)
    if unknown := wanted - set(executor.loader.disk_migrations):
        raise VersionError(
            f"It was made with a newer version, which knows {'.'.join(min(unknown))}: upgrade first."
        )
    if there - wanted:
        raise VersionError(
            "The database here is of a newer version than the backup: begin with an empty one."
        )
    executor.migrate(_last_of(executor.loader.graph, wanted))


def _last_of(graph: Any, wanted: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return those of *wanted* that no other of them builds on."""
    return [one for one in wanted if not any(child.key in wanted for child in graph.node_map[one].children)]


def migrate() -> None:
    """Bring the database to this version, as the owner role."""
    from django.core.management import call_command  # noqa: PLC0415 - settings import this module
    from django.db import connections  # noqa: PLC0415

    with connections["owner"].cursor() as cursor:
        cursor.execute(_GRANTS)
    call_command("migrate", database="owner", verbosity=0, interactive=False)
