"""Dahua: what its traffic cameras push by "ITSAPI" (``TollgateInfo`` and ``KeepAlive``).

Source: the requests as the devices send them. A device repeats a request until it is answered ``"result": "true"``.
"""

import base64
import json
from datetime import tzinfo
from typing import Any, Final

from platewarden.adapters import clocks, layouts, pictures
from platewarden.adapters.layouts import Layout, Taken
from platewarden.adapters.reading import parse_json
from platewarden.adapters.results import AdaptedRead, Delivery, Encoded, Outcome, UnusableError
from platewarden.adapters.values import (
    branch,
    id_of,
    number_of,
    plate_text,
    share,
    state_of,
    text_of,
    vehicle_of,
)

KEY: Final = "dahua"
TITLE: Final = "Dahua (ITSAPI)"

LAYOUT: Final = Layout(
    (
        Taken("Picture.Plate.PlateNumber", "plate"),
        Taken("Picture.Plate.Confidence", "confidence", "0-100; what is above that is taken as of 255"),
        Taken("Picture.Plate.Region", "state"),
        Taken("Picture.Plate.IsExist", "kind of event"),
        Taken("Picture.Plate.UploadNum", "capture_id", "with the time"),
        Taken("Picture.Plate.Channel", "capture_id"),
        Taken("Picture.Plate.BoundingBox[]", "cut of the images"),
        Taken("Picture.SnapInfo.AccurateTime", "seen_at", "by the camera's zone"),
        Taken("Picture.SnapInfo.SnapTime", "seen_at", "where there is no `AccurateTime`"),
        Taken("Picture.Vehicle.VehicleColor", "vehicle.colour"),
        Taken("Picture.Vehicle.VehicleType", "vehicle.type"),
        Taken("Picture.Vehicle.VehicleSign", "vehicle.make"),
        Taken("Picture.Vehicle.VehicleSeries", "vehicle.model"),
        Taken("Picture.NormalPic.Content", "vehicle_image", "base64"),
        Taken("Picture.CutoutPic.Content", "plate_image", "base64, where it is sent"),
    ),
    {
        **dict.fromkeys(
            (
                "Seat",
                "SafeBelt",
                "DriverFace",
                "FacePic",
                "DriverPic",
                "MainSeat",
                "SlaveSeat",
                "Smoking",
                "Calling",
                "SunShade",
                "Face",
            ),
            layouts.OCCUPANT,
        ),
        **dict.fromkeys(
            ("Direction", "DriveDirection", "LaneId", "Lane", "Speed", "TriggerSource"), layouts.WAY
        ),
        **dict.fromkeys(
            ("AllowUser", "AllowUserEndTime", "BlockUser", "BlockUserEndTime", "DefenceCode", "OpenStrobe"),
            layouts.LIST,
        ),
        **dict.fromkeys(
            (
                "DeviceID",
                "TimeZone",
                "SnapAddress",
                "DSTTune",
                "ParkInfo",
                "CombinedPic",
                "PicName",
                "VehiclePic",
            ),
            layouts.DEVICE,
        ),
        **dict.fromkeys(
            ("VehicleBoundingBox", "PlateType", "PlateColor"), "of plate or picture, beyond CAP-2"
        ),
    },
)

MEANS: Final = frozenset(
    {"seen_at", "plate", "confidence", "state", "vehicle", "plate_image", "vehicle_image"}
)

_PERCENT: Final = 100.0
_BYTE: Final = 255.0


def decode(delivery: Delivery) -> Outcome:
    """Return what a camera pushed; a request to ``KeepAlive`` says that it is alive.

    Raises:
        UnusableError: It is no ``TollgateInfo``, or lacks what a read needs.
    """
    if delivery.path.rstrip("/").endswith(("KeepAlive", "DeviceInfo")):
        return Outcome(is_heartbeat=True)
    document = parse_json(delivery.content)
    if not isinstance(branch(document, "Picture"), dict):
        if isinstance(document, dict) and "Active" in document:
            return Outcome(is_heartbeat=True)
        raise UnusableError("Picture", "is missing: this is no TollgateInfo")
    kept, dropped = LAYOUT.sift(document)
    picture = kept["Picture"]
    plate = plate_text(branch(picture, "Plate", "PlateNumber"))
    if not plate or branch(picture, "Plate", "IsExist") is False:
        return Outcome(ignored="no plate", dropped=dropped)
    read = _read(picture, plate, delivery)
    return Outcome(reads=(read,), dropped=dropped, clock_at=read.seen_at)


def _read(picture: dict[str, Any], plate: str, delivery: Delivery) -> AdaptedRead:
    told, snap = branch(picture, "Plate") or {}, branch(picture, "SnapInfo") or {}
    wall = snap.get("AccurateTime") or snap.get("SnapTime")
    seen_at = clocks.from_iso(wall, zone=delivery.zone, received_at=delivery.received_at)
    plate_image, vehicle_image = pictures.images_of(
        pictures.Sent(
            plate=pictures.from_base64(branch(picture, "CutoutPic", "Content"), field="plate_image"),
            whole=pictures.from_base64(branch(picture, "NormalPic", "Content"), field="vehicle_image"),
            plate_box=pictures.box_of(told.get("BoundingBox") or ()),
        )
    )
    vehicle = branch(picture, "Vehicle") or {}
    return AdaptedRead(
        capture_id=id_of(
            KEY, told.get("Channel"), told.get("UploadNum"), seen_at.strftime("%Y%m%dT%H%M%S.%f")
        )
        if text_of(told.get("UploadNum"))
        else id_of(KEY, seen_at.isoformat(), plate),
        seen_at=seen_at,
        plate=plate,
        confidence=_confidence(told.get("Confidence")),
        state=state_of(told.get("Region")),
        vehicle=vehicle_of(
            type=vehicle.get("VehicleType"),
            make=vehicle.get("VehicleSign"),
            model=vehicle.get("VehicleSeries"),
            colour=vehicle.get("VehicleColor"),
        ),
        plate_image=plate_image,
        vehicle_image=vehicle_image,
    )


def _confidence(value: Any) -> float:
    return share(value, of=_BYTE if (number_of(value) or 0.0) > _PERCENT else _PERCENT)


def encode(read: AdaptedRead, *, zone: tzinfo) -> Encoded:
    """Return *read* as a camera pushes it, by a clock of *zone*."""
    wall = read.seen_at.astimezone(zone).replace(tzinfo=None)
    number = read.capture_id.split(":")[2:3] or ["1"]
    picture = {
        "Plate": {
            "PlateNumber": read.plate,
            "Confidence": read.confidence * 100,
            "IsExist": True,
            "Region": read.state,
            "UploadNum": number[0],
            "Channel": 0,
        },
        "Vehicle": {
            "VehicleColor": read.vehicle.get("colour", "Unknown"),
            "VehicleType": read.vehicle.get("type", "Unknown"),
            "VehicleSign": read.vehicle.get("make", "Unknown"),
            "VehicleSeries": read.vehicle.get("model", "Unknown"),
        },
        "SnapInfo": {"AccurateTime": wall.isoformat(sep=" ", timespec="microseconds"), "TimeZone": 0},
        "NormalPic": {"Content": base64.b64encode(read.vehicle_image).decode(), "PicName": "normal.jpg"},
        "CutoutPic": {"Content": base64.b64encode(read.plate_image).decode(), "PicName": "plate.jpg"},
    }
    content = json.dumps({"Picture": picture}).encode()
    return Encoded("NotificationInfo/TollgateInfo", "application/json", content)
