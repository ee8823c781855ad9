"""Stills, a vendor, and cameras of the other kinds, for tests about cameras."""

import io
from datetime import datetime
from functools import lru_cache
from typing import Any

import cv2
from PIL import Image

from platewarden.accounts.actors import actor_for
from platewarden.accounts.models import RoleGrant, User
from platewarden.cameras.actions import register_camera
from platewarden.cameras.models import Camera, Deployment
from platewarden.policy.actor import Actor, Role
from platewarden.policy.capture import CameraKind
from platewarden.rendering.scene import render_scene
from tests.cast import Cast, give_authenticators, let_submit, train
from tests.conftest import NOW


def picture(*, size: tuple[int, int] = (320, 240), kind: str = "JPEG", **options: Any) -> bytes:
    """A plain picture of an empty road."""
    buffer = io.BytesIO()
    Image.new("RGB", size, (90, 100, 90)).save(buffer, kind, **options)
    return buffer.getvalue()


@lru_cache(maxsize=1)
def picture_with_plate() -> bytes:
    """A street scene in which a vehicle shows its plate."""
    scene = render_scene(1, plate="KRT4821", state="NY")
    return bytes(cv2.imencode(".png", scene.image)[1])


def make_vendor(cast: Cast) -> User:
    """Somebody of the firm that installs cameras."""
    vendor = User.objects.create(
        agency=cast.agency, username="vic", full_name="Vic Vendor", created_at=NOW, employer="Lind"
    )
    RoleGrant.objects.create(user=vendor, role=Role.VENDOR, granted_at=NOW, granted_by="tests")
    train(vendor, now=NOW)
    give_authenticators(vendor)
    return vendor


def vendor_actor(cast: Cast) -> Actor:
    """The vendor as an actor."""
    return actor_for(User.objects.filter(username="vic").first() or make_vendor(cast))


def register(cast: Cast, who: str = "ada", **changes: Any) -> Camera:
    """A camera that Ada puts on the register: a portable one, unless said otherwise."""
    said: dict[str, Any] = {
        "code": "trailer-2",
        "name": "Trailer 2",
        "kind": CameraKind.PORTABLE,
        "place": "County garage",
        "latitude": None,
        "longitude": None,
        "heading_degrees": None,
        **changes,
    }
    return register_camera(**said, actor=cast.actor(who), now=NOW)


def deploy(cast: Cast, camera: Camera, *, starts_at: datetime, ends_at: datetime) -> Deployment:
    """A deployment of *camera* that Ada asked for and Sue authorised, and what it sees there, signed and approved."""
    deployment = Deployment.objects.create(
        camera=camera,
        place="Lakeside lot",
        latitude=42.442,
        longitude=-76.515,
        starts_at=starts_at,
        ends_at=ends_at,
        reason="Thefts from cars",
        asked_by=cast.ada,
        asked_at=starts_at,
        authorised_by=cast.sue,
        authorised_at=starts_at,
    )
    statement = let_submit(camera, signed_by=cast.ada, approved_by=cast.sue, now=starts_at)
    statement.deployment = deployment
    statement.save()
    camera.credentials.get_or_create(style="bearer", digest=b"x" * 32, issued_at=starts_at)
    return deployment
