"""One address a camera, in whatever format the register says it speaks."""

import json
from typing import Any

import pytest
from django.db import OperationalError

from platewarden.adapters.formats import FORMATS, Answer
from platewarden.adapters.results import Delivery
from platewarden.cameras.models import Camera, CameraContact, CameraHour, DroppedField
from platewarden.images.keystore import KeyUnavailable
from platewarden.ledger.actions import LedgerUnavailable
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.cameras import CredentialStyle
from platewarden.reads.models import Capture, Read
from tests.adapters.deliveries import OTHERS, READS
from tests.adapters.pushing import Device
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("sample", READS)
def test_what_a_device_pushes_is_stored_as_a_read(device: Device, sample: str) -> None:
    """Every format comes in by the same address; a repeat is stored once."""
    assert device.push(sample).status_code == 200
    assert device.push(sample).status_code == 200
    read = Read.objects.get()
    assert read.plate in {"ZQX4821", "ZQX4721"}
    assert read.camera_id == device.cast.camera.pk
    assert Capture.objects.count() == 1


@pytest.mark.clause("CAP-2")
def test_what_was_dropped_is_counted_on_the_camera_by_name(device: Device) -> None:
    """Nothing of an occupant is stored anywhere; that it was sent is."""
    device.push("hikvision xml")
    dropped = dict(DroppedField.objects.values_list("name", "times"))
    assert dropped["pilotsafebelt"] == dropped["uphone"] == dropped["pilotmask"] == 1
    assert CameraHour.objects.get().deliveries == 1


@pytest.mark.parametrize("style", CredentialStyle)
def test_a_device_presents_its_credential_as_it_can(device: Device, style: CredentialStyle) -> None:
    """In a header, as name and password, or in its address before its own path."""
    device.speaks("dahua")
    delivery = READS["dahua"][1]
    answer = device.post(delivery, style=style, credential=device.issue(style))
    assert answer.status_code == 200
    assert answer.json()["result"] == "true"
    assert Read.objects.count() == 1


def test_a_heartbeat_says_that_the_camera_is_there_and_how_its_clock_goes(device: Device) -> None:
    """The agent's clock showed 15:30:00 when it was 15:30:00 here."""
    device.speaks("openalpr")
    assert device.post(OTHERS["openalpr heartbeat"][1]).status_code == 200
    hour = CameraHour.objects.get()
    assert (hour.heartbeats, hour.compared, hour.skew_ms) == (1, 1, 0)
    assert CameraContact.objects.get().heard_at == NOW


@pytest.mark.parametrize("key", FORMATS)
def test_what_can_never_be_used_is_answered_as_the_device_expects(device: Device, key: str) -> None:
    """Noise is counted and not stored; a device that repeats what is refused is told that all is well."""
    device.speaks(key)
    answer = device.post(Delivery(b'{"noise": ', "application/json"))
    expected = FORMATS[key].reply(Answer.NEVER)
    assert (answer.status_code, answer.content) == (expected.status, expected.content)
    assert CameraHour.objects.get().refused == 1
    assert not Read.objects.exists()


@pytest.mark.parametrize(
    ("sample", "error"),
    [
        ("dahua", LedgerUnavailable),
        ("hikvision xml", KeyUnavailable),
        ("openalpr group", OperationalError),
        ("axis new", OSError),
    ],
)
def test_when_nothing_can_be_recorded_the_device_sends_it_again(
    device: Device, monkeypatch: pytest.MonkeyPatch, sample: str, error: type[Exception]
) -> None:
    """503, in Dahua's words also ``"result": "false"``: nothing is stored, nothing is lost."""

    def fail(*_: Any, **__: Any) -> None:
        raise error("no")

    monkeypatch.setattr("platewarden.ingest.actions.ingest", fail)
    answer = device.push(sample)
    assert answer.status_code == 503
    assert not Read.objects.exists()
    if sample == "dahua":
        assert answer.json()["result"] == "false"


def test_a_time_without_a_zone_is_by_the_cameras_clock(device: Device) -> None:
    """The register says in which zone the device's clock is."""
    device.speaks("dahua", zone="America/Los_Angeles")
    document = json.loads(READS["dahua"][1].content)
    document["Picture"]["SnapInfo"]["AccurateTime"] = "2026-11-20 07:29:30.000"
    delivery = Delivery(
        json.dumps(document).encode(), "application/json", path="NotificationInfo/TollgateInfo"
    )
    assert device.post(delivery).status_code == 200
    assert (NOW - Read.objects.get().seen_at).total_seconds() == 30


@pytest.mark.clause("CAP-1")
def test_a_camera_that_may_not_submit_pushes_in_vain(device: Device) -> None:
    """The refusal is on record, as for every other read, and counted where somebody looks who wonders why."""
    Camera.objects.update(suspended_at=NOW)
    assert device.push("axis new").status_code == 400
    assert (CameraHour.objects.get().refused, CameraContact.objects.get().read_at) == (1, None)
    assert not Read.objects.exists()
    assert LedgerLeaf.objects.filter(kind="request.refused").count() == 1


def test_a_refusal_that_cannot_be_recorded_is_none_yet(
    device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The device is answered in its own words that it is to send it again, as for a read that cannot be recorded."""

    def fail(*_: Any, **__: Any) -> None:
        raise LedgerUnavailable("no")

    Camera.objects.update(suspended_at=NOW)
    monkeypatch.setattr("platewarden.ingest.push.ledger.record_refusal", fail)
    answer = device.push("dahua")
    assert (answer.status_code, answer.json()["result"]) == (503, "false")


def test_a_camera_of_files_pushes_nothing(device: Device) -> None:
    """What is registered as sending files is told to be registered otherwise."""
    device.speaks("csv")
    assert device.post(READS["plain"][1]).status_code == 400
    assert not Read.objects.exists()


def test_one_vehicle_of_several_may_be_unusable(device: Device) -> None:
    """The others of the same picture are stored, and the one is counted as refused."""
    document = json.loads(READS["plain"][1].content)
    _, delivery = READS["stream, older"]
    text = delivery.content.replace(
        b'"results": [', b'"results": [{"plate": "waytoolongforaplate", "score": 0.9}, ', 1
    )
    device.speaks("platerecognizer")
    assert device.post(Delivery(text, delivery.content_type)).status_code == 200
    assert Read.objects.count() == 1
    assert CameraHour.objects.get().refused == 1
    assert document["plate"] not in text.decode("latin-1")
