"""Whether a camera may submit: what the policy looks at, taken from the register."""

from datetime import datetime

from platewarden.cameras.credentials import live_credentials
from platewarden.cameras.models import Camera
from platewarden.policy.capture import CameraFacts


def camera_facts(camera: Camera, *, now: datetime) -> CameraFacts:
    """Return what the policy looks at before *camera* may submit."""
    statement = camera.statements.first()
    return CameraFacts(
        is_approved=camera.approved_at is not None and camera.suspended_at is None,
        is_credential_revoked=not live_credentials(camera, now=now).exists(),
        statement_signed_at=statement.signed_at if statement else None,
    )
