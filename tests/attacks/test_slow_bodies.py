"""Strangers who announce a form and never send it."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.cast import Cast
from tests.live import LiveServer, running

SLOW = (
    "POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nCookie: csrftoken={token}\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nlogin="
)


@pytest.fixture
def live(fresh_database: str, cast: Cast, store_home: Path) -> Iterator[LiveServer]:
    """A real server over the test's database."""
    with running(store_home, fresh_database) as server:
        yield server


def test_forms_that_never_arrive_hold_nobody_up(live: LiveServer) -> None:
    """More of them than there are threads, and the console still answers at once."""
    request = SLOW.format(token="a" * 32).encode()
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
