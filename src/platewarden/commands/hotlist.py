"""`platewarden hotlist`: load a list from a file, see how old the lists are."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from platewarden.commands.options import Moment
from platewarden.commands.support import with_django

if TYPE_CHECKING:
    from platewarden.hotlists.formats.report import Report
    from platewarden.hotlists.models import Hotlist
    from platewarden.policy.actor import Actor

ACTOR = "hotlist command"


@click.group()
def hotlist() -> None:
    """Load a hotlist from a file, or see how old the lists are."""


@hotlist.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--list", "name", required=True, help="Name of the list to load into.")
@click.option("--effective", type=Moment(), help="When its source made the list; otherwise the file's time.")
@click.option("--create", is_flag=True, help="Set the list up if there is none of this name.")
@click.option("--source", default="", help="With --create: who keeps the list.")
def load(file: Path, *, name: str, effective: datetime | None, create: bool, source: str) -> None:
    """Load FILE, a CSV in UTF-8, as the current snapshot of a list: whole, or not at all."""
    with with_django():
        from platewarden.accounts.actors import system_actor
        from platewarden.hotlists import loading
        from platewarden.ledger.actions import record_refusal
        from platewarden.policy.decision import PolicyRefusal
        from platewarden.site.clock import utc_now

        now, actor = utc_now(), system_actor(ACTOR)
        found = _list(name, source, actor, now, create=create)
        try:
            snapshot = loading.load_snapshot(
                hotlist=found,
                content=file.read_bytes(),
                file_name=file.name,
                effective_at=effective or _written_at(file),
                actor=actor,
                now=now,
            )
        except loading.HotlistRefusedError as error:
            raise click.ClickException(_problems(error.report)) from error
        except PolicyRefusal as refusal:
            entry = record_refusal(refusal, actor=actor)
            decision = refusal.decision
            message = f"{decision.clause}: {decision.reason} {decision.remedy} (ledger entry {entry.seq})"
            raise click.ClickException(message) from refusal
        click.echo(f"{found.name}: {snapshot.accepted} entries in use, {snapshot.left_out} lines left out.")
        for code, count in sorted(snapshot.refused.items()):
            click.echo(f"  left out: {count} x {code}")


def _list(name: str, source: str, actor: "Actor", now: datetime, *, create: bool) -> "Hotlist":
    from platewarden.hotlists.loading import create_hotlist
    from platewarden.hotlists.models import Hotlist

    found = Hotlist.objects.filter(agency_id=actor.agency_id, name=name.strip()).first()
    if found is None and create:
        if not 1 <= len(name.strip()) <= 80 or not 1 <= len(source.strip()) <= 160:  # noqa: PLR2004 - the columns
            raise click.ClickException(
                "A new list needs a --list of at most 80 and a --source of at most 160 characters."
            )
        return create_hotlist(name=name, source=source, max_age_hours=None, actor=actor, now=now)
    if found is None:
        raise click.ClickException(
            f"There is no list named {name!r}: `platewarden hotlist lists` names those there are; --create sets it up."
        )
    if found.is_manual:
        raise click.ClickException(
            "This list is kept by hand: plates are entered in the console, with a reason."
        )
    return found


def _written_at(file: Path) -> datetime:
    from datetime import UTC

    return datetime.fromtimestamp(file.stat().st_mtime, tz=UTC)


def _problems(report: "Report") -> str:
    lines = [f"{report.problem_count} problem(s); nothing was loaded."]
    for problem in report.problems:
        place = f"line {problem.line}" if problem.line else "the file"
        lines.append(f"  {place}{f', {problem.column}' if problem.column else ''}: {problem.message}")
    return "\n".join(lines)


@hotlist.command()
def lists() -> None:
    """Name the lists with their age and how many entries are in force."""
    with with_django():
        from platewarden.accounts.actors import owning_agency_id
        from platewarden.adoption.in_force import parameters_at
        from platewarden.hotlists.models import Hotlist
        from platewarden.hotlists.pages import sheets_of
        from platewarden.site.clock import utc_now

        now = utc_now()
        hotlists = Hotlist.objects.filter(agency_id=owning_agency_id())
        for sheet in sheets_of(hotlists, parameters=parameters_at(now), now=now):
            age = (
                "kept by hand"
                if sheet.hotlist.is_manual
                else f"in effect since {sheet.age}"
                if sheet.age
                else "never loaded"
            )
            stale = ", STALE" if sheet.is_stale else ""
            click.echo(f"{sheet.hotlist.name}: {sheet.entries} entries in force, {age}{stale}")
