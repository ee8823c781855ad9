"""Our own plates, the source that shows them, and the list that wants them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from platewarden.cameras.actions import register_camera
from platewarden.cameras.credentials import issue_credential
from platewarden.cameras.models import Camera
from platewarden.cameras.statements import sign_statement
from platewarden.hotlists.loading import create_hotlist, load_snapshot
from platewarden.hotlists.models import Hotlist
from platewarden.policy.actor import Actor
from platewarden.policy.calibration import may_calibrate
from platewarden.policy.capture import CameraKind
from platewarden.policy.decision import require
from platewarden.policy.hotlists import Category

CAMERA_CODE: Final = "calibration"
LIST_NAME: Final = "Calibration plates"
STATEMENT: Final = (
    "It has no lens: it shows pictures that Platewarden renders, of plates that nobody carries."
)


@dataclass(frozen=True, slots=True)
class OwnPlate:
    """One of our own plates, and how its picture is rendered.

    Attributes:
        plate: Serial.
        state: State whose design carries it.
        light: In which light it is photographed.
        seed: Of the scene around it.
    """

    plate: str
    state: str
    light: str
    seed: int


OWN_PLATES: Final = (
    OwnPlate("PWT0417", "NY", "day", 1),
    OwnPlate("PWC7359", "PA", "dusk", 1),
    OwnPlate("PWK2846", "NJ", "night", 1),
)


@transaction.atomic
def set_up(*, actor: Actor, now: datetime) -> Camera:
    """Register the source of rendered pictures, and set up the list of our own plates; where they are, nothing.

    What it shows is a statement like any other, which *actor* signs here; a second person approves it on its page.

    Raises:
        PolicyRefusal: *actor* may not register cameras.
    """
    require(may_calibrate(actor), action="calibration.set_up")
    camera = source_of(actor.agency_id)
    if camera is None:
        camera = register_camera(
            code=CAMERA_CODE,
            name="Calibration",
            kind=CameraKind.RENDERED,
            place="This installation",
            latitude=None,
            longitude=None,
            heading_degrees=None,
            actor=actor,
            now=now,
        )
        issue_credential(
            camera=camera, actor=actor, now=now
        )  # nobody needs it: nothing comes over the network
        sign_statement(camera=camera, text=STATEMENT, still=b"", actor=actor, now=now)
    list_of(actor, now=now)
    return camera


def source_of(agency_id: int) -> Camera | None:
    """Return the register's source of rendered pictures; None before it is set up."""
    return Camera.objects.filter(agency_id=agency_id, kind=CameraKind.RENDERED).first()


def list_of(actor: Actor, *, now: datetime) -> Hotlist:
    """Return the list of our own plates, made the first time."""
    found = Hotlist.objects.filter(agency_id=actor.agency_id, name=LIST_NAME).first()
    return found or create_hotlist(
        name=LIST_NAME, source="Platewarden itself", max_age_hours=None, actor=actor, now=now
    )


def load_own_plates(*, actor: Actor, now: datetime) -> None:
    """Load the list of our own plates anew: loading is part of the path."""
    lines = [f"{own.plate},{own.state},{Category.CALIBRATION}" for own in OWN_PLATES]
    load_snapshot(
        hotlist=list_of(actor, now=now),
        content="\n".join(["plate,state,category", *lines, ""]).encode(),
        file_name="own plates",
        effective_at=now,
        actor=actor,
        now=now,
    )
