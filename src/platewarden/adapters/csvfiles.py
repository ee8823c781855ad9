"""Reads in CSV files with their pictures beside them, as Plate Recognizer Stream writes them, or with our own columns.

Source of the first: "Webhooks and Outputs" of the guides of Plate Recognizer Stream, CSV.
"""

import ast
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from platewarden.adapters import clocks, layouts, pictures
from platewarden.adapters.layouts import Layout, Taken
from platewarden.adapters.results import MAX_CONTENT_BYTES, AdaptedRead, Outcome, UnusableError
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

KEY: Final = "csv"
TITLE: Final = "CSV files"

OWN: Final = Layout(
    (
        Taken("capture_id", "capture_id", "else made of time and plate"),
        Taken("seen_at", "seen_at", "ISO 8601; without an offset by the camera's zone"),
        Taken("plate", "plate"),
        Taken("confidence", "confidence", "0-1"),
        Taken("state", "state", "code or name"),
        Taken("state_confidence", "state_confidence", "0-1"),
        Taken("type", "vehicle.type"),
        Taken("make", "vehicle.make"),
        Taken("model", "vehicle.model"),
        Taken("colour", "vehicle.colour"),
        Taken("plate_image", "plate_image", "name of a file beside the CSV"),
        Taken("vehicle_image", "vehicle_image", "name of a file beside the CSV"),
    ),
    dict.fromkeys(("driver", "occupants", "seat_belt", "phone"), layouts.OCCUPANT)
    | dict.fromkeys(("direction", "speed", "lane"), layouts.WAY)
    | dict.fromkeys(("camera", "camera_id"), layouts.DEVICE),
)
STREAM: Final = Layout(
    (
        Taken("timestamp", "seen_at", "ISO 8601; without an offset it is UTC"),
        Taken("plate", "plate"),
        Taken("score", "confidence", "0-1"),
        Taken("file", "vehicle_image", "name of a file beside the CSV"),
        Taken("box", "cut of the images"),
        Taken("model_make", "vehicle.make", "and the model; the most likely"),
        Taken("color", "vehicle.colour", "the most likely"),
        Taken("vehicle", "vehicle.type"),
        Taken("region", "state", "and its confidence"),
        Taken("candidates", "alternates"),
    ),
    dict.fromkeys(("orientation", "direction", "position_sec"), layouts.WAY)
    | {"dscore": "how sure it is that there is a plate at all", "source_url": layouts.DEVICE},
)

MAX_ROWS: Final = 20_000
MAX_CELL: Final = 4096
MAX_PICTURE_BYTES: Final = 8 * 1024 * 1024
PictureOf = Callable[[str], bytes]
_SIDES: Final = ("xmin", "ymin", "xmax", "ymax")


def outcomes(
    content: bytes, *, zone: tzinfo, received_at: datetime, picture_of: PictureOf
) -> Iterator[Outcome]:
    """Yield what each row of the CSV in *content* is: a read, or a problem.

    Args:
        content: The file, UTF-8, its first row the names of columns.
        zone: The zone of times without an offset.
        received_at: The present moment.
        picture_of: Returns the picture of a name; raises `UnusableError` where there is none.

    Raises:
        UnusableError: It is no such CSV at all.
    """
    layout, rows = _rows(content)
    for row in rows:
        kept, dropped = layout.sift({name: cell for name, cell in row.items() if cell})
        try:
            if any(len(cell) > MAX_CELL for cell in kept.values()):
                raise UnusableError("row", f"has a cell of more than {MAX_CELL} characters")  # noqa: TRY301
            told = _of_stream(kept) if layout is STREAM else kept
            yield _outcome(told, dropped, zone if layout is OWN else UTC, received_at, picture_of)
        except UnusableError as error:
            yield Outcome(dropped=dropped, problems=(error,))


def _rows(content: bytes) -> tuple[Layout, Iterator[dict[str, str]]]:
    if len(content) > MAX_CONTENT_BYTES:
        raise UnusableError("file", f"is longer than {MAX_CONTENT_BYTES} bytes: cut it in two")
    try:
        lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        names = [name.strip().lower()[:48] for name in next(lines, [])]
        cells = [line for _, line in zip(range(MAX_ROWS + 1), lines, strict=False) if any(line)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnusableError("file", "is no CSV in UTF-8") from error
    if len(cells) > MAX_ROWS:
        raise UnusableError("file", f"has more than {MAX_ROWS} rows: cut it in two")
    if "plate" not in names or not {"seen_at", "timestamp"} & set(names):
        raise UnusableError("file", "has no columns plate and seen_at (or timestamp) in its first row")
    layout = OWN if "seen_at" in names else STREAM
    return layout, (dict(zip(names, line, strict=False)) for line in cells)


def _of_stream(kept: dict[str, str]) -> dict[str, Any]:
    """Return a row of Stream under our own names; its cells hold Python's way of writing lists."""
    region, vehicle = _literal(kept.get("region")), _literal(kept.get("vehicle"))
    make, colour = (best_of(_literal(kept.get(name)), by="score") for name in ("model_make", "color"))
    return {
        "seen_at": kept.get("timestamp"),
        "plate": kept.get("plate"),
        "confidence": kept.get("score"),
        "vehicle_image": kept.get("file"),
        "box": _literal(kept.get("box")),
        "state": branch(region, "code"),
        "state_confidence": branch(region, "score"),
        "type": branch(vehicle, "type"),
        "make": make.get("make"),
        "model": make.get("model"),
        "colour": colour.get("color"),
        "candidates": _literal(kept.get("candidates")),
    }


def _literal(cell: str | None) -> Any:
    try:
        return ast.literal_eval(cell) if cell else None
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _outcome(
    told: dict[str, Any], dropped: Counter[str], zone: tzinfo, received_at: datetime, picture_of: PictureOf
) -> Outcome:
    plate = plate_text(told.get("plate"))
    if not plate:
        return Outcome(ignored="no plate", dropped=dropped)
    seen_at = clocks.from_iso(told.get("seen_at"), zone=zone, received_at=received_at)
    names = {name: text_of(told.get(name)) for name in ("plate_image", "vehicle_image")}
    plate_image, vehicle_image = pictures.images_of(
        pictures.Sent(
            plate=picture_of(names["plate_image"]) if names["plate_image"] else b"",
            whole=picture_of(names["vehicle_image"]) if names["vehicle_image"] else b"",
            plate_box=pictures.box_of([branch(told.get("box"), side) for side in _SIDES]),
        )
    )
    own, candidates = text_of(told.get("capture_id")), told.get("candidates")
    others = [one for one in candidates if isinstance(one, dict)] if isinstance(candidates, list) else []
    read = AdaptedRead(
        capture_id=id_of(own) if own else id_of(KEY, seen_at.isoformat(), plate),
        seen_at=seen_at,
        plate=plate,
        confidence=share(told.get("confidence")),
        alternates=alternates_of(
            ((one.get("plate"), share(one.get("score"), field="alternates")) for one in others), plate=plate
        ),
        state=state_of(told.get("state")),
        state_confidence=share(told.get("state_confidence"), field="state_confidence"),
        vehicle=vehicle_of(**{name: told.get(name) for name in ("type", "make", "model", "colour")}),
        plate_image=plate_image,
        vehicle_image=vehicle_image,
    )
    return Outcome(reads=(read,), dropped=dropped)
