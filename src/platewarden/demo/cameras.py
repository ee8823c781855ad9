"""The demo's cameras: registered by one invented person, signed with rendered stills, approved by another."""

from datetime import datetime, timedelta
from typing import Final

import cv2

from platewarden.cameras.actions import Device, register_camera
from platewarden.cameras.deployments import ask_deployment, authorise_deployment
from platewarden.cameras.models import Camera
from platewarden.cameras.statements import approve_statement, look_at_still, sign_statement
from platewarden.policy.actor import Actor
from platewarden.policy.capture import CameraKind
from platewarden.rendering.scene import render_scene

STATEMENT: Final = (
    "Mounted to see the carriageway and the verge only; no private window, yard or entrance is in view."
)
BEFORE: Final = timedelta(days=4)
"""How long before the demo its cameras were set up: what they saw since is submitted."""

TRAILER: Final = (42.4420, -76.5150, 190)
CAR: Final = (42.4600, -76.4900)
PLACES: Final = {"car-7": CAR, "route-79-east": (42.4302, -76.4711)}
"""Where cameras with a receiver say they are: the car, and one at a road, fourteen metres off, as receivers are."""

CAMERAS: Final = (
    ("route-13-north", "Route 13 north", CameraKind.FIXED, "Route 13 at Mill Street", 42.4512, -76.5033, 350),
    ("route-79-east", "Route 79 east", CameraKind.FIXED, "Route 79 at Hollow Road", 42.4301, -76.4710, 85),
    ("car-7", "Patrol car 7", CameraKind.MOBILE, "Patrol, northern district", None, None, None),
    ("trailer-2", "Trailer 2", CameraKind.PORTABLE, "Kept at the county garage", None, None, None),
)
_DEVICES: Final = {
    "route-13-north": Device(lane="both lanes", travel="north", make="Lind (invented)", model="LC-4"),
    "route-79-east": Device(lane="right lane", travel="east", make="Lind (invented)", model="LC-4"),
    "car-7": Device(make="Lind (invented)", model="Roof 2"),
    "trailer-2": Device(travel="both", make="Lind (invented)", model="LC-4", owner="County highways"),
}


def set_up_cameras(administrator: Actor, supervisor: Actor, *, now: datetime) -> None:
    """Register every camera, deploy the portable one, and have what each of them sees signed and approved."""
    since = now - BEFORE
    for seed, (code, name, kind, place, latitude, longitude, heading) in enumerate(CAMERAS, start=81):
        camera = register_camera(
            code=code,
            name=name,
            kind=kind,
            place=place,
            latitude=latitude,
            longitude=longitude,
            heading_degrees=heading,
            device=_DEVICES[code],
            actor=administrator,
            now=since,
        )
        if kind is CameraKind.PORTABLE:
            _deploy(camera, administrator, supervisor, since)
        statement = sign_statement(
            camera=camera, text=STATEMENT, still=rendered_still(seed), actor=administrator, now=since
        )
        look_at_still(statement=statement, actor=supervisor, now=since)
        approve_statement(statement=statement, actor=supervisor, now=since)


def _deploy(camera: Camera, administrator: Actor, supervisor: Actor, since: datetime) -> None:
    latitude, longitude, heading = TRAILER
    deployment = ask_deployment(
        camera=camera,
        place="Lakeside lot, summer fair",
        latitude=latitude,
        longitude=longitude,
        heading_degrees=heading,
        starts_at=since,
        ends_at=since + timedelta(days=20),
        reason="Cars were stolen from the lot in past years",
        actor=administrator,
        now=since,
    )
    authorise_deployment(deployment=deployment, actor=supervisor, now=since)


def rendered_still(seed: int) -> bytes:
    """Return a rendered scene as the still of what a camera sees."""
    scene = render_scene(seed, size_wh=(960, 540))
    done, encoded = cv2.imencode(".jpg", scene.image, [cv2.IMWRITE_JPEG_QUALITY, 88])
    assert done
    return bytes(encoded)
