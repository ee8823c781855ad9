"""`platewarden restore`: bring a backup back onto an empty installation, whole and verified, or not at all."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from platewarden.commands.support import with_django
from platewarden.images.keystore import Keystore, KeyUnavailable
from platewarden.site import configuration, secrets

if TYPE_CHECKING:
    from platewarden.backups.opening import Restored


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--check",
    "only_check",
    is_flag=True,
    help="Only read the backup to its end and record that.",
)
def restore(*, source: Path, only_check: bool) -> None:
    """Restore the backup SOURCE: all of it or nothing, with its ledger verified, and what is past its day removed."""
    home = configuration.home_folder()
    if not (home / "keys" / "master.key").exists():
        raise click.ClickException(
            f"{home / 'keys' / 'master.key'} is not there: put it back from its safe place first."
        )
    from platewarden.backups.sealed import BackupDamaged

    try:
        _check(source, home) if only_check else _restore(source, home)
    except (BackupDamaged, KeyUnavailable) as error:
        raise click.ClickException(str(error)) from error


def _check(source: Path, home: Path) -> None:
    with with_django():
        from platewarden.backups.checking import record_check
        from platewarden.backups.opening import check

        with source.open("rb") as file:
            found = check(file, Keystore(home / "keys"))
        record_check(found)
    click.echo(
        f"Backup {found.header['id']} ({found.header['kind']}) of {found.header['made_at']} is whole: "
        f"{len(found.rows)} tables, {found.objects} sealed objects."
    )


def _restore(source: Path, home: Path) -> None:
    _take_settings_over(source, home)
    with with_django():
        from platewarden.backups.restoring import RestoreError
        from platewarden.backups.restoring import restore as bring_back
        from platewarden.site.clock import utc_now

        try:
            with source.open("rb") as file:
                found = bring_back(file, now=utc_now())
        except RestoreError as error:
            raise click.ClickException(str(error)) from error
        _tell(found)
        _purge()


def _take_settings_over(source: Path, home: Path) -> None:
    """Put the backup's settings file in its place, unless there is one: the database to restore into stands in it."""
    if (home / configuration.FILE_NAME).exists():
        return
    from platewarden.backups.opening import settings_in

    with source.open("rb") as file:
        content = settings_in(file, Keystore(home / "keys"))
    if content:
        secrets.write_new(home / configuration.FILE_NAME, content)


def _tell(found: "Restored") -> None:
    click.echo(
        f"Restored backup {found.header['id']} of {found.header['made_at']}: {sum(found.rows.values()):,} rows, "
        f"{found.objects} sealed objects; its ledger of {found.entries:,} entries verifies."
    )
    if found.lost:
        click.echo(
            f"At least {found.lost} later entries of the ledger are lost: their checkpoints lie in checkpoints/lost-"
            f"{found.header['id']}/. Tell your witnesses, whose checkpoints no longer agree."
        )
    click.echo(
        "Compare people and their roles with what changed since: accounts closed later are open again."
    )


def _purge() -> None:
    from platewarden.accounts.actors import system_actor
    from platewarden.hotlists.keeping import keep_entries
    from platewarden.retention.actions import PurgeIncompleteError, purge_due
    from platewarden.site.clock import utc_now

    try:
        done = purge_due(actor=system_actor("restore command"), now=utc_now())
    except PurgeIncompleteError as error:
        raise click.ClickException(
            f"Restored, but what is past its day could not be removed: {error}"
        ) from error
    keep_entries(actor=system_actor("restore command"), now=utc_now())
    click.echo(f"Days past their limit that were removed at once: {len(done)}.")
