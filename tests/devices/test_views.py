"""A box compares what its camera sees with the approved still, and says so; people are told to look (CAP-1)."""

from pathlib import Path
from typing import Any

import cv2
import pytest
from django.test import Client
from django.urls import reverse

from platewarden.cameras.duties import duties_at
from platewarden.cameras.models import Camera, CameraView, FieldOfViewStatement, MoveFinding, StatementView
from platewarden.cameras.seeing import references_of
from platewarden.cameras.standing import camera_facts
from platewarden.cameras.statements import approve_statement, look_at_still, sign_statement
from platewarden.edge.agent import Agent, SourceSetting
from platewarden.edge.views.wire import open_views
from platewarden.ledger.models import LedgerBody
from platewarden.notices.models import Notice
from platewarden.policy.actor import Role
from platewarden.policy.capture import CameraKind
from tests.cast import Cast
from tests.conftest import NOW
from tests.devices.boxes import Box, enrolled, transport
from tests.devices.test_devices import report
from tests.edge.test_views import NOON, looked, street

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Box:
    """A box whose camera has an approved still; the pages about cameras play at the tests' moment."""
    for module in ("move_views", "showing"):
        monkeypatch.setattr(f"platewarden.cameras.{module}.utc_now", lambda: NOW)
    approve(cast)
    return enrolled(cast, tmp_path)


def approve(cast: Cast) -> FieldOfViewStatement:
    """Let what the camera sees be signed with a picture of the street, and approved."""
    still = bytes(cv2.imencode(".png", street())[1])
    signed = sign_statement(
        camera=cast.camera, text="The road.", still=still, actor=cast.actor("ada"), now=NOW
    )
    look_at_still(statement=signed, actor=cast.actor("sue"), now=NOW)
    approve_statement(statement=signed, actor=cast.actor("sue"), now=NOW)
    return signed


def say(box: Box, state: str, *, statement: int = 0, camera: str = "route-13") -> int:
    """A report that says this of the view; return how it was answered."""
    said: Any = report()
    said["sources"][0] |= {
        "camera": camera,
        "view": {
            "statement": statement or StatementView.objects.get().pk,
            "state": state,
            "share_percent": 100 if state == "fits" else 31,
            "shift_permille": 3 if state == "fits" else 81,
        },
    }
    return box.line.ask("POST", "/state", said).status_code


@pytest.mark.clause("CAP-1", "CAP-4")
def test_an_agent_takes_the_fingerprint_compares_and_says_numbers(
    box: Box, cast: Cast, tmp_path: Path
) -> None:
    """From the approved still to the camera's page; no picture is asked for, and none is sent."""
    box.spool.close()
    sources = [SourceSetting("route-13", "rtsp://nowhere")]
    agent = Agent(
        box.folder,
        box.vault,
        str(tmp_path / "key"),
        box.identity,
        sources,
        box.told.append,
        clock=box.clock,
        transport=transport(),
    )
    agent.report(box.line)
    assert agent.state()["sources"][0]["view"] is None
    looked(agent.states[0].lookout, street(), 0, seen_at=NOON)
    agent.report(box.line)
    view = CameraView.objects.get()
    assert (view.state, view.share_percent) == ("fits", 100)
    assert view.shift_permille is not None
    assert view.shift_permille < 5
    client = Client()
    client.force_login(cast.ada)
    page = client.get(reverse("cameras:detail", args=[cast.camera.pk])).content.decode()
    assert "the same as the still: 100 %" in page


@pytest.mark.clause("CAP-1")
def test_a_view_that_differs_is_told_once_and_stops_nothing_until_two_say_that_it_is_none(
    box: Box, cast: Cast, client: Client
) -> None:
    """What is said of another statement, or of another's camera, is nothing; a vehicle's camera has no such still."""
    other = FieldOfViewStatement.objects.exclude(pk=StatementView.objects.get().pk).get()
    assert say(box, "differs", statement=other.pk) == 200
    assert say(box, "differs", camera="route-79") == 200
    assert not MoveFinding.objects.exists()
    assert say(box, "differs") == say(box, "differs") == 200
    finding = MoveFinding.objects.get()
    assert (finding.found_by, finding.share_percent, finding.shift_permille) == ("view", 31, 81)
    told = Notice.objects.filter(kind="camera.view_differs", handled_at=None)
    assert sorted(told.values_list("to_role", flat=True)) == [Role.ADMINISTRATOR, Role.SUPERVISOR]
    assert LedgerBody.objects.filter(leaf__kind="camera.view_differs").count() == 1
    assert "Look whether camera route-13 was moved" in [duty.what for duty in duties_at(NOW)]
    assert camera_facts(cast.camera, now=NOW).statement_signed_at == NOW  # its reads are taken
    client.force_login(cast.ada)
    arguments = [cast.camera.pk, finding.pk]
    assert (
        "Was it turned or moved?"
        in client.get(reverse("cameras:detail", args=arguments[:1])).content.decode()
    )
    client.post(reverse("cameras:unmoved", args=arguments), {"why": "The trees are bare now."})
    assert client.post(reverse("cameras:confirm_unmoved", args=arguments)).status_code == 403
    client.force_login(cast.max)
    assert client.post(reverse("cameras:confirm_unmoved", args=arguments)).status_code == 302
    assert say(box, "differs") == 200
    assert MoveFinding.objects.filter(settled_at=None).count() == 0, "two people have said so of this still"
    assert not told.all().exists()


@pytest.mark.clause("CAP-1")
def test_a_new_still_ends_the_finding_and_a_fingerprint_is_handed_to_its_own_box_alone(
    box: Box, cast: Cast
) -> None:
    """What is approved anew is what is compared from then on; cameras on vehicles have nothing to compare."""
    say(box, "differs")
    anew = approve(cast)
    assert MoveFinding.objects.get().settled == "signed"
    note = box.line.ask("GET", "/views").json()["note"]
    given = open_views(note, device="box-1", key=box.identity.server_key)
    assert {code: one.statement for code, one in given.items()} == {"route-13": anew.pk}
    Camera.objects.update(kind=CameraKind.MOBILE)
    assert references_of(Camera.objects.all(), now=NOW) == []
