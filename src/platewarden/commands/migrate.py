"""`platewarden migrate`: bring the database to this version, as its owner."""

import click

from platewarden.commands.support import with_django


@click.command()
@click.option("--check", is_flag=True, help="Only say whether models and migrations agree; change nothing.")
def migrate(*, check: bool) -> None:
    """Bring the database to this version, as its owner role."""
    with with_django():
        from django.core.management import call_command

        from platewarden.site import databases

        if check:
            call_command("makemigrations", check=True, dry_run=True, verbosity=1)
        else:
            databases.migrate()
            click.echo("The database is up to date.")
