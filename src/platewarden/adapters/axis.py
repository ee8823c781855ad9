"""Axis License Plate Verifier and the CAMMRA plug-in: a vehicle is pushed when it comes, read better, or has gone.

Source: the push interface of Axis' licence plate applications. ``new`` comes at once, ``update`` when the text has
become better, ``lost`` about ten seconds after the vehicle has left: three readings of one pass.
"""

import base64
import json
from datetime import datetime, tzinfo
from typing import Any, Final

from platewarden.adapters import clocks, layouts, pictures
from platewarden.adapters.layouts import Layout, Taken
from platewarden.adapters.parts import Parted, taken_apart
from platewarden.adapters.reading import parse_json
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
    vehicle_of,
)

KEY: Final = "axis"
TITLE: Final = "Axis License Plate Verifier, CAMMRA"

LAYOUT: Final = Layout(
    (
        Taken("carState", "kind of event", "`new`, `update` or `lost`"),
        Taken("carID", "pass_id", "the three readings of one pass share it"),
        Taken("packetCounter", "revision", "the higher is the later reading"),
        Taken("capture_timestamp", "seen_at", "milliseconds since 1970, UTC"),
        Taken(
            "datetime", "seen_at", "`YYYYMMDD HHMMSSmmm` by the camera's zone, where there is no timestamp"
        ),
        Taken("plateText", "plate"),
        Taken("plateUTF8", "plate", "where there is no `plateText`"),
        Taken("plateASCII", "plate", "where there is neither"),
        Taken("plateConfidence", "confidence", '0-1, as text: `"0.8688"`'),
        Taken("plateISO3166-2", "state", "`US-NY`"),
        Taken("plateRegionCode", "state", "where there is no code of ISO 3166-2"),
        Taken("plateRegion", "state"),
        Taken("plateCoordinates[]", "cut of the images", "left, top, width, height"),
        Taken("vehicle_info.type", "vehicle.type"),
        Taken("vehicle_info.brand", "vehicle.make"),
        Taken("vehicle_info.model", "vehicle.model"),
        Taken("vehicle_info.color", "vehicle.colour"),
        Taken("geotag.lat", "position"),
        Taken("geotag.lon", "position"),
        Taken("imageFile", "vehicle_image", "base64, where no picture comes beside it"),
        Taken("plateImage", "plate_image", "base64, where it is sent"),
    ),
    {
        **dict.fromkeys(("carMoveDirection", "direction", "speed", "roiID"), layouts.WAY),
        **dict.fromkeys(("plateList", "plateListMode", "plateListDescription"), layouts.LIST),
        **dict.fromkeys(
            (
                "camera_info",
                "sensorProviderID",
                "frame_timestamp",
                "capture_ts",
                "version",
                "name",
                "imageFiles",
                "imagesURI",
                "ImageArray",
                "triggerId",
                "id",
            ),
            layouts.DEVICE,
        ),
        **dict.fromkeys(("confidenceMMR", "confidenceColor", "view"), "of the vehicle, beyond CAP-2"),
        **dict.fromkeys(
            ("plateUnicode", "plateCountry", "plateCountryCode", "plateRotation"), "of the plate, said twice"
        ),
        **dict.fromkeys(("driver", "passengers", "occupants", "dangerousGoods"), layouts.OCCUPANT),
    },
)

MEANS: Final = frozenset(
    {
        "seen_at",
        "plate",
        "confidence",
        "state",
        "vehicle",
        "position",
        "plate_image",
        "vehicle_image",
        "pass_id",
        "revision",
    }
)

_STATES: Final = {"new": 0, "update": 1, "lost": 2}


def decode(delivery: Delivery) -> Outcome:
    """Return what a camera pushed: a reading of a pass, of which a later one takes the place.

    Raises:
        UnusableError: It is no event of a vehicle, or lacks what a read needs.
    """
    parted = taken_apart(delivery)
    document = parse_json(parted.document)
    if not isinstance(document, dict) or text_of(document.get("carState")).lower() not in _STATES:
        raise UnusableError("carState", "is none of new, update and lost")
    kept, dropped = LAYOUT.sift(document)
    if parted.more:
        dropped[layouts.UNLISTED] += parted.more
    texts = (plate_text(kept.get(name)) for name in ("plateText", "plateUTF8", "plateASCII"))
    plate = next((text for text in texts if text), "")
    if not plate:
        return Outcome(ignored="no plate", dropped=dropped)
    read = _read(kept, plate, parted, delivery)
    is_new = text_of(kept["carState"]).lower() == "new"
    return Outcome(reads=(read,), dropped=dropped, clock_at=read.seen_at if is_new else None)


def _seen_at(told: dict[str, Any], delivery: Delivery) -> datetime:
    if text_of(told.get("capture_timestamp")):
        return clocks.from_epoch_ms(told["capture_timestamp"])
    return clocks.from_axis(told.get("datetime"), zone=delivery.zone, received_at=delivery.received_at)


def _read(told: dict[str, Any], plate: str, parted: Parted, delivery: Delivery) -> AdaptedRead:
    seen_at = _seen_at(told, delivery)
    plate_image, vehicle_image = pictures.images_of(
        pictures.Sent(
            plate=parted.plate or pictures.from_base64(told.get("plateImage"), field="plate_image"),
            whole=parted.whole or pictures.from_base64(told.get("imageFile"), field="vehicle_image"),
            plate_box=pictures.box_of_size(told.get("plateCoordinates") or ()),
        )
    )
    states = (state_of(told.get(name)) for name in ("plateISO3166-2", "plateRegionCode", "plateRegion"))
    car, packet = text_of(told.get("carID")), text_of(told.get("packetCounter"))
    revision = _revision(told)
    return AdaptedRead(
        capture_id=id_of(KEY, car, packet or revision, seen_at.strftime("%Y%m%dT%H%M%S.%f"))
        if car
        else id_of(KEY, seen_at.isoformat(), plate),
        seen_at=seen_at,
        plate=plate,
        confidence=share(told.get("plateConfidence")),
        state=next((state for state in states if state), ""),
        vehicle=_vehicle(told),
        position=position_of(branch(told, "geotag", "lat"), branch(told, "geotag", "lon")),
        plate_image=plate_image,
        vehicle_image=vehicle_image,
        pass_id=id_of(KEY, car) if car else "",
        revision=revision if car else 0,
    )


def _vehicle(told: dict[str, Any]) -> dict[str, str]:
    info = branch(told, "vehicle_info") or {}
    return vehicle_of(
        type=info.get("type"), make=info.get("brand"), model=info.get("model"), colour=info.get("color")
    )


MOST_REVISIONS: Final = 2_000_000_000


def _revision(told: dict[str, Any]) -> int:
    counter = number_of(told.get("packetCounter"))
    if counter is None or not 0 <= counter <= MOST_REVISIONS:
        return _STATES[text_of(told["carState"]).lower()]
    return int(counter)


def encode(read: AdaptedRead, *, zone: tzinfo, state: str = "new") -> Encoded:
    """Return *read* as a camera pushes it whose clock is of *zone*, as a vehicle that is *state*."""
    wall = read.seen_at.astimezone(zone)
    document: dict[str, Any] = {
        "carState": state,
        "carID": read.pass_id.removeprefix(f"{KEY}:") or "1",
        "packetCounter": str(read.revision),
        "capture_timestamp": str(round(read.seen_at.timestamp() * 1000)),
        "datetime": f"{wall:%Y%m%d %H%M%S}{wall.microsecond // 1000:03d}",
        "plateText": read.plate,
        "plateConfidence": f"{read.confidence:.6f}",
        "plateISO3166-2": f"US-{read.state}" if read.state else "",
        "carMoveDirection": "unknown",
        "vehicle_info": {
            "type": read.vehicle.get("type", "unknown"),
            "brand": read.vehicle.get("make", "unknown"),
            "model": read.vehicle.get("model", "unknown"),
            "color": read.vehicle.get("colour", "unknown"),
        },
        "imageFile": base64.b64encode(read.vehicle_image).decode(),
        "plateImage": base64.b64encode(read.plate_image).decode(),
    }
    if read.position:
        document["geotag"] = dict(zip(("lat", "lon"), read.position, strict=True))
    return Encoded("", "application/json", json.dumps(document).encode())
