"""A read sealed under a case's key, and opened again: its facts as it stood, and its images where there are any."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from platewarden.cases.models import Case, CaseRead
from platewarden.devices.evidence import signature_of
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import ImageUnavailable, Shelf, image_store
from platewarden.reads.again import earlier_readings
from platewarden.reads.days import day_of
from platewarden.reads.models import Read, vehicle_in_words

_FACTS: Final = (
    *("plate", "plate_as_read", "state", "confidence", "state_confidence", "char_confidences", "alternates"),
    *("vehicle_type", "vehicle_make", "vehicle_model", "vehicle_colour", "latitude", "longitude"),
)
"""What a copy keeps of a read beside when and where it was; all that there is, apart from the images (CAP-2)."""


@dataclass(frozen=True, slots=True)
class ReadCopy:
    """A read that a case keeps, opened; None in place of an image that there is none of."""

    facts: dict[str, Any]
    plate_image: bytes | None
    vehicle_image: bytes | None

    @property
    def vehicle(self) -> str:
        """The vehicle as the camera saw it, in words."""
        return vehicle_in_words(
            *(self.facts[f"vehicle_{part}"] for part in ("colour", "make", "model", "type"))
        )


def seal_read(case: Case, read: Read) -> list[str]:
    """Seal *read* and its images under the key of *case*; return the references of facts, plate and vehicle image.

    Everything of one read lies in an object of its own, so that it can go alone. An image that cannot be opened has an
    empty reference: a damaged picture must not keep the rest from being held.
    """
    images = {"plate": _image(read, "plate"), "vehicle": _image(read, "vehicle")}
    contents = {"facts": json.dumps(facts_of(read), sort_keys=True).encode()} | {
        name: image for name, image in images.items() if image is not None
    }
    named = [(name_of(read.id, name), content) for name, content in contents.items()]
    references = dict(zip(contents, image_store().seal(Shelf.of_case(case.pk), named), strict=True))
    return [references.get(name, "") for name in ("facts", "plate", "vehicle")]


def name_of(read_id: object, part: str) -> str:
    """Return the name under which *part* of a read is sealed."""
    return f"read/{read_id}/{part}"


def facts_of(read: Read) -> dict[str, Any]:
    """Return everything that *read* says, ready for JSON."""
    where = {"camera": read.camera.name, "camera_code": read.camera.code, "place": read.camera.place}
    times = {"seen_at": _utc(read.seen_at), "received_at": _utc(read.received_at)}
    said = {name: getattr(read, name) for name in _FACTS}
    standing = {"signed": signature_of(read.id, read.seen_at), "read_again_as": _read_again_as(read)}
    return {"id": str(read.id)} | times | where | said | standing


def _read_again_as(read: Read) -> str:
    """Return the id of the read that stands in the place of *read* now; empty where it stands itself."""
    return str(earlier_readings([read]).get(read.id, ""))


def open_read(kept: CaseRead) -> ReadCopy:
    """Return what a case keeps of a read; whoever shows it records the look.

    Raises:
        KeyUnavailable, ImageUnavailable: The facts cannot be opened.
    """
    return ReadCopy(
        open_facts(kept),
        _opened(kept, "plate", kept.plate_image),
        _opened(kept, "vehicle", kept.vehicle_image),
    )


def open_facts(kept: CaseRead) -> dict[str, Any]:
    """Return the facts of a read that a case keeps, without its images; raises as `open_read` does."""
    sealed = image_store().open(Shelf.of_case(kept.case_id), name_of(kept.read_id, "facts"), kept.facts)
    facts: dict[str, Any] = json.loads(sealed)
    return facts


def _opened(kept: CaseRead, part: str, reference: str) -> bytes | None:
    if not reference:
        return None
    try:
        return image_store().open(Shelf.of_case(kept.case_id), name_of(kept.read_id, part), reference)
    except ImageUnavailable:
        return None


def _image(read: Read, view: str) -> bytes | None:
    reference = read.plate_image if view == "plate" else read.vehicle_image
    try:
        shelf = Shelf.of_day(read.agency_id, day_of(read.seen_at))
        return image_store().open(shelf, f"{read.id}/{view}", reference)
    except (ImageUnavailable, KeyUnavailable):
        return None


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
