"""`platewarden evaluate`: how well the plates of labelled photographs are read."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import click
from click.termui import progressbar

from platewarden.evaluation.engines import engine_of
from platewarden.evaluation.files import write_report
from platewarden.evaluation.labels import LabelError, LabelledPhoto, load_labels
from platewarden.evaluation.outcomes import Engine, PhotoOutcome, Unreadable, examine
from platewarden.evaluation.report import headline, tables
from platewarden.evaluation.summary import Summary, summarise
from platewarden.recognition.models import ModelError
from platewarden.recognition.pipeline import load_recogniser

_OUT: Final = Path("var") / "evaluation"
_EXIT_SOME_FAILED: Final = 1


@click.command()
@click.argument("labels", type=click.Path(path_type=Path, dir_okay=False), metavar="LABELS.csv")
@click.option(
    "--photos",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of the photographs; otherwise the one named like the labels, or else theirs.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the report; otherwise var/evaluation/ and the name of the labels.",
)
@click.option("--limit", type=click.IntRange(min=1), help="Only the first so many photographs.")
@click.option(
    "--threads", type=click.IntRange(min=0), default=0, help="Threads a model may use; 0: one a core."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
def evaluate(
    labels: Path, *, folder: Path | None, out: Path | None, limit: int | None, threads: int, as_json: bool
) -> None:
    """Measure recognition on photographs whose plates LABELS.csv names, and write a report.

    The columns file, x1, y1, x2, y2 and text are needed, one row a plate; a row with an empty text marks a
    place that does not count. Nothing is stored in the database or sent. A photograph that cannot be read is
    named on the error output, the others are measured all the same, and the exit status is then 1.
    """
    try:
        photos = load_labels(labels, folder)[:limit]
        summary = summarise(_with_progress(engine_of(load_recogniser(threads=threads)), photos))
    except LabelError as error:
        raise click.ClickException(str(error)) from error
    except ModelError as error:
        raise click.ClickException(f"recognition failed: {error}") from error
    if not summary.photos:
        raise click.ClickException("none of the photographs could be read; --photos says where they are")
    written = _write(summary, out or _OUT / labels.stem, title=labels.name)
    _print(summary, written, as_json=as_json)
    if summary.unreadable:
        raise click.exceptions.Exit(_EXIT_SOME_FAILED)


def _with_progress(engine: Engine, photos: Sequence[LabelledPhoto]) -> Iterator[PhotoOutcome | Unreadable]:
    """Yield what *engine* makes of *photos*, with progress; name those that cannot be read when all are done."""
    causes = []
    with progressbar(
        examine(engine, photos), length=len(photos), label="Reading", file=sys.stderr
    ) as results:
        for result in results:
            if isinstance(result, Unreadable):
                causes.append(result.cause)
            yield result
    for cause in causes:
        click.echo(f"error: {cause}", err=True)


def _write(summary: Summary, folder: Path, *, title: str) -> list[Path]:
    try:
        return write_report(summary, folder, title=title)
    except OSError as error:
        raise click.ClickException(
            f"cannot write the report to {folder}: {error.strerror or error}"
        ) from error


def _print(summary: Summary, written: Sequence[Path], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(summary.as_json() | {"files": [str(path) for path in written]}))
        return
    click.echo(f"{headline(summary)}\n\n{tables(summary)}\n\nWritten:")
    for path in written:
        click.echo(f"  {path}")
