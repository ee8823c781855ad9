"""Plain JSON: our own members, for whoever writes a few lines of script; what else it says is dropped, not refused."""

import json
from datetime import tzinfo
from typing import Any, Final

from platewarden.adapters import clocks, layouts, pictures
from platewarden.adapters.layouts import Layout, Taken
from platewarden.adapters.parts import Parted, taken_apart
from platewarden.adapters.reading import parse_json
from platewarden.adapters.results import AdaptedRead, Delivery, Encoded, Outcome, UnusableError
from platewarden.adapters.values import (
    alternates_of,
    branch,
    char_shares,
    id_of,
    plate_text,
    position_of,
    share,
    state_of,
    text_of,
    vehicle_of,
)

KEY: Final = "json"
TITLE: Final = "Plain JSON"

LAYOUT: Final = Layout(
    (
        Taken("capture_id", "capture_id", "else made of time and plate"),
        Taken("seen_at", "seen_at", "ISO 8601; without an offset by the camera's zone"),
        Taken("plate", "plate"),
        Taken("confidence", "confidence", "0-1"),
        Taken("char_confidences[]", "char_confidences", "0-1, one a character"),
        Taken("alternates[].plate", "alternates"),
        Taken("alternates[].confidence", "alternates", "0-1"),
        Taken("state", "state", "code or name"),
        Taken("state_confidence", "state_confidence", "0-1"),
        Taken("vehicle.type", "vehicle.type"),
        Taken("vehicle.make", "vehicle.make"),
        Taken("vehicle.model", "vehicle.model"),
        Taken("vehicle.colour", "vehicle.colour"),
        Taken("vehicle.color", "vehicle.colour"),
        Taken("position.latitude", "position"),
        Taken("position.longitude", "position"),
        Taken("plate_image", "plate_image", "base64, or a part whose name says `plate`"),
        Taken("vehicle_image", "vehicle_image", "base64, or another part"),
        Taken("pass_id", "pass_id"),
        Taken("revision", "revision"),
    ),
    dict.fromkeys(
        ("driver", "passengers", "occupants", "face", "seat_belt", "phone", "mask"), layouts.OCCUPANT
    )
    | dict.fromkeys(("direction", "speed", "lane", "heading"), layouts.WAY)
    | dict.fromkeys(("camera", "camera_id", "device"), layouts.DEVICE),
)

MEANS: Final = frozenset(AdaptedRead.__dataclass_fields__)


def decode(delivery: Delivery) -> Outcome:
    """Return the read in one JSON object, with its pictures in base64 or beside it.

    Raises:
        UnusableError: It is no object, or lacks what a read needs.
    """
    parted = taken_apart(delivery, documents=("json",))
    document = parse_json(parted.document)
    if not isinstance(document, dict):
        raise UnusableError("body", "is no JSON object")
    if document.get("heartbeat") is True:
        return Outcome(is_heartbeat=True)
    kept, dropped = LAYOUT.sift(document)
    if parted.more:
        dropped[layouts.UNLISTED] += parted.more
    plate = plate_text(kept.get("plate"))
    if not plate:
        raise UnusableError("plate", "is missing")
    return Outcome(reads=(_read(kept, plate, parted, delivery),), dropped=dropped)


def _read(told: dict[str, Any], plate: str, parted: Parted, delivery: Delivery) -> AdaptedRead:
    seen_at = clocks.from_iso(told.get("seen_at"), zone=delivery.zone, received_at=delivery.received_at)
    plate_image, vehicle_image = pictures.images_of(
        pictures.Sent(
            plate=parted.plate or pictures.from_base64(told.get("plate_image"), field="plate_image"),
            whole=parted.whole or pictures.from_base64(told.get("vehicle_image"), field="vehicle_image"),
        )
    )
    own, pass_id, vehicle = (
        text_of(told.get("capture_id")),
        text_of(told.get("pass_id")),
        told.get("vehicle") or {},
    )
    others = [one for one in told.get("alternates") or [] if isinstance(one, dict)]
    return AdaptedRead(
        capture_id=id_of(own) if own else id_of(KEY, seen_at.isoformat(), plate),
        seen_at=seen_at,
        plate=plate,
        confidence=share(told.get("confidence")),
        char_confidences=char_shares(told.get("char_confidences") or (), plate=plate, of=1),
        alternates=alternates_of(
            ((one.get("plate"), share(one.get("confidence"), field="alternates")) for one in others),
            plate=plate,
        ),
        state=state_of(told.get("state")),
        state_confidence=share(told.get("state_confidence"), field="state_confidence"),
        vehicle=vehicle_of(
            type=vehicle.get("type"),
            make=vehicle.get("make"),
            model=vehicle.get("model"),
            colour=vehicle.get("colour") or vehicle.get("color"),
        ),
        position=position_of(branch(told, "position", "latitude"), branch(told, "position", "longitude")),
        plate_image=plate_image,
        vehicle_image=vehicle_image,
        pass_id=id_of(pass_id) if pass_id else "",
        revision=_revision(told.get("revision")) if pass_id else 0,
    )


MOST_REVISIONS: Final = 2_000_000_000


def _revision(value: Any) -> int:
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, type(None)))
        or not 0 <= (value or 0) <= MOST_REVISIONS
    ):
        raise UnusableError("revision", f"is no whole number from 0 to {MOST_REVISIONS}")
    return value or 0


def encode(read: AdaptedRead, *, zone: tzinfo) -> Encoded:
    """Return *read* as one JSON object, its time with the offset of *zone*."""
    members = read.as_submitted() | {"seen_at": read.seen_at.astimezone(zone).isoformat()}
    return Encoded("", "application/json", json.dumps(members).encode())
