"""Strangers who announce a form and never send it, or send more than anybody has a use for."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from django.test import Client

from platewarden.site.limits import FORM_BYTES, most_bytes
from tests.cast import Cast
from tests.live import LiveServer, running

SLOW = (
    "POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nCookie: csrftoken={token}\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nlogin="
)

SLOW_ENROLMENT = (
    "POST /api/v1/device/enrol HTTP/1.1\r\nHost: localhost\r\n"
    "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
)


@pytest.fixture
def live(fresh_database: str, cast: Cast, store_home: Path) -> Iterator[LiveServer]:
    """A real server over the test's database."""
    with running(store_home, fresh_database) as server:
        yield server


@pytest.mark.parametrize("slow_one", [SLOW.format(token="a" * 32), SLOW_ENROLMENT], ids=["form", "enrolment"])
def test_forms_that_never_arrive_hold_nobody_up(live: LiveServer, slow_one: str) -> None:
    """More of them than there are threads, and the console still answers at once; who enrols is a stranger too."""
    request = slow_one.encode()
    with ExitStack() as stack:
        for _ in range(40):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", live.port)))
            slow.sendall(request)
        for address in ("/health/", "/sign-in/"):
            assert httpx.get(f"{live.url}{address}", trust_env=False, timeout=10).status_code == 200


def test_a_form_in_pieces_arrives_whole(live: LiveServer) -> None:
    """A slow line is no attack: what comes within the time is taken as it was sent."""
    with socket.create_connection(("127.0.0.1", live.port), timeout=10) as slow:
        body = b"code=wrong&password=x"
        head = (
            b"POST /enrol/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
            % len(body)
        )
        for piece in (head[:40], head[40:], body[:7], body[7:]):
            slow.sendall(piece)
        answer = b"".join(iter(lambda: slow.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 403"), "without the form's token, but answered"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["enrol", "state", "key", "cameras/route-13/told"])
def test_nobody_has_the_server_take_a_great_body_to_find_out_who_sends_it(client: Client, path: str) -> None:
    """A device is known once its whole body was read: only where reads are taken may that be large."""
    body = b'{"code": "' + b"x" * FORM_BYTES + b'"}'
    answer = client.post(f"/api/v1/device/{path}", body, content_type="application/json")
    assert answer.status_code == 413
    assert most_bytes("/api/v1/device/cameras/route-13/reads") == most_bytes("/api/v1/reads") > FORM_BYTES
