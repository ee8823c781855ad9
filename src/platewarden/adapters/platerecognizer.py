"""Plate Recognizer Stream: its webhook, as JSON or with a picture beside it, in the older and the newer nesting.

Source: "Webhooks and Outputs" of the guides of Plate Recognizer Stream.
"""

import json
from collections import Counter
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from platewarden.adapters import clocks, layouts, pictures
from platewarden.adapters.layouts import Layout, Taken
from platewarden.adapters.parts import Parted, put_together, taken_apart
from platewarden.adapters.reading import Part, parse_json
from platewarden.adapters.results import AdaptedRead, Delivery, Encoded, Outcome, UnusableError
from platewarden.adapters.values import (
    alternates_of,
    best_of,
    branch,
    id_of,
    plate_text,
    share,
    state_of,
    text_of,
    vehicle_of,
)
from platewarden.recognition.types import Box

KEY: Final = "platerecognizer"
TITLE: Final = "Plate Recognizer Stream"

_R: Final = "data.results[]"
_SIDES: Final = ("xmin", "ymin", "xmax", "ymax")

_COMMON: Final = (
    Taken("hook.event", "kind of event"),
    Taken("data.timestamp", "seen_at", "ISO 8601; without an offset it is UTC"),
    Taken("data.image", "vehicle_image", "base64, where no picture comes beside it"),
    *(Taken(f"{_R}.vehicle.box.{side}", "cut of the images") for side in _SIDES),
    Taken(f"{_R}.vehicle.type", "vehicle.type"),
)
_DROPPED: Final = {
    **dict.fromkeys(
        ("orientation", "direction", "direction_score", "speed", "position_sec", "dwell_time"), layouts.WAY
    ),
    "dscore": "how sure it is that there is a plate at all",
    **dict.fromkeys(
        (
            "target",
            "id",
            "filename",
            "camera_id",
            "timestamp_local",
            "timestamp_camera",
            "source_url",
            "user_data",
            "gps",
            "version",
            "usage",
        ),
        layouts.DEVICE,
    ),
    "face": layouts.OCCUPANT,
}

OLDER: Final = Layout(
    (
        *_COMMON,
        *(Taken(f"{_R}.box.{side}", "cut of the images") for side in _SIDES),
        Taken(f"{_R}.plate", "plate", "in lower case, kept as it is"),
        Taken(f"{_R}.score", "confidence", "0-1"),
        Taken(f"{_R}.candidates[].plate", "alternates"),
        Taken(f"{_R}.candidates[].score", "alternates", "0-1"),
        Taken(f"{_R}.region.code", "state", "`us-ny`"),
        Taken(f"{_R}.region.score", "state_confidence", "0-1"),
        Taken(f"{_R}.model_make[].make", "vehicle.make", "the most likely"),
        Taken(f"{_R}.model_make[].model", "vehicle.model"),
        Taken(f"{_R}.model_make[].score", "vehicle.make"),
        Taken(f"{_R}.color[].color", "vehicle.colour", "the most likely"),
        Taken(f"{_R}.color[].score", "vehicle.colour"),
    ),
    _DROPPED,
)
NEWER: Final = Layout(
    (
        *_COMMON,
        *(Taken(f"{_R}.plate.box.{side}", "cut of the images") for side in _SIDES),
        Taken(f"{_R}.plate.props.plate[].value", "plate", "the most likely; the others are alternates"),
        Taken(f"{_R}.plate.props.plate[].score", "confidence", "0-1"),
        Taken(f"{_R}.plate.props.region[].value", "state", "`us-ny`"),
        Taken(f"{_R}.plate.props.region[].score", "state_confidence", "0-1"),
        Taken(f"{_R}.vehicle.props.make_model[].make", "vehicle.make", "the most likely"),
        Taken(f"{_R}.vehicle.props.make_model[].model", "vehicle.model"),
        Taken(f"{_R}.vehicle.props.make_model[].score", "vehicle.make"),
        Taken(f"{_R}.vehicle.props.color[].value", "vehicle.colour", "the most likely"),
        Taken(f"{_R}.vehicle.props.color[].score", "vehicle.colour"),
    ),
    _DROPPED,
)

MEANS: Final = frozenset(
    {"seen_at", "plate", "confidence", "alternates", "state", "state_confidence", "vehicle", "vehicle_image"}
)
MOST_RESULTS: Final = 40
"""Of one picture no more vehicles are taken."""


def decode(delivery: Delivery) -> Outcome:
    """Return what Stream sent: each vehicle of the picture is a read, and stands or falls on its own.

    Raises:
        UnusableError: It is no webhook of Stream, or no read of it can be used.
    """
    parted = taken_apart(delivery, documents=("json",))
    document = parse_json(parted.document)
    results = branch(document, "data", "results")
    if not isinstance(results, list):
        event = text_of(branch(document, "hook", "event"))
        if event and event != "recognition":
            return Outcome(is_heartbeat=event == "status", ignored="" if event == "status" else "other event")
        raise UnusableError("data.results", "is missing, or no list")
    is_newer = any(isinstance(branch(result, "plate"), dict) for result in results)
    kept, dropped = (NEWER if is_newer else OLDER).sift(document)
    if parted.more:
        dropped[layouts.UNLISTED] += parted.more
    return _outcome(kept["data"], parted, dropped, delivery, is_newer=is_newer)


def _outcome(
    data: dict[str, Any], parted: Parted, dropped: Counter[str], delivery: Delivery, *, is_newer: bool
) -> Outcome:
    seen_at = clocks.from_iso(data.get("timestamp"), zone=UTC, received_at=delivery.received_at)
    whole = parted.whole or pictures.from_base64(data.get("image"), field="vehicle_image")
    reads, problems = [], []
    for result in data["results"][:MOST_RESULTS]:
        try:
            told = _newer(result) if is_newer else result
            if plate := plate_text(told.get("plate")):
                reads.append(_read(told, plate, seen_at, parted.plate, whole))
        except UnusableError as error:
            problems.append(error)
    if problems and not reads:
        raise problems[0]
    is_empty = not reads and not problems
    return Outcome(tuple(reads), dropped, problems=tuple(problems), ignored="no plate" if is_empty else "")


def _newer(result: dict[str, Any]) -> dict[str, Any]:
    """Return *result* of the newer nesting as the older one has it."""
    plates = branch(result, "plate", "props", "plate")
    best = best_of(plates, by="score")
    region = best_of(branch(result, "plate", "props", "region"), by="score")
    others = [one for one in plates if isinstance(one, dict)] if isinstance(plates, list) else []
    colours = branch(result, "vehicle", "props", "color")
    return {
        "plate": best.get("value"),
        "score": best.get("score"),
        "box": branch(result, "plate", "box"),
        "candidates": [{"plate": one.get("value"), "score": one.get("score")} for one in others],
        "region": {"code": region.get("value"), "score": region.get("score")},
        "vehicle": branch(result, "vehicle"),
        "model_make": branch(result, "vehicle", "props", "make_model"),
        "color": [
            {"color": one.get("value"), "score": one.get("score")}
            for one in colours or []
            if isinstance(one, dict)
        ],
    }


def _read(
    told: dict[str, Any], plate: str, seen_at: datetime, plate_image: bytes, whole: bytes
) -> AdaptedRead:
    box, vehicle_box = _box(told.get("box")), _box(branch(told, "vehicle", "box"))
    images = pictures.images_of(pictures.Sent(plate_image, whole, box, vehicle_box))
    make = best_of(told.get("model_make"), by="score")
    others = [one for one in told.get("candidates") or [] if isinstance(one, dict)]
    return AdaptedRead(
        capture_id=id_of(KEY, id_of("", seen_at.isoformat(), plate, *(box or ())).rpartition(":")[2]),
        seen_at=seen_at,
        plate=plate,
        confidence=share(told.get("score")),
        alternates=alternates_of(
            ((one.get("plate"), share(one.get("score"), field="alternates")) for one in others), plate=plate
        ),
        state=state_of(branch(told, "region", "code")),
        state_confidence=share(branch(told, "region", "score"), field="state_confidence"),
        vehicle=vehicle_of(
            type=branch(told, "vehicle", "type"),
            make=make.get("make"),
            model=make.get("model"),
            colour=best_of(told.get("color"), by="score").get("color"),
        ),
        plate_image=images[0],
        vehicle_image=images[1],
    )


def _box(told: Any) -> Box | None:
    return pictures.box_of([branch(told, side) for side in _SIDES])


def encode(read: AdaptedRead, *, zone: tzinfo) -> Encoded:  # noqa: ARG001 - its times are UTC
    """Return *read* as Stream sends it, in the newer nesting with the picture beside it."""
    candidates = [(read.plate, read.confidence), *read.alternates]
    vehicle: dict[str, Any] = {"props": {}}
    if "type" in read.vehicle:
        vehicle["type"] = read.vehicle["type"]
    if made := {name: read.vehicle[name] for name in ("make", "model") if name in read.vehicle}:
        vehicle["props"]["make_model"] = [made | {"score": 0.9}]
    if "colour" in read.vehicle:
        vehicle["props"]["color"] = [{"value": read.vehicle["colour"], "score": 0.9}]
    result = {
        "plate": {
            "props": {
                "plate": [{"value": plate, "score": score} for plate, score in candidates],
                "region": [{"value": f"us-{read.state.lower()}", "score": read.state_confidence}]
                if read.state
                else [],
            }
        },
        "vehicle": vehicle,
    }
    data = {"camera_id": "camera-1", "timestamp": read.seen_at.isoformat(), "results": [result]}
    document = json.dumps({"hook": {"event": "recognition"}, "data": data}).encode()
    content_type, content = put_together(
        Part("json", "", "application/json", document),
        [Part("upload", "frame.jpg", "image/jpeg", read.vehicle_image)],
    )
    return Encoded("", content_type, content)
