"""Hikvision: what its cameras push to an "HTTP listening" server (ISAPI), as XML or JSON with pictures beside it.

Source: the shape of ``EventNotificationAlert`` with ``ANPR`` as its devices send it; see the how-to for the settings.
"""

from datetime import tzinfo
from typing import Any, Final
from xml.sax.saxutils import escape

from platewarden.adapters import clocks, layouts, pictures
from platewarden.adapters.layouts import Layout, Taken
from platewarden.adapters.parts import Parted, put_together, taken_apart
from platewarden.adapters.reading import Part, parse_json, parse_xml
from platewarden.adapters.results import AdaptedRead, Delivery, Encoded, Outcome, UnusableError
from platewarden.adapters.values import branch, char_shares, id_of, plate_text, share, text_of, vehicle_of

KEY: Final = "hikvision"
TITLE: Final = "Hikvision ANPR (ISAPI)"

LAYOUT: Final = Layout(
    (
        Taken("eventType", "kind of event"),
        Taken("eventState", "kind of event"),
        Taken("dateTime", "seen_at", "with its offset; else by the camera's zone"),
        Taken("UUID", "capture_id", "`hikvision:` before it"),
        Taken("channelID", "which read", "part of the capture id where there is no UUID"),
        Taken("ANPR.licensePlate", "plate"),
        Taken("ANPR.confidenceLevel", "confidence", "0-100"),
        Taken("ANPR.plateCharBelieve", "char_confidences", "0-100, divided by commas"),
        Taken("ANPR.vehicleType", "vehicle.type"),
        Taken("ANPR.vehicleInfo.color", "vehicle.colour"),
    ),
    {
        **dict.fromkeys(
            (
                "pilotsafebelt",
                "vicepilotsafebelt",
                "pilotSafebelt",
                "vicepilotSafebelt",
                "uphone",
                "pilotsunvisor",
                "vicepilotsunvisor",
                "pilotmask",
                "vicepilotMask",
                "pilotMask",
                "smoking",
                "pilotSmoking",
                "driverFace",
                "pilotFace",
                "vicepilotFace",
                "helmet",
                "playMobilePhone",
                "manInfo",
                "humanAttribute",
                "FaceInfo",
                "nonMotorManned",
            ),
            layouts.OCCUPANT,
        ),
        **dict.fromkeys(
            (
                "pendant",
                "tissueBox",
                "label",
                "decoration",
                "pdvs",
                "nonMotorShedUmbrella",
                "envprosign",
                "dangmark",
            ),
            "what lies or hangs in the vehicle, or is stuck to it",
        ),
        **dict.fromkeys(
            ("direction", "detectDir", "line", "laneNo", "relaLaneDirectionType", "speed"), layouts.WAY
        ),
        **dict.fromkeys(("vehicleListName", "alarmDataType", "barrierGateCtrlType"), layouts.LIST),
        **dict.fromkeys(
            (
                "ipAddress",
                "ipv6Address",
                "portNo",
                "protocol",
                "macAddress",
                "channelName",
                "deviceID",
                "deviceName",
                "activePostCount",
                "eventDescription",
                "picNum",
                "monitoringSiteID",
                "isDataRetransmission",
                "detectType",
                "featurePicFileName",
                "CRIndex",
                "country",
                "region",
                "deviceUUID",
                "gPSInfo",
                "GPSInfo",
            ),
            layouts.DEVICE,
        ),
        **dict.fromkeys(("pictureInfoList", "PictureInfoList", "licenseBright"), layouts.PICTURE),
        **dict.fromkeys(
            ("plateType", "plateColor", "plateCategory", "plateSize", "originalLicensePlate"),
            "of the plate, beyond CAP-2",
        ),
        **dict.fromkeys(
            (
                "vehicleLogoRecog",
                "vehileLogoRecog",
                "vehicleSubLogoRecog",
                "vehileSubLogoRecog",
                "vehicleModel",
                "vehileModel",
                "index",
                "colorDepth",
                "length",
                "vehicleBelong",
            ),
            "codes of the maker's own, or beyond CAP-2",
        ),
        **dict.fromkeys(
            ("illegalInfo", "speedLimit", "dwIllegalTime", "illegalCode", "illegalName"),
            "an offence the device sees",
        ),
    },
)

MEANS: Final = frozenset(
    {"capture_id", "seen_at", "plate", "confidence", "char_confidences", "plate_image", "vehicle_image"}
)

_HEARTBEATS: Final = frozenset({"videoloss", "heartbeat"})


def decode(delivery: Delivery) -> Outcome:
    """Return what a camera pushed: the event ``ANPR`` is a read; lost video that is not lost says that it is alive.

    Raises:
        UnusableError: It is no event of ISAPI, or lacks what a read needs.
    """
    parted = taken_apart(delivery)
    alert = _alert(parted.document)
    kind = text_of(alert.get("eventType")).lower()
    if kind in _HEARTBEATS:
        is_lost = text_of(alert.get("eventState")).lower() == "active"
        return Outcome(is_heartbeat=not is_lost, ignored="video lost" if is_lost else "")
    if kind != "anpr":
        return Outcome(ignored="other event")
    kept, dropped = LAYOUT.sift(alert)
    if parted.more:
        dropped[layouts.UNLISTED] += parted.more
    plate = plate_text(branch(kept, "ANPR", "licensePlate"))
    if not plate:
        return Outcome(ignored="no plate", dropped=dropped)
    read = _read(kept, plate, parted, delivery)
    return Outcome(reads=(read,), dropped=dropped, clock_at=read.seen_at)


def _alert(document: bytes) -> dict[str, Any]:
    is_xml = document.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    parsed = parse_xml(document) if is_xml else parse_json(document)
    alert = branch(parsed, "EventNotificationAlert") or parsed
    if not isinstance(alert, dict) or not text_of(alert.get("eventType")):
        raise UnusableError("eventType", "is missing: this is no event of ISAPI")
    if "aNPR" in alert and "ANPR" not in alert:
        return alert | {"ANPR": alert["aNPR"]} if isinstance(alert["aNPR"], dict) else alert
    return alert


def _read(alert: dict[str, Any], plate: str, parted: Parted, delivery: Delivery) -> AdaptedRead:
    anpr = alert["ANPR"]
    seen_at = clocks.from_iso(alert.get("dateTime"), zone=delivery.zone, received_at=delivery.received_at)
    plate_image, vehicle_image = pictures.images_of(pictures.Sent(parted.plate, parted.whole))
    own = text_of(alert.get("UUID"))
    believed = text_of(anpr.get("plateCharBelieve"))
    return AdaptedRead(
        capture_id=id_of(KEY, own) if own else id_of(KEY, alert.get("channelID"), seen_at.isoformat(), plate),
        seen_at=seen_at,
        plate=plate,
        confidence=share(anpr.get("confidenceLevel"), of=100),
        char_confidences=char_shares(believed.split(","), plate=plate, of=100) if believed else (),
        vehicle=vehicle_of(type=anpr.get("vehicleType"), colour=branch(anpr, "vehicleInfo", "color")),
        plate_image=plate_image,
        vehicle_image=vehicle_image,
    )


def encode(read: AdaptedRead, *, zone: tzinfo) -> Encoded:
    """Return *read* as a camera pushes it: XML with the two pictures beside it."""
    believed = ",".join(f"{share * 100:g}" for share in read.char_confidences)
    fields = {
        "eventType": "ANPR",
        "eventState": "active",
        "dateTime": read.seen_at.astimezone(zone).isoformat(),
        "UUID": read.capture_id.removeprefix(f"{KEY}:"),
    }
    anpr = {
        "licensePlate": read.plate,
        "confidenceLevel": f"{read.confidence * 100:g}",
        "plateCharBelieve": believed,
        "vehicleType": read.vehicle.get("type", "unknown"),
        "pilotsafebelt": "unknown",
    }
    colour = escape(read.vehicle.get("colour", "unknown"))
    document = (
        '<?xml version="1.0" encoding="UTF-8"?><EventNotificationAlert version="2.0">'
        f"{_elements(fields)}<ANPR>{_elements(anpr)}<vehicleInfo><color>{colour}</color></vehicleInfo></ANPR>"
        "</EventNotificationAlert>"
    )
    content_type, content = put_together(
        Part("anpr.xml", "anpr.xml", "application/xml", document.encode()),
        [
            Part("licensePlatePicture.jpg", "licensePlatePicture.jpg", "image/jpeg", read.plate_image),
            Part("detectionPicture.jpg", "detectionPicture.jpg", "image/jpeg", read.vehicle_image),
        ],
    )
    return Encoded("", content_type, content)


def _elements(fields: dict[str, str]) -> str:
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in fields.items())
