"""A selected read, opened where it lies - with its day, or in the case that keeps it - and what freezes it."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet

from platewarden.adoption.in_force import parameters_at
from platewarden.cases.models import CaseRead
from platewarden.cases.sealing import facts_of, open_read
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import ImageUnavailable, Shelf, image_store
from platewarden.policy.retention import visible_since
from platewarden.reads.days import day_of
from platewarden.reads.models import Read
from platewarden.releases.models import ReleaseRequest, SelectedRead, Selection


@dataclass(frozen=True, slots=True)
class Material:
    """What there is of one read: everything that it says, and its images; None where there is none."""

    facts: dict[str, Any]
    plate: bytes | None
    vehicle: bytes | None


def of_read(read: Read) -> Material:
    """Return *read* with its images; whoever shows it records the look."""
    return Material(facts_of(read), _image(read, "plate"), _image(read, "vehicle"))


def of_selected(selected: SelectedRead, selection: Selection, *, now: datetime) -> Material | None:
    """Return what there is of a selected read; None once it is past its limit and no case of the release keeps it."""
    since = visible_since(parameters=parameters_at(now), now=now)
    agency_id = selection.request.agency_id
    read = (
        Read.objects.select_related("camera")
        .filter(agency_id=agency_id, seen_at=selected.seen_at, id=selected.read_id)
        .filter(seen_at__gte=since)
        .first()
    )
    return of_read(read) if read else _of_case(selected, selection)


def are_there(selection: Selection, *, now: datetime) -> bool:
    """Whether every read of *selection* is kept, with its day or by a case; none is opened."""
    rows = dict(selection.selected.values_list("read_id", "seen_at"))
    since = visible_since(parameters=parameters_at(now), now=now)
    kept = Read.objects.filter(
        agency_id=selection.request.agency_id, seen_at__in=rows.values(), id__in=rows, seen_at__gte=since
    )
    in_case = _kept_by_case(selection).filter(read_id__in=rows)
    return rows.keys() == {*kept.values_list("id", flat=True), *in_case.values_list("read_id", flat=True)}


def _kept_by_case(selection: Selection) -> QuerySet[CaseRead]:
    agency_id, number = selection.request.agency_id, selection.case_number
    return CaseRead.objects.filter(case__agency_id=agency_id, case__number=number)


def _of_case(selected: SelectedRead, selection: Selection) -> Material | None:
    """Return the read as the case keeps it under whose number it was searched for: by a hold, or in its file."""
    kept = _kept_by_case(selection).filter(read_id=selected.read_id).first()
    if kept is None:
        return None
    try:
        copy = open_read(kept)
    except (KeyUnavailable, ImageUnavailable):
        return None
    return Material(copy.facts, copy.plate_image, copy.vehicle_image)


def _image(read: Read, view: str) -> bytes | None:
    reference = read.plate_image if view == "plate" else read.vehicle_image
    try:
        shelf = Shelf.of_day(read.agency_id, day_of(read.seen_at))
        return image_store().open(shelf, f"{read.id}/{view}", reference)
    except (ImageUnavailable, KeyUnavailable):
        return None


def new_salt() -> str:
    """Return what goes into the digests of one selection, as hexadecimal."""
    return secrets.token_hex(16)


def frozen(material: Material, salt: str) -> tuple[str, str, str]:
    """Return the digests, as hexadecimal, of what a read says, of its plate image and of its vehicle image."""
    facts = json.dumps(material.facts, sort_keys=True, separators=(",", ":")).encode()
    return digest_of(facts, salt), digest_of(material.plate, salt), digest_of(material.vehicle, salt)


def digest_of(content: bytes | None, salt: str) -> str:
    """Return SHA-256 of the salt and *content* as hexadecimal; empty where there is none."""
    return hashlib.sha256(bytes.fromhex(salt) + content).hexdigest() if content is not None else ""


def content_list(
    request: ReleaseRequest, case_number: str, salt: str, selected: Sequence[SelectedRead]
) -> dict[str, Any]:
    """Return what is approved: to whom it goes, for what, and each read with its digests, in order."""
    return {
        "format": "platewarden selection 1",
        "release": request.pk,
        "requester": [request.requester, request.requester_kind, request.requester_state],
        "official": request.official,
        "their_case": request.their_case,
        "purpose": request.purpose,
        "our_case": case_number,
        "salt": salt,
        "reads": [
            [
                str(each.read_id),
                each.seen_at.astimezone(UTC).isoformat(),
                each.facts,
                each.plate_image,
                each.vehicle_image,
            ]
            for each in selected
        ],
    }


def digest_of_list(listed: dict[str, Any]) -> str:
    """Return SHA-256, as hexadecimal, of a content list as it lies in the package: `as_bytes` of it."""
    return hashlib.sha256(as_bytes(listed)).hexdigest()


def as_bytes(listed: dict[str, Any]) -> bytes:
    """Return a content list as bytes: JSON, its members in order of their names."""
    return json.dumps(listed, sort_keys=True, indent=1, ensure_ascii=True).encode()


def is_exact(
    selection: Selection, selected: Sequence[SelectedRead], materials: Iterable[Material | None]
) -> bool:
    """Whether the rows are those that were frozen, and every read is there as it was frozen."""
    if selection.lost_at or len(selected) != selection.reads or not selection.salt:
        return False
    listed = content_list(selection.request, selection.case_number, selection.salt, selected)
    if digest_of_list(listed) != selection.digest:
        return False
    return all(
        material is not None
        and frozen(material, selection.salt) == (each.facts, each.plate_image, each.vehicle_image)
        for each, material in zip(selected, materials, strict=True)
    )
