"""What cameras tell people by themselves: one that has gone silent, until it speaks again (HIT-1)."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from platewarden.accounts.actors import owning_agency, owning_agency_id
from platewarden.adoption.in_force import parameters_at
from platewarden.cameras.health import Health, healths_of
from platewarden.cameras.models import Camera
from platewarden.cameras.pages import sheets_of
from platewarden.notices.actions import settle, tell
from platewarden.notices.models import Notice
from platewarden.policy.actor import Actor, Role
from platewarden.policy.notices import NoticeKind
from platewarden.site.looks import shared

_TOLD: Final = (Role.ADMINISTRATOR, Role.SUPERVISOR)
"""Who is told: who sends somebody to the camera, and who must know that it hears nothing."""


@shared
def silent_cameras(now: datetime) -> list[Health]:
    """Return the cameras that may submit and have gone silent."""
    cameras = Camera.objects.filter(
        agency_id=owning_agency_id(), approved_at__isnull=False, suspended_at__isnull=True
    )
    parameters = parameters_at(now)
    sheets = sheets_of(cameras, parameters=parameters, now=now)
    return [health for health in healths_of(sheets, parameters=parameters, now=now) if health.is_silent]


def look_after_cameras(*, actor: Actor, now: datetime) -> None:
    """Tell people, once each silence, of cameras that have gone silent; take back what speaks again."""
    silent = silent_cameras(now)
    subjects = {f"camera:{health.sheet.camera.pk}" for health in silent}
    told = Notice.objects.filter(kind=NoticeKind.CAMERA_SILENT, handled_at__isnull=True)
    for subject in set(told.values_list("subject", flat=True)) - subjects:
        settle(subject=subject, kinds=[NoticeKind.CAMERA_SILENT], actor=actor, now=now)
    for health in silent:
        _tell(health, actor, now)


def _tell(health: Health, actor: Actor, now: datetime) -> None:
    camera, silence = health.sheet.camera, health.silence
    assert silence is not None
    since = silence.since.astimezone(ZoneInfo(owning_agency().time_zone))
    for role in _TOLD:
        tell(
            kind=NoticeKind.CAMERA_SILENT,
            subject=f"camera:{camera.pk}",
            text=f"{camera.name} has submitted no read since {since:%Y-%m-%d %H:%M %Z}. {health.why_silent} "
            f"{health.what_to_look_at}",
            to_role=role,
            actor=actor,
            due_at=now,
            now=now,
            once_key=f"silent:{camera.pk}:{silence.since.isoformat()}:{role}",
        )
