"""Attacks by way of another maker's format: bombs, guesses, borrowed names, smuggled fields, wrong clocks, noise."""

import copy
import json
import logging
import time
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.test import Client

from platewarden.adapters.formats import FORMATS
from platewarden.adapters.reading import parse_json, parse_multipart, parse_xml
from platewarden.adapters.results import Delivery, UnusableError
from platewarden.cameras.actions import register_camera, suspend_camera
from platewarden.cameras.credentials import revoke_credentials
from platewarden.cameras.models import Camera, CameraHour, DroppedField
from platewarden.ingest import brakes, push
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.policy.cameras import CredentialStyle
from platewarden.policy.capture import CameraKind
from platewarden.reads.models import Capture, Read, Reading
from tests.adapters.deliveries import READS, filled
from tests.adapters.pushing import Device, device
from tests.conftest import NOW

__all__ = ["device"]

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n > 1 else "&a;" * 10}">' for n in range(1, 10))
    + "]><EventNotificationAlert><eventType>&a9;</eventType></EventNotificationAlert>"
)
BOMBS = {
    "a billion laughs": LAUGHS,
    "one long entity, many times": f'<!DOCTYPE a [<!ENTITY a "{"x" * 50_000}">]><a>{"&a;" * 50_000}</a>',
    "a file of the server": '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><a><eventType>&a;</eventType></a>',
    "an address": '<!DOCTYPE a [<!ENTITY % a SYSTEM "http://127.0.0.1:1/"> %a;]><a/>',
    "a document type elsewhere": '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>',
    "a ladder": "<a>" * 200_000,
    "a crowd": f"<a>{'<b/>' * 200_000}</a>",
    "half a character": "<a>\ufffe</a>",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_no_xml_takes_more_than_its_size(bomb: str) -> None:
    """Entities, ladders and crowds are refused where they begin, and nothing is fetched."""
    begun = time.process_time()  # the work it makes, however busy the machine is
    with pytest.raises(UnusableError):
        parse_xml(BOMBS[bomb].encode())
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1_000_000,
        b'{"a":' * 200_000,
        b"[" + b"1," * 500_000 + b"1]",
        b'["' + b'\\"' * 1_000_000,
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": 1e999, "b": NaN}',
        b'{"a": "\\ud800"}{',
        b"\xff\xfe\x00",
    ],
)
def test_no_json_takes_more_than_its_size(body: bytes) -> None:
    """Depth, numbers of values and of digits are bounded before or while it is parsed."""
    begun = time.process_time()
    with pytest.raises(UnusableError):
        parse_json(body)
    assert time.process_time() - begun < 2


def test_parts_and_their_heads_are_bounded() -> None:
    """A body of a thousand parts is refused; a part with an endless head is none."""
    many = b"--b\r\n\r\nx\r\n" * 1000 + b"--b--"
    with pytest.raises(UnusableError, match="parts"):
        parse_multipart(many, "multipart/form-data; boundary=b")
    endless = b"--b\r\n" + b"a: b\r\n" * 10_000 + b"\r\nx\r\n--b--"
    assert parse_multipart(endless, "multipart/form-data; boundary=b") == []
    with pytest.raises(UnusableError, match="boundary"):
        parse_multipart(b"x", "multipart/form-data")


@pytest.mark.django_db
@pytest.mark.clause("CAP-1")
def test_the_secret_of_an_address_cannot_be_guessed(device: Device, caplog: pytest.LogCaptureFixture) -> None:
    """One that is nearly right, of another style or camera opens nothing; whoever goes on is slowed down."""
    device.speaks("dahua")
    credential, delivery = device.issue(CredentialStyle.PATH), READS["dahua"][1]
    guesses = [
        credential[:-1],
        credential.upper(),
        device.cast.credential,
        "route-13.",
        "x" * 60,
        f"{credential}x",
    ]
    with caplog.at_level(logging.DEBUG):
        answers = [device.post(delivery, style=CredentialStyle.PATH, credential=guess) for guess in guesses]
    assert {answer.status_code for answer in answers} == {401}
    for _ in range(brakes.UNKNOWN.limit):
        last = device.post(delivery, style=CredentialStyle.PATH, credential="route-13." + "y" * 43)
    assert last.status_code == 429
    assert not Read.objects.exists()
    assert device.post(delivery, style=CredentialStyle.PATH, credential=credential).status_code == 200, (
        "the camera itself, at the same address, still comes in"
    )


@pytest.mark.django_db
@pytest.mark.clause("CAP-1")
def test_no_camera_posts_in_the_name_of_another(device: Device) -> None:
    """Whatever names and numbers a body has, the read belongs to the camera of the credential."""
    other = register_camera(
        code="route-79",
        name="Other",
        kind=CameraKind.FIXED,
        place="Elsewhere",
        latitude=42.0,
        longitude=-76.0,
        heading_degrees=None,
        actor=device.cast.actor("ada"),
        now=NOW,
    )
    document = json.loads(filled("openalpr-group.json"))
    document |= {
        "camera_id": other.pk,
        "agent_uid": other.code,
        "camera": other.code,
        "site_name": other.name,
    }
    assert device.post_json("openalpr", document).status_code == 200
    assert Read.objects.get().camera_id == device.cast.camera.pk
    assert not Capture.objects.filter(camera=other).exists()


SECRET = "OCCUPANTSECRET"
SMUGGLED = {"pilotsafebelt": SECRET, "Driver": {"Face": SECRET}, "uphone": [SECRET], SECRET: SECRET}


def _dig(value: Any, places: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        places.append(value)
        for inner in value.values():
            _dig(inner, places)
    elif isinstance(value, list):
        for inner in value:
            _dig(inner, places)
    return places


@pytest.mark.clause("CAP-2")
@pytest.mark.parametrize(
    "sample", [name for name, (_, pushed) in READS.items() if "json" in pushed.content_type]
)
def test_fields_of_an_occupant_are_smuggled_nowhere(fresh_database: str, device: Device, sample: str) -> None:
    """At every depth of every format, under names of their own or as names: nothing of them is left in the database."""
    key, pushed = READS[sample]
    document = json.loads(pushed.content)
    for place in _dig(document, []):
        place.update(copy.deepcopy(SMUGGLED))
    assert device.post_json(key, document).status_code == 200
    assert Read.objects.count() == 1
    names = set(DroppedField.objects.values_list("name", flat=True))
    assert "other" in names
    import os

    with psycopg.connect(os.environ["PLATEWARDEN_TEST_OWNER_URL"], dbname=fresh_database) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        for (table,) in tables:
            found = connection.execute(
                f'SELECT 1 FROM "{table}" AS t WHERE t::text LIKE %s LIMIT 1', [f"%{SECRET}%"]
            ).fetchone()
            assert found is None, table


@pytest.mark.clause("CAP-2")
@pytest.mark.parametrize("name", ["vehicle.type", "vehicle.make", "vehicle.model", "vehicle.colour"])
def test_a_sentence_is_no_characteristic_of_a_vehicle(name: str) -> None:
    """What is longer than a characteristic, or has signs that none has, is not taken for one."""
    document = json.loads(filled("plain.json"))
    document["vehicle"] = {name.partition(".")[2]: "driver: female, about 30, no belt; phone"}
    (read,) = FORMATS["json"].decode(Delivery(json.dumps(document).encode(), received_at=NOW)).reads
    assert not read.vehicle


@pytest.mark.django_db
@pytest.mark.clause("CAP-2", "RET-1")
@pytest.mark.parametrize("away", [timedelta(days=400), -timedelta(days=400), timedelta(hours=3)])
def test_a_clock_that_is_far_off_brings_nothing_in(device: Device, away: timedelta) -> None:
    """A read of next year would outlive its day, one of last year is over: both are refused, recorded and counted."""
    document = json.loads(filled("axis-new.json"))
    document["capture_timestamp"] = str(round((NOW + away).timestamp() * 1000))
    assert device.post_json("axis", document).status_code == 400
    assert not Read.objects.exists()
    assert not Reading.objects.exists()
    assert CameraHour.objects.get().refused == 1
    assert LedgerLeaf.objects.filter(kind="reads.refused").count() == 1


@pytest.mark.django_db
def test_a_camera_that_sends_noise_at_full_speed_is_counted_and_slowed_down(device: Device) -> None:
    """A thousand bodies of noise are refused, the later ones without being looked at; others come in meanwhile."""
    device.speaks("hikvision")
    noise = Delivery(b"<a>" * 1000, "application/xml")
    begun = time.process_time()
    codes = [device.post(noise).status_code for _ in range(300)]
    took = time.process_time() - begun
    assert codes.count(400) == brakes.UNUSABLE.limit
    assert codes.count(429) == 300 - brakes.UNUSABLE.limit
    assert CameraHour.objects.get().refused == 300
    assert took < 60
    assert LedgerLeaf.objects.filter(kind="request.refused").count() == 0, "noise is no entry each"
    assert Client().get("/health/").status_code == 200


@pytest.mark.django_db
def test_a_body_that_is_too_long_is_not_read(device: Device) -> None:
    """Refused by its announced length."""
    device.speaks("json")
    delivery = Delivery(b"x" * (13 * 1024 * 1024), "application/json")
    assert device.post(delivery).status_code == 400
    assert CameraHour.objects.get().refused == 1


@pytest.mark.django_db
def test_no_log_line_has_anything_of_what_was_sent(device: Device, caplog: pytest.LogCaptureFixture) -> None:
    """Neither a plate, nor the name or value of a field that was dropped."""
    with caplog.at_level(logging.DEBUG):
        for sample in ("hikvision xml", "axis new", "plain"):
            device.push(sample)
        device.post(Delivery(b'{"plate": "ZQX4821", "driver": "invented"', "application/json"))
    assert "ZQX" not in caplog.text
    assert "invented" not in caplog.text
    bodies = " ".join(json.dumps(body.content) for body in LedgerBody.objects.all())
    assert "ZQX" not in bodies


@pytest.mark.django_db
@pytest.mark.parametrize(
    "picture", [b"GIF89a\x01\x00\x01\x00", b"<svg/>", b"\xff\xd8\xff" + b"\0" * 500, b"PK\x03\x04"]
)
def test_a_picture_is_a_picture(device: Device, picture: bytes) -> None:
    """Other files, and pictures cut off, are refused as pictures of the device API are."""
    import base64

    document = json.loads(filled("genetec.json"))
    document["ContextImage"] = base64.b64encode(picture).decode()
    assert device.post_json("genetec", document).status_code == 400
    assert not Read.objects.exists()


@pytest.mark.django_db
def test_a_suspended_camera_says_nothing_by_its_heartbeat(device: Device) -> None:
    """A heartbeat stores that the device is there, and nothing else."""
    Camera.objects.update(suspended_at=NOW)
    device.speaks("openalpr")
    heartbeat = {"data_type": "heartbeat", "timestamp": round(NOW.timestamp() * 1000), "driver": SECRET}
    assert device.post_json("openalpr", heartbeat).status_code == 200
    assert not DroppedField.objects.exists()
    assert not Read.objects.exists()


def find_elsewhere(*, camera: Camera, now: datetime, **_: Any) -> None:
    """Hold that *camera* was moved, as another of its deliveries would."""
    Camera.objects.filter(pk=camera.pk).update(found_moved_at=now)


@pytest.mark.clause("CAP-1")
@pytest.mark.parametrize("ended", [suspend_camera, revoke_credentials, find_elsewhere])
def test_a_body_that_outlasts_the_right_to_send_it_stores_nothing(
    device: Device, monkeypatch: pytest.MonkeyPatch, ended: Any
) -> None:
    """Whoever was let in begins to send, and is shut out before the end: what counts is what holds by then."""
    moments, received = iter([NOW, NOW + timedelta(seconds=9)]), push._delivery
    monkeypatch.setattr("platewarden.ingest.push.utc_now", lambda: next(moments))

    def slowly(*arguments: Any) -> Any:
        cast = device.cast
        ended(camera=cast.camera, actor=cast.actor("ada"), now=NOW + timedelta(seconds=4))
        return received(*arguments)

    monkeypatch.setattr("platewarden.ingest.push._delivery", slowly)
    device.push("plain")
    assert not Read.objects.exists()
