"""The records of a case for its copy, one after the other: facts as rows, images as files."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from platewarden.bags.signatures import FOLDER, text_of
from platewarden.cases.copies import open_copy
from platewarden.cases.models import Case, CaseRead, PreservedHit
from platewarden.cases.sealing import open_read
from platewarden.edge.signed import image_digest, note_of
from platewarden.images.inline import media_type
from platewarden.ledger.checkpoint import VerifierKey
from platewarden.recognition.images import ImageError, decode_image
from platewarden.recognition.masking import mask_outside, plate_of, vehicle_around
from platewarden.recognition.pictures import encode_jpeg
from platewarden.recognition.plate_detector import PlateDetector
from platewarden.recognition.types import Frame
from platewarden.site.exports import csv_table

COLUMNS: Final = (
    *("record", "kind", "plate_as_read", "plate", "state", "confidence", "state_confidence"),
    *(
        "seen_at_utc",
        "camera",
        "place",
        "latitude",
        "longitude",
        "vehicle_colour",
        "vehicle_make",
        "vehicle_model",
    ),
    *(
        "vehicle_type",
        "kept_as",
        "query_entry",
        "plate_image",
        "vehicle_image",
        "masked_vehicle_image",
        "masking",
        "signed_by",
        "clock_offset_seconds",
        "device_signature",
    ),
)
"""Columns of records.csv; `case.json` has the same members and more."""

_COPIED: Final = (
    *("plate_as_read", "plate", "state", "confidence", "state_confidence", "char_confidences", "alternates"),
    *("latitude", "longitude", "place", "vehicle_colour", "vehicle_make", "vehicle_model", "vehicle_type"),
)
_OF_A_HIT: Final = (
    *(
        "grade",
        "comparison",
        "hotlist_name",
        "hotlist_source",
        "snapshot_id",
        "snapshot_effective_at",
        "is_stale",
    ),
    *("entry_plate_as_given", "entry_state", "entry_category", "entry_reason", "entry_case_number"),
)


@dataclass(frozen=True, slots=True)
class Exported:
    """One record: what it says, and its files by path below ``data/``."""

    facts: dict[str, Any]
    files: dict[str, bytes]


class Masker:
    """Makes the copies of vehicle images in which everything outside the vehicle is painted over."""

    def __init__(self) -> None:
        """Load the plate detector."""
        self._detector = PlateDetector(threads=1)

    def mask(self, vehicle: bytes, plate: bytes | None) -> tuple[bytes | None, str]:
        """Return the masked copy of *vehicle* as JPEG; otherwise as `masked`."""
        picture, how = self.masked(vehicle, plate)
        return (None if picture is None else encode_jpeg(picture)), how

    def masked(self, vehicle: bytes, plate: bytes | None) -> tuple[Frame | None, str]:
        """Return the masked copy of *vehicle*, and how it came about; None where it cannot be decoded.

        > CAP-3: No biometric measurement is made of anyone

        The place of the vehicle is told from that of its plate alone; where no plate is found, all is masked.
        """
        try:
            frame = decode_image(vehicle)
        except ImageError:
            return None, "none: the image cannot be decoded"
        box = plate_of(self._detector.detect(frame), frame, _decoded(plate))
        if box is None:
            return mask_outside(frame, None), "whole image: no plate was found in it"
        return mask_outside(frame, vehicle_around(box, frame)), "outside the vehicle, by geometry"


def _decoded(image: bytes | None) -> Any:
    try:
        return decode_image(image) if image else None
    except ImageError:
        return None


def exported_records(case: Case, masker: Masker) -> Iterator[Exported]:
    """Yield every record of *case*, hits first.

    Raises:
        KeyUnavailable, ImageUnavailable: The facts of one cannot be opened: then there is no copy at all.
    """
    for hit in case.hits.order_by("pk"):
        yield _hit(hit, masker)
    for read in case.reads.select_related("hold"):
        yield _read(read, masker)


def _hit(kept: PreservedHit, masker: Masker) -> Exported:
    copy = open_copy(kept)
    name = f"hit-{kept.pk}"
    facts = {member: getattr(copy.hit, member) for member in (*_COPIED, *_OF_A_HIT)}
    facts |= {
        "record": name,
        "kind": "hit",
        "read_id": str(copy.hit.read_id),
        "alert_id": str(kept.alert_id),
        "seen_at_utc": copy.hit.seen_at.isoformat(),
        "snapshot_effective_at": copy.hit.snapshot_effective_at.isoformat(),
        "camera": copy.hit.camera_name,
        "alert": copy.alert,
        "kept_as": "case file",
        "query_entry": None,
        "signature": copy.signed,
    }
    return _with_files(name, facts, copy.plate_image, copy.vehicle_image, masker)


def _read(kept: CaseRead, masker: Masker) -> Exported:
    copy = open_read(kept)
    name = f"read-{kept.pk}"
    held = (
        f"hold {kept.hold.pk} until {kept.hold.ends_at:%Y-%m-%d}" if kept.hold and not kept.taken_at else ""
    )
    facts = {member: copy.facts.get(member) for member in _COPIED}
    facts |= {
        "record": name,
        "kind": "read",
        "read_id": str(kept.read_id),
        "seen_at_utc": copy.facts["seen_at"],
        "camera": copy.facts["camera"],
        "kept_as": held or "case file",
        "query_entry": kept.query_entry,
        "signature": copy.facts.get("signed"),
    }
    return _with_files(name, facts, copy.plate_image, copy.vehicle_image, masker)


def _with_files(
    name: str, facts: dict[str, Any], plate: bytes | None, vehicle: bytes | None, masker: Masker
) -> Exported:
    files: dict[str, bytes] = {}
    for view, image in (("plate", plate), ("vehicle", vehicle)):
        path = f"images/original/{name}-{view}.{_suffix(image)}" if image else ""
        facts[f"{view}_image"] = path
        if image:
            files[path] = image
    masked, how = masker.mask(vehicle, plate) if vehicle else (None, "none: there is no vehicle image")
    facts["masked_vehicle_image"] = f"images/masked/{name}-vehicle.jpg" if masked else ""
    facts["masking"] = how
    if masked:
        files[facts["masked_vehicle_image"]] = masked
    if note := _note_of(facts, plate, vehicle):
        facts["device_signature"] = f"{FOLDER}/{name}.note"
        files[facts["device_signature"]] = note.encode()
    return Exported(facts, files)


def _note_of(facts: dict[str, Any], plate: bytes | None, vehicle: bytes | None) -> str:
    """Return what the device signed of a record, with its signature; empty where none did, or an image is missing.

    It is made from the record as it stands: where that was altered, the signature is shown to be wrong.
    """
    said = facts["signature"]
    facts |= {"signed_by": "", "clock_offset_seconds": None, "device_signature": ""}
    if said is None:
        return ""
    facts |= {"signed_by": said["device"], "clock_offset_seconds": said["clock_offset_seconds"]}
    if plate is None or vehicle is None:
        return ""
    text = text_of(facts, plate_image=image_digest(plate), vehicle_image=image_digest(vehicle))
    return note_of(text, said["signature"], VerifierKey.parse(said["key"]).name).encode()


def _suffix(image: bytes) -> str:
    return media_type(image).removeprefix("image/") or "bin"


def records_csv(rows: list[dict[str, Any]]) -> str:
    """Return *rows* as CSV that no spreadsheet runs anything of."""
    return csv_table(COLUMNS, ([_cell(row.get(column)) for column in COLUMNS] for row in rows))


def _cell(value: object) -> object:
    return "" if value is None else value
