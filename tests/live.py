"""A real server over a test's own database: what browser, crash and latency tests talk to."""

import itertools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import httpx
import psycopg
from django.conf import settings

from platewarden.site import secrets
from tests import prepared

_PORTS_EACH = 200
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_FIRST = 15_000 + _WORKER % 80 * _PORTS_EACH
_PORTS = itertools.islice(
    itertools.cycle(range(_FIRST, _FIRST + _PORTS_EACH)), os.getpid() % _PORTS_EACH, None
)


def free_port() -> int:
    """Return a loopback port that nobody uses now, and that nobody takes until it is listened at.

    A port that the system chose is free again the moment it is known, and may be given to whoever asks next for any.
    These are below those that it gives away, and each test process has some of its own.
    """
    for port in itertools.islice(_PORTS, _PORTS_EACH):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


class LiveServer:
    """`platewarden web` in a process of its own, over the database called *database* and the keys in *home*."""

    def __init__(self, home: Path, database: str) -> None:
        """Prepare a server; nothing runs yet."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._home, self._database = home, database
        self._process: ForkServerProcess | None = None
        self._share_secret()
        (home / "platewarden.toml").write_text(
            f'mode = "test"\norigin = "test.platewarden.invalid/ledger"\nport = {self.port}\n',
            encoding="utf-8",
        )

    def _share_secret(self) -> None:
        """Let the server open what this process has sealed: the second factors of the cast."""
        path = secrets.private_folder(self._home / "keys") / "django.secret"
        if not path.exists():
            secrets.write_new(path, bytes.fromhex(str(settings.SECRET_KEY)))

    def environment(self) -> dict[str, str]:
        """Return what a command needs to work on the same installation."""

        def url(variable: str) -> str:
            return psycopg.conninfo.make_conninfo(os.environ[variable], dbname=self._database)

        return {
            **os.environ,
            "PLATEWARDEN_HOME": str(self._home),
            "DATABASE_URL": url("PLATEWARDEN_TEST_APP_URL"),
            "DATABASE_OWNER_URL": url("PLATEWARDEN_TEST_OWNER_URL"),
        }

    def start(self) -> None:
        """Start and wait until it answers."""
        self._process = prepared.begin("web", environment=self.environment())
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            assert self._process.is_alive(), "the server ended by itself"
            try:
                if httpx.get(f"{self.url}/health/", trust_env=False).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError("the server did not answer within three minutes")

    def stop(self) -> None:
        """End it."""
        if self._process and self._process.is_alive():
            self._process.terminate()
            self._process.join(60)
            assert not self._process.is_alive(), "the server did not stop"

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command of `platewarden` on the same installation."""
        return subprocess.run(
            [sys.executable, "-m", "platewarden", *command],
            env={**self.environment(), **variables},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@contextmanager
def running(home: Path, database: str) -> Iterator[LiveServer]:
    """Run a server for a while."""
    server = LiveServer(home, database)
    server.start()
    try:
        yield server
    finally:
        server.stop()
