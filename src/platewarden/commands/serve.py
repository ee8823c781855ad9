"""`platewarden serve`: everything an installation runs, under one supervisor."""

import os

import click

from platewarden.database import EmbeddedPostgresError
from platewarden.site import configuration
from platewarden.site.supervisor import SupervisedError, Supervisor


@click.command()
def serve() -> None:
    """Start PostgreSQL, console, device API and timers; Ctrl-C stops them all."""
    try:
        loaded = configuration.load()
    except configuration.ConfigurationError as error:
        raise click.ClickException(str(error)) from error
    os.environ["PLATEWARDEN_HOME"] = str(loaded.home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "platewarden.site.settings"
    supervisor = Supervisor(loaded)
    try:
        with supervisor.database():
            prepare(loaded)
            with supervisor.processes():
                click.echo(f"The console is at {supervisor.address} - Ctrl-C stops everything.")
                supervisor.watch()
    except (SupervisedError, EmbeddedPostgresError) as error:
        raise click.ClickException(str(error)) from error


def prepare(loaded: configuration.Configuration) -> None:
    """Migrate, and refuse to serve people who do not belong to this kind of installation."""
    import django

    django.setup()
    from django.db import connections

    from platewarden.accounts.models import Agency
    from platewarden.site import databases

    databases.migrate()
    owner = Agency.objects.filter(is_owner=True).first()
    if owner is None and not loaded.is_demo:
        raise click.ClickException("No agency has been set up here: run `platewarden init` first.")
    if owner and owner.is_demo != loaded.is_demo:
        raise click.ClickException(
            "This database holds a demo agency and these settings are not the demo's (or the other way round): "
            "use another home folder."
        )
    connections.close_all()
