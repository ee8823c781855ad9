"""`platewarden import`: reads out of CSV files, with the pictures beside them, to the server as one camera."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from platewarden.adapters.csvfiles import MAX_PICTURE_BYTES, outcomes
from platewarden.adapters.results import MAX_CONTENT_BYTES, UnusableError
from platewarden.edge.upload import Uploader, UploadError

Signature = tuple[int, int]
"""Size and time of change: a file that has another one has something new in it."""

_SETTLED_SECONDS: Final = 2.0
"""A file that was written within these may still be growing."""


@click.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--camera", required=True, help="The camera's code.")
@click.option("--server", default="http://127.0.0.1:8420", show_default=True, help="Where the console runs.")
@click.option(
    "--credential",
    envvar="PLATEWARDEN_CREDENTIAL",
    required=True,
    help="The camera's secret; better given as PLATEWARDEN_CREDENTIAL, which other users cannot see.",
)
@click.option("--zone", default="UTC", show_default=True, help="Zone of times that have none in the file.")
@click.option("--watch", type=float, default=0.0, help="Look again every so many seconds, until Ctrl-C.")
def import_folder(
    folder: Path, *, camera: str, server: str, credential: str, zone: str, watch: float
) -> None:
    """Submit the reads in every CSV file of FOLDER as one camera; what was submitted before is a repeat.

    The columns are our own or those of Plate Recognizer Stream; others are dropped, and counted by name. Pictures are
    files beside the CSV. Nothing is changed in FOLDER.
    """
    uploader = Uploader(server, credential if "." in credential else f"{camera}.{credential}")
    session = _Import(folder, _zone(zone), uploader)
    try:
        session.look()
        while watch:
            time.sleep(watch)
            session.look()
    except UploadError as error:
        raise click.ClickException(str(error)) from error
    finally:
        uploader.close()
    click.echo(session.summary())
    for problem in session.problems:
        click.echo(problem, err=True)
    if session.problems:
        raise click.exceptions.Exit(1)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise click.ClickException(f"--zone: there is no zone {name}; e.g. America/New_York") from error


class _Import:
    """One folder on its way in."""

    def __init__(self, folder: Path, zone: ZoneInfo, uploader: Uploader) -> None:
        self._folder, self._zone, self._uploader = folder, zone, uploader
        self._seen: dict[Path, Signature] = {}
        self._dropped: Counter[str] = Counter()
        self._unfit: list[str] = []

    @property
    def problems(self) -> list[str]:
        return self._unfit + self._uploader.tally.problems

    def look(self) -> None:
        """Submit what has come or changed since the last look."""
        for file in sorted(self._folder.glob("*.csv")):
            status = file.stat()
            signature = status.st_size, status.st_mtime_ns
            is_settled = time.time() - status.st_mtime >= _SETTLED_SECONDS or file not in self._seen
            if is_settled and self._seen.get(file) != signature:
                self._seen[file] = signature
                self._uploader.submit(self._reads(file))

    def summary(self) -> str:
        """Return what became of it all, in one line."""
        counts = [f"{count} {outcome}" for outcome, count in sorted(self._uploader.tally.outcomes.items())]
        dropped = ", ".join(f"{name} {times}" for name, times in sorted(self._dropped.items()))
        told = ", ".join(counts) or f"no read: {self._folder} has no CSV file with one"
        return told + (f"; dropped: {dropped}" if dropped else "")

    def _reads(self, file: Path) -> Iterator[dict[str, Any]]:
        try:
            if file.stat().st_size > MAX_CONTENT_BYTES:
                raise UnusableError("file", f"is longer than {MAX_CONTENT_BYTES} bytes: cut it in two")  # noqa: TRY301
            rows = outcomes(
                file.read_bytes(),
                zone=self._zone,
                received_at=datetime.now(UTC),
                picture_of=_picture_of(file.parent),
            )
            for number, outcome in enumerate(rows, 2):
                self._dropped.update(outcome.dropped)
                self._unfit += [f"{file.name}, row {number}: {problem}" for problem in outcome.problems]
                yield from (read.as_submitted() for read in outcome.reads)
        except (UnusableError, OSError) as error:
            self._unfit.append(f"{file.name}: {error}")


def _picture_of(folder: Path) -> Callable[[str], bytes]:
    """Return what opens pictures below *folder*, and no other file, whatever a row names."""
    root = folder.resolve()

    def picture(name: str) -> bytes:
        try:
            path = (root / name.lstrip("/")).resolve()
            if not path.is_relative_to(root) or not path.is_file():
                raise UnusableError("picture", "there is no such file beside the CSV")
            if path.stat().st_size > MAX_PICTURE_BYTES:
                raise UnusableError("picture", f"is larger than {MAX_PICTURE_BYTES} bytes")
            return path.read_bytes()
        except (OSError, ValueError) as error:
            if isinstance(error, UnusableError):
                raise
            raise UnusableError("picture", "cannot be read") from error

    return picture
