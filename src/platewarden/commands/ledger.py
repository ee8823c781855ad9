"""`platewarden ledger`: verify the ledger, sign a checkpoint of it."""

import dataclasses
import json

import click

from platewarden.commands.support import with_django


@click.group()
def ledger() -> None:
    """Verify the ledger, or sign a checkpoint of it."""


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of sentences.")
def verify(*, as_json: bool) -> None:
    """Recompute the whole ledger; name the first bad entry, and exit with status 1 if there is one."""
    with with_django():
        from platewarden.ledger.keys import LogKeyError
        from platewarden.ledger.verify import verify_installation

        try:
            verdict = verify_installation()
        except LogKeyError as error:
            raise click.ClickException(str(error)) from error
    click.echo(json.dumps(dataclasses.asdict(verdict)) if as_json else verdict.sentence())
    raise SystemExit(0 if verdict.is_sound else 1)


@ledger.command()
def checkpoint() -> None:
    """Sign the present head of the ledger, keep it as a file, and print it to be handed to witnesses."""
    with with_django():
        from platewarden.accounts.actors import system_actor
        from platewarden.ledger import actions
        from platewarden.ledger.keys import LogKeyError
        from platewarden.site.clock import utc_now

        try:
            signed = actions.sign_checkpoint(actor=system_actor("ledger checkpoint"), now=utc_now())
        except (LogKeyError, actions.LedgerInconsistent, actions.LedgerUnavailable) as error:
            raise click.ClickException(str(error)) from error
        click.echo(signed.note, nl=False)
