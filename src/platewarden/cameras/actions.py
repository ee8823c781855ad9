"""Every write about the register of cameras; credentials, deployments and deliveries have files of their own."""

from datetime import datetime

from django.db import transaction

from platewarden.accounts.models import Agency
from platewarden.adoption.in_force import parameters_at
from platewarden.cameras.models import Area, Camera, FieldOfViewStatement
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy import capture as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may


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
    )
    ledger.append(
        Kind.CAMERA_REGISTERED,
        actor=actor,
        subject=f"camera:{camera.pk}",
        details={"code": code, "kind": kind, "place": place},
    )
    return camera


@transaction.atomic
def approve_camera(*, camera: Camera, statement: str, actor: Actor, now: datetime) -> FieldOfViewStatement:
    """Sign the statement that *camera* sees public places only, and approve the camera under it."""
    decision = policy.may_approve_camera(
        actor,
        registered_by_id=str(camera.registered_by_id),
        statement_signed_at=now if statement.strip() else None,
        parameters=parameters_at(now),
        now=now,
    )
    require(decision, action="camera.approve")
    signed = FieldOfViewStatement.objects.create(
        camera=camera,
        text=statement.strip(),
        signed_by_id=int(actor.id),
        signed_at=now,
        approved_by_id=int(actor.id),
        approved_at=now,
    )
    camera.approved_at, camera.approved_by_id, camera.suspended_at = now, int(actor.id), None
    camera.save(update_fields=["approved_at", "approved_by", "suspended_at"])
    ledger.append(
        Kind.CAMERA_APPROVED,
        actor=actor,
        subject=f"camera:{camera.pk}",
        details={"statement": signed.pk},
    )
    return signed


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
