"""What every command that needs the installation does first: settings, database, Django."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from platewarden import database
from platewarden.site import configuration
from platewarden.site.databases import HOST_VARIABLE

_OLDER: Final = (
    "The database is of an older version than this program. Run `platewarden migrate`, or start "
    "`platewarden serve`, which does it; then repeat the command."
)


@contextmanager
def with_django(home: Path | None = None) -> Iterator[configuration.Configuration]:
    """Attach to the installation's database, starting it if need be, and set Django up.

    Raises:
        click.ClickException: The settings or the database cannot be used; the message says what to do.
    """
    if home is not None:
        os.environ["PLATEWARDEN_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platewarden.site.settings")
    try:
        loaded = configuration.load()
        if loaded.database_url:
            yield from _set_up(loaded)
            return
        with database.attach_or_start(loaded.home / "pg") as address:
            os.environ[HOST_VARIABLE] = address.host
            yield from _set_up(loaded)
    except (configuration.ConfigurationError, database.EmbeddedPostgresError) as error:
        raise click.ClickException(str(error)) from error


def _set_up(loaded: configuration.Configuration) -> Iterator[configuration.Configuration]:
    import django
    from django.db import ProgrammingError
    from psycopg import errors

    django.setup()
    try:
        yield loaded
    except ProgrammingError as error:
        if isinstance(error.__cause__, errors.UndefinedTable | errors.UndefinedColumn):
            raise click.ClickException(_OLDER) from error
        raise
