"""What crews were told by the list on board, and what they said: it joins the alert that the read raised here.

Nothing here raises an alert: that does the read, once, however the car told of it before.
"""

from datetime import datetime

from django.db import transaction

from platewarden.alerts.models import Alert, Hit
from platewarden.cameras.models import Camera
from platewarden.devices.actions import actor_of
from platewarden.devices.models import Device
from platewarden.devices.schemas import Told
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody
from platewarden.notices.actions import tell
from platewarden.policy.actor import Role
from platewarden.policy.notices import NoticeKind
from platewarden.reads.models import Capture


@transaction.atomic
def take_telling(*, device: Device, camera: Camera, told: Told, address: str, now: datetime) -> bool:
    """Put on record that *device* told its crew of a read; return whether the read is known here.

    Where it raised no alert, the list on board was not that of the server: the supervisors are told, for somebody may
    have acted on it. The same word said again comes to nothing.
    """
    capture = (
        Capture.objects.select_for_update()
        .filter(agency_id=device.agency_id, camera_id=camera.pk, capture_id=told.capture_id)
        .first()
    )
    if capture is None:
        return False
    alert = _alert_of(capture)
    subject = f"alert:{alert.pk}" if alert else f"read:{capture.read_id}"
    details: dict[str, JSON] = {
        "told_at": told.told_at.isoformat(),
        "version": told.version,
        "answer": told.answer,
        "answered_at": told.answered_at.isoformat() if told.answered_at else None,
    }
    said = LedgerBody.objects.filter(subject=subject, leaf__kind=Kind.BOARD_TOLD)
    if any(body.content["details"] == details for body in said):
        return True
    actor = actor_of(device, address)
    ledger.append(Kind.BOARD_TOLD, actor=actor, subject=subject, details=details)
    if alert is None:
        tell(
            kind=NoticeKind.BOARD_OUTDATED,
            subject=f"device:{device.code}",
            text=f"{device.name} told its crew of an entry on board that raises no alert here: it was withdrawn, "
            "changed or found wrong since. Ask the crew whether anybody was stopped on it.",
            to_role=Role.SUPERVISOR,
            actor=actor,
            now=now,
            once_key=f"board:{capture.read_id}",
        )
    return True


def _alert_of(capture: Capture) -> Alert | None:
    hit = Hit.objects.filter(
        agency_id=capture.agency_id, seen_at=capture.seen_at, read_id=capture.read_id
    ).first()
    return Alert.objects.filter(pk=hit.alert_id).first() if hit else None
