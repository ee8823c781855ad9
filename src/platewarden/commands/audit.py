"""`platewarden audit`: draw a week's sample again; needs no installation, no database and no account."""

from pathlib import Path

import click

from platewarden.auditing.drawing import SEED_BYTES, draw
from platewarden.auditing.ledgerfile import LedgerFileError, read_week
from platewarden.auditing.weeks import Week

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """Draw the sample of a weekly review again, as anybody may."""


@audit.command("draw")
@click.option("--ledger", type=_FILE, help="A copy of the ledger, with or without what its entries say.")
@click.option("--week", "name", help="Which week, such as 2026-W47; with --ledger.")
@click.option("--seed", help="The seed itself, 64 hexadecimal digits; instead of --ledger.")
@click.option("--entries", type=_FILE, help="Numbers of the week's entries, one a line; with --seed.")
@click.option("--count", type=click.IntRange(0), required=True, help="How many are drawn.")
def draw_sample(
    ledger: Path | None, name: str | None, seed: str | None, entries: Path | None, count: int
) -> None:
    """Print the numbers of the ledger entries that are drawn, in the order of their tickets."""
    if ledger and name and not (seed or entries):
        numbers, drawn_with = _from_ledger(ledger, name)
    elif seed and entries and not (ledger or name):
        numbers, drawn_with = _numbers(entries), _seed(seed)
    else:
        raise click.UsageError("Give either --ledger and --week, or --seed and --entries.")
    for number in draw(drawn_with, numbers, count):
        click.echo(number)


def _from_ledger(ledger: Path, name: str) -> tuple[list[int], bytes]:
    try:
        week = Week.parse(name)
        with ledger.open(encoding="utf-8") as lines:
            found = read_week(lines, week)
    except (LedgerFileError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"Week {week}: {len(found.entries)} searches; seed {found.seed.hex()}, "
        f"the root of the checkpoint of {found.checkpoint} entries.",
        err=True,
    )
    return found.entries, found.seed


def _seed(text: str) -> bytes:
    try:
        seed = bytes.fromhex(text)
    except ValueError as error:
        raise click.ClickException("A seed is written in hexadecimal digits.") from error
    if len(seed) != SEED_BYTES:
        raise click.ClickException(f"A seed has {2 * SEED_BYTES} hexadecimal digits, this one {len(text)}.")
    return seed


def _numbers(entries: Path) -> list[int]:
    try:
        return [int(line) for line in entries.read_text(encoding="utf-8").split()]
    except ValueError as error:
        raise click.ClickException(f"{entries} holds something else than numbers.") from error
