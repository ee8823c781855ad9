"""From matches of our own plates to alerts of their own kind, inside the ingest transaction."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from platewarden.calibration.models import CalibrationAlert
from platewarden.cameras.models import Camera
from platewarden.hotlists.matching import MatchedEntry
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy.actor import Actor
from platewarden.policy.calibration import concerns_a_vehicle
from platewarden.policy.capture import CameraKind
from platewarden.policy.hotlists import Category
from platewarden.site.channel import announce

EVENT: Final = "calibration"
"""What listening processes are told of; no console hears it."""


def part(matches: Sequence[MatchedEntry], camera: Camera) -> tuple[list[MatchedEntry], list[MatchedEntry]]:
    """Return which of *matches* by *camera* are about vehicles, and which are of our own plates.

    What a rendered picture matches besides is neither: it shows no vehicle.
    """
    kind = CameraKind(camera.kind)
    vehicles = [one for one in matches if concerns_a_vehicle(Category(one.entry.category), kind)]
    own = [one for one in matches if one.entry.category == Category.CALIBRATION]
    return vehicles, own


def raise_calibrations(
    *, matches: Sequence[MatchedEntry], camera: Camera, actor: Actor, now: datetime
) -> None:
    """Raise the alert of each of *matches*, and let whoever waits for it know at commit; no person is told.

    Must run inside the transaction that stores the reads; appends to the ledger, so nothing slow may follow.
    """
    if not matches:
        return
    alerts = [_alert(matched, camera, now) for matched in matches]
    entries = ledger.append_many(
        [
            ledger.Draft(
                kind=Kind.CALIBRATION_RAISED,
                actor=actor,
                subject=f"camera:{camera.pk}",
                details={"read": str(alert.read_id), "grade": alert.grade},
            )
            for alert in alerts
        ]
    )
    for alert, entry in zip(alerts, entries, strict=True):
        alert.number = entry.seq
    for alert in CalibrationAlert.objects.bulk_create(alerts):
        announce(EVENT, {"agency": alert.agency_id, "number": alert.number, "read": str(alert.read_id)})


def _alert(matched: MatchedEntry, camera: Camera, now: datetime) -> CalibrationAlert:
    return CalibrationAlert(
        id=uuid.uuid4(),
        agency_id=matched.read.agency_id,
        camera=camera,
        read_id=matched.read.id,
        seen_at=matched.read.seen_at,
        raised_at=now,
        grade=matched.match.grade,
    )
