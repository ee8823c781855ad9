"""What is due about cameras: each statement of its field of view is signed anew in time (CAP-1)."""

from datetime import datetime

from platewarden.accounts.actors import owning_agency_id
from platewarden.adoption.in_force import parameters_at
from platewarden.cameras.models import FieldOfViewStatement
from platewarden.policy.actor import Role
from platewarden.policy.duties import Duty


def duties_at(now: datetime) -> list[Duty]:
    """Return when the statement of each camera that may submit ends."""
    valid = parameters_at(now).days("capture.statement_valid_days")
    statements = FieldOfViewStatement.objects.filter(
        camera__agency_id=owning_agency_id(),
        camera__approved_at__isnull=False,
        camera__suspended_at__isnull=True,
    )
    latest: dict[int, FieldOfViewStatement] = {}
    for statement in statements.select_related("camera").order_by("signed_at"):
        latest[statement.camera_id] = statement
    return [_duty(statement, statement.signed_at + valid) for statement in latest.values()]


def _duty(statement: FieldOfViewStatement, due: datetime) -> Duty:
    what = f"Sign the field-of-view statement of camera {statement.camera.code} anew"
    evidence = f"{statement.camera.name}: signed on {statement.signed_at:%Y-%m-%d}"
    return Duty(what, "CAP-1", Role.SUPERVISOR, due, evidence, "cameras:list")
