"""`platewarden init`: set an agency up, once."""

import os
import re
from pathlib import Path

import click

from platewarden.commands.support import with_django
from platewarden.site import configuration, secrets

_SETTINGS = """\
# Platewarden's settings; every entry is described in docs/reference/settings.md.
mode = "agency"
origin = {origin}
host = "127.0.0.1"
port = 8420
allowed_hosts = ["localhost", "127.0.0.1"]
"""


@click.command()
@click.option("--agency", prompt="Name of the agency", help="As it is to appear on every page.")
@click.option("--county", prompt="County")
@click.option("--time-zone", prompt="Time zone", default="America/New_York", show_default=True)
@click.option("--username", prompt="Sign-in name of the first administrator")
@click.option("--full-name", prompt="Full name of the first administrator")
@click.option("--approver-username", prompt="Sign-in name of the first approver of accounts")
@click.option("--approver-name", prompt="Full name of the first approver of accounts")
@click.option("--home", type=click.Path(path_type=Path), default=None, help="Home folder; default var/.")
def init(
    *,
    agency: str,
    county: str,
    time_zone: str,
    username: str,
    full_name: str,
    approver_username: str,
    approver_name: str,
    home: Path | None,
) -> None:
    """Set up a real agency: settings file, keys, database, first administrator and first approver."""
    home = (home or configuration.home_folder()).resolve()
    if (home / configuration.FILE_NAME).exists():
        raise click.ClickException(f"{home} holds an installation already: choose another --home.")
    _check_time_zone(time_zone)
    configuration.make_home(home)
    slug = re.sub(r"[^a-z0-9]+", "-", agency.lower()).strip("-") or "agency"
    settings = _SETTINGS.format(origin=f'"{slug}.platewarden.local/ledger"')
    secrets.write_new(home / configuration.FILE_NAME, settings.encode())  # it may come to hold a password
    try:
        codes = _found(
            home,
            agency=agency,
            county=county,
            time_zone=time_zone,
            username=username,
            full_name=full_name,
            approver=(approver_username, approver_name),
        )
    except BaseException:
        (home / configuration.FILE_NAME).unlink()  # so that init can be run again
        raise
    _explain(home, codes)


def _check_time_zone(time_zone: str) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise click.BadParameter(
            f"{time_zone!r} is no time zone: e.g. America/New_York", param_hint="--time-zone"
        ) from error


def _found(
    home: Path,
    *,
    agency: str,
    county: str,
    time_zone: str,
    username: str,
    full_name: str,
    approver: tuple[str, str],
) -> dict[str, str]:
    with with_django(home) as loaded:
        from platewarden.accounts.actors import system_actor
        from platewarden.accounts.founding import found
        from platewarden.images.store import image_store
        from platewarden.ledger import actions as ledger
        from platewarden.ledger.keys import ensure_log_key
        from platewarden.site import databases
        from platewarden.site.clock import utc_now

        databases.migrate()
        image_store()  # makes the master key
        ensure_log_key(loaded.keys, loaded.origin)
        _, codes = found(
            name=agency,
            county=county,
            time_zone=time_zone,
            username=username,
            full_name=full_name,
            approver=approver,
            now=utc_now(),
        )
        ledger.sign_checkpoint(actor=system_actor("init command"), now=utc_now())
        return codes


def _explain(home: Path, codes: dict[str, str]) -> None:
    lines = "\n".join(f"  {name:<20} {code}" for name, code in codes.items())
    click.echo(f"""
Set up in {home}.

One-time codes of the first administrator and the first approver (valid for 72 hours, shown this once):
{lines}
Each sets a password of their own at /enrol/ after `PLATEWARDEN_HOME={home} platewarden serve`, then a second
factor, and takes the three courses under Training. The administrator invites everybody else, the approver
approves them.

Keys lie in {home / "keys"}, readable by this account alone:
  master.key      opens the keys of days and cases. Lose it, and every image is lost, cases included.
  ledger.key      signs the ledger's checkpoints. Whoever has it can sign in this agency's name.
  django.secret   signs sessions.
Copy them to a safe place, apart from database and images. Never put wrapped/ (the keys of days) into a backup
that is kept longer than reads are: destroying them is what makes a purge final.""")
    if "PLATEWARDEN_HOME" not in os.environ:
        click.echo("Leave PLATEWARDEN_HOME out when you work from the folder that holds this home as var/.")
