"""`platewarden backup`: everything that may be kept long, or reads as well for as long as they live."""

from pathlib import Path

import click

from platewarden.commands.support import with_django


@click.command()
@click.argument("destination", type=click.Path(path_type=Path))
@click.option(
    "--reads",
    "read_days",
    type=click.IntRange(0, 30),
    default=0,
    show_default=True,
    help="Hold reads of so many of the youngest days; the backup then ends when the oldest of them does.",
)
def backup(*, destination: Path, read_days: int) -> None:
    """Write a backup to DESTINATION, a folder or the name of a new file.

    Without --reads it holds people, cameras, parameters, ledger and cases, and no read: keep it as long as you like.
    """
    with with_django():
        from platewarden.accounts.actors import system_actor
        from platewarden.backups.making import make_backup
        from platewarden.images.keystore import KeyUnavailable
        from platewarden.ledger.actions import LedgerUnavailable
        from platewarden.policy.decision import PolicyRefusal
        from platewarden.site.clock import utc_now
        from platewarden.site.databases import archive_mode

        if archive_mode() != "off":
            click.echo(
                "WARNING: archive_mode is on: archived write-ahead segments hold reads beyond their day (RET-1). "
                "Switch it off, or see docs/how-to/backup.md.",
                err=True,
            )

        try:
            made = make_backup(
                destination=destination,
                read_days=read_days,
                actor=system_actor("backup command"),
                now=utc_now(),
            )
        except PolicyRefusal as refusal:
            raise click.ClickException(f"{refusal} {refusal.decision.remedy}") from refusal
        except (OSError, KeyUnavailable, LedgerUnavailable) as error:
            raise click.ClickException(f"No backup was made: {error}") from error
    click.echo(f"{made.path}: {made.size:,} bytes, backup {made.backup_id}")
    if made.ends_at:
        click.echo(f"Its key is destroyed on {made.ends_at:%Y-%m-%d}; nobody can open it from then on.")
    else:
        click.echo("It holds no read. Whoever has master.key can open it.")
