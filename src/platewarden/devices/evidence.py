"""What a case keeps of a device's signature, and the ledger entries that say whose key it was."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from platewarden.devices.models import DeviceKey
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody
from platewarden.reads.models import Capture, Reading


def signature_of(read_id: UUID, seen_at: datetime) -> dict[str, Any] | None:
    """Return what the signature of a read needs beside the read itself; None where no device signed it."""
    capture = (
        Capture.objects.select_related("camera")
        .filter(seen_at=seen_at, read_id=read_id, signed_by__isnull=False)
        .first()
    )
    if capture is None or capture.signed_by is None:
        return None
    reading = Reading.objects.filter(seen_at=seen_at, read_id=read_id).first()
    key = DeviceKey.objects.select_related("device").get(pk=capture.signed_by)
    return {
        "device": key.device.code,
        "key": key.verifier,
        "camera": capture.camera.code,
        "capture_id": capture.capture_id,
        "pass_id": reading.pass_id if reading else "",
        "revision": reading.revision if reading else 0,
        "clock_offset_seconds": capture.clock_offset_seconds,
        "has_position": capture.has_position,
        "signature": capture.signature,
    }


def entries_about(verifiers: Collection[str]) -> list[LedgerBody]:
    """Return the entries under which the keys *verifiers* came into use."""
    devices = DeviceKey.objects.filter(verifier__in=verifiers).values_list("device__code", flat=True)
    kinds = (Kind.DEVICE_ENROLLED, Kind.DEVICE_KEY_CHANGED)
    found = LedgerBody.objects.filter(
        subject__in=[f"device:{code}" for code in set(devices)], leaf__kind__in=kinds
    )
    return list(found.select_related("leaf"))
