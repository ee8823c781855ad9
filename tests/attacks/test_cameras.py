"""Somebody makes a camera submit that may not, with an old secret or from elsewhere, or hides something in a still."""

import io
import json
import logging
import struct
import zlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from platewarden.audits.models import ReviewWeek
from platewarden.audits.pages import ways_in
from platewarden.cameras.actions import Device, change_camera
from platewarden.cameras.credentials import issue_credential, revoke_credentials
from platewarden.cameras.models import Camera, FieldOfViewStatement
from platewarden.cameras.statements import sign_statement
from platewarden.devices.actions import issue_code
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.notices.models import Notice
from platewarden.policy.actor import Role
from platewarden.policy.cameras import CredentialStyle
from platewarden.policy.capture import CameraKind
from platewarden.reads.models import Read
from platewarden.site.logs import PlateFreeFormatter
from tests.cameras.stage import deploy, make_vendor, picture, register, vendor_actor
from tests.cast import Cast, let_submit
from tests.conftest import NOW
from tests.ingest.test_ingest import a_read

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The device API and the pages play at the tests' moment."""
    modules = ("views", "showing", "statement_views", "deployment_views", "credential_views")
    for module in (*(f"cameras.{name}" for name in modules), "ingest.api", "site.middleware", "site.context"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)


def submit(client: Client, credential: str, **changes: Any) -> Any:
    """One read, sent with *credential*."""
    body = json.dumps({"reads": [a_read(**changes)]})
    headers = {"Authorization": f"Bearer {credential}"}
    return client.post("/api/v1/reads", body, content_type="application/json", headers=headers)


def stored() -> int:
    """How many reads there are."""
    return Read.objects.count()


@pytest.mark.clause("CAP-1")
@pytest.mark.parametrize(
    "change",
    [
        {"approved_at": None},
        {"still": ""},
        {"signed_at": NOW - timedelta(days=365)},
        {"signed_at": NOW + timedelta(seconds=1)},
    ],
)
def test_without_a_statement_in_force_nothing_is_stored(
    cast: Cast, client: Client, change: dict[str, Any]
) -> None:
    """Not approved, without its still, a year old, or from the future: all of it is refused, with the clause."""
    FieldOfViewStatement.objects.update(**change)
    answer = submit(client, cast.credential)
    assert (answer.status_code, answer.json()["clause"]) == (403, "CAP-1")
    assert stored() == 0


@pytest.mark.clause("CAP-1")
def test_a_camera_that_was_turned_round_is_refused_at_once(cast: Cast, client: Client) -> None:
    """Until somebody has signed what it sees now; turning it back on paper revives nothing."""
    assert submit(client, cast.credential).status_code == 201
    camera = cast.camera
    for heading in (170, camera.heading_degrees):
        change_camera(
            camera=Camera.objects.get(),
            name=camera.name,
            place=camera.place,
            latitude=camera.latitude,
            longitude=camera.longitude,
            heading_degrees=heading,
            device=Device(),
            actor=cast.actor("ada"),
            now=NOW,
        )
        assert submit(client, cast.credential, capture_id=f"turned-{heading}").status_code == 403
    assert stored() == 1


def portable(cast: Cast) -> tuple[Camera, str]:
    """A portable camera, and its credential."""
    camera = register(cast)
    return camera, issue_credential(camera=camera, actor=cast.actor("ada"), now=NOW)


@pytest.mark.clause("CAP-5")
def test_a_portable_camera_outside_its_deployment_stores_nothing(cast: Cast, client: Client) -> None:
    """Approved or not; nor do reads from before and after one count that are sent during it."""
    camera, credential = portable(cast)
    let_submit(camera, signed_by=cast.ada, approved_by=cast.sue, now=NOW)
    assert submit(client, credential).json()["clause"] == "CAP-5"
    deploy(cast, camera, starts_at=NOW - 2 * HOUR, ends_at=NOW + HOUR)
    early = (NOW - 3 * HOUR).isoformat()
    answer = submit(client, credential, capture_id="early", seen_at=early)
    assert answer.json()["results"][0]["problem"]["clause"] == "CAP-5"
    assert stored() == 0
    during = (NOW - HOUR).isoformat()
    assert submit(client, credential, capture_id="during", seen_at=during).status_code == 201
    read = Read.objects.get()
    assert (read.latitude, read.longitude) == (42.442, -76.515)


@pytest.mark.clause("CAP-5")
def test_a_stolen_trailer_cannot_submit_under_a_deployment_of_last_week(cast: Cast, client: Client) -> None:
    """Whatever time it says it saw things at."""
    camera, credential = portable(cast)
    deploy(cast, camera, starts_at=NOW - 90 * HOUR, ends_at=NOW - 25 * HOUR)
    answer = submit(client, credential, seen_at=(NOW - 30 * HOUR).isoformat())
    assert (answer.status_code, answer.json()["clause"]) == (403, "CAP-5")


@pytest.mark.clause("CAP-5")
def test_a_camera_on_a_vehicle_that_hides_where_it_was_stores_nothing(cast: Cast, client: Client) -> None:
    """Even where the register has a position of old."""
    Camera.objects.update(kind=CameraKind.MOBILE)
    answer = submit(client, cast.credential, position=None)
    assert answer.json()["results"][0]["problem"]["field"] == "position"
    where = {"latitude": 42.4, "longitude": -76.4}
    assert submit(client, cast.credential, position=where).status_code == 201
    assert stored() == 1


@pytest.mark.clause("CAP-1")
def test_a_replaced_or_revoked_secret_opens_nothing(cast: Cast, client: Client) -> None:
    """The old one at once, the new one once it is revoked; nor does one of another style."""
    old, actor = cast.credential, cast.actor("ada")
    new = issue_credential(camera=cast.camera, actor=actor, now=NOW)
    assert submit(client, old).status_code == 401
    assert submit(client, new).status_code == 201
    revoke_credentials(camera=cast.camera, actor=actor, now=NOW)
    assert submit(client, new, capture_id="again").status_code == 401
    path = issue_credential(camera=cast.camera, actor=actor, now=NOW, style=CredentialStyle.PATH)
    assert submit(client, path, capture_id="path").status_code == 401
    assert stored() == 1


@pytest.mark.clause("ADM-4")
def test_nobody_makes_a_second_sender_for_an_approved_camera_unseen(cast: Cast, client: Client) -> None:
    """Supervisors are told of every credential and code but a camera's first, and see on its page who issued it."""
    told = Notice.objects.filter(kind="camera.credential", to_role=Role.SUPERVISOR)
    assert not told.exists()  # the cast's camera has its first
    issue_credential(camera=cast.camera, actor=cast.actor("ada"), now=NOW)
    issue_code(code="box", name="Box", cameras=[cast.camera], actor=cast.actor("ada"), now=NOW)
    assert [subject for (subject,) in told.values_list("subject")] == [f"camera:{cast.camera.pk}"] * 2
    client.force_login(cast.sue)
    page = client.get(f"/cameras/{cast.camera.pk}/").content.decode()
    assert "Bearer header, issued" in page
    assert "Issue a credential" not in page
    last = LedgerLeaf.objects.filter(kind="device.code_issued").get()
    (way,) = [
        one
        for one in ways_in(ReviewWeek(monday=last.at.date() - last.at.weekday() * DAY))
        if one.entry == last.seq
    ]
    assert (way.who, way.cameras) == ("ada", cast.camera.code)


@pytest.mark.clause("CAP-1", "ADM-2")
def test_a_vendor_signs_and_never_approves_authorises_or_looks(cast: Cast, client: Client) -> None:
    """Neither their own camera nor anybody's; everything else they may do about cameras shows no plate."""
    client.force_login(make_vendor(cast))
    camera, _ = portable(cast)
    deployment = deploy(cast, camera, starts_at=NOW, ends_at=NOW + HOUR)
    deployment.authorised_at = deployment.authorised_by = None
    deployment.save()
    statement = sign_statement(
        camera=cast.camera, text="Trust me.", still=picture(), actor=vendor_actor(cast), now=NOW
    )
    arguments = [cast.camera.pk, statement.pk]
    for view in ("look", "approve", "decline"):
        answer = client.post(reverse(f"cameras:{view}", args=arguments), {"why": "x"})
        assert answer.status_code == 403, view
        assert b"data:image" not in answer.content
    assert client.post(reverse("cameras:authorise", args=[camera.pk, deployment.pk])).status_code == 403
    statement.refresh_from_db()
    assert statement.approved_at is None
    assert client.get(reverse("cameras:detail", args=[cast.camera.pk])).status_code == 200


def bomb() -> bytes:
    """A small PNG that says it is 30000 x 30000."""
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", len(head))
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + struct.pack(">I", 0)
        + b"IDAT"
        + struct.pack(">I", zlib.crc32(b"IDAT"))
    )


def polyglot() -> bytes:
    """A JPEG with a page and a script behind it."""
    return picture() + b"<html><script>alert(1)</script></html>"


def webp() -> bytes:
    """A format that we do not take here."""
    buffer = io.BytesIO()
    Image.new("RGB", (200, 200)).save(buffer, "WEBP")
    return buffer.getvalue()


HOSTILE = {
    "bomb": bomb(),
    "script": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "cut": picture()[:400],
    "empty picture": picture(size=(1, 1)),
    "webp": webp(),
    "huge": b"\xff\xd8\xff" + bytes(10_000_001),
    "pdf": b"%PDF-1.7",
}


@pytest.mark.clause("CAP-1")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_still_is_refused_and_nothing_of_it_is_kept(cast: Cast, client: Client, name: str) -> None:
    """It is said what is wrong with it, beside its field; nothing is signed."""
    client.force_login(cast.ada)
    before = FieldOfViewStatement.objects.count()
    upload = SimpleUploadedFile("../../etc/still.jpg", HOSTILE[name], content_type="image/jpeg")
    answer = client.post(
        reverse("cameras:sign", args=[cast.camera.pk]), {"statement": "The road.", "still": upload}
    )
    assert answer.status_code == 422
    assert "the still" in answer.content.decode()
    assert FieldOfViewStatement.objects.count() == before


@pytest.mark.clause("CAP-1")
def test_what_hides_behind_a_picture_is_not_kept(cast: Cast) -> None:
    """A page behind a JPEG is gone: pixels alone are sealed."""
    from platewarden.cameras import stills

    statement = sign_statement(
        camera=cast.camera, text="The road.", still=polyglot(), actor=cast.actor("ada"), now=NOW
    )
    kept = stills.unsealed(statement)
    assert kept is not None
    assert b"<script>" not in kept


def test_a_secret_stands_in_no_log_line_and_no_entry(cast: Cast, client: Client) -> None:
    """Neither where a request's address is logged, nor in what the ledger says of its issue."""
    secret = issue_credential(
        camera=cast.camera, actor=cast.actor("ada"), now=NOW, style=CredentialStyle.PATH
    )
    record = logging.LogRecord(
        "django.request",
        logging.ERROR,
        "x",
        1,
        "Internal Server Error: /api/v1/push/axis/%s",
        (secret,),
        None,
    )
    line = PlateFreeFormatter("%(message)s").format(record)
    assert secret not in line
    assert "withheld" in line
    assert not LedgerBody.objects.filter(body__contains=secret.partition(".")[2]).exists()
