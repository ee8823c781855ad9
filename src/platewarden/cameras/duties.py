"""What is due about cameras: what each sees is approved, and signed anew in time or after a move (CAP-1)."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from platewarden.accounts.actors import owning_agency, owning_agency_id
from platewarden.adoption.in_force import parameters_at
from platewarden.cameras.models import Camera, Deployment, FieldOfViewStatement, FoundBy, MoveFinding
from platewarden.cameras.pages import waiting_statements
from platewarden.cameras.standing import approved_statements, counting_statement
from platewarden.cameras.watching import silent_cameras
from platewarden.policy.actor import Role
from platewarden.policy.duties import Duty


def duties_at(now: datetime) -> list[Duty]:
    """Return what is due about each camera: a look at what waits for approval, a statement anew, a look after it.

    The statement of a camera that may submit ends after its year; of one that was moved, it has ended. Once one is
    signed anew, its approval is what is due. Statements of portable cameras belong to deployments, which are shorter
    than any statement holds; what one saw at a place where it stands no more is nothing that anybody waits for.
    """
    of_agency = list(Camera.objects.filter(agency_id=owning_agency_id()))
    waiting = {
        camera_id: statement
        for camera_id, statement in waiting_statements(of_agency).items()
        if statement.deployment is None or not _is_over(statement.deployment, now)
    }
    may_submit = [camera for camera in of_agency if camera.is_approved and camera.pk not in waiting]
    return [
        *(_to_approve(camera, waiting[camera.pk]) for camera in of_agency if camera.pk in waiting),
        *_to_sign(may_submit, now),
        *_found_moved(),
        *_silent(now),
    ]


def _to_approve(camera: Camera, statement: FieldOfViewStatement) -> Duty:
    """Return the *statement* that waits for a second person, to be decided on now; its own notice tells of it."""
    return Duty(
        f"Approve or decline what camera {camera.code} sees",
        "CAP-1",
        Role.SUPERVISOR,
        statement.signed_at,
        f"{camera.name}: signed on {statement.signed_at:%Y-%m-%d}, and nobody has decided since",
        "cameras:list",
        is_told=True,
        page=("cameras:detail", camera.pk),
    )


def _is_over(deployment: Deployment, now: datetime) -> bool:
    return (deployment.ended_at or deployment.ends_at) <= now


def _to_sign(cameras: list[Camera], now: datetime) -> list[Duty]:
    valid = parameters_at(now).days("capture.statement_valid_days")
    approved, duties = approved_statements(cameras), []
    for camera in cameras:
        statement = counting_statement(camera, approved[camera.pk]).get(None)
        if statement is not None:
            signed = f"{camera.name}: signed on {statement.signed_at:%Y-%m-%d}"
            duties.append(_duty(camera, statement.signed_at + valid, signed))
        elif camera.moved_at is not None:
            duties.append(
                _duty(camera, camera.moved_at, f"{camera.name}: moved on {camera.moved_at:%Y-%m-%d}")
            )
    return duties


_FOUND: Final = {
    FoundBy.POSITION: "says that it is elsewhere, and its reads are refused,",
    FoundBy.VIEW: "sees something else than its still shows,",
}


def _found_moved() -> list[Duty]:
    """Return each camera that seems to have been moved; its own notice tells of it."""
    found = MoveFinding.objects.filter(camera__agency_id=owning_agency_id(), settled_at=None)
    return [
        Duty(
            f"Look whether camera {finding.camera.code} was moved",
            "CAP-1",
            Role.SUPERVISOR,
            finding.found_at,
            f"{finding.camera.name}: {_FOUND[FoundBy(finding.found_by)]} since {finding.found_at:%Y-%m-%d}",
            "cameras:list",
            is_told=True,
            page=("cameras:detail", finding.camera_id),
        )
        for finding in found.select_related("camera")
    ]


def _silent(now: datetime) -> list[Duty]:
    """Return each camera that has gone silent, as something to be done now; its own notice tells of it."""
    zone = ZoneInfo(owning_agency().time_zone)
    return [
        Duty(
            f"Look after camera {health.sheet.camera.code}, which is silent",
            "HIT-1",
            Role.ADMINISTRATOR,
            now,
            f"{health.sheet.camera.name}: no read since {health.silence.since.astimezone(zone):%Y-%m-%d %H:%M %Z}",
            "cameras:list",
            is_told=True,
            page=("cameras:detail", health.sheet.camera.pk),
        )
        for health in silent_cameras(now)
        if health.silence is not None
    ]


def _duty(camera: Camera, due: datetime, evidence: str) -> Duty:
    what = f"Sign the field-of-view statement of camera {camera.code} anew"
    page = ("cameras:detail", camera.pk)
    return Duty(what, "CAP-1", Role.SUPERVISOR, due, evidence, "cameras:list", is_rare=True, page=page)
