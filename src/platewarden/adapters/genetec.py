"""Genetec Security Center: reads of AutoVu, as its exports to a web service carry them.

Source: the members that Genetec's export sends to receivers. Dates are ``dd/mm/yyyy`` in UTC.
"""

import base64
import json
from datetime import UTC, tzinfo
from typing import Any, Final

from platewarden.adapters import clocks, layouts, pictures
from platewarden.adapters.layouts import Layout, Taken
from platewarden.adapters.reading import parse_json
from platewarden.adapters.results import AdaptedRead, Delivery, Encoded, Outcome, UnusableError
from platewarden.adapters.values import branch, id_of, plate_text, share, state_of, vehicle_of

KEY: Final = "genetec"
TITLE: Final = "Genetec AutoVu"

LAYOUT: Final = Layout(
    (
        Taken("Plate", "plate"),
        Taken("State", "state", "code or name"),
        Taken("DateUtc", "seen_at", "`dd/mm/yyyy`, UTC"),
        Taken("TimeUtc", "seen_at", "`HH:MM:SS`, with or without fractions"),
        Taken("ConfidenceScore", "confidence", "0-100"),
        Taken("ContextImage", "vehicle_image", "base64"),
        Taken("PlateImage", "plate_image", "base64, where it is sent"),
        Taken("Attributes.State Name Confidence Score", "state_confidence", "0-100"),
        Taken("Attributes.Vehicle Color", "vehicle.colour"),
        Taken("Attributes.Vehicle Make", "vehicle.make"),
        Taken("Attributes.Vehicle Model", "vehicle.model"),
        Taken("Attributes.Vehicle Type", "vehicle.type"),
    ),
    {
        **dict.fromkeys(("Relative Motion", "Speed"), layouts.WAY),
        **dict.fromkeys(
            ("CameraName", "Confidence Score", "DateLocal", "TimeLocal", "UnitName"), layouts.DEVICE
        ),
        **dict.fromkeys(("HotlistName", "UserName", "MatchedPlate", "PermitName"), layouts.LIST),
        **dict.fromkeys(("Annotation", "Officer"), layouts.OTHER),
    },
)

MEANS: Final = frozenset(
    {"seen_at", "plate", "confidence", "state", "state_confidence", "vehicle", "plate_image", "vehicle_image"}
)


def decode(delivery: Delivery) -> Outcome:
    """Return the read that was exported.

    Raises:
        UnusableError: It is no exported read, or lacks what one needs.
    """
    document = parse_json(delivery.content)
    if not isinstance(document, dict) or "Plate" not in document:
        raise UnusableError("Plate", "is missing: this is no exported read")
    kept, dropped = LAYOUT.sift(document)
    plate = plate_text(kept.get("Plate"))
    if not plate:
        return Outcome(ignored="no plate", dropped=dropped)
    return Outcome(reads=(_read(kept, plate),), dropped=dropped)


def _read(told: dict[str, Any], plate: str) -> AdaptedRead:
    seen_at = clocks.from_day_first(told.get("DateUtc"), told.get("TimeUtc"))
    plate_image, vehicle_image = pictures.images_of(
        pictures.Sent(
            plate=pictures.from_base64(told.get("PlateImage"), field="plate_image"),
            whole=pictures.from_base64(told.get("ContextImage"), field="vehicle_image"),
        )
    )
    attributes = branch(told, "Attributes") or {}
    return AdaptedRead(
        capture_id=id_of(KEY, seen_at.isoformat(), plate, told.get("State")),
        seen_at=seen_at,
        plate=plate,
        confidence=share(told.get("ConfidenceScore"), of=100),
        state=state_of(told.get("State")),
        state_confidence=share(
            attributes.get("State Name Confidence Score"), of=100, field="state_confidence"
        ),
        vehicle=vehicle_of(
            type=attributes.get("Vehicle Type"),
            make=attributes.get("Vehicle Make"),
            model=attributes.get("Vehicle Model"),
            colour=attributes.get("Vehicle Color"),
        ),
        plate_image=plate_image,
        vehicle_image=vehicle_image,
    )


def encode(read: AdaptedRead, *, zone: tzinfo) -> Encoded:  # noqa: ARG001 - its times are UTC
    """Return *read* as it would be exported."""
    seen_at = read.seen_at.astimezone(UTC)
    document = {
        "CameraName": "camera",
        "Plate": read.plate,
        "State": read.state,
        "DateUtc": f"{seen_at:%d/%m/%Y}",
        "TimeUtc": f"{seen_at:%H:%M:%S.%f}",
        "ConfidenceScore": str(read.confidence * 100),
        "ContextImage": base64.b64encode(read.vehicle_image).decode(),
        "PlateImage": base64.b64encode(read.plate_image).decode(),
        "Attributes": {
            "State Name Confidence Score": str(read.state_confidence * 100),
            "Vehicle Color": read.vehicle.get("colour", ""),
            "Vehicle Make": read.vehicle.get("make", ""),
            "Vehicle Model": read.vehicle.get("model", ""),
            "Vehicle Type": read.vehicle.get("type", ""),
            "Relative Motion": "unknown",
        },
    }
    return Encoded("", "application/json", json.dumps(document).encode())
