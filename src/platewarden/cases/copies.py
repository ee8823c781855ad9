"""What a case keeps of a hit, opened again: the hit as it stood, and who had a part in it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from platewarden.alerts.models import Hit
from platewarden.cases.models import PreservedHit
from platewarden.images.store import Shelf, image_store


@dataclass(frozen=True, slots=True)
class Copy:
    """A preserved hit, opened.

    Attributes:
        hit: The hit, as it stood when the case took it.
        alert: How its alert was verified and ended, and by whom, by name.
        plate_image: The plate image.
        vehicle_image: The vehicle image.
        signed: What the signature of its device needs beside the read; None where no device signed it.
    """

    hit: Hit
    alert: dict[str, Any]
    plate_image: bytes
    vehicle_image: bytes
    signed: dict[str, Any] | None = None

    def by(self, role: str) -> str:
        """Return the sign-in name of who had *role*, e.g. ``verified_by``; empty where nobody had."""
        return str(self.alert.get(role, ""))


def copy_of_hit(alert_id: UUID) -> PreservedHit | None:
    """Return what a case keeps of the hit that raised the alert *alert_id*; None where no case has it."""
    return PreservedHit.objects.select_related("case").filter(alert_id=alert_id, hit_id=None).first()


def open_copy(preserved: PreservedHit) -> Copy:
    """Return what the case keeps of a hit; whoever shows it records the look.

    Raises:
        KeyUnavailable, ImageUnavailable: It cannot be opened.
    """
    shelf, store = Shelf.of_case(preserved.case_id), image_store()
    references = {
        "facts": preserved.facts,
        "plate": preserved.plate_image,
        "vehicle": preserved.vehicle_image,
    }
    opened = {
        name: store.open(shelf, preserved.name_of(name), reference) for name, reference in references.items()
    }
    facts = json.loads(opened["facts"])
    return Copy(_hit(facts["hit"]), facts["alert"], opened["plate"], opened["vehicle"], facts.get("signed"))


def _hit(facts: dict[str, Any]) -> Hit:
    """Return the hit that *facts* describe; what a later version added is as that version has it by default."""
    fields = {field.attname: field for field in Hit._meta.concrete_fields}  # noqa: SLF001 - the way to ask a model
    return Hit(
        **{
            name: _read(fields[name].get_internal_type(), value)
            for name, value in facts.items()
            if name in fields
        }
    )


def _read(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "DateTimeField":
        return datetime.fromisoformat(value)
    return UUID(value) if kind == "UUIDField" else value
