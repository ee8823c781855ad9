"""OpenALPR and Rekor Scout: groups, alerts, results and heartbeats, as their agents post them.

Source: the OpenALPR documentation, "Application integration" (``alpr_group`` version 2, ``heartbeat``), and the
alerts of Rekor Scout as its webhooks carry them.
"""

import base64
import json
from collections import Counter
from datetime import datetime, tzinfo
from typing import Any, Final

from platewarden.adapters import clocks, layouts, pictures
from platewarden.adapters.layouts import Layout, Taken
from platewarden.adapters.reading import parse_json
from platewarden.adapters.results import AdaptedRead, Delivery, Encoded, Outcome, UnusableError
from platewarden.adapters.values import (
    alternates_of,
    best_of,
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

KEY: Final = "openalpr"
TITLE: Final = "OpenALPR and Rekor Scout"

_GROUP: Final = (
    Taken("data_type", "kind of event"),
    Taken("epoch_start", "seen_at", "milliseconds since 1970, UTC"),
    Taken("epoch_end", "clock"),
    Taken("best_uuid", "capture_id", "`openalpr:` before it"),
    Taken("best_plate_number", "plate"),
    Taken("best_confidence", "confidence", "0-100"),
    Taken("best_region", "state", "`us-ny`"),
    Taken("best_region_confidence", "state_confidence", "0-100"),
    Taken("candidates[].plate", "alternates"),
    Taken("candidates[].confidence", "alternates", "0-100"),
    Taken("best_plate.plate_crop_jpeg", "plate_image", "base64"),
    Taken("vehicle_crop_jpeg", "vehicle_image", "base64"),
    Taken("vehicle.color[].name", "vehicle.colour", "the most likely"),
    Taken("vehicle.color[].confidence", "vehicle.colour"),
    Taken("vehicle.make[].name", "vehicle.make"),
    Taken("vehicle.make[].confidence", "vehicle.make"),
    Taken("vehicle.make_model[].name", "vehicle.model", "`toyota_camry`: what follows the make"),
    Taken("vehicle.make_model[].confidence", "vehicle.model"),
    Taken("vehicle.body_type[].name", "vehicle.type"),
    Taken("vehicle.body_type[].confidence", "vehicle.type"),
    Taken("gps_latitude", "position"),
    Taken("gps_longitude", "position"),
)

LAYOUT: Final = Layout(
    (*_GROUP, *(Taken(f"group.{path}", becomes, note) for path, becomes, note in _GROUP)),
    {
        **dict.fromkeys(("travel_direction", "is_parked"), layouts.WAY),
        **dict.fromkeys(
            ("year", "orientation", "missing_plate", "is_vehicle"), "of the vehicle, beyond CAP-2"
        ),
        **dict.fromkeys(
            ("alert_list", "alert_list_id", "list_type", "description", "custom_data", "plate_number"),
            layouts.LIST,
        ),
        **dict.fromkeys(
            (
                "company_id",
                "agent_uid",
                "agent_type",
                "agent_version",
                "camera_id",
                "version",
                "country",
                "site_name",
                "camera_name",
                "camera_number",
                "frame_start",
                "frame_end",
                "web_server_config",
                "user_data",
                "regions_of_interest",
                "video_streams",
                "best_uuid_jpeg",
                "epoch_time",
                "uuids",
                "plate_indexes",
                "best_plate_length",
                "matches_template",
                "processing_time_ms",
                "requested_topn",
                "plate_index",
            ),
            layouts.DEVICE,
        ),
        **dict.fromkeys(
            (
                "best_image_width",
                "best_image_height",
                "coordinates",
                "vehicle_region",
                "plate_path",
                "vehicle_path",
                "plate_points",
                "vehicle_signature",
            ),
            layouts.PICTURE,
        ),
    },
)

MEANS: Final = frozenset(
    {
        "capture_id",
        "seen_at",
        "plate",
        "confidence",
        "alternates",
        "state",
        "state_confidence",
        "vehicle",
        "position",
        "plate_image",
        "vehicle_image",
    }
)
"""What of a read the format can carry."""

_IGNORED: Final = frozenset({"alpr_results", "vehicle", "vehicles"})


def decode(delivery: Delivery) -> Outcome:
    """Return what an agent posted.

    A group is a read. An alert is the group in it: matching lists is ours to do, and the group itself comes too, under
    the same id. Results of single frames are ignored, because the group that follows says the same once.

    Raises:
        UnusableError: It is none of the documented kinds, or lacks what a read needs.
    """
    document = parse_json(delivery.content)
    kind = text_of(branch(document, "data_type"))
    if kind == "heartbeat":
        return Outcome(is_heartbeat=True, clock_at=_clock(document, "timestamp"))
    if kind in _IGNORED:
        return Outcome(ignored=kind)
    kept, dropped = LAYOUT.sift(document)
    if kind == "alpr_alert":
        return _outcome(kept.get("group"), dropped)
    if kind == "alpr_group":
        return _outcome(kept, dropped)
    raise UnusableError("data_type", "is none of alpr_group, alpr_alert, alpr_results and heartbeat")


def _outcome(group: Any, dropped: Counter[str]) -> Outcome:
    if not isinstance(group, dict):
        raise UnusableError("group", "is missing from the alert")
    plate = plate_text(group.get("best_plate_number"))
    if not plate:
        return Outcome(ignored="no plate", dropped=dropped)
    return Outcome(reads=(_read(group, plate),), dropped=dropped, clock_at=_clock(group, "epoch_end"))


def _read(group: dict[str, Any], plate: str) -> AdaptedRead:
    seen_at = clocks.from_epoch_ms(group.get("epoch_start"))
    plate_image, vehicle_image = pictures.images_of(
        pictures.Sent(
            plate=pictures.from_base64(branch(group, "best_plate", "plate_crop_jpeg"), field="plate_image"),
            whole=pictures.from_base64(group.get("vehicle_crop_jpeg"), field="vehicle_image"),
        )
    )
    others = [one for one in group.get("candidates") or [] if isinstance(one, dict)]
    return AdaptedRead(
        capture_id=id_of(KEY, group.get("best_uuid") or id_of(KEY, seen_at.isoformat(), plate)),
        seen_at=seen_at,
        plate=plate,
        confidence=share(group.get("best_confidence"), of=100),
        alternates=alternates_of(((one.get("plate"), _percent(one)) for one in others), plate=plate),
        state=state_of(group.get("best_region")),
        state_confidence=share(group.get("best_region_confidence"), of=100, field="state_confidence"),
        vehicle=_vehicle(group.get("vehicle")),
        position=position_of(group.get("gps_latitude"), group.get("gps_longitude")),
        plate_image=plate_image,
        vehicle_image=vehicle_image,
    )


def _percent(candidate: dict[str, Any]) -> float:
    return share(candidate.get("confidence"), of=100, field="alternates")


def _vehicle(vehicle: Any) -> dict[str, str]:
    names = {
        name: text_of(best_of(branch(vehicle, name), by="confidence").get("name"))
        for name in ("color", "make", "make_model", "body_type")
    }
    model = (
        names["make_model"].removeprefix(names["make"]).lstrip("_-") if names["make"] else names["make_model"]
    )
    told = {"type": names["body_type"], "make": names["make"], "model": model, "colour": names["color"]}
    return vehicle_of(**{name: text.replace("_", " ").replace("-", " ") for name, text in told.items()})


def _clock(document: dict[str, Any], name: str) -> datetime | None:
    return clocks.from_epoch_ms(document[name]) if number_of(document.get(name)) else None


def encode(read: AdaptedRead, *, zone: tzinfo) -> Encoded:  # noqa: ARG001 - its times have no zone
    """Return *read* as an agent posts its group."""
    vehicle = {name: text.replace(" ", "-") for name, text in read.vehicle.items()}
    make = vehicle.get("make", "")
    named = {
        "color": vehicle.get("colour"),
        "make": make,
        "make_model": f"{make}_{vehicle['model']}" if "model" in vehicle else "",
        "body_type": vehicle.get("type"),
    }
    milliseconds = round(read.seen_at.timestamp() * 1000)
    group = {
        "data_type": "alpr_group",
        "version": 2,
        "epoch_start": milliseconds,
        "epoch_end": milliseconds,
        "best_uuid": read.capture_id.removeprefix(f"{KEY}:"),
        "best_plate_number": read.plate,
        "best_confidence": read.confidence * 100,
        "best_region": f"us-{read.state.lower()}" if read.state else "",
        "best_region_confidence": read.state_confidence * 100,
        "candidates": [{"plate": plate, "confidence": share * 100} for plate, share in read.alternates],
        "best_plate": {"plate_crop_jpeg": base64.b64encode(read.plate_image).decode()},
        "vehicle_crop_jpeg": base64.b64encode(read.vehicle_image).decode(),
        "vehicle": {name: [{"name": text, "confidence": 90.0}] for name, text in named.items() if text},
        "gps_latitude": read.position[0] if read.position else -1,
        "gps_longitude": read.position[1] if read.position else -1,
    }
    if not read.position:
        del group["gps_latitude"], group["gps_longitude"]
    return Encoded("", "application/json", json.dumps(group).encode())
