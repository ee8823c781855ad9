"""Signatures of devices in a copy of a case: a read in the copy, pictures included, is what its device signed."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from platewarden.edge import signed
from platewarden.ledger.checkpoint import Note, NoteError, VerifierKey

FOLDER: Final = "signatures"


def text_of(record: Mapping[str, Any], *, plate_image: str, vehicle_image: str) -> str:
    """Return what the device signed if *record*, one of `case.json`, is what it read; images by hexadecimal SHA-256.

    Raises:
        KeyError, TypeError, ValueError: Something that the text needs is missing or malformed.
    """
    said = record["signature"]
    place = {name: record[name] for name in ("latitude", "longitude")} if said["has_position"] else None
    read = {
        "capture_id": said["capture_id"],
        "pass_id": said.get("pass_id", ""),
        "revision": said.get("revision", 0),
        "seen_at": datetime.fromisoformat(record["seen_at_utc"]),
        "clock_offset_seconds": said["clock_offset_seconds"],
        "plate": record["plate_as_read"],
        "confidence": record["confidence"],
        "char_confidences": record["char_confidences"],
        "alternates": record["alternates"],
        "state": record["state"],
        "state_confidence": record["state_confidence"],
        "vehicle": {part: record[f"vehicle_{part}"] for part in signed.VEHICLE},
        "position": place,
    }
    return signed.read_text(
        read,
        device=said["device"],
        camera=said["camera"],
        plate_image=plate_image,
        vehicle_image=vehicle_image,
    )


def problem_of(record: Mapping[str, Any], note: str, digests: Mapping[str, str], keys: frozenset[str]) -> str:
    """Return what is wrong with the signature of *record*; empty when nothing is.

    Args:
        record: One of `case.json`.
        note: The signed note that the copy has of it.
        digests: SHA-256 of the copy's files, hexadecimal, by path below its payload.
        keys: Keys of devices, as lines of text, that proved entries of the ledger name.
    """
    try:
        said = record["signature"]
        text = text_of(
            record,
            plate_image=digests[record["plate_image"]],
            vehicle_image=digests[record["vehicle_image"]],
        )
        parsed = Note.parse(note)
        parsed.verify([VerifierKey.parse(said["key"])])
    except (KeyError, TypeError, ValueError, NoteError) as error:
        return f"its device's signature proves nothing: {error}"
    if parsed.text != text:
        return "is not what its device signed"
    return "" if said["key"] in keys else "was signed with a key that no entry of the ledger here knows"


def keys_in(bodies: list[str]) -> frozenset[str]:
    """Return the keys of devices that entries name, by what these say."""
    found = set()
    for body in bodies:
        details = json.loads(body).get("details", {})
        if isinstance(details, dict) and isinstance(details.get("key"), str):
            found.add(details["key"])
    return frozenset(found)
