"""A camera is known by what it presents: in the style it was issued in, until it is replaced or revoked."""

import base64
from datetime import datetime, timedelta

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from platewarden.cameras.credentials import (
    camera_for_request,
    issue_credential,
    live_credentials,
    revoke_credentials,
)
from platewarden.cameras.models import Camera, CameraCredential
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.policy.cameras import CredentialStyle
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def asked(authorization: str = "") -> HttpRequest:
    """A request with this header."""
    headers = {"Authorization": authorization} if authorization else {}
    return RequestFactory().post("/api/v1/reads", headers=headers)


def basic(pair: str) -> str:
    """The header of a user name and a password."""
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def known(credential: str, *, now: datetime = NOW) -> Camera | None:
    """Whose credential it is, sent as most cameras send it."""
    return camera_for_request(asked(f"Bearer {credential}"), now=now)


def issued(cast: Cast, style: CredentialStyle, *, keep_old: bool = False) -> str:
    """What Ada gives the camera."""
    return issue_credential(
        camera=cast.camera, style=style, keep_old=keep_old, actor=cast.actor("ada"), now=NOW
    )


def test_a_header_names_the_camera(cast: Cast) -> None:
    """A bearer token, whatever the case of the scheme's name."""
    token = issued(cast, CredentialStyle.BEARER)
    assert known(token) == cast.camera
    assert camera_for_request(asked(f"bearer {token}"), now=NOW) == cast.camera


def test_a_user_name_and_a_password_name_the_camera(cast: Cast) -> None:
    """The user name is the camera's code; the password is short enough for what cameras accept."""
    pair = issued(cast, CredentialStyle.BASIC)
    assert camera_for_request(asked(basic(pair)), now=NOW) == cast.camera
    assert pair.partition(":")[0] == cast.camera.code
    assert len(pair.partition(":")[2]) == 24


def test_a_part_of_the_address_names_the_camera(cast: Cast) -> None:
    """It alone counts then, whatever stands in a header."""
    token = issued(cast, CredentialStyle.PATH)
    assert camera_for_request(asked(), now=NOW, path_token=token) == cast.camera
    assert camera_for_request(asked(f"Bearer {token}"), now=NOW, path_token="route-13.x") is None


@pytest.mark.parametrize("style", list(CredentialStyle))
def test_a_credential_is_good_in_its_own_style_alone(cast: Cast, style: CredentialStyle) -> None:
    """A secret that stood in an address, and so in somebody's log, opens no other door."""
    code, _, secret = issued(cast, style).replace(":", ".", 1).partition(".")
    ways = {
        CredentialStyle.BEARER: camera_for_request(asked(f"Bearer {code}.{secret}"), now=NOW),
        CredentialStyle.BASIC: camera_for_request(asked(basic(f"{code}:{secret}")), now=NOW),
        CredentialStyle.PATH: camera_for_request(asked(), now=NOW, path_token=f"{code}.{secret}"),
    }
    assert {way for way, camera in ways.items() if camera} == {style}


@pytest.mark.parametrize(
    "credential", ["", ".", "route-13", "route-13.", "route-13.wrong", "other.x", "é.ü", "\0.x"]
)
def test_what_nobody_was_given_is_nobodys(cast: Cast, credential: str) -> None:
    """Nor is a camera without a credential spoken for by an empty one, in any style."""
    CameraCredential.objects.all().delete()
    headers = (
        "",
        "Bearer",
        f"Bearer {credential}",
        basic(credential.replace(".", ":")),
        "Basic ***",
        "Digest x",
    )
    for header in headers:
        assert camera_for_request(asked(header), now=NOW) is None
    assert camera_for_request(asked(), now=NOW, path_token=credential) is None


def test_a_new_credential_ends_the_old_one_at_once(cast: Cast) -> None:
    """Only the last one issued is known, and only its digest is kept."""
    new = issued(cast, CredentialStyle.BEARER)
    assert known(new) == cast.camera
    assert known(cast.credential) is None
    kept = b"".join(bytes(each.digest) for each in CameraCredential.objects.all())
    assert new.partition(".")[2].encode() not in kept


def test_with_an_overlap_the_old_one_works_for_an_hour_more(cast: Cast) -> None:
    """To the second; and a second rotation does not lengthen what already ends."""
    new = issued(cast, CredentialStyle.BEARER, keep_old=True)
    end = NOW + timedelta(hours=1)
    assert known(cast.credential, now=end - timedelta(seconds=1)) == cast.camera
    assert known(cast.credential, now=end) is None
    assert known(new, now=end) == cast.camera
    later = NOW + timedelta(minutes=30)
    issue_credential(camera=cast.camera, keep_old=True, actor=cast.actor("ada"), now=later)
    assert known(cast.credential, now=end) is None


def test_revoking_ends_all_of_them_at_once(cast: Cast) -> None:
    """Those that were to overlap too; the ledger counts them."""
    new = issued(cast, CredentialStyle.BEARER, keep_old=True)
    assert revoke_credentials(camera=cast.camera, actor=cast.actor("ada"), now=NOW) == 2
    assert known(new) is None
    assert known(cast.credential) is None
    assert not live_credentials(cast.camera, now=NOW).exists()
    assert LedgerLeaf.objects.order_by("-seq")[0].kind == "camera.credential_revoked"


def test_the_ledger_says_that_a_credential_was_issued_and_never_which(cast: Cast) -> None:
    """Nor does the digest of it."""
    secret = issued(cast, CredentialStyle.PATH).partition(".")[2]
    leaf = LedgerLeaf.objects.filter(kind="camera.credential_issued").order_by("-seq")[0]
    assert secret not in str(LedgerBody.objects.get(leaf=leaf).body)
