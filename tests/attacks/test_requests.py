"""Requests made to break things: too large, too deep, not text; and errors that quote what they choke on."""

import io
import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.test import Client

from platewarden.ingest.schemas import SubmittedRead
from platewarden.reads import days
from platewarden.reads.models import Read
from platewarden.site.logs import PlateFreeFormatter
from tests.cast import Cast
from tests.conftest import NOW
from tests.ingest.test_ingest import a_read

pytestmark = pytest.mark.django_db
PLATE = "WLK9027"


@pytest.fixture
def post(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that posts a body to the device API as the camera would."""
    monkeypatch.setattr("platewarden.ingest.api.utc_now", lambda: NOW)
    headers = {"Authorization": f"Bearer {cast.credential}"}
    return lambda body: client.post("/api/v1/reads", body, content_type="application/json", headers=headers)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 500_000,
        b'{"reads":' * 300_000,
        b'{"reads": [' + b"9" * 10_000 + b"]}",
        b'{"reads": [NaN]}',
        b'{"reads": ["\\ud800"]}',
        b"\xff\xfe",
        b'{"reads": [{"\\ud800": 1}]}',
        b'{"reads": [{"capture_id": "\\ud800"}]}',
        b'{"reads": [{"capture_id": ["a", {"b": null}]}]}',
        b'{"reads": [{"capture_id": "c-1", "seen_at": 1e400}]}',
    ],
)
def test_no_body_is_too_strange_for_a_clear_answer(post: Any, body: bytes) -> None:
    """Nested without end, numbers without end, halves of characters: 422, and nothing is stored."""
    answer = post(body)
    assert answer.status_code == 422, answer.content
    assert not Read.objects.exists()


def test_a_problem_never_repeats_the_plate(post: Any) -> None:
    """What is said of a bad read names the field, not what was in it."""
    for change in (
        {"plate": f"{PLATE} {PLATE} {PLATE}"},
        {"state": PLATE},
        {"seen_at": PLATE},
        {PLATE[:3]: PLATE},
    ):
        answer = post(json.dumps({"reads": [a_read(**change)]}))
        assert answer.status_code == 422
        assert PLATE.encode() not in answer.content


@pytest.mark.parametrize("address", ["/sign-in/", "/enrol/", "/locked/", "/nowhere/", "/queries/"])
def test_a_stranger_cannot_fill_the_disk(cast: Cast, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file sent to a page that takes none is turned away by its length, before it is written anywhere."""

    def spooled(*_: object, **__: object) -> None:
        raise AssertionError("the body was read")

    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryFileUploadHandler.new_file", spooled)
    monkeypatch.setattr("django.core.files.uploadhandler.MemoryFileUploadHandler.new_file", spooled)
    file = io.BytesIO(bytes(9 * 1024 * 1024))
    file.name = "x.csv"
    answer = Client(enforce_csrf_checks=True).post(address, {"file": file})
    assert answer.status_code == 413
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("length", ["-1", "x", "9" * 5000, "1e9"])
def test_a_length_that_is_none_is_turned_away(cast: Cast, client: Client, length: str) -> None:
    """A header that lies about the body is no way past the limit."""
    assert client.post("/sign-in/", {"login": "alice"}, CONTENT_LENGTH=length).status_code == 413


def test_a_list_of_ordinary_size_still_loads(cast: Cast, sign_in: Any) -> None:
    """The one page that takes files takes large ones."""
    file = io.BytesIO(b"plate,state,category\n" + b"ABC1234,NY,stolen_vehicle\n" * 60_000)
    file.name = "x.csv"
    assert sign_in(cast.sue).post("/hotlists/999/load/", {"file": file}).status_code == 404


def test_a_log_line_does_not_quote_the_row_at_fault(cast: Cast) -> None:
    """PostgreSQL's message names the whole row; the log names the place in our code."""
    days.prepare([NOW.date()])
    with pytest.raises(DatabaseError, match=PLATE) as caught, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO hits (agency_id, seen_at, id, plate) VALUES (%s, %s, gen_random_uuid(), %s)",
            [cast.agency.pk, NOW - timedelta(hours=1), PLATE],
        )
    line = logged(caught.value)
    assert PLATE not in line
    assert "IntegrityError" in line
    assert "NotNullViolation" in line, "what it came from is named as well"
    assert "test_requests.py" in line
    formatters: Any = settings.LOGGING["formatters"]
    assert formatters["line"]["()"].endswith("PlateFreeFormatter")


def logged(error: BaseException) -> str:
    """Return *error* as a line of the log."""
    facts = (type(error), error, error.__traceback__)
    return PlateFreeFormatter().format(logging.LogRecord("x", logging.ERROR, "", 0, "broken", (), facts))


def test_validation_messages_are_withheld_too() -> None:
    """Pydantic quotes the input it refuses."""
    with pytest.raises(ValueError, match=PLATE) as caught:
        SubmittedRead.model_validate({"plate": PLATE * 9})
    assert PLATE not in logged(caught.value)
