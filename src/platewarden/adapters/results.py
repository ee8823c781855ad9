"""What comes in from a device, and what an adapter makes of it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


class UnusableError(ValueError):
    """What a device sent, or one read in it, cannot be used; the message says why and repeats nothing of it.

    Attributes:
        field: The field at fault, as our documentation calls it.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request of a device, or one file of it.

    Attributes:
        content: The body.
        content_type: As its header says; empty when it says nothing.
        received_at: When it arrived (aware).
        zone: The zone of the device's clock, for times that come without one.
        path: What the device adds to its address, without a leading slash.
    """

    content: bytes
    content_type: str = ""
    received_at: datetime = _LONG_AGO
    zone: tzinfo = UTC
    path: str = ""


@dataclass(frozen=True, slots=True)
class AdaptedRead:
    """One read, in the members that ``POST /api/v1/reads`` takes and no others (CAP-2).

    Attributes:
        capture_id: Made of the device's own id, so that a repeat is known again.
        seen_at: Aware, UTC.
        plate: As read.
        confidence: 0-1; 0 where the device does not say.
        char_confidences: 0-1, one a character, or empty.
        alternates: Other readings, canonical, each with its confidence; ten at most.
        state: Two capital letters, or empty.
        state_confidence: 0-1.
        vehicle: ``type``, ``make``, ``model``, ``colour``; what is not known is left out.
        position: Latitude and longitude in degrees (WGS 84), or None.
        plate_image: JPEG, PNG or WebP.
        vehicle_image: Likewise.
        pass_id: Which pass it is of, where the device may read a pass again; else empty.
        revision: The higher, the later was the pass read.
    """

    capture_id: str
    seen_at: datetime
    plate: str
    confidence: float = 0.0
    char_confidences: tuple[float, ...] = ()
    alternates: tuple[tuple[str, float], ...] = ()
    state: str = ""
    state_confidence: float = 0.0
    vehicle: Mapping[str, str] = field(default_factory=dict)
    position: tuple[float, float] | None = None
    plate_image: bytes = b""
    vehicle_image: bytes = b""
    pass_id: str = ""
    revision: int = 0

    def as_submitted(self) -> dict[str, Any]:
        """Return the read as the device API takes it, ready for JSON."""
        members: dict[str, Any] = {
            "capture_id": self.capture_id,
            "seen_at": self.seen_at.isoformat(),
            "plate": self.plate,
            "confidence": self.confidence,
            "char_confidences": list(self.char_confidences),
            "alternates": [{"plate": plate, "confidence": share} for plate, share in self.alternates],
            "state": self.state,
            "state_confidence": self.state_confidence,
            "vehicle": dict(self.vehicle),
            "plate_image": base64.b64encode(self.plate_image).decode(),
            "vehicle_image": base64.b64encode(self.vehicle_image).decode(),
        }
        if self.position:
            members["position"] = dict(zip(("latitude", "longitude"), self.position, strict=True))
        if self.pass_id:
            members |= {"pass_id": self.pass_id, "revision": self.revision}
        return members


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an adapter made of one delivery.

    Attributes:
        reads: The reads in it.
        dropped: How often each field outside CAP-2 was there, by a name from our own list; never a value.
        is_heartbeat: Whether it says nothing but that the device is alive.
        ignored: Name, from our own list, of an event that is none of ours; else empty.
        problems: Why single reads of it cannot be used; the others stand.
        clock_at: What the device's clock showed when it sent this, where it says so.
    """

    reads: tuple[AdaptedRead, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    is_heartbeat: bool = False
    ignored: str = ""
    problems: tuple[UnusableError, ...] = ()
    clock_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Encoded:
    """A read as a device of some make would push it: what it adds to its address, the header, and the body."""

    path: str
    content_type: str
    content: bytes


MAX_CONTENT_BYTES: Final = 12 * 1024 * 1024
"""Longest body taken from a device: one frame of twelve megapixels in base64, and some."""
