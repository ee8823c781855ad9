"""`platewarden purge`: remove what is due, now."""

import click

from platewarden.commands.support import with_django


@click.command()
@click.option("--dry-run", is_flag=True, help="Only list the days that are due.")
def purge(*, dry_run: bool) -> None:
    """Remove every capture day that is past its limit, and record the destruction."""
    with with_django():
        from platewarden.accounts.actors import system_actor
        from platewarden.adoption.in_force import parameters_at
        from platewarden.retention import actions
        from platewarden.site.clock import utc_now

        now = utc_now()
        due = actions.days_due(parameters=parameters_at(now), now=now)
        if dry_run or not due:
            click.echo("\n".join(f"due: {day}" for day in due) or "Nothing is due.")
            return
        try:
            done = actions.purge_due(actor=system_actor("purge command"), now=now)
        except actions.ClockDoubtedError as error:
            raise click.ClickException(str(error)) from error
        for destruction in done:
            click.echo(
                f"{destruction.day}: {destruction.rows['reads']} reads, {destruction.objects} objects, "
                f"{len(destruction.key_ids)} key(s) destroyed; ledger entry {destruction.entry}"
            )
