"""Requests made from the device API's own description, good and bad: each is answered, and no read is half written."""

import json
import time
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platewarden.ingest.openapi import document
from platewarden.reads.models import Capture, Read
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
schemathesis = pytest.importorskip(
    "schemathesis", reason="schemathesis is not installed: pip install schemathesis"
)

OPERATIONS = {
    f"{operation.method} {operation.path}": operation
    for operation in (
        result.ok() for result in schemathesis.openapi.from_dict(json.loads(document())).get_all_operations()
    )
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_request_is_answered_and_nothing_is_half_written(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """No 500 for anything that fits the description, or does not; reads and captures are written together."""
    operation = OPERATIONS[name]
    monkeypatch.setattr("platewarden.ingest.api.utc_now", lambda: NOW)
    modes = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
    strategies = [operation.as_strategy(generation_mode=mode) for mode in modes]

    @given(case=st.one_of(strategies), is_known=st.booleans())
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def ask(case: Any, *, is_known: bool) -> None:
        told = case.as_transport_kwargs(base_url="http://testserver")
        body = json.dumps(told["json"], default=str) if "json" in told else told.get("data") or b""
        headers = {"Authorization": f"Bearer {cast.credential}"} if is_known else {}
        begun = time.process_time()  # the work it makes, however busy the machine is
        answer = client.generic(
            operation.method.upper(),
            told["url"].removeprefix("http://testserver").partition("?")[0],
            body if isinstance(body, (bytes, str)) else json.dumps(body, default=str),
            content_type="application/json",
            headers=headers,
        )
        assert answer.status_code in {
            200,
            201,
            202,
            204,
            207,
            400,
            401,
            403,
            404,
            405,
            409,
            413,
            415,
            422,
            429,
            503,
        }
        assert time.process_time() - begun < 5
        assert Read.objects.count() == Capture.objects.count()

    ask()
