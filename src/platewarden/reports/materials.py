"""What the report of a hit is made from: the hit with its images while its day lasts, else the case's copy of it."""

from dataclasses import dataclass
from datetime import datetime

from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.alerts.doors import hit_of
from platewarden.alerts.models import Alert, Hit
from platewarden.cases.copies import copy_of_hit, open_copy
from platewarden.cases.models import PreservedHit
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import ImageUnavailable, Shelf, image_store
from platewarden.reads.days import day_of


@dataclass(frozen=True, slots=True)
class Material:
    """One hit, ready to be reported on.

    Attributes:
        alert: Its alert.
        hit: The hit.
        plate_image: The plate image; None where it cannot be opened.
        vehicle_image: Likewise the vehicle image.
        acknowledged_by: Who took the alert; empty where nobody did.
        verified_by: Who verified it.
        disposed_by: Who ended it.
        preserved: The case's record of it, where a case has it.
    """

    alert: Alert
    hit: Hit
    plate_image: bytes | None
    vehicle_image: bytes | None
    acknowledged_by: str
    verified_by: str
    disposed_by: str
    preserved: PreservedHit | None

    @property
    def case_number(self) -> str:
        """The case number that is on the hit; empty where none is."""
        if self.preserved:
            return self.preserved.case.number
        return self.hit.disposition_case_number


def preserved_of(alert: Alert) -> PreservedHit | None:
    """Return the case's record of *alert*'s hit; None where no case has it."""
    return copy_of_hit(alert.pk)


def material_of(alert: Alert, *, now: datetime) -> Material | None:
    """Return what there is of *alert*'s hit; None once its day is over and no case has it.

    Raises:
        KeyUnavailable, ImageUnavailable: Only a case has it, and its copy cannot be opened.
    """
    preserved = preserved_of(alert)
    hit = hit_of(alert, parameters=parameters_at(now), now=now)
    if hit:
        return Material(
            alert,
            hit,
            _image(hit, "plate"),
            _image(hit, "vehicle"),
            _name(alert.acknowledged_by),
            _name(alert.verified_by),
            _name(alert.disposed_by),
            preserved,
        )
    return _from_case(alert, preserved) if preserved else None


def _from_case(alert: Alert, preserved: PreservedHit) -> Material:
    copy = open_copy(preserved)
    return Material(
        alert,
        copy.hit,
        copy.plate_image,
        copy.vehicle_image,
        acknowledged_by=copy.by("acknowledged_by"),
        verified_by=copy.by("verified_by"),
        disposed_by=copy.by("disposed_by"),
        preserved=preserved,
    )


def _image(hit: Hit, view: str) -> bytes | None:
    shelf = Shelf.of_day(hit.agency_id, day_of(hit.seen_at))
    reference = hit.plate_image if view == "plate" else hit.vehicle_image
    try:
        return image_store().open(shelf, f"{hit.read_id}/{view}", reference)
    except (KeyUnavailable, ImageUnavailable, OSError):
        return None


def _name(user: User | None) -> str:
    return f"{user.full_name} ({user.username})" if user else ""
