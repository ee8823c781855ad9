"""Everything in the package of a release, written into a bag in one pass."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from platewarden import __version__
from platewarden.accounts.actors import owning_agency, system_actor
from platewarden.bags.layout import RELEASE
from platewarden.bags.writing import BagWriter, Sink
from platewarden.cases.exporting.records import Masker
from platewarden.ledger import keys
from platewarden.ledger.actions import sign_checkpoint
from platewarden.ledger.bagging import add_proofs
from platewarden.ledger.checkpoint import Note
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody
from platewarden.policy.use import Purpose
from platewarden.recognition.images import ImageError, decode_image
from platewarden.releases import materials
from platewarden.releases.actions import subject_of
from platewarden.releases.marking import marked
from platewarden.releases.materials import Material
from platewarden.releases.models import Package, ReleaseRequest, SelectedRead
from platewarden.releases.readme import readme
from platewarden.reports.typesetting import LAYOUTS, set_pdf
from platewarden.site.exports import csv_table

COLUMNS: Final = (
    *("read", "plate_as_read", "plate", "state", "confidence", "state_confidence", "seen_at_utc", "camera"),
    *("place", "latitude", "longitude", "vehicle_colour", "vehicle_make", "vehicle_model", "vehicle_type"),
    *("plate_image", "vehicle_image", "masking"),
)
"""Columns of reads.csv."""

_PROVED: Final = (Kind.RELEASE_RECEIVED, Kind.RELEASE_PREPARED, Kind.RELEASE_APPROVED)


@dataclass(frozen=True, slots=True)
class Written:
    """What a bag came to: its payload files and their bytes."""

    files: int
    payload_bytes: int


def write_bag(
    package: Package,
    selected: Sequence[SelectedRead],
    found: Sequence[Material],
    sink: Sink,
    *,
    now: datetime,
) -> Written:
    """Write the package into *sink*: of exactly the reads *found*, which must be what was approved.

    > CAP-3: No biometric measurement is made of anyone

    Everything outside the vehicle is masked in each picture, and each says for whom it was made.

    Raises:
        LogKeyError, LedgerInconsistent, LedgerUnavailable: The ledger cannot be signed or its proofs not be given.
    """
    sign_checkpoint(actor=system_actor("release"), now=now)
    decision = package.decision
    request, selection = decision.request, decision.selection
    assert selection is not None
    bag = BagWriter(sink, bag=package.name, at=now, form=RELEASE)
    masker, rows = Masker(), []
    for each, material in zip(selected, found, strict=True):
        rows.append(_add_read(bag, package, each.place, material, masker, now=now))
    listed = materials.content_list(request, selection.case_number, selection.salt, selected)
    bag.add("selection.json", materials.as_bytes(listed))
    bag.add(
        "reads.csv", csv_table(COLUMNS, ([_cell(row[name]) for name in COLUMNS] for row in rows)).encode()
    )
    facts = _facts(package, request, rows, now=now)
    bag.add("release.json", json.dumps(facts, indent=1, ensure_ascii=False, sort_keys=True).encode())
    bag.add("cover-letter.pdf", set_pdf(LAYOUTS / "release.typ", _printed(facts), now=now))
    bag.add("README.txt", readme(facts, key=keys.verifiers()[0].encode()).encode())
    add_proofs(bag, _entries(request), with_bodies=False)
    bag.close(info=_info(package, request, now), sign=lambda text: Note.sign(text, keys.signer()).encode())
    return Written(bag.files, bag.payload_bytes)


def line_of(request: ReleaseRequest, now: datetime) -> str:
    """Return what every picture and page of a release says: its number, for whom, and when."""
    return f"Release {request.pk} - {request.requester} - {now.astimezone(_zone()):%Y-%m-%d} - not to be passed on"


def _zone() -> ZoneInfo:
    return ZoneInfo(owning_agency().time_zone)


def _entries(request: ReleaseRequest) -> list[LedgerBody]:
    kinds = [kind.value for kind in _PROVED]
    return list(LedgerBody.objects.filter(subject=subject_of(request), leaf__kind__in=kinds))


def _add_read(
    bag: BagWriter, package: Package, place: int, material: Material, masker: Masker, *, now: datetime
) -> dict[str, Any]:
    said, line = material.facts, line_of(package.decision.request, now)
    bag.add(f"reads/read-{place}.json", json.dumps(said, sort_keys=True, separators=(",", ":")).encode())
    row: dict[str, Any] = {name: said.get(name) for name in COLUMNS} | {
        "read": place,
        "seen_at_utc": said["seen_at"],
    }
    row |= {"plate_image": "", "vehicle_image": ""}
    plate = _decoded(material.plate)
    if plate is not None:
        row["plate_image"] = f"images/read-{place}-plate-{package.mark}.jpg"
        bag.add(row["plate_image"], marked(plate, line=line, mark=package.mark))
    masked, row["masking"] = (
        masker.masked(material.vehicle, material.plate)
        if material.vehicle
        else (None, "none: there is no vehicle image")
    )
    if masked is not None:
        row["vehicle_image"] = f"images/read-{place}-vehicle-{package.mark}.jpg"
        bag.add(row["vehicle_image"], marked(masked, line=line, mark=package.mark))
    return row


def _decoded(image: bytes | None) -> Any:
    try:
        return decode_image(image) if image else None
    except ImageError:
        return None


def _cell(value: object) -> object:
    return "" if value is None else value


def _facts(
    package: Package, request: ReleaseRequest, rows: list[dict[str, Any]], *, now: datetime
) -> dict[str, Any]:
    agency, decision = owning_agency(), package.decision
    selection = decision.selection
    assert selection is not None
    return {
        "format": RELEASE,
        "agency": {"name": agency.name, "county": agency.county, "time_zone": agency.time_zone},
        "release": {
            "number": request.pk,
            "bag": package.name,
            "made_at_utc": now.isoformat(),
            "received_on": request.received_on.isoformat(),
            "requester": request.requester,
            "official": request.official,
            "their_case": request.their_case,
            "purpose": Purpose(request.purpose).label,
            "need": request.need,
            "approved_by": decision.decided_by.full_name,
            "approved_at_utc": decision.decided_at.isoformat(),
            "approval_entry": decision.entry,
            "selection_sha256": selection.digest,
            "line": line_of(request, now),
            "software": f"Platewarden {__version__}",
        },
        "reads": rows,
    }


def _printed(facts: dict[str, Any]) -> dict[str, Any]:
    """Return what the cover letter shows: times on the agency's clock."""
    zone = ZoneInfo(facts["agency"]["time_zone"])

    def local(moment: str) -> str:
        return f"{datetime.fromisoformat(moment).astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"

    about = facts["release"]
    dated = {name.removesuffix("_utc"): local(about[name]) for name in ("made_at_utc", "approved_at_utc")}
    rows = [row | {"seen_at": local(row["seen_at_utc"])} for row in facts["reads"]]
    return {**facts, "release": about | dated, "reads": rows}


def _info(package: Package, request: ReleaseRequest, now: datetime) -> dict[str, str]:
    return {
        "Source-Organization": owning_agency().name,
        "External-Identifier": f"Release {request.pk}",
        "External-Description": f"Reads of licence plates released to {request.requester}, case {request.their_case}",
        "Internal-Sender-Identifier": f"ledger entry {package.decision.entry}",
        "Bagging-Date": now.astimezone(UTC).date().isoformat(),
        "Bag-Software-Agent": f"Platewarden {__version__}",
    }
