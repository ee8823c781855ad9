"""A device sends one still of what its camera sees; it waits for whoever signs that, and goes unused in days."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from platewarden.cameras.device_stills import (
    destroy_unused,
    has_looked,
    look_at_sent,
    still_waiting,
    unsealed,
)
from platewarden.cameras.models import Camera, DeviceStill
from platewarden.cameras.statements import look_at_still, sign_statement
from platewarden.devices.actions import revoke
from platewarden.devices.models import Device
from platewarden.edge.agent import SourceSetting
from platewarden.edge.stills import send_stills
from platewarden.images.store import Shelf, image_store
from platewarden.ledger.models import LedgerBody
from platewarden.policy.decision import PolicyRefusal
from tests.cast import Cast
from tests.conftest import NOW
from tests.devices.boxes import enrolled
from tests.edge.stage import Passing, driving, write_video

pytestmark = pytest.mark.django_db

TEXT = "The road and its verge."


@pytest.fixture
def sent(cast: Cast, tmp_path: Path) -> DeviceStill:
    """The still that a box has just sent, as `platewarden edge enrol` does, of a camera whose film begins empty."""
    box = enrolled(cast, tmp_path)
    film = write_video(tmp_path / "film.avi", [Passing(7, driving(begin_s=0.4, end_s=0.9))], 0.5)
    gone = SourceSetting("route-13", str(tmp_path / "no.avi"))
    sources = (gone, SourceSetting("route-13", str(film)))
    assert send_stills(sources, box.line, is_asked_for=False, tell=box.told.append) == 1
    assert "no still" in box.told[0]
    return DeviceStill.objects.get()


@pytest.mark.clause("CAP-1")
def test_whoever_signs_sees_the_still_of_the_device_with_its_digest_and_says_that_it_is_the_view(
    sent: DeviceStill,
    cast: Cast,
    client: Any,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """The same picture is then the statement's, sealed anew; the ledger names it when it came and when it was used."""
    for module in ("statement_views", "showing"):
        monkeypatch.setattr(f"platewarden.cameras.{module}.utc_now", lambda: NOW)
    client.force_login(cast.ada)
    sign = reverse("cameras:sign", args=[sent.camera_id])
    assert (
        "Its device sent a still"
        in client.get(reverse("cameras:detail", args=[sent.camera_id])).content.decode()
    )
    form = client.get(sign).content.decode()
    assert sent.digest in form
    assert "box-1" in form
    assert "data:image" not in form
    assert client.post(sign, {"statement": TEXT, "sent": "on"}).status_code == 403  # nobody looked
    looked = client.post(reverse("cameras:look_at_sent", args=[sent.camera_id])).content.decode()
    assert "data:image/jpeg;base64," in looked
    assert f'action="{sign}"' in looked  # its own address shows the still, and signs nothing
    assert look_at_sent(camera=sent.camera, actor=cast.actor("sue"), now=NOW)  # which takes nothing from Ada
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(sign, {"statement": TEXT, "sent": "on"}).status_code == 302
    statement = sent.camera.statements.get(text=TEXT)
    sent.refresh_from_db()
    assert (sent.statement, sent.still, image_store().holds(Shelf.of_device_still(sent.pk))) == (
        statement,
        "",
        False,
    )
    assert look_at_still(statement=statement, actor=cast.actor("sue"), now=NOW)
    entries = LedgerBody.objects.select_related("leaf")
    bodies = {entry.leaf.kind: json.loads(entry.body)["details"] for entry in entries}
    assert bodies["device.still_sent"]["still"] == bodies["statement.signed"]["still"] == sent.digest
    assert bodies["statement.signed"]["device_still"] == sent.pk


@pytest.mark.clause("CAP-1")
def test_a_still_of_a_device_shows_no_place_that_the_camera_has_left(sent: DeviceStill, cast: Cast) -> None:
    """Nor is it used unseen, or by who may not look at stills."""
    Camera.objects.update(moved_at=NOW + timedelta(minutes=1))
    later = NOW + timedelta(minutes=2)
    camera = Camera.objects.get()
    assert still_waiting(camera, now=later) is None
    assert look_at_sent(camera=camera, actor=cast.actor("ada"), now=later) is None
    with pytest.raises(PolicyRefusal, match="waits"):
        sign_statement(
            camera=camera, text=TEXT, still=b"", is_sent_used=True, actor=cast.actor("ada"), now=later
        )
    with pytest.raises(PolicyRefusal):
        look_at_sent(camera=camera, actor=cast.actor("alice"), now=later)


@pytest.mark.clause("CAP-1")
def test_nobody_signs_with_the_still_of_a_device_that_was_revoked(
    sent: DeviceStill, cast: Cast, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is it shown any more, and the page says why; who looked at an earlier still has not looked at a later one."""
    monkeypatch.setattr("platewarden.cameras.statement_views.utc_now", lambda: NOW)
    ada = cast.actor("ada")
    assert look_at_sent(camera=sent.camera, actor=ada, now=NOW)
    assert has_looked(sent, ada)
    revoke(device=Device.objects.get(), actor=ada, now=NOW)
    assert still_waiting(sent.camera, now=NOW) is None
    assert look_at_sent(camera=sent.camera, actor=ada, now=NOW) is None
    client.force_login(cast.ada)
    form = reverse("cameras:sign", args=[sent.camera_id])
    assert "was revoked since" in client.get(form).content.decode()
    assert client.post(form, {"statement": TEXT, "sent": "on"}).status_code == 403
    later = DeviceStill.objects.create(
        camera=sent.camera, device="box-2", at=NOW, is_asked_for=True, is_live=True, painted=0
    )
    assert not has_looked(later, ada)


@pytest.mark.clause("RET-1")
def test_a_still_that_nobody_used_is_gone_before_its_days_are_over(
    sent: DeviceStill, django_capture_on_commit_callbacks: Any
) -> None:
    """Key and bytes go the night before; that it was sent stays."""
    assert unsealed(sent)
    nights = [NOW + timedelta(days=days) for days in (5, 6)]
    with django_capture_on_commit_callbacks(execute=True):
        assert [destroy_unused(now=night) for night in nights] == [0, 1]
    sent.refresh_from_db()
    assert (sent.still, unsealed(sent)) == ("", None)
    assert not image_store().holds(Shelf.of_device_still(sent.pk))
    assert still_waiting(sent.camera, now=nights[-1]) is None
