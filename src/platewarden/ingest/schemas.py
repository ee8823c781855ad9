"""The closed form of a submitted read (CAP-2): what is not listed here is refused, not ignored."""

import hashlib
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Base64Bytes, BaseModel, ConfigDict, Field

from platewarden.matching.plates import PLATE_MAX_LENGTH, PlateError, normalise

MAX_READS = 100
MAX_IMAGE_BYTES = 2 * 1024 * 1024

Confidence = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("has control characters: send printable text")
    return text


def _plate_like(text: str) -> str:
    try:
        normalise(text)
    except PlateError as error:
        raise ValueError(str(error)) from error
    return text


Text = Annotated[str, Field(max_length=32), AfterValidator(_printable)]


class Closed(BaseModel):
    """A model that refuses members it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Alternate(Closed):
    """Another reading of the same plate, with its confidence."""

    plate: Annotated[str, Field(min_length=1, max_length=PLATE_MAX_LENGTH, pattern=r"^[A-Z0-9]+$")]
    confidence: Confidence


class Vehicle(Closed):
    """Vehicle characteristics: type, make, model and colour, each empty or ``unknown`` when not known."""

    type: Annotated[str, Field(max_length=24), AfterValidator(_printable)] = ""
    make: Annotated[str, Field(max_length=24), AfterValidator(_printable)] = ""
    model: Annotated[str, Field(max_length=32), AfterValidator(_printable)] = ""
    colour: Annotated[str, Field(max_length=24), AfterValidator(_printable)] = ""


class Position(Closed):
    """Where the camera was, WGS 84, in degrees; mobile and portable cameras send it."""

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class SubmittedRead(Closed):
    """One read as a camera submits it.

    `plate` is kept as read; the canonical form is derived here. Images are JPEG, PNG or WebP, base64. `signature`
    and `clock_offset_seconds` come from enrolled devices alone. Of the reads of one `pass_id` that of the highest
    `revision` stands; see `ingest.readings`.
    """

    capture_id: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._:-]+$")]
    seen_at: AwareDatetime
    plate: Annotated[Text, Field(min_length=1), AfterValidator(_plate_like)]
    confidence: Confidence
    char_confidences: Annotated[list[Confidence], Field(max_length=PLATE_MAX_LENGTH)] = []
    alternates: Annotated[list[Alternate], Field(max_length=10)] = []
    state: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""
    state_confidence: Confidence = 0.0
    vehicle: Vehicle = Vehicle()
    position: Position | None = None
    clock_offset_seconds: Annotated[float, Field(ge=-1e10, le=1e10, allow_inf_nan=False)] | None = None
    signature: Annotated[str, Field(max_length=96)] | None = None
    plate_image: Annotated[Base64Bytes, Field(min_length=1, max_length=MAX_IMAGE_BYTES)]
    vehicle_image: Annotated[Base64Bytes, Field(min_length=1, max_length=MAX_IMAGE_BYTES)]
    pass_id: Annotated[str, Field(max_length=80, pattern=r"^[A-Za-z0-9._:-]*$")] = ""
    revision: Annotated[int, Field(ge=0, le=2_000_000_000)] = 0

    def digest(self) -> bytes:
        """Return the SHA-256 of everything submitted of the vehicle: what makes a repeat a repeat."""
        sent = {"plate_image", "vehicle_image", "clock_offset_seconds", "signature"}
        if not self.pass_id:  # as it was before cameras could say which pass they read again
            sent |= {"pass_id", "revision"}
        facts = self.model_dump_json(exclude=sent).encode()
        parts = (facts, self.plate_image, self.vehicle_image)
        return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()

    @property
    def moment(self) -> datetime:
        """When the plate was seen."""
        return self.seen_at


class ReadProblem(Closed):
    """Why one read was not taken: the field at fault, what is wrong with it, and the clause if one forbids it."""

    field: str
    message: str
    clause: str = ""


class ReadResult(Closed):
    """What became of one submitted read, in the order of submission.

    `code` is 201 stored, 202 looked at and not kept, because the agency stores hits alone, 200 a repeat of one stored
    before, 409 the capture id was used for other content, 403 refused by the policy, 422 unusable.
    """

    capture_id: str
    code: int
    read_id: str = ""
    problem: ReadProblem | None = None


class Batch(Closed):
    """Up to 100 reads; each stands or falls on its own."""

    reads: Annotated[list[SubmittedRead], Field(min_length=1, max_length=MAX_READS)]


class BatchResult(Closed):
    """One result a read, in order."""

    results: list[ReadResult]


class RequestProblem(Closed):
    """Why a whole submission is not answered read by read; nothing of it was stored.

    Of one that could not be recorded (503) reads may be stored: sent again, they are answered as repeats.
    """

    message: str
    clause: str = ""
    remedy: str = ""
