"""`platewarden purge`: remove what is due, now."""

import click

from platewarden.commands.support import with_django


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would go, and when; remove nothing.")
@click.option(
    "--ahead",
    type=click.IntRange(0, 31),
    default=7,
    show_default=True,
    help="With --dry-run: how many days to look ahead.",
)
def purge(*, dry_run: bool, ahead: int) -> None:
    """Remove every capture day that is past its limit, and record the destruction."""
    with with_django():
        _look(ahead) if dry_run else _purge()


def _look(ahead: int) -> None:
    from datetime import timedelta

    from platewarden.adoption.in_force import parameters_at
    from platewarden.retention.previews import look_ahead
    from platewarden.site.clock import utc_now

    now = utc_now()
    for day in look_ahead(parameters=parameters_at(now), now=now, ahead=timedelta(days=ahead)):
        state = (
            "OVERDUE" if day.is_overdue else "due" if day.is_due else f"goes {day.due_at:%Y-%m-%d %H:%M} UTC"
        )
        rows = ", ".join(f"{count} {table}" for table, count in day.rows.items())
        keys = ", ".join(day.keys) or "none"
        click.echo(f"{day.day}: {state}: {rows}; {day.objects} files; keys: {keys}; {day.held} kept in cases")
    click.echo("Nothing was removed.")


def _purge() -> None:
    from platewarden.accounts.actors import system_actor
    from platewarden.retention import actions
    from platewarden.site.clock import utc_now

    problem: Exception | None = None
    try:
        done = actions.purge_due(actor=system_actor("purge command"), now=utc_now())
    except actions.ClockDoubtedError as error:
        raise click.ClickException(str(error)) from error
    except actions.PurgeIncompleteError as error:
        done, problem = error.done, error
    for destruction in done:
        click.echo(
            f"{destruction.day}: {destruction.rows['reads']} reads, {destruction.objects} objects, "
            f"{len(destruction.key_ids)} key(s) destroyed; ledger entry {destruction.entry}"
        )
    if problem:
        raise click.ClickException(str(problem))
    if not done:
        click.echo("Nothing is due.")
