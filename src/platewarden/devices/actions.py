"""Every write about devices: codes, enrolment, new keys, settings, what they report, and revocation."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from platewarden.accounts.models import Agency
from platewarden.adoption.in_force import parameters_at
from platewarden.cameras.credentials import is_told_of_way_in, live_credentials, tell_of_way_in
from platewarden.cameras.models import Camera, CameraCredential
from platewarden.devices import keys
from platewarden.devices.models import Device, DeviceEnrolment, DeviceKey, DeviceSettings, DeviceState
from platewarden.edge import signed
from platewarden.edge.settings import MOST_HOURS, Settings, settings_note
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import JSON
from platewarden.ledger.checkpoint import Note, VerifierKey
from platewarden.ledger.kinds import Kind
from platewarden.policy.actor import Actor, ActorKind
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may

CODE_LIFETIME: Final = timedelta(hours=24)
STYLE: Final = "device"
"""How a credential of a camera is called that stands for its device: it has no secret, the device's key is it."""

_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_GROUPS: Final = 5
_LETTERS: Final = 5
_DROPS: Final = ("dropped_non_hits", "dropped_hits", "expired", "damaged", "lost")


class EnrolmentRefusedError(Exception):
    """The code is unknown, used or expired, or the key does not prove itself; all look alike from outside."""


class DeviceExistsError(Exception):
    """The agency already has a device of this code."""


@transaction.atomic
def issue_code(*, code: str, name: str, cameras: Iterable[Camera], actor: Actor, now: datetime) -> str:
    """Return a one-time code, shown this once, by which a device enrols as *code* for *cameras*.

    Raises:
        PolicyRefusal: *actor* does not keep the register.
        DeviceExistsError: There is a device of that code.
        LedgerUnavailable: It cannot be recorded, so there is no code.
    """
    require(may(actor, Right.REGISTER_CAMERAS), action="device.code")
    Agency.objects.select_for_update().get(pk=actor.agency_id)  # codes are given one at a time
    if Device.objects.filter(agency_id=actor.agency_id, code=code).exists():
        raise DeviceExistsError("There is already a device with this code: choose another.")
    DeviceEnrolment.objects.filter(agency_id=actor.agency_id, code=code, used_at=None).delete()
    groups = ["".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS)) for _ in range(_GROUPS)]
    one_time = "-".join(groups)
    chosen = sorted(cameras, key=lambda camera: camera.code)
    DeviceEnrolment.objects.create(
        agency_id=actor.agency_id,
        code=code,
        name=name,
        cameras=[camera.pk for camera in chosen],
        digest=_digest(one_time),
        issued_at=now,
        issued_by_id=int(actor.id),
        expires_at=now + CODE_LIFETIME,
    )
    details: dict[str, JSON] = {"cameras": [camera.code for camera in chosen]}
    ledger.append(Kind.DEVICE_CODE_ISSUED, actor=actor, subject=f"device:{code}", details=details)
    for camera in filter(is_told_of_way_in, chosen):
        what = f"{actor.name} issued a code by which the device {code} would send for it."
        tell_of_way_in(camera, what, actor=actor, now=now)
    return one_time


@transaction.atomic
def enrol(*, one_time: str, public: bytes, proof: str, agency_id: int, address: str, now: datetime) -> Device:
    """Take the key *public* for the device that *one_time* was issued for; its cameras are known by nothing else then.

    Raises:
        EnrolmentRefusedError: The code is none, or *proof* is not the key's signature of it.
        LedgerUnavailable: It cannot be recorded; the code stays good.
    """
    enrolment = (
        DeviceEnrolment.objects.select_for_update(of=("self",))
        .select_related("issued_by")
        .filter(agency_id=agency_id, digest=_digest(one_time), used_at=None, expires_at__gt=now)
        .first()
    )
    text = signed.enrolment_text(code=one_time, public=public)
    if enrolment is None or not _proves(text, proof, public):
        raise EnrolmentRefusedError
    if Device.objects.filter(agency_id=agency_id, code=enrolment.code).exists():
        raise EnrolmentRefusedError
    device = Device.objects.create(
        agency_id=agency_id,
        code=enrolment.code,
        name=enrolment.name,
        enrolled_at=now,
        enrolled_by=enrolment.issued_by,
    )
    key = _add_key(device, public, now)
    enrolment.used_at = now
    enrolment.save(update_fields=["used_at"])
    cameras = list(Camera.objects.select_for_update().filter(pk__in=enrolment.cameras).order_by("pk"))
    _bind(device, cameras, now)
    DeviceState.objects.create(device=device)
    details: dict[str, JSON] = {"key": key.verifier, "cameras": [camera.code for camera in cameras]}
    ledger.append(
        Kind.DEVICE_ENROLLED,
        actor=actor_of(device, address),
        subject=f"device:{device.code}",
        details=details,
    )
    return device


@transaction.atomic
def succeed_key(*, device: Device, public: bytes, proof: str, address: str, now: datetime) -> DeviceKey:
    """Let *public* follow the key of *device*, in whose name the request was signed; *proof* is the new key's.

    Raises:
        EnrolmentRefusedError: The new key does not prove itself.
    """
    Device.objects.select_for_update().get(pk=device.pk)
    if not _proves(signed.succession_text(device=device.code, public=public), proof, public):
        raise EnrolmentRefusedError
    held = current_key(device)
    if (
        held and VerifierKey.parse(held.verifier).public == public
    ):  # asked again, the first answer having been lost
        return held
    device.keys.filter(ended_at=None).update(ended_at=now)
    key = _add_key(device, public, now)
    ledger.append(
        Kind.DEVICE_KEY_CHANGED,
        actor=actor_of(device, address),
        subject=f"device:{device.code}",
        details={"key": key.verifier},
    )
    return key


@transaction.atomic
def change_settings(*, device: Device, values: dict[str, Any], actor: Actor, now: datetime) -> DeviceSettings:
    """Set how *device* works, as a new version that it fetches with its next report; sources stay as they are.

    Raises:
        PolicyRefusal: *actor* does not keep the register.
        SettingsError: A value is out of bounds, or longer than reads are kept at all (RET-1).
    """
    require(may(actor, Right.REGISTER_CAMERAS), action="device.settings")
    Device.objects.select_for_update().get(pk=device.pk)
    chosen = replace(Settings.of(values), sources=settings_of(device).sources)
    return _new_version(device, _within_limit(chosen, now), actor=actor, now=now)


@transaction.atomic
def change_source(
    *, device: Device, camera: Camera, values: dict[str, Any], actor: Actor, now: datetime
) -> DeviceSettings:
    """Set what of the source of *camera* its *device* looks at, as a new version of all its settings.

    What was set for cameras that it does not speak for any more goes.

    Raises:
        PolicyRefusal: *actor* does not keep the register.
        SettingsError: A value is out of bounds, or the region is none.
    """
    require(may(actor, Right.REGISTER_CAMERAS), action="device.settings")
    Device.objects.select_for_update().get(pk=device.pk)
    current, spoken_for = settings_of(device), {each.code for each in cameras_of(device, now=now)}
    sources = {one.camera: one.values() for one in current.sources if one.camera in spoken_for}
    chosen = Settings.of({**current.numbers(), "sources": {**sources, camera.code: values}})
    return _new_version(device, _within_limit(chosen, now), actor=actor, now=now)


def settings_of(device: Device) -> Settings:
    """Return the settings last made for *device*; those of the program where none were."""
    held = device.settings.first()
    return Settings.of(held.values) if held else Settings()


@transaction.atomic
def settings_for(device: Device, *, now: datetime) -> str:
    """Return the settings of *device*, signed; a limit on retention adopted since makes a version of its own.

    > RET-1: Nothing is stored longer than 30 days after it was captured
    """
    Device.objects.select_for_update().get(pk=device.pk)
    held, current = device.settings.first(), settings_of(device)
    within = _within_limit(current, now)
    if held is None or within != current:
        held = _new_version(device, within, actor=actor_of(device), now=now)
    return settings_note(within, device=device.code, version=held.version, key=keys.signer())


def settings_version(device: Device) -> int:
    """Return the number of the settings that *device* should have; 1 where nobody has set any."""
    held = device.settings.first()
    return held.version if held else 1


@transaction.atomic
def take_report(*, device: Device, report: dict[str, Any], address: str, now: datetime) -> None:
    """Keep what *device* says of itself; reads that it lost since it last did go on the ledger, as numbers."""
    state = DeviceState.objects.select_for_update().get(device=device)
    before, counters = state.report.get("counters", {}), report["counters"]
    lost = {
        name: more
        for name in _DROPS
        if (more := counters.get(name, 0) - min(before.get(name, 0), counters.get(name, 0)))
    }
    state.report, state.reported_at = report, now
    state.save(update_fields=["report", "reported_at"])
    if lost:
        details: dict[str, JSON] = {"reads": dict(lost)}
        ledger.append(
            Kind.DEVICE_LOST_READS,
            actor=actor_of(device, address),
            subject=f"device:{device.code}",
            details=details,
        )


def count_wrong_signatures(device: Device, count: int) -> None:
    """Count reads in the name of *device* whose signature was not its own."""
    DeviceState.objects.filter(device=device).update(wrong_signatures=F("wrong_signatures") + count)


@transaction.atomic
def revoke(*, device: Device, actor: Actor, now: datetime) -> None:
    """End *device* at once: none of its requests is answered but with the order to destroy what it holds.

    Raises:
        PolicyRefusal: *actor* does not keep the register.
        LedgerUnavailable: It cannot be recorded, so nothing changes.
    """
    require(may(actor, Right.REGISTER_CAMERAS), action="device.revoke")
    device = Device.objects.select_for_update().get(pk=device.pk)
    if device.revoked_at is not None:
        return
    device.revoked_at, device.revoked_by_id = now, int(actor.id)
    device.save(update_fields=["revoked_at", "revoked_by"])
    device.keys.filter(ended_at=None).update(ended_at=now)
    CameraCredential.objects.filter(style=STYLE, digest=credential_digest(device), ends_at=None).update(
        ends_at=now
    )
    ledger.append(Kind.DEVICE_REVOKED, actor=actor, subject=f"device:{device.code}")


def revocation_note(device: Device, *, now: datetime) -> str:
    """Return the signed order to *device* to destroy what it holds, and note that it was told."""
    assert device.revoked_at is not None
    Device.objects.filter(pk=device.pk, told_at=None).update(told_at=now)
    return Note.sign(signed.revocation_text(device=device.code, at=device.revoked_at), keys.signer()).encode()


def cameras_of(device: Device, *, now: datetime) -> QuerySet[Camera]:
    """Return the cameras that *device* speaks for at *now*."""
    live = CameraCredential.objects.filter(
        style=STYLE, digest=credential_digest(device), ends_at=None, issued_at__lte=now
    )
    return Camera.objects.filter(pk__in=live.values("camera_id")).order_by("code")


def current_key(device: Device) -> DeviceKey | None:
    """Return the key that *device* signs with now; None when it was revoked."""
    return device.keys.filter(ended_at=None).first()


def actor_of(device: Device, address: str = "") -> Actor:
    """Return *device* as an actor."""
    return Actor(
        kind=ActorKind.DEVICE,
        id=str(device.pk),
        name=device.code,
        agency_id=device.agency_id,
        address=address,
    )


def credential_digest(device: Device) -> bytes:
    """Return what stands for *device* among the credentials of its cameras; no secret has this digest."""
    return hashlib.sha256(f"platewarden device {device.pk}".encode()).digest()


def _bind(device: Device, cameras: list[Camera], now: datetime) -> None:
    """Let *cameras* be known by *device* and by nothing else."""
    for camera in cameras:
        live_credentials(camera, now=now).update(ends_at=now)
    CameraCredential.objects.bulk_create(
        CameraCredential(
            camera=camera,
            style=STYLE,
            digest=credential_digest(device),
            issued_at=now,
            issued_by=device.enrolled_by,
        )
        for camera in cameras
    )


def _add_key(device: Device, public: bytes, now: datetime) -> DeviceKey:
    key = VerifierKey(signed.key_name(settings.PLATEWARDEN_ORIGIN, device.code), public)
    return DeviceKey.objects.create(device=device, verifier=key.encode(), since=now)


def _new_version(device: Device, chosen: Settings, *, actor: Actor, now: datetime) -> DeviceSettings:
    version = DeviceSettings.objects.create(
        device=device,
        version=settings_version(device) + 1 if device.settings.exists() else 1,
        values=chosen.values(),
        set_at=now,
        set_by=actor.name,
    )
    details: dict[str, JSON] = {"version": version.version, **chosen.values()}
    ledger.append(Kind.DEVICE_SETTINGS_CHANGED, actor=actor, subject=f"device:{device.code}", details=details)
    return version


def _within_limit(chosen: Settings, now: datetime) -> Settings:
    limit = int(parameters_at(now).days("retention.limit_days").total_seconds() // 3600)
    return Settings.of({**chosen.values(), "retention_hours": min(chosen.retention_hours, limit, MOST_HOURS)})


def _proves(text: str, proof: str, public: bytes) -> bool:
    """Whether *proof* is the signature of *text* by the key *public*, under whatever name."""
    try:
        blob = signed.note_of(text, proof, "any").signatures[0].value
        return VerifierKey("any", public).has_signed(text, blob)
    except ValueError:
        return False


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.strip().upper().encode()).digest()
