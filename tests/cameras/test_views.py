"""The camera pages: silence is said plainly, and a credential is shown once."""

import re
from datetime import timedelta
from typing import Any

import cv2
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from platewarden.cameras.forms import ChangeForm, zone_offered
from platewarden.cameras.models import Camera, CameraCredential
from platewarden.ledger.models import LedgerLeaf
from platewarden.reads.models import ReadCount
from tests.cameras.stage import picture, register
from tests.cameras.test_credentials import known
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

FORM = {
    "kind": "fixed",
    "code": "Route-79",
    "name": "Route 79",
    "place": "Hollow Road",
    "protocol": "platewarden",
    "clock_zone": "UTC",
}
POSITION = {"latitude": "42.43", "longitude": "-76.47", "heading_degrees": "85"}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages play at the tests' moment."""
    modules = ("views", "showing", "statement_views", "deployment_views", "credential_views")
    for module in (*(f"cameras.{name}" for name in modules), "site.middleware", "site.context"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)


def count(cast: Cast, *, hours_ago: int, reads: int, unknown: int = 0) -> None:
    """Note that the camera submitted so many reads in an hour."""
    hour = NOW.replace(minute=0) - timedelta(hours=hours_ago)
    ReadCount.objects.create(
        agency=cast.agency, camera=cast.camera, hour=hour, reads=reads, state_unknown=unknown
    )


def still(data: bytes = b"") -> SimpleUploadedFile:
    """A picture as a browser sends it."""
    return SimpleUploadedFile("still.jpg", data or picture(), content_type="image/jpeg")


def page(client: Any, camera: Camera | None = None) -> str:
    """The list, or one camera's page."""
    url = reverse("cameras:detail", args=[camera.pk]) if camera else reverse("cameras:list")
    return str(client.get(url).content.decode())


@pytest.mark.parametrize("reads", [None, 0])
def test_silence_is_never_shown_as_health(cast: Cast, sign_in: Any, reads: int | None) -> None:
    """One that has sent nothing yet says so on the list and on its page, whether nothing or zero was counted."""
    if reads is not None:
        count(cast, hours_ago=1, reads=reads)
    client = sign_in(cast.alice)
    assert "No read yet" in page(client)
    assert "Submitting" not in page(client)
    assert "to tell an empty road from a fault" in page(client, cast.camera)


def test_reads_of_the_last_day_are_counted_by_hour(cast: Cast, sign_in: Any) -> None:
    """Hours further back do not count; the share without a state is said."""
    count(cast, hours_ago=30, reads=500)
    count(cast, hours_ago=2, reads=60, unknown=20)
    count(cast, hours_ago=1, reads=40, unknown=5)
    client = sign_in(cast.alice)
    text = page(client)
    assert "Submitting" in text
    assert ">100<" in text
    assert "25 %" in text
    assert "25 % of 100 reads" in page(client, cast.camera)


@pytest.mark.clause("CAP-1")
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"suspended_at": NOW}, "Suspended"),
        ({"approved_at": None, "approved_by": None}, "Not approved"),
    ],
)
def test_what_keeps_a_camera_from_submitting_is_said(
    cast: Cast, sign_in: Any, change: dict[str, Any], says: str
) -> None:
    """Reads an hour ago do not hide that the next one is refused."""
    count(cast, hours_ago=1, reads=40)
    Camera.objects.update(**change)
    assert says in page(sign_in(cast.alice))


@pytest.mark.clause("CAP-1")
def test_a_camera_whose_credentials_have_ended_says_so(cast: Cast, sign_in: Any) -> None:
    """It cannot send, and reads an hour ago do not hide it."""
    count(cast, hours_ago=1, reads=40)
    CameraCredential.objects.update(ends_at=NOW)
    assert "No credential" in page(sign_in(cast.alice))


@pytest.mark.clause("CAP-1")
def test_a_new_camera_says_its_first_step_first(cast: Cast, client: Any) -> None:
    """Its clock is taken to be the agency's; it asks for its statement, with a still, before any credential."""
    client.force_login(cast.ada)
    blank = client.get(reverse("cameras:register")).content.decode()
    assert '<option value="America/New_York" selected>' in blank
    client.post(reverse("cameras:register"), FORM | POSITION)
    camera = Camera.objects.get(code="route-79")
    assert "Have what it sees signed, and approved by a second person." in page(client, camera)
    assert "no credential in force" not in page(client, camera)
    assert "(optional)" not in client.get(reverse("cameras:sign", args=[camera.pk])).content.decode()


@pytest.mark.clause("CAP-5")
def test_a_portable_camera_is_deployed_first(cast: Cast, client: Any) -> None:
    """What it sees can be signed only where it stands; a fixed one says on its form that it must have a place."""
    client.force_login(cast.ada)
    without = client.post(reverse("cameras:register"), FORM | {"kind": "fixed"}).content.decode()
    assert "A fixed camera has a place. Give latitude and longitude." in without
    assert not re.search("(Latitude|Longitude)[^<]*<[^>]*>[^<]*optional", without)
    done = client.post(reverse("cameras:register"), FORM | {"kind": "portable"}, follow=True)
    assert "Next, it is deployed where it is needed" in done.content.decode()
    assert "Sign what it sees" not in done.content.decode()


def test_a_form_never_begins_with_a_zone_by_chance() -> None:
    """An agency in a zone that is not offered begins with UTC."""
    assert zone_offered("America/New_York") == "America/New_York"
    assert zone_offered("Europe/Vienna") == "UTC"
    field: Any = ChangeForm(initial={"clock_zone": "America/Denver"}).fields["clock_zone"]
    groups = list(field.choices)
    assert [name for name, _ in groups][1] == "United States, and UTC"
    assert groups[0][1] == [("America/Denver", "America/Denver")]


@pytest.mark.clause("CAP-1")
def test_a_statement_lapses_after_its_year(cast: Cast, sign_in: Any) -> None:
    """It asks for renewal in its last month, and afterwards the camera is stopped and says why."""
    client = sign_in(cast.sue)
    cast.camera.statements.update(signed_at=NOW - timedelta(days=350))
    assert "Renew soon" in page(client)
    cast.camera.statements.update(signed_at=NOW - timedelta(days=365))
    assert "Statement lapsed" in page(client)


@pytest.mark.clause("CAP-5", "CAP-1")
def test_a_camera_is_registered_approved_and_given_its_credential(cast: Cast, client: Any) -> None:
    """One person registers, another signs, and the credential shows on one page only."""
    client.force_login(cast.ada)
    refused = client.post(reverse("cameras:register"), FORM)
    assert refused.status_code == 403
    assert b"CAP-5" in refused.content
    done = client.post(reverse("cameras:register"), FORM | POSITION)
    camera = Camera.objects.get(code="route-79")
    assert done.url == reverse("cameras:detail", args=[camera.pk])
    sign = reverse("cameras:sign", args=[camera.pk])
    said = {"statement": "The road and its verge only."}
    assert client.post(sign, said).status_code == 403
    assert client.post(sign, {"statement": "", "still": still()}).status_code == 422
    assert client.post(sign, said | {"still": still(b"GIF89a")}).status_code == 422
    large = np.random.default_rng(1).integers(0, 255, (1200, 1600, 3), np.uint8)
    photograph = bytes(cv2.imencode(".png", large)[1])
    assert len(photograph) > 5_000_000  # as large as cameras make them
    assert client.post(sign, said | {"still": still(photograph)}).status_code == 302
    statement = camera.statements.get()
    approve = reverse("cameras:approve", args=[camera.pk, statement.pk])
    assert client.post(approve).status_code == 403
    shown = client.post(reverse("cameras:credential", args=[camera.pk]), {"style": "bearer"})
    assert shown.headers["Cache-Control"] == "no-store"
    credential = shown.content.decode().split('<p class="mono strong secret">')[1].split("<")[0]
    assert known(credential) == camera
    assert credential not in page(client, camera)
    client.force_login(cast.sue)
    assert "You have not looked at the still" in client.post(approve).content.decode()
    look = client.post(reverse("cameras:look", args=[camera.pk, statement.pk])).content.decode()
    assert "data:image/jpeg;base64," in look
    assert approve in look
    assert client.post(approve).status_code == 302
    assert "The road and its verge only." in page(client, camera)
    assert "No read yet" in page(client, camera)


@pytest.mark.clause("CAP-1")
def test_a_statement_is_declined_with_a_reason(cast: Cast, client: Any) -> None:
    """Without one it is not; whoever signed sees it no more as waiting."""
    statement = cast.camera.statements.create(text="The yard.", signed_by=cast.ada, signed_at=NOW)
    decline = reverse("cameras:decline", args=[cast.camera.pk, statement.pk])
    client.force_login(cast.sue)
    assert client.post(decline, {"why": ""}).status_code == 422
    assert "waits for a second person" in page(client, cast.camera)
    assert client.post(decline, {"why": "A yard is in view."}).status_code == 302
    assert "waits for a second person" not in page(client, cast.camera)


@pytest.mark.clause("CAP-1")
def test_moving_a_camera_is_said_to_stop_it(cast: Cast, client: Any) -> None:
    """Changing its maker is not; half a position is a slip."""
    client.force_login(cast.ada)
    change = reverse("cameras:change", args=[cast.camera.pk])
    assert "Moving a camera stops it" in client.get(change).content.decode()
    held = {
        "name": "Route 13 north",
        "place": "Route 13 at Mill Street",
        "latitude": "42.45",
        "longitude": "-76.5",
        "heading_degrees": "350",
        "protocol": "axis",
        "clock_zone": "America/New_York",
    }
    said = client.post(change, held, follow=True).content.decode()
    assert "is changed" in said
    assert "Axis License Plate Verifier" in said
    assert client.post(change, held | {"longitude": ""}).status_code == 422
    assert client.post(change, held | {"longitude": "", "latitude": ""}).status_code == 403
    moved = client.post(change, held | {"heading_degrees": "170"}, follow=True).content.decode()
    assert "was moved" in moved
    assert "Moved, not signed anew" in moved


@pytest.mark.clause("CAP-5")
def test_a_portable_camera_is_deployed_by_two_people(cast: Cast, client: Any) -> None:
    """Asked for on one page, authorised on the other, ended at once; overlap is said beside its field."""
    camera = register(cast)
    client.force_login(cast.ada)
    deploy = reverse("cameras:deploy", args=[camera.pk])
    assert client.get(deploy).status_code == 200
    form = {
        "place": "Lakeside lot",
        "latitude": "42.44",
        "longitude": "-76.51",
        "starts_at": "2026-11-20T10:00",
        "ends_at": "2026-11-24T10:00",
        "reason": "Thefts from cars",
    }
    assert client.post(deploy, form | {"reason": ""}).status_code == 422
    assert client.post(deploy, form).status_code == 302
    overlap = client.post(deploy, form)
    assert overlap.status_code == 403
    assert "another deployment" in overlap.content.decode()
    deployment = camera.deployments.get()
    authorise = reverse("cameras:authorise", args=[camera.pk, deployment.pk])
    assert client.post(authorise).status_code == 403
    assert "Waits for a second person" in page(client, camera)
    client.force_login(cast.sue)
    assert client.post(authorise).status_code == 302
    assert "Deployed now" in page(client, camera)
    assert client.post(reverse("cameras:end_deployment", args=[camera.pk, deployment.pk])).status_code == 302
    assert "Deployed now" not in page(client, camera)


def test_a_credential_is_shown_as_its_device_needs_it(cast: Cast, client: Any) -> None:
    """A user name and a password apart; a part of an address with a warning; a style that there is not is none."""
    client.force_login(cast.ada)
    issue = reverse("cameras:credential", args=[cast.camera.pk])
    assert "User name" in client.post(issue, {"style": "basic"}).content.decode()
    in_address = client.post(issue, {"style": "path", "keep_old": "on"}).content.decode()
    assert "last part of the address" in in_address
    assert "http://testserver/api/v1/push/…" in in_address
    assert client.post(issue, {"style": "telepathy"}).status_code == 422
    listed = page(client, cast.camera)
    assert "secret part of the address" in listed
    assert "; ends " in listed
    assert client.post(reverse("cameras:revoke", args=[cast.camera.pk])).status_code == 302
    assert "It has no credential." in page(client, cast.camera)
    Camera.objects.update(protocol="hikvision")
    assert 'value="path" selected' in page(client, cast.camera), "such devices can send no header"


@pytest.mark.parametrize(
    "change",
    [
        {"latitude": "91"},
        {"longitude": "x"},
        {"heading_degrees": "360"},
        {"code": "a b"},
        {"kind": "drone"},
        {"code": "route-13"},
    ],
)
def test_slips_are_said_beside_their_fields(cast: Cast, sign_in: Any, change: dict[str, str]) -> None:
    """The form is shown again and nothing is registered."""
    answer = sign_in(cast.ada).post(reverse("cameras:register"), FORM | POSITION | change)
    assert answer.status_code == 422
    assert Camera.objects.count() == 1


def test_a_camera_is_suspended_at_once(cast: Cast, sign_in: Any) -> None:
    """It says so, and the ledger knows who did it."""
    client = sign_in(cast.ada)
    assert client.post(reverse("cameras:suspend", args=[cast.camera.pk])).status_code == 302
    assert "Suspended" in page(client, cast.camera)
    assert LedgerLeaf.objects.order_by("-seq")[0].kind == "camera.suspended"


def test_only_an_administrator_is_offered_and_allowed_the_register(cast: Cast, sign_in: Any) -> None:
    """A supervisor approves and does not register; the attempt is refused on record."""
    client = sign_in(cast.sue)
    assert reverse("cameras:register") not in page(client)
    for name in ("credential", "revoke", "suspend"):
        answer = client.post(reverse(f"cameras:{name}", args=[cast.camera.pk]), {"style": "bearer"})
        assert answer.status_code == 403
    assert client.post(reverse("cameras:register"), FORM | POSITION).status_code == 403
    assert LedgerLeaf.objects.filter(kind="request.refused").count() == 4


def test_a_camera_that_does_not_exist_is_not_there(cast: Cast, sign_in: Any) -> None:
    """The look is on the ledger."""
    assert sign_in(cast.ada).get(reverse("cameras:detail", args=[10**12])).status_code == 404
