"""Every write about the register of cameras; credentials, deployments and deliveries have files of their own."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from platewarden.accounts.models import Agency
from platewarden.cameras.models import Area, Camera, Settled
from platewarden.cameras.moves import settle_findings
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy import capture as policy
from platewarden.policy.actor import Actor
from platewarden.policy.cameras import Protocol
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may

_SEEN_FROM: Final = frozenset({"place", "latitude", "longitude", "heading_degrees", "lane", "travel"})
"""What says where a camera looks from and to: whoever changes it moves the camera."""


@dataclass(frozen=True, slots=True)
class Device:
    """What the register says of the thing itself.

    Attributes:
        lane: Which lane it looks at, as people call it; empty for all.
        travel: Which way vehicles go there (`policy.cameras.Travel`); empty where it is not said.
        owner: Whose it is; empty for the agency's own.
        make: Who made it.
        model: What they call it.
        protocol: In which format it speaks (`policy.cameras.Protocol`).
        clock_zone: Time zone of times that it sends without one, e.g. ``America/New_York``.
    """

    lane: str = ""
    travel: str = ""
    owner: str = ""
    make: str = ""
    model: str = ""
    protocol: str = Protocol.PLATEWARDEN
    clock_zone: str = "UTC"


class CameraExistsError(Exception):
    """The agency already has a camera of this code."""


class AreaExistsError(Exception):
    """The agency already has an area of this code."""


@transaction.atomic
def register_camera(
    *,
    code: str,
    name: str,
    kind: policy.CameraKind,
    place: str,
    latitude: float | None,
    longitude: float | None,
    heading_degrees: int | None,
    actor: Actor,
    now: datetime,
    device: Device | None = None,
) -> Camera:
    """Enter a camera; it cannot submit anything yet.

    Raises:
        PolicyRefusal: *actor* may not, or a fixed camera lacks its place.
        CameraExistsError: The code is taken.
    """
    has_place = latitude is not None and longitude is not None
    decision = policy.may_register_camera(actor, kind=kind, has_place=has_place)
    require(decision, action="camera.register")
    Agency.objects.select_for_update().get(pk=actor.agency_id)  # codes are given one at a time
    if Camera.objects.filter(agency_id=actor.agency_id, code=code).exists():
        raise CameraExistsError("There is already a camera with this code: choose another.")
    camera = Camera.objects.create(
        agency_id=actor.agency_id,
        code=code,
        name=name,
        kind=kind,
        place=place,
        latitude=latitude,
        longitude=longitude,
        heading_degrees=heading_degrees,
        registered_at=now,
        registered_by_id=int(actor.id),
        **asdict(device or Device()),
    )
    ledger.append(
        Kind.CAMERA_REGISTERED,
        actor=actor,
        subject=f"camera:{camera.pk}",
        details={"code": code, "kind": kind, "place": place},
    )
    return camera


@transaction.atomic
def change_camera(
    *,
    camera: Camera,
    name: str,
    place: str,
    latitude: float | None,
    longitude: float | None,
    heading_degrees: int | None,
    device: Device,
    actor: Actor,
    now: datetime,
) -> bool:
    """Change what the register says of *camera*; return whether that means that it was moved.

    After a move its reads are refused until what it sees is signed and approved anew (CAP-1).

    Raises:
        PolicyRefusal: *actor* does not keep the register, or a fixed camera would lack its place.
        LedgerUnavailable: It cannot be recorded, so nothing changes.
    """
    kind = policy.CameraKind(camera.kind)
    has_place = latitude is not None and longitude is not None
    require(policy.may_register_camera(actor, kind=kind, has_place=has_place), action="camera.change")
    held = Camera.objects.select_for_update().get(pk=camera.pk)
    said: dict[str, Any] = {
        "name": name,
        "place": place,
        "latitude": latitude,
        "longitude": longitude,
        "heading_degrees": heading_degrees,
        **asdict(device),
    }
    changed = sorted(field for field, value in said.items() if getattr(held, field) != value)
    is_moved = not _SEEN_FROM.isdisjoint(changed) and kind is not policy.CameraKind.RENDERED
    if is_moved:
        said["moved_at"] = now
    if not changed:
        return False
    for each in (held, camera):
        for field, value in said.items():
            setattr(each, field, value)
    held.save(update_fields=list(said))
    if is_moved:
        settle_findings(held, as_=Settled.REGISTERED, actor=actor, now=now)
    ledger.append(
        Kind.CAMERA_CHANGED,
        actor=actor,
        subject=f"camera:{camera.pk}",
        details={"changed": [*changed], "moved": is_moved},
    )
    return is_moved


@transaction.atomic
def suspend_camera(*, camera: Camera, actor: Actor, now: datetime) -> None:
    """Stop *camera* from submitting, at once; until it is approved again."""
    require(may(actor, Right.REGISTER_CAMERAS), action="camera.suspend")
    camera.suspended_at = now
    camera.save(update_fields=["suspended_at"])
    ledger.append(Kind.CAMERA_SUSPENDED, actor=actor, subject=f"camera:{camera.pk}")


@transaction.atomic
def add_area(*, code: str, name: str, actor: Actor, now: datetime) -> Area:  # noqa: ARG001 - as every action
    """Add an area, by which people on duty divide the alerts of cameras among themselves.

    Raises:
        PolicyRefusal: *actor* does not keep the register.
        AreaExistsError: The code is taken.
    """
    require(may(actor, Right.REGISTER_CAMERAS), action="area.add")
    Agency.objects.select_for_update().get(pk=actor.agency_id)  # codes are given one at a time
    if Area.objects.filter(agency_id=actor.agency_id, code=code).exists():
        raise AreaExistsError("There is already an area with this code: choose another.")
    area = Area.objects.create(agency_id=actor.agency_id, code=code, name=name.strip())
    ledger.append(Kind.AREA_ADDED, actor=actor, subject=f"area:{area.code}", details={"name": area.name})
    return area


@transaction.atomic
def place_in_area(*, camera: Camera, area: Area | None, actor: Actor, now: datetime) -> None:  # noqa: ARG001
    """Let *camera* belong to *area* from now on, or to none; its alerts go to those on duty there."""
    require(may(actor, Right.REGISTER_CAMERAS), action="camera.place_in_area")
    camera.area = area
    camera.save(update_fields=["area"])
    details = {"area": area.code if area else ""}
    ledger.append(Kind.CAMERA_CHANGED, actor=actor, subject=f"camera:{camera.pk}", details=details)
