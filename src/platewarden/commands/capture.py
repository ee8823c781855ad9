"""`platewarden capture`: pictures through recognition to the server, as one camera."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from click.termui import progressbar

from platewarden.edge.pictures import Captured, capture_pictures, modified_at, picture_files
from platewarden.edge.upload import Uploader, UploadError


@click.command()
@click.option("--camera", required=True, help="The camera's code.")
@click.option(
    "--source", required=True, type=click.Path(exists=True, path_type=Path), help="A picture or a folder."
)
@click.option("--server", default="http://127.0.0.1:8420", show_default=True, help="Where the console runs.")
@click.option(
    "--credential",
    envvar="PLATEWARDEN_CREDENTIAL",
    required=True,
    help="The camera's secret; better given as PLATEWARDEN_CREDENTIAL, which other users cannot see.",
)
@click.option("--now", "taken_now", is_flag=True, help="Captured now, instead of when each file was written.")
def capture(*, camera: str, source: Path, server: str, credential: str, taken_now: bool) -> None:
    """Read the plates in pictures and submit them as one camera."""
    from platewarden.recognition.pipeline import load_recogniser

    secret = credential if "." in credential else f"{camera}.{credential}"
    uploader = Uploader(server, secret)
    try:
        files = picture_files(source)
        captured = capture_pictures(files, load_recogniser(), seen_at=_now if taken_now else modified_at)
        failures: list[str] = []
        tally = uploader.submit(_reads(captured, len(files), failures))
    except (UploadError, FileNotFoundError) as error:
        raise click.ClickException(str(error)) from error
    finally:
        uploader.close()
    click.echo(
        ", ".join(f"{count} {outcome}" for outcome, count in sorted(tally.outcomes.items()))
        or "no plate found"
    )
    for problem in [*failures, *tally.problems]:
        click.echo(problem, err=True)
    if failures or tally.problems:
        raise click.exceptions.Exit(1)


def _now(_file: Path) -> datetime:
    return datetime.now(UTC)


def _reads(captured: Iterator[Captured], total: int, failures: list[str]) -> Iterator[dict[str, Any]]:
    with progressbar(captured, length=total, label="Reading", file=sys.stderr) as pictures:
        for picture in pictures:
            if picture.error:
                failures.append(f"{picture.file.name}: {picture.error}")
            yield from picture.reads
