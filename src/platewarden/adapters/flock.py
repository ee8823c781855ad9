"""Flock Safety: the webhook of its hotlist alerts.

Source: the published description of Flock's LPR alerts. The webhook names its picture by an address that expires;
Platewarden fetches nothing from addresses that strangers send, so the picture comes beside the document, in parts.
"""

import json
from datetime import UTC, tzinfo
from typing import Any, Final

from platewarden.adapters import clocks, layouts, pictures
from platewarden.adapters.layouts import Layout, Taken
from platewarden.adapters.parts import Parted, put_together, taken_apart
from platewarden.adapters.reading import Part, parse_json
from platewarden.adapters.results import AdaptedRead, Delivery, Encoded, Outcome, UnusableError
from platewarden.adapters.values import (
    branch,
    id_of,
    number_of,
    plate_text,
    position_of,
    share,
    state_of,
    text_of,
)

KEY: Final = "flock"
TITLE: Final = "Flock Safety alerts"

LAYOUT: Final = Layout(
    (
        Taken("objectId", "capture_id", "`flock:` before it"),
        Taken("eventTime", "seen_at", "ISO 8601; without an offset it is UTC"),
        Taken("ocr.label", "plate"),
        Taken("ocr.labelConfidence", "confidence", "0-1, or 0-100"),
        Taken("ocr.state", "state"),
        Taken("ocr.stateConfidence", "state_confidence", "0-1, or 0-100"),
        Taken("deviceLat", "position"),
        Taken("deviceLong", "position"),
    ),
    {
        **dict.fromkeys(
            ("deviceName", "deviceExternalId", "networkName", "networkExternalId", "detailsUrl"),
            layouts.DEVICE,
        ),
        **dict.fromkeys(("imageUrl", "imageExpiration"), "an address; nothing is fetched from it"),
        "sources": layouts.LIST,
    },
)

MEANS: Final = frozenset(
    {
        "capture_id",
        "seen_at",
        "plate",
        "confidence",
        "state",
        "state_confidence",
        "position",
        "plate_image",
        "vehicle_image",
    }
)


def decode(delivery: Delivery) -> Outcome:
    """Return the read of an alert; whether it hits anything is ours to say, by our own lists.

    Raises:
        UnusableError: It is no alert, or lacks what a read needs, such as its picture.
    """
    parted = taken_apart(delivery, documents=("json",))
    document = parse_json(parted.document)
    if not isinstance(branch(document, "ocr"), dict):
        raise UnusableError("ocr", "is missing: this is no alert")
    kept, dropped = LAYOUT.sift(document)
    if parted.more:
        dropped[layouts.UNLISTED] += parted.more
    plate = plate_text(branch(kept, "ocr", "label"))
    if not plate:
        return Outcome(ignored="no plate", dropped=dropped)
    return Outcome(reads=(_read(kept, plate, parted, delivery),), dropped=dropped)


def _read(told: dict[str, Any], plate: str, parted: Parted, delivery: Delivery) -> AdaptedRead:
    seen_at = clocks.from_iso(told.get("eventTime"), zone=UTC, received_at=delivery.received_at)
    plate_image, vehicle_image = pictures.images_of(pictures.Sent(parted.plate, parted.whole))
    own = text_of(told.get("objectId"))
    return AdaptedRead(
        capture_id=id_of(KEY, own) if own else id_of(KEY, seen_at.isoformat(), plate),
        seen_at=seen_at,
        plate=plate,
        confidence=_share(branch(told, "ocr", "labelConfidence"), "confidence"),
        state=state_of(branch(told, "ocr", "state")),
        state_confidence=_share(branch(told, "ocr", "stateConfidence"), "state_confidence"),
        position=position_of(told.get("deviceLat"), told.get("deviceLong")),
        plate_image=plate_image,
        vehicle_image=vehicle_image,
    )


def _share(value: Any, field: str) -> float:
    return share(value, of=100 if (number_of(value) or 0.0) > 1 else 1, field=field)


def encode(read: AdaptedRead, *, zone: tzinfo) -> Encoded:  # noqa: ARG001 - its times are UTC
    """Return *read* as an alert with its pictures beside it."""
    document: dict[str, Any] = {
        "objectId": read.capture_id.removeprefix(f"{KEY}:"),
        "eventTime": read.seen_at.isoformat(),
        "ocr": {
            "label": read.plate,
            "labelConfidence": read.confidence,
            "state": read.state,
            "stateConfidence": read.state_confidence,
        },
        "sources": [],
    }
    if read.position:
        document |= dict(zip(("deviceLat", "deviceLong"), read.position, strict=True))
    content_type, content = put_together(
        Part("json", "", "application/json", json.dumps(document).encode()),
        [
            Part("plate", "plate.jpg", "image/jpeg", read.plate_image),
            Part("vehicle", "vehicle.jpg", "image/jpeg", read.vehicle_image),
        ],
    )
    return Encoded("", content_type, content)
