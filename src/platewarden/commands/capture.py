"""`platewarden capture`: pictures or video through recognition to the server, as one camera."""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

import click
from click.termui import progressbar

from platewarden.commands.options import Moment
from platewarden.commands.placing import Placed, Whereabouts, where_of
from platewarden.commands.progress import Progress
from platewarden.commands.watching import watch
from platewarden.edge.decoder import SCHEMES, VideoError
from platewarden.edge.decoder import is_live as is_camera
from platewarden.edge.gate import Region, RegionError
from platewarden.edge.pictures import capture_pictures, holds_pictures, modified_at, picture_files
from platewarden.edge.sending import Sender
from platewarden.edge.sources import open_video
from platewarden.edge.upload import Tally, Uploader, UploadError
from platewarden.recognition.models import ModelError

_IMAGES: Final = frozenset({"plate_image", "vehicle_image"})
_IDENTIFYING: Final = frozenset({"plate", "alternates"})
"""Members of a read that a dry run does not print: the second only of a live camera, since nobody may watch a live
feed of reads (CAP-4)."""


class Within(click.ParamType[Region]):
    """A polygon in the picture."""

    name = "region"

    def convert(
        self, value: str | Region, param: click.Parameter | None, ctx: click.Context | None
    ) -> Region:
        """Return the region that *value* describes."""
        if isinstance(value, Region):
            return value
        try:
            return Region.parse(value)
        except RegionError as error:
            self.fail(str(error), param, ctx)


class Outlet(Protocol):
    """Where reads go."""

    @property
    def waiting(self) -> int:
        """How many it has taken and is not done with."""

    @property
    def tally(self) -> Tally:
        """What became of those it is done with."""

    def put(self, read: dict[str, Any]) -> None:
        """Take one read."""

    def close(self) -> None:
        """Be done with all it has taken."""


class Printer:
    """Prints reads instead of submitting them, one JSON object a line."""

    waiting = 0

    def __init__(self, progress: Progress, omitted: frozenset[str]) -> None:
        """Print, beside *progress*, all members of a read but those *omitted*."""
        self.tally, self._progress, self._omitted = Tally(), progress, omitted

    def put(self, read: dict[str, Any]) -> None:
        """Print *read*."""
        shown = {name: value for name, value in read.items() if name not in self._omitted}
        self._progress.print(json.dumps(shown))

    def close(self) -> None:
        """Do nothing: all is printed."""


@click.command()
@click.option("--camera", help="The camera's code.")
@click.option(
    "--source",
    envvar="PLATEWARDEN_SOURCE",
    required=True,
    help="A picture, a folder of pictures, a video file, or a camera's address "
    f"({', '.join(f'{scheme}://' for scheme in SCHEMES)}); with a password in it, better given as "
    "PLATEWARDEN_SOURCE, which other users cannot see.",
)
@click.option("--server", default="http://127.0.0.1:8420", show_default=True, help="Where the console runs.")
@click.option(
    "--credential",
    envvar="PLATEWARDEN_CREDENTIAL",
    help="The camera's secret; better given as PLATEWARDEN_CREDENTIAL, which other users cannot see.",
)
@click.option("--now", "taken_now", is_flag=True, help="Captured now, instead of when each file was written.")
@click.option(
    "--started-at",
    type=Moment(),
    help="When a recording began, in ISO 8601 with a zone; otherwise its length before the file was written.",
)
@click.option(
    "--region",
    type=Within(),
    metavar="X,Y;X,Y;X,Y",
    help="In video, only plates in this polygon: corners in shares of width and height from the top left.",
)
@click.option(
    "--position",
    type=Whereabouts(),
    metavar="LAT,LON|gpsd://HOST|PATH",
    help="Where the camera is, which mobile cameras must say: degrees, or while it is live a receiver, which is "
    "asked for the place at the moment of each read.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Print the reads as JSON, one a line, and submit nothing; of a live camera without the plates.",
)
def capture(
    *,
    camera: str | None,
    source: str,
    server: str,
    credential: str | None,
    dry_run: bool,
    taken_now: bool,
    started_at: datetime | None,
    region: Region | None,
    position: str | tuple[float, float] | None,
) -> None:
    """Read the plates in pictures or video and submit them as one camera.

    A camera's stream is watched until Ctrl-C. No frame is kept or shown: a read has the image of its plate and of
    its vehicle, and nothing else leaves this program.
    """
    progress, is_live, stop = Progress(), is_camera(source), threading.Event()
    if isinstance(position, str) and not is_live:
        raise click.UsageError("--position: a receiver says where a live camera is now; here say LAT,LON.")
    outlet: Outlet
    if dry_run:
        outlet = Printer(progress, _IMAGES | _IDENTIFYING if is_live else _IMAGES)
    else:
        outlet = Sender(_uploader(server, camera, credential), is_patient=is_live, tell=progress.say)
    if position is not None:
        outlet = Placed(outlet, where_of(position, progress.say, stop))
    with _explained():
        try:
            if holds_pictures(source):
                _refuse_for_pictures(started_at=started_at, region=region)
                problems = _feed_pictures(Path(source), outlet, taken_now=taken_now)
            else:
                video = open_video(
                    source, began_at=started_at, ended_now=taken_now, now=_utc_now, tell=progress.say
                )
                problems = watch(video, region, outlet, progress)
        finally:
            stop.set()
            outlet.close()
    if not dry_run:
        click.echo(_summary(outlet.tally))
    for problem in problems + outlet.tally.problems:
        click.echo(problem, err=True)
    if problems or outlet.tally.problems:
        raise click.exceptions.Exit(1)


@contextmanager
def _explained() -> Iterator[None]:
    """Say what went wrong as commands do."""
    try:
        yield
    except ModelError as error:
        raise click.ClickException(f"recognition failed: {error}") from error
    except (UploadError, VideoError, FileNotFoundError) as error:
        raise click.ClickException(str(error)) from error


def _uploader(server: str, camera: str | None, credential: str | None) -> Uploader:
    if camera is None or credential is None:
        missing = "--camera" if camera is None else "--credential (or PLATEWARDEN_CREDENTIAL)"
        raise click.UsageError(f"Missing option {missing}; --dry-run goes without.")
    return Uploader(server, credential if "." in credential else f"{camera}.{credential}")


def _summary(tally: Tally) -> str:
    outcomes = sorted(tally.outcomes.items())
    return ", ".join(f"{count} {outcome}" for outcome, count in outcomes) or "no plate found"


def _refuse_for_pictures(**given: object) -> None:
    for name, value in given.items():
        if value is not None:
            raise click.UsageError(f"--{name.replace('_', '-')} is for video; these are pictures.")


def _feed_pictures(source: Path, outlet: Outlet, *, taken_now: bool) -> list[str]:
    """Read the pictures in *source*, hand their reads on, and return what was wrong with any."""
    from platewarden.recognition.pipeline import load_recogniser

    files = picture_files(source)
    captured = capture_pictures(files, load_recogniser(), seen_at=_now if taken_now else modified_at)
    problems = []
    with progressbar(captured, length=len(files), label="Reading", file=sys.stderr) as pictures:
        for picture in pictures:
            if picture.error:
                problems.append(f"{picture.file.name}: {picture.error}")
            if picture.not_described:
                left = f"{picture.not_described} of {len(picture.reads)} plates"
                click.echo(f"{picture.file.name}: {left}: state and vehicle not looked at", err=True)
            for read in picture.reads:
                outlet.put(read)
    return problems


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _now(_file: Path) -> datetime:
    return _utc_now()
