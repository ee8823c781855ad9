"""What the page of a camera says of devices: which one speaks for it, and which is to enrol for it by a code."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from platewarden.cameras.models import Camera, CameraCredential
from platewarden.devices.actions import STYLE, credential_digest
from platewarden.devices.models import Device, DeviceEnrolment


def with_devices(
    credentials: Iterable[CameraCredential], camera: Camera
) -> list[tuple[CameraCredential, Device | None]]:
    """Return *credentials* of *camera*, each with the device that it stands for; None where it is a secret."""
    devices = {
        credential_digest(device): device for device in Device.objects.filter(agency_id=camera.agency_id)
    }
    return [(one, devices.get(bytes(one.digest)) if one.style == STYLE else None) for one in credentials]


def codes_out(agency_id: int, *, now: datetime) -> QuerySet[DeviceEnrolment]:
    """Return the one-time codes by which devices of the agency may enrol now: issued, not used, not over."""
    found = DeviceEnrolment.objects.filter(agency_id=agency_id, used_at=None, expires_at__gt=now)
    return found.select_related("issued_by")


def codes_out_for(camera: Camera, *, now: datetime) -> QuerySet[DeviceEnrolment]:
    """Return those of `codes_out` by which a device would enrol for *camera*."""
    return codes_out(camera.agency_id, now=now).filter(cameras__contains=[camera.pk])
