"""`platewarden hotlist`: load a list from a file, see how old the lists are."""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from platewarden.commands.options import Moment
from platewarden.commands.support import with_django

if TYPE_CHECKING:
    from platewarden.hotlists.models import Hotlist
    from platewarden.policy.actor import Actor
    from platewarden.policy.hotlists import Category

ACTOR = "hotlist command"


@click.group()
def hotlist() -> None:
    """Load a hotlist from a file, or see how old the lists are."""


@hotlist.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--list", "name", required=True, help="Name of the list to load into.")
@click.option("--effective", type=Moment(), help="When its source made the list; otherwise the file's time.")
@click.option(
    "--format", "layout", default="", help="Layout of the file; otherwise recognised by its content."
)
@click.option("--category", default="", help="Category of all its entries, for a CSV that names none.")
@click.option("--preview", "is_preview", is_flag=True, help="Say what would happen, and load nothing.")
@click.option("--shrink", "may_shrink", is_flag=True, help="Load it however many entries fewer it has.")
@click.option("--create", is_flag=True, help="Set the list up if there is none of this name.")
@click.option("--source", default="", help="With --create: who keeps the list.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
def load(
    file: Path,
    *,
    name: str,
    effective: datetime | None,
    layout: str,
    category: str,
    is_preview: bool,
    may_shrink: bool,
    create: bool,
    source: str,
    quiet: bool,
) -> None:
    """Load FILE as the current snapshot of a list: whole, or not at all. A zip file holds one list."""
    with with_django(), file.open("rb") as content:
        from platewarden.accounts.actors import system_actor
        from platewarden.hotlists.loading import HotlistRefusedError
        from platewarden.hotlists.reports import as_text
        from platewarden.ledger.actions import record_refusal
        from platewarden.policy.decision import PolicyRefusal
        from platewarden.site.clock import utc_now

        now, actor = utc_now(), system_actor(ACTOR)
        found = _list(name, source, actor, now, create=create and not is_preview)
        told = {
            "hotlist": found,
            "content": content,
            "actor": actor,
            "now": now,
            "layout": _known_layout(layout),
            "category": _known_category(category),
            "watch": _progress(file, quiet=quiet),
        }
        try:
            if is_preview:
                _preview(told)
            else:
                when = effective or _written_at(file)
                _load(told | {"file_name": file.name, "effective_at": when, "is_unattended": not may_shrink})
        except HotlistRefusedError as error:
            raise click.ClickException(as_text(error.report)) from error
        except PolicyRefusal as refusal:
            entry = record_refusal(refusal, actor=actor)
            decision = refusal.decision
            message = f"{decision.clause}: {decision.reason} {decision.remedy} (ledger entry {entry.seq})"
            raise click.ClickException(message) from refusal


def _load(told: dict[str, Any]) -> None:
    from platewarden.hotlists.loading import load_snapshot
    from platewarden.hotlists.reports import of_snapshot

    click.echo(of_snapshot(load_snapshot(**told)))


def _preview(told: dict[str, Any]) -> None:
    from platewarden.hotlists.previews import preview
    from platewarden.hotlists.reports import as_text

    seen = preview(**told)
    click.echo(as_text(seen.report, seen.difference.counts))
    if not seen.report.is_sound:
        raise click.exceptions.Exit(1)


def _known_layout(name: str) -> str:
    from platewarden.hotlists.formats.layouts import NAMES

    if name and name not in NAMES:
        raise click.BadParameter(f"is none of {', '.join(NAMES)}", param_hint="--format")
    return name


def _known_category(code: str) -> "Category | None":
    from platewarden.policy.hotlists import Category

    if code and code not in set(Category):
        raise click.BadParameter(f"is none of {', '.join(Category)}", param_hint="--category")
    return Category(code) if code else None


def _progress(file: Path, *, quiet: bool) -> Callable[[int], None]:
    """Return what shows on a terminal how much of *file* has been read; a file of a zip is larger than the zip."""
    size, shown = file.stat().st_size, -1

    def show(seen: int) -> None:
        nonlocal shown
        percent = min(100, 100 * seen // max(size, 1))
        if not quiet and percent != shown and sys.stderr.isatty():
            shown = percent
            click.echo(f"\r{percent:3} % read", nl=percent == 100, err=True)  # noqa: PLR2004 - all of it

    return show


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
