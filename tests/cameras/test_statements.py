"""What a camera sees: signed with a still, looked at, approved by a second person, and void after a move."""

from datetime import timedelta
from typing import Any

import pytest

from platewarden.adoption.in_force import parameters_at
from platewarden.cameras import stills
from platewarden.cameras.actions import Device, change_camera, suspend_camera
from platewarden.cameras.models import Camera, FieldOfViewStatement
from platewarden.cameras.standing import camera_facts
from platewarden.cameras.statements import (
    approve_statement,
    decline_statement,
    destroy_old_stills,
    look_at_still,
    sign_statement,
)
from platewarden.images.store import Shelf, image_store
from platewarden.ledger.models import LedgerLeaf
from platewarden.notices.models import Notice
from platewarden.policy.capture import CameraKind, may_submit
from platewarden.policy.decision import PolicyRefusal
from platewarden.recognition.images import decode_image
from platewarden.recognition.plate_detector import PlateDetector
from tests.cameras.stage import deploy, picture, picture_with_plate, register
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

PLACE: dict[str, Any] = {"place": "Route 79", "latitude": 42.43, "longitude": -76.47, "heading_degrees": 85}


def new_camera(cast: Cast) -> Camera:
    """A fixed camera of which nobody has signed anything, with a credential."""
    camera = register(cast, code="route-79", name="Route 79", kind=CameraKind.FIXED, **PLACE)
    camera.credentials.create(style="bearer", digest=b"y" * 32, issued_at=NOW)
    return camera


def sign(cast: Cast, camera: Camera, who: str = "ada", **changes: Any) -> FieldOfViewStatement:
    """What *who* signs of it now."""
    said = {"text": "The road and its verge.", "still": picture(), "now": NOW, **changes}
    return sign_statement(camera=camera, actor=cast.actor(who), **said)


def submits(camera: Camera, *, later: timedelta = timedelta(0)) -> bool:
    """Whether the policy lets it submit."""
    now, camera = NOW + later, Camera.objects.get(pk=camera.pk)
    return may_submit(camera_facts(camera, now=now), parameters=parameters_at(now), now=now).allowed


@pytest.mark.clause("CAP-1")
def test_a_camera_submits_once_a_second_person_has_looked_and_approved(cast: Cast) -> None:
    """Signing alone opens nothing, and nobody approves a picture that they have not seen."""
    camera = new_camera(cast)
    statement = sign(cast, camera)
    assert not submits(camera)
    with pytest.raises(PolicyRefusal, match="not looked"):
        approve_statement(statement=statement, actor=cast.actor("sue"), now=NOW)
    look_at_still(statement=statement, actor=cast.actor("sue"), now=NOW)
    approve_statement(statement=statement, actor=cast.actor("sue"), now=NOW)
    assert submits(camera)
    kinds = list(LedgerLeaf.objects.order_by("-seq").values_list("kind", flat=True)[:5])
    assert {"statement.signed", "statement.still_opened", "camera.approved"} <= set(kinds)
    year = timedelta(days=365)
    assert submits(camera, later=year - timedelta(seconds=1))
    assert not submits(camera, later=year)


@pytest.mark.clause("CAP-1")
@pytest.mark.parametrize("who", ["ada", "max"])
def test_neither_who_registered_nor_who_signed_approves(cast: Cast, who: str) -> None:
    """Ada registered the camera, Max signed: Sue is the second person."""
    statement = sign(cast, new_camera(cast), "max")
    look_at_still(statement=statement, actor=cast.actor(who), now=NOW)
    with pytest.raises(PolicyRefusal, match="does not approve"):
        approve_statement(statement=statement, actor=cast.actor(who), now=NOW)


@pytest.mark.clause("CAP-1")
@pytest.mark.parametrize("change", [{"heading_degrees": 265}, {"latitude": 42.44}, {"place": "Elsewhere"}])
def test_a_move_needs_a_new_statement(cast: Cast, change: dict[str, Any]) -> None:
    """The old one does not count any more, nor does one that was signed before the move and approved after it."""
    camera = cast.camera
    early = sign(cast, camera)
    look_at_still(statement=early, actor=cast.actor("sue"), now=NOW)
    where = {name: getattr(camera, name) for name in PLACE} | change
    later = NOW + timedelta(hours=1)
    assert submits(camera)
    moved = change_camera(
        camera=camera, name=camera.name, device=Device(), **where, actor=cast.actor("ada"), now=later
    )
    assert moved
    assert not submits(camera, later=timedelta(hours=1))
    with pytest.raises(PolicyRefusal, match="moved since"):
        approve_statement(statement=early, actor=cast.actor("sue"), now=later)
    later += timedelta(seconds=1)
    fresh = sign(cast, camera, now=later)
    look_at_still(statement=fresh, actor=cast.actor("sue"), now=later)
    approve_statement(statement=fresh, actor=cast.actor("sue"), now=later)
    assert submits(camera, later=timedelta(hours=1, seconds=1))


@pytest.mark.clause("CAP-1")
def test_what_does_not_move_a_camera_leaves_its_statement_in_force(cast: Cast) -> None:
    """Its name, its maker, its owner; and saying the same again is no entry."""
    camera = cast.camera
    where = {name: getattr(camera, name) for name in PLACE}
    said: dict[str, Any] = {"camera": camera, "actor": cast.actor("ada"), "now": NOW, **where}
    assert not change_camera(name="Route 13", device=Device(make="Lind"), **said)
    assert submits(camera)
    assert Camera.objects.get().make == "Lind"
    entries = LedgerLeaf.objects.count()
    assert not change_camera(name="Route 13", device=Device(make="Lind"), **said)
    assert LedgerLeaf.objects.count() == entries


@pytest.mark.clause("CAP-1")
def test_a_renewal_that_waits_leaves_the_old_statement_in_force(cast: Cast) -> None:
    """A second person is told; a declined one changes nothing."""
    statement = sign(cast, cast.camera)
    assert Notice.objects.filter(kind="statement.waits", handled_at=None).count() == 1
    assert submits(cast.camera)
    decline_statement(statement=statement, why="A yard is in view.", actor=cast.actor("sue"), now=NOW)
    assert submits(cast.camera)
    assert not Notice.objects.filter(kind="statement.waits", handled_at=None).exists()
    with pytest.raises(PolicyRefusal, match="decided on before"):
        approve_statement(statement=statement, actor=cast.actor("sue"), now=NOW)


@pytest.mark.clause("CAP-1")
def test_a_suspended_camera_comes_back_by_a_fresh_statement(cast: Cast) -> None:
    """Suspending takes effect at once."""
    suspend_camera(camera=cast.camera, actor=cast.actor("ada"), now=NOW)
    assert not submits(cast.camera)
    statement = sign(cast, cast.camera)
    look_at_still(statement=statement, actor=cast.actor("sue"), now=NOW)
    approve_statement(statement=statement, actor=cast.actor("sue"), now=NOW)
    assert submits(cast.camera)


@pytest.mark.clause("CAP-1")
def test_the_still_is_pixels_alone_sealed_and_without_legible_plates(cast: Cast) -> None:
    """What a camera wrote about itself is gone, and no plate that the detector finds is left."""
    exif = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00SECRETPLACE"
    plain = sign(cast, cast.camera, still=picture(exif=exif))
    shown = look_at_still(statement=plain, actor=cast.actor("sue"), now=NOW)
    assert shown is not None
    assert shown.startswith(b"\xff\xd8\xff")
    assert b"SECRETPLACE" not in shown
    assert b"Exif" not in shown
    statement = sign(cast, cast.camera, still=picture_with_plate())
    plates = PlateDetector(threads=1).detect(decode_image(picture_with_plate()))
    assert plates
    painted = look_at_still(statement=statement, actor=cast.actor("sue"), now=NOW)
    assert painted is not None
    for plate in plates:
        left, top, right, bottom = (round(side) for side in plate.box_xyxy)
        height, width = bottom - top, right - left
        inner = decode_image(painted)[
            top + height // 4 : bottom - height // 4, left + width // 8 : right - width // 8
        ]
        assert inner.std() < 4  # nothing but the paint
    name = f"statements/{statement.pk}/{statement.still.partition(':')[0]}"
    assert painted not in (image_store().sealed(name) or b"")


@pytest.mark.clause("CAP-1")
def test_a_statement_of_a_portable_camera_belongs_to_its_deployment(cast: Cast) -> None:
    """What it saw at the last place says nothing of the next one."""
    camera = register(cast)
    with pytest.raises(PolicyRefusal, match="not deployed"):
        sign(cast, camera)
    deploy(cast, camera, starts_at=NOW - timedelta(days=2), ends_at=NOW - timedelta(days=1, hours=1))
    assert not submits(camera)
    second = deploy(cast, camera, starts_at=NOW, ends_at=NOW + timedelta(days=1))
    FieldOfViewStatement.objects.filter(deployment=second).delete()
    assert not submits(camera)
    statement = sign(cast, camera)
    assert statement.deployment == second


@pytest.mark.clause("CAP-1")
def test_a_still_is_destroyed_a_year_after_its_statement_ended(cast: Cast) -> None:
    """One in force stays; the text of the statement stays always."""
    first = sign(cast, cast.camera)
    look_at_still(statement=first, actor=cast.actor("sue"), now=NOW)
    approve_statement(statement=first, actor=cast.actor("sue"), now=NOW)
    ended = NOW + timedelta(days=365)
    assert destroy_old_stills(now=ended + timedelta(days=365) - timedelta(seconds=1)) == 0
    assert destroy_old_stills(now=ended + timedelta(days=365)) >= 1
    first.refresh_from_db()
    assert (first.still, first.text) == ("", "The road and its verge.")
    assert stills.unsealed(first) is None
    assert not image_store().holds(Shelf.of_statement(first.pk))


@pytest.mark.clause("CAP-1")
@pytest.mark.parametrize("who", ["alice", "ivan", "dee", "eve"])
def test_only_oversight_looks_at_stills(cast: Cast, who: str) -> None:
    """The refusal shows nothing, and notes no look."""
    statement = sign(cast, cast.camera)
    with pytest.raises(PolicyRefusal):
        look_at_still(statement=statement, actor=cast.actor(who), now=NOW)
    assert not statement.looks.exists()
