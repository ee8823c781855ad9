"""`platewarden read`: the plates in photographs, without a database."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from platewarden.recognition.images import ImageError, load_image
from platewarden.recognition.models import ModelError
from platewarden.recognition.pictures import annotate, encode_jpeg
from platewarden.recognition.pipeline import Recogniser, load_recogniser
from platewarden.recognition.plate_design import DESIGN_NAMES
from platewarden.recognition.types import Frame, PlateRead

PHOTO_SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"})
"""What is taken from a folder; a file named on the command line is tried whatever it is called."""

_EXIT_SOME_FAILED: Final = 1


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph, what was read in it, and how many milliseconds decoding and reading took."""

    path: Path
    frame: Frame
    reads: tuple[PlateRead, ...]
    ms: float

    def as_json(self) -> dict[str, Any]:
        """Return the line that `--json` prints, as plain values."""
        return {
            "file": str(self.path),
            "width": self.frame.shape[1],
            "height": self.frame.shape[0],
            "ms": round(self.ms, 1),
            "not_described": self.not_described,
            "reads": [read.as_json() for read in self.reads],
        }

    @property
    def not_described(self) -> int:
        """How many plates there are whose state and vehicle were not looked at."""
        return sum(not read.is_described for read in self.reads)


@click.command()
@click.argument("photos", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PHOTO...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a photo, each on its own line.")
@click.option(
    "--annotate",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="OUT/",
    help="Write a copy of each photo with the reads drawn in into this folder.",
)
@click.option(
    "--threads", type=click.IntRange(min=0), default=0, help="Threads a model may use; 0: one a core."
)
def read(photos: tuple[Path, ...], folder: Path | None, threads: int, *, as_json: bool) -> None:
    """Read the licence plates in each PHOTO, a file or a folder of files; best read first.

    Nothing is stored or sent. A photo that cannot be read is named on the error output with the cause, the
    others are read all the same, and the exit status is then 1.
    """
    try:
        failures = _read_all(list(_files(photos)), folder, load_recogniser(threads=threads), as_json=as_json)
    except ModelError as error:
        raise click.ClickException(f"recognition failed: {error}") from error
    if failures:
        raise click.exceptions.Exit(_EXIT_SOME_FAILED)


def _read_all(paths: Sequence[Path], folder: Path | None, recogniser: Recogniser, *, as_json: bool) -> int:
    """Read and report each of *paths*; return how many could not be read."""
    failures = 0
    for number, path in enumerate(paths, start=1):
        try:
            photo = read_photo(path, recogniser)
        except ImageError as error:
            failures += 1
            click.echo(f"error: {error}", err=True)
            continue
        click.echo(json.dumps(photo.as_json()) if as_json else _table(photo))
        if folder is not None:
            _write_annotated(photo, folder / f"{number:04d}-{path.stem}.jpg")
    return failures


def read_photo(path: Path, recogniser: Recogniser) -> Photo:
    """Read the plates in the photograph at *path*.

    Raises:
        ImageError: The file cannot be opened, or is no picture we accept.
        ModelError: The recognition itself failed.
    """
    if path.is_dir():
        raise ImageError(f"{path}: a folder without photographs ({', '.join(sorted(PHOTO_SUFFIXES))})")
    started = time.perf_counter()
    frame = load_image(path)
    reads = tuple(recogniser.read(frame))
    return Photo(path, frame, reads, (time.perf_counter() - started) * 1000)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield *paths* with each folder replaced by the photographs in it, by name.

    A folder without photographs stays, so that it is reported like any other path that cannot be read.
    """
    for path in paths:
        inside = _photographs_in(path) if path.is_dir() else []
        yield from inside or [path]


def _photographs_in(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.iterdir() if path.suffix.lower() in PHOTO_SUFFIXES and path.is_file()
    )


def _table(photo: Photo) -> str:
    """Return the reads of *photo* as lines of text under its name."""
    height, width = photo.frame.shape[:2]
    lines = [f"{photo.path}  {width} x {height}  {photo.ms:.0f} ms"]
    if not photo.reads:
        lines.append("  no plate")
    for read_ in photo.reads:
        others = " ".join(other.plate for other in read_.alternates) or "-"
        state = f"{read_.state} {read_.state_confidence:.2f}" if read_.state else "--  -  "
        design = f"  {DESIGN_NAMES[read_.design]}" if read_.design else ""
        lines.append(f"  {read_.plate:<10} {read_.confidence:.2f}  {state}  or: {others}{design}")
    if photo.not_described:
        lines.append(f"  {photo.not_described} of {len(photo.reads)} plates: state and vehicle not looked at")
    return "\n".join(lines)


def _write_annotated(photo: Photo, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(encode_jpeg(annotate(photo.frame, photo.reads)))
    except OSError as error:
        raise click.ClickException(f"cannot write {target}: {error.strerror or error}") from error
