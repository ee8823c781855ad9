"""Every write about stills that devices send of what their cameras see: taken, looked at, used or destroyed (CAP-4).

The server asks for none, and has no way to: a device sends one after its enrolment, and another only when a person at
the box has it sent. One waits for each camera at most.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from platewarden.adoption.in_force import parameters_at
from platewarden.cameras import stills
from platewarden.cameras.models import Camera, DeviceStill, DeviceStillLook
from platewarden.cameras.standing import deployment_at, last_move, period_of
from platewarden.devices.models import Device
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import ImageUnavailable, Shelf, image_store
from platewarden.images.sweeping import sweep
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy import stills as policy
from platewarden.policy.actor import Actor
from platewarden.policy.capture import CameraKind
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may

_NIGHT: Final = timedelta(days=1)
"""Stills are destroyed once a day: one goes the night before its time would be over."""


def take_still(
    *,
    camera: Camera,
    data: bytes,
    is_asked_for: bool,
    is_live: bool,
    enrolled_at: datetime,
    actor: Actor,
    now: datetime,
) -> DeviceStill:
    """Keep the still in *data*, which the device *actor* signed, for whoever signs what *camera* sees.

    It is made plain and sealed as any still, in the place of one that waits.

    Raises:
        PolicyRefusal: The device has sent the one of its enrolment, or the last one is too recent.
        ImageError: It is no picture that we accept; the message says why.
        LedgerUnavailable: It cannot be recorded, so it is not kept.
    """
    _require_room(
        camera, enrolled_at, is_asked_for=is_asked_for, now=now
    )  # before work is spent on the picture
    picture, painted = stills.prepared(data)
    with transaction.atomic():
        Camera.objects.select_for_update().get(pk=camera.pk)
        _require_room(camera, enrolled_at, is_asked_for=is_asked_for, now=now)
        former = list(camera.device_stills.exclude(still=""))
        sent = DeviceStill.objects.create(
            camera=camera,
            device=actor.name,
            at=now,
            is_asked_for=is_asked_for,
            is_live=is_live,
            sent_digest=hashlib.sha256(data).hexdigest(),
            digest=hashlib.sha256(picture).hexdigest(),
            painted=painted,
        )
        sent.still = image_store().seal(Shelf.of_device_still(sent.pk), [(_image_id(sent), picture)])[0]
        sent.save(update_fields=["still"])
        for each in former:
            destroy(each)
        _record(sent, actor)
    return sent


def still_waiting(camera: Camera, *, now: datetime) -> DeviceStill | None:
    """Return the still of a device that may be used in a statement of *camera* now; None where there is none.

    It shows what the camera saw where it stood then: not after a move, and of a portable one in this deployment alone.
    Nor is one of a device that was revoked since: nobody vouches for what that showed (`still_withheld`).
    """
    sent = _still_in_time(camera, now=now)
    return None if sent is None or revoked_at(sent) is not None else sent


def still_withheld(camera: Camera, *, now: datetime) -> DeviceStill | None:
    """Return the still that would wait for *camera* if its device had not been revoked; None where there is none."""
    sent = _still_in_time(camera, now=now)
    return sent if sent is not None and revoked_at(sent) is not None else None


def revoked_at(sent: DeviceStill) -> datetime | None:
    """Return when the device that sent it was revoked; None where it was not."""
    of_agency = Device.objects.filter(agency_id=sent.camera.agency_id, code=sent.device)
    return of_agency.values_list("revoked_at", flat=True).first()


def _still_in_time(camera: Camera, *, now: datetime) -> DeviceStill | None:
    since = now - parameters_at(now).days("capture.device_still_days")
    sent = camera.device_stills.exclude(still="").filter(at__gt=since).select_related("camera").first()
    moved_at = last_move(camera)
    if sent is None or (moved_at is not None and sent.at <= moved_at):
        return None
    if camera.kind == CameraKind.PORTABLE:
        deployment = deployment_at(camera, now)
        period = period_of(deployment) if deployment else None
        return sent if period is not None and period.holds(sent.at) else None
    return sent


@transaction.atomic
def look_at_sent(*, camera: Camera, actor: Actor, now: datetime) -> bytes | None:
    """Return the still that waits for *camera*, for *actor* to look at; None where none is shown. The look is an entry.

    Raises:
        PolicyRefusal: *actor* may not look at stills.
        LedgerUnavailable: It cannot be recorded, so it is not shown.
    """
    require(may(actor, Right.SEE_STILLS), action="device_still.look")
    sent = still_waiting(camera, now=now)
    picture = unsealed(sent) if sent else None
    if sent is not None and picture is not None:
        DeviceStillLook.objects.get_or_create(sent=sent, user_id=int(actor.id), defaults={"at": now})
    ledger.append(
        Kind.STILL_OPENED,
        actor=actor,
        subject=f"camera:{camera.pk}",
        details={"device_still": sent.pk if sent else None, "shown": picture is not None},
    )
    return picture


def has_looked(sent: DeviceStill, actor: Actor) -> bool:
    """Whether *actor* has looked at *sent* itself; a later still of the same camera is another one."""
    return actor.is_person and sent.looks.filter(user_id=actor.id).exists()


def unsealed(sent: DeviceStill) -> bytes | None:
    """Return the picture of *sent*; None where there is none any more, or it cannot be opened."""
    try:
        return image_store().open(Shelf.of_device_still(sent.pk), _image_id(sent), sent.still)
    except (ImageUnavailable, KeyUnavailable):
        return None


def destroy(sent: DeviceStill) -> None:
    """Destroy the key of *sent*, and remove its bytes, once that is certain; that it was sent stays."""
    sent.still = ""
    sent.save(update_fields=["still", "statement"])
    shelf = Shelf.of_device_still(sent.pk)
    transaction.on_commit(lambda: image_store().destroy(shelf))


def destroy_unused(*, now: datetime) -> int:
    """Destroy the stills of devices that nobody used in time; return how many.

    > RET-1: Nothing is stored longer than 30 days after it was captured
    """
    limit = now - parameters_at(now).days("capture.device_still_days") + _NIGHT
    unused = list(DeviceStill.objects.exclude(still="").filter(at__lte=limit))
    for sent in unused:
        destroy(sent)
    kept = DeviceStill.objects.exclude(still="").values_list("pk", "still")
    sweep(image_store(), Shelf.of_device_still, {key: [still] for key, still in kept}, now=now)
    return len(unused)


def _require_room(camera: Camera, enrolled_at: datetime, *, is_asked_for: bool, now: datetime) -> None:
    last = camera.device_stills.first()
    decision = policy.may_send_still(
        enrolled_at=enrolled_at,
        stands_since=_stands_since(camera, now),
        last_at=last.at if last else None,
        is_asked_for=is_asked_for,
        parameters=parameters_at(now),
        now=now,
    )
    require(decision, action="device_still.send", facts={"camera": camera.code})


def _stands_since(camera: Camera, now: datetime) -> datetime | None:
    """Return since when *camera* has stood where it is; None where it was never moved nor deployed."""
    deployment = deployment_at(camera, now)
    period = period_of(deployment) if deployment else None
    since = (camera.moved_at, period.starts_at if period else None)
    return max((each for each in since if each is not None), default=None)


def _record(sent: DeviceStill, actor: Actor) -> None:
    ledger.append(
        Kind.DEVICE_STILL_SENT,
        actor=actor,
        subject=f"camera:{sent.camera_id}",
        details={
            "device_still": sent.pk,
            "asked_for": sent.is_asked_for,
            "live": sent.is_live,
            "sent": sent.sent_digest,
            "still": sent.digest,
            "plates_painted_over": sent.painted,
        },
    )


def _image_id(sent: DeviceStill) -> str:
    return f"device-still/{sent.pk}"
