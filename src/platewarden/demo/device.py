"""The demo's edge device: an invented box at a bridge, enrolled by a code as any is; nothing runs behind it."""

from datetime import datetime, timedelta
from typing import Any, Final

from platewarden.cameras.actions import Device as Make
from platewarden.cameras.actions import register_camera
from platewarden.cameras.device_stills import look_at_sent, take_still
from platewarden.cameras.models import Camera
from platewarden.cameras.statements import approve_statement, look_at_still, sign_statement
from platewarden.demo.cameras import BEFORE, STATEMENT, rendered_still
from platewarden.devices import actions
from platewarden.devices.models import Device
from platewarden.edge import signed
from platewarden.edge.settings import Settings
from platewarden.ledger.checkpoint import SignerKey
from platewarden.policy.actor import Actor
from platewarden.policy.capture import CameraKind

_CODE: Final = "bridge-street"
_BOX: Final = "bridge-box"
_SECOND_STILL: Final = timedelta(hours=2)
_SEEDS: Final = (85, 86)


def set_up_device(administrator: Actor, supervisor: Actor, *, now: datetime) -> None:
    """Let a box enrol for a camera of its own, whose statement has the still that it sent; and report since."""
    since = now - BEFORE
    camera = register_camera(
        code=_CODE,
        name="Bridge Street",
        kind=CameraKind.FIXED,
        place="Bridge Street at the county line",
        latitude=42.4389,
        longitude=-76.5121,
        heading_degrees=270,
        device=Make(lane="left lane", travel="west", make="Lind (invented)", model="LC-4"),
        actor=administrator,
        now=since,
    )
    device = _enrolled(camera, administrator, since)
    _send_still(device, camera, _SEEDS[0], is_asked_for=False, now=since)
    look_at_sent(camera=camera, actor=administrator, now=since)
    statement = sign_statement(
        camera=camera, text=STATEMENT, still=b"", is_sent_used=True, actor=administrator, now=since
    )
    look_at_still(statement=statement, actor=supervisor, now=since)
    approve_statement(statement=statement, actor=supervisor, now=since)
    hourly = {**Settings().numbers(), "report_seconds": 3600}
    actions.change_settings(device=device, values=hourly, actor=administrator, now=since)
    region = {"region": "0,0.4;1,0.4;1,1;0,1", "rest_ms": 1000, "share": 15}
    made = actions.change_source(device=device, camera=camera, values=region, actor=administrator, now=since)
    _send_still(device, camera, _SEEDS[1], is_asked_for=True, now=now - _SECOND_STILL)
    actions.take_report(device=device, report=_report(made.version), address="", now=now)


def _enrolled(camera: Camera, administrator: Actor, now: datetime) -> Device:
    code = actions.issue_code(
        code=_BOX, name="Box at the bridge", cameras=[camera], actor=administrator, now=now
    )
    key = SignerKey.generate("demo")
    public = key.verifier.public
    return actions.enrol(
        one_time=code,
        public=public,
        proof=signed.sign(signed.enrolment_text(code=code, public=public), key),
        agency_id=camera.agency_id,
        address="",
        now=now,
    )


def _send_still(device: Device, camera: Camera, seed: int, *, is_asked_for: bool, now: datetime) -> None:
    take_still(
        camera=camera,
        data=rendered_still(seed),
        is_asked_for=is_asked_for,
        is_live=True,
        enrolled_at=device.enrolled_at,
        actor=actions.actor_of(device),
        now=now,
    )


def _report(settings_version: int) -> dict[str, Any]:
    none_lost = ("dropped_non_hits", "dropped_hits", "expired", "damaged", "refused", "lost")
    source = {
        "camera": _CODE,
        "state": "watching",
        "reads": 0,
        "frames": 90_000,
        "dropped": 12,
        "reconnects": 1,
    }
    return {
        "software": "0.1.0",
        "settings_version": settings_version,
        "clock_offset_seconds": 0.02,
        "spool": {"reads": 0, "hits": 0, "bytes": 0},
        "oldest_at": None,
        "counters": dict.fromkeys(none_lost, 0),
        "sources": [source],
    }
