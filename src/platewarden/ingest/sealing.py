"""Images of reads, made durable before anything says that there are such reads."""

import contextlib
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from platewarden.cameras.models import Camera
from platewarden.images.store import Shelf, image_store
from platewarden.ingest.schemas import SubmittedRead
from platewarden.reads import days


@dataclass(frozen=True, slots=True)
class Sealed:
    """A submitted read whose images are durable, with the id it will have and the digest of what was submitted."""

    read_id: uuid.UUID
    submitted: SubmittedRead
    digest: bytes
    plate_image: str
    vehicle_image: str


def seal(reads: Sequence[SubmittedRead], camera: Camera) -> list[Sealed]:
    """Seal the images of *reads* on the shelves of their days.

    Raises:
        KeyUnavailable: A day's key cannot be had.
        OSError: They cannot be written.
    """
    store = image_store()
    by_day: dict[date, list[tuple[uuid.UUID, SubmittedRead]]] = {}
    for read in reads:
        by_day.setdefault(days.day_of(read.seen_at), []).append((uuid.uuid4(), read))
    days.prepare(by_day)
    sealed = []
    for day, items in by_day.items():
        images = [
            (f"{read_id}/{view}", content)
            for read_id, read in items
            for view, content in (("plate", read.plate_image), ("vehicle", read.vehicle_image))
        ]
        references = iter(store.seal(Shelf.of_day(camera.agency_id, day), images))
        sealed += [
            Sealed(read_id, read, read.digest(), next(references), next(references))
            for read_id, read in items
        ]
    return sealed


@contextmanager
def removed_if_undone(sealed: Sequence[Sealed], camera: Camera) -> Iterator[Callable[[], None]]:
    """Remove the images of *sealed* again if the block fails before it calls what it is given.

    A device tries again and again while the database cannot take its reads: what each attempt seals would add up. The
    block calls when all is written and the commit alone is left. A commit that fails may have happened all the same,
    so from then on the images stay.
    """
    undone = True

    def done() -> None:
        nonlocal undone
        undone = False

    try:
        yield done
    finally:
        if undone:
            _remove(sealed, camera)


def _remove(sealed: Sequence[Sealed], camera: Camera) -> None:
    store = image_store()
    by_day: dict[date, set[str]] = {}
    for item in sealed:
        by_day.setdefault(days.day_of(item.submitted.seen_at), set()).add(item.plate_image)
    for day, references in by_day.items():
        with contextlib.suppress(OSError):  # they go with their day
            store.remove(Shelf.of_day(camera.agency_id, day), references)
