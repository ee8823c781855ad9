"""Reads come in once, whole, or not at all."""

import base64
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from PIL import Image

from platewarden.cameras.models import CameraHour
from platewarden.ledger.actions import LedgerUnavailable
from platewarden.ledger.models import LedgerLeaf
from platewarden.reads.models import Capture, PlateSeen, Read
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def picture(colour: str = "white") -> str:
    """A small JPEG, base64."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 32), colour).save(buffer, "JPEG")
    return base64.b64encode(buffer.getvalue()).decode()


def a_read(capture_id: str = "c-1", **changes: Any) -> dict[str, Any]:
    """A read in order, with *changes*."""
    return {
        "capture_id": capture_id,
        "seen_at": (NOW - timedelta(minutes=1)).isoformat(),
        "plate": "KAB 4821",
        "confidence": 0.97,
        "char_confidences": [0.99, 0.98, 0.97, 0.99, 0.99, 0.99, 0.99],
        "state": "NY",
        "state_confidence": 0.9,
        "plate_image": picture(),
        "vehicle_image": picture("navy"),
        **changes,
    }


@pytest.fixture
def submit(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Post reads as the cast's camera would."""
    monkeypatch.setattr("platewarden.ingest.api.utc_now", lambda: NOW)

    def _submit(*reads: Any, credential: str = cast.credential) -> Any:
        return client.post(
            "/api/v1/reads",
            json.dumps({"reads": list(reads)}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {credential}"},
        )

    return _submit


def test_a_read_in_order_is_stored_with_its_canonical_plate(submit: Any) -> None:
    """The plate as read is kept beside the canonical plate, and the plate is noted as seen."""
    response = submit(a_read())
    assert response.status_code == 201, response.content
    read = Read.objects.get()
    assert (read.plate, read.plate_as_read) == ("KAB4821", "KAB 4821")
    assert PlateSeen.objects.get().skeleton == "KA84821"


def test_a_repeated_capture_is_answered_with_the_same_read(submit: Any) -> None:
    """Sending the same capture twice stores it once."""
    first, second = submit(a_read()).json(), submit(a_read())
    assert second.status_code == 200
    assert second.json()["results"][0]["read_id"] == first["results"][0]["read_id"]
    assert Read.objects.count() == 1


def test_a_capture_id_with_other_content_is_a_conflict(submit: Any) -> None:
    """A capture id belongs to one read for ever."""
    submit(a_read())
    assert submit(a_read(plate="OTHER1")).status_code == 409
    assert Read.objects.get().plate == "KAB4821"


def test_one_bad_read_does_not_spoil_the_batch(submit: Any) -> None:
    """Each read stands or falls on its own, and the answer says which field is at fault."""
    response = submit(a_read("c-1"), a_read("c-2", confidence=7), a_read("c-3"))
    assert response.status_code == 207
    assert [result["code"] for result in response.json()["results"]] == [201, 422, 201]
    assert response.json()["results"][1]["problem"]["field"] == "confidence"


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"seen_at": "2026-11-20T15:00:00"}, 422, "seen_at"),
        ({"seen_at": (NOW + timedelta(hours=1)).isoformat()}, 403, "seen_at"),
        ({"seen_at": (NOW - timedelta(days=31)).isoformat()}, 403, "seen_at"),
        ({"plate": "\u0000"}, 422, "plate"),
        ({"plate": "--"}, 422, "plate"),
        ({"plate": "A" * 33}, 422, "plate"),
        ({"plate_image": ""}, 422, "plate_image"),
        ({"plate_image": base64.b64encode(b"not a picture").decode()}, 422, "plate_image"),
        ({"vehicle_image": picture()[:200]}, 422, "vehicle_image"),
        ({"driver_seat_belt": True}, 422, "driver_seat_belt"),
        ({"capture_id": "'; DROP TABLE reads; --"}, 422, "capture_id"),
        ({"state": "<b>"}, 422, "state"),
    ],
)
@pytest.mark.clause("CAP-2")
def test_unusable_reads_are_refused_by_field(
    submit: Any, change: dict[str, Any], code: int, field: str
) -> None:
    """What is not a read in order is refused with the field at fault, and nothing is written."""
    response = submit(a_read(**change))
    assert response.status_code == code, response.content
    assert response.json()["results"][0]["problem"]["field"] == field
    assert (Read.objects.count(), Capture.objects.count()) == (0, 0)


@pytest.mark.parametrize("credential", ["", "route-13.wrong", "nobody.secret", "route-13"])
def test_an_unknown_camera_is_turned_away(submit: Any, credential: str) -> None:
    """Without a valid credential nothing is read, parsed or stored."""
    assert submit(a_read(), credential=credential).status_code == 401


@pytest.mark.clause("CAP-1")
def test_an_unapproved_camera_cannot_submit(submit: Any, cast: Cast) -> None:
    """A camera that has lost its approval is refused by CAP-1, on the ledger and among what its page counts."""
    cast.camera.suspended_at = NOW
    cast.camera.save()
    response = submit(a_read())
    assert (response.status_code, response.json()["clause"]) == (403, "CAP-1")
    assert LedgerLeaf.objects.filter(kind="request.refused").exists()
    assert CameraHour.objects.get().refused == 1
    assert Read.objects.count() == 0


def test_a_refusal_that_cannot_be_recorded_is_none_yet(
    submit: Any, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The camera is to send it again, as a read that cannot be recorded."""

    def fail(*_: Any, **__: Any) -> None:
        raise LedgerUnavailable("no")

    cast.camera.suspended_at = NOW
    cast.camera.save()
    monkeypatch.setattr("platewarden.ingest.api.ledger.record_refusal", fail)
    assert submit(a_read()).status_code == 503


def test_a_camera_is_told_how_its_reads_fared_though_the_figures_of_its_hour_fail(
    submit: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """They are lost, and the log says so; what was to be put on the ledger and was not has it sent again."""

    def fail(*_arguments: Any, **_named: Any) -> None:
        raise OperationalError("no room")

    monkeypatch.setattr("platewarden.cameras.hearing.execute", fail)
    assert submit(a_read()).status_code == 201
    assert "figures of a delivery could not be written" in caplog.text
    monkeypatch.setattr("platewarden.ingest.actions.record_refused", fail)
    answer = submit(a_read("c-2"))
    assert (answer.status_code, Read.objects.count()) == (503, 2)
    assert "stored already are answered as repeats" in answer.json()["remedy"]
