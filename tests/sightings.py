"""Reads as they lie in the database, made without going through a camera; for tests that search or purge."""

import io
import uuid
from collections.abc import Iterable
from datetime import datetime

from PIL import Image

from platewarden.cameras.models import Camera
from platewarden.images.store import Shelf, image_store
from platewarden.ingest.actions import _note_plates
from platewarden.reads import days
from platewarden.reads.models import Read


def picture(colour: str = "white") -> bytes:
    """Return a small JPEG."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 32), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def a_sighting(camera: Camera, plate: str, seen_at: datetime, *, images: tuple[str, str] = ("", "")) -> Read:
    """Return a read of *plate*, not stored yet; *images* are references into the sealed store."""
    return Read(
        agency_id=camera.agency_id,
        seen_at=seen_at,
        id=uuid.uuid4(),
        received_at=seen_at,
        camera=camera,
        plate=plate,
        plate_as_read=plate,
        confidence=0.97,
        char_confidences=[0.97] * len(plate),
        alternates=[{"plate": plate[::-1], "confidence": 0.2}],
        state="NY",
        state_confidence=0.9,
        plate_image=images[0],
        vehicle_image=images[1],
    )


def store(sightings: Iterable[Read]) -> list[Read]:
    """Store *sightings* with their plates and return them in their order."""
    rows = list(sightings)
    days.prepare({days.day_of(row.seen_at) for row in rows})
    Read.objects.bulk_create(rows)
    _note_plates(rows)
    return rows


def with_images(read: Read) -> Read:
    """Seal two small pictures for *read* and return it with their references."""
    shelf = Shelf.of_day(read.agency_id, days.day_of(read.seen_at))
    contents = [(f"{read.id}/plate", picture()), (f"{read.id}/vehicle", picture("navy"))]
    read.plate_image, read.vehicle_image = image_store().seal(shelf, contents)
    return read
