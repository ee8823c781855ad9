"""From picture files to reads ready for submission."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

from platewarden.edge.decoder import is_live
from platewarden.recognition.images import ImageError, decode_image, probe_image
from platewarden.recognition.pictures import crop_plate, crop_vehicle
from platewarden.recognition.types import Frame, PlateRead

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"})


_VIDEO_SUFFIXES: Final = frozenset({".mjpg", ".mjpeg"})
"""Videos that begin as a picture does."""

_PROBED_BYTES: Final = 1_000_000


class Recognises(Protocol):
    """Whatever reads the plates in a frame."""

    def read(self, frame: Frame) -> list[PlateRead]:
        """Return the plates in *frame*, best first."""


@dataclass(frozen=True, slots=True)
class Captured:
    """What came of one picture.

    Attributes:
        file: The picture.
        reads: Reads in the form that ``POST /api/v1/reads`` takes; empty when no plate was found.
        error: Why the picture could not be used; empty when it could.
        not_described: How many of the reads lack state and vehicle because the picture is full of plates.
    """

    file: Path
    reads: tuple[dict[str, Any], ...] = ()
    error: str = ""
    not_described: int = 0


def holds_pictures(source: str) -> bool:
    """Whether *source* is a picture or a folder rather than a video; the name decides, else the file itself."""
    path = Path(source)
    if is_live(source) or not path.exists():
        return False
    if path.is_dir() or path.suffix.lower() in SUFFIXES:
        return True
    if path.suffix.lower() in _VIDEO_SUFFIXES:
        return False
    with path.open("rb") as file:
        try:
            probe_image(file.read(_PROBED_BYTES))
        except ImageError:
            return False
    return True


def picture_files(source: Path) -> list[Path]:
    """Return *source* itself, or the pictures in the folder *source*, by name.

    Raises:
        FileNotFoundError: There is no such file, or no picture in the folder.
    """
    if source.is_file():
        return [source]
    files = sorted(path for path in source.glob("*") if path.suffix.lower() in SUFFIXES)
    if not files:
        raise FileNotFoundError(
            f"{source}: no picture here; {', '.join(sorted(SUFFIXES))} are looked for, videos are named one by one"
        )
    return files


def modified_at(file: Path) -> datetime:
    """Return when *file* was last written: the time of capture, for a camera that drops files."""
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def capture_pictures(
    files: list[Path], recogniser: Recognises, *, seen_at: Callable[[Path], datetime] = modified_at
) -> Iterator[Captured]:
    """Yield what comes of each of *files*; a file that cannot be used is reported and the rest go on."""
    for file in files:
        try:
            yield capture_picture(file.read_bytes(), file, recogniser, seen_at=seen_at(file))
        except (ImageError, OSError) as error:
            yield Captured(file, error=str(error))


def capture_picture(data: bytes, file: Path, recogniser: Recognises, *, seen_at: datetime) -> Captured:
    """Recognise the plates in one encoded picture.

    Raises:
        ImageError: The picture cannot be decoded.
    """
    frame = decode_image(data, name=file.name)
    digest = hashlib.sha256(data + seen_at.isoformat().encode()).hexdigest()[:32]
    reads = recogniser.read(frame)
    return Captured(
        file,
        tuple(submission(f"{digest}-{n}", frame, read, seen_at) for n, read in enumerate(reads)),
        not_described=sum(not read.is_described for read in reads),
    )


def submission(capture_id: str, frame: Frame, read: PlateRead, seen_at: datetime) -> dict[str, Any]:
    """Return *read*, of *frame*, in the form that ``POST /api/v1/reads`` takes."""
    facts = read.as_json()
    return {
        "capture_id": capture_id,
        "seen_at": seen_at.isoformat(),
        "plate": facts["plate_as_read"],
        "confidence": facts["confidence"],
        "char_confidences": facts["char_confidences"],
        "alternates": facts["alternates"][:10],
        "state": facts["state"],
        "state_confidence": facts["state_confidence"],
        "vehicle": facts["vehicle"],
        "plate_image": base64.b64encode(crop_plate(frame, read)).decode(),
        "vehicle_image": base64.b64encode(crop_vehicle(frame, read)).decode(),
    }
