"""One process that owns the others: PostgreSQL, web and worker live and die with it."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

import httpx

from platewarden.database import EmbeddedPostgres
from platewarden.site.configuration import Configuration
from platewarden.site.databases import HOST_VARIABLE

_PR_SET_PDEATHSIG = 1
STOP_SECONDS = 10.0
START_SECONDS = 60.0


class SupervisedError(Exception):
    """A process that must run has ended, or did not start."""


class Supervisor:
    """Starts the parts of an installation, watches them, and stops all of them together."""

    def __init__(self, configuration: Configuration) -> None:
        """Supervise the installation that *configuration* describes."""
        self._configuration = configuration
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def address(self) -> str:
        """Where the console is reached from this machine."""
        scheme = "https" if self._configuration.certificate else "http"
        return f"{scheme}://{self._configuration.host}:{self._configuration.port}"

    @contextmanager
    def database(self) -> Iterator[None]:
        """Run the embedded PostgreSQL, unless the installation has one of its own."""
        with ExitStack() as stack:
            if not self._configuration.database_url:
                address = stack.enter_context(EmbeddedPostgres(self._configuration.home / "pg"))
                os.environ[HOST_VARIABLE] = address.host
            yield

    @contextmanager
    def processes(self) -> Iterator[None]:
        """Run web and worker until the block ends.

        Raises:
            SupervisedError: The console does not answer in time.
        """
        self._require_free_port()
        try:
            for name in ("web", "worker"):
                self._children[name] = _spawn(name)
            self._await_console()
            yield
        finally:
            self._stop()

    def watch(self) -> None:
        """Return when asked to stop (SIGINT, SIGTERM).

        Raises:
            SupervisedError: A part has ended by itself.
        """
        previous = signal.signal(signal.SIGTERM, _interrupt)
        try:
            while True:
                self._check()
                time.sleep(0.25)
        except KeyboardInterrupt:
            return
        finally:
            signal.signal(signal.SIGTERM, previous)

    def _require_free_port(self) -> None:
        """Another installation's console on our port would answer for ours: nothing is started beside it."""
        host, port = self._configuration.host, self._configuration.port
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise SupervisedError(
                    f"port {port} of {host} cannot be used ({error.strerror}): stop what listens there, or choose "
                    "another port (`port` in platewarden.toml; `--port` for the demo)"
                ) from error

    def _check(self) -> None:
        for name, child in self._children.items():
            if child.poll() is not None:
                raise SupervisedError(f"the {name} process ended by itself with status {child.returncode}")

    def _await_console(self) -> None:
        verify = not self._configuration.certificate
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self._check()
            try:
                if (
                    httpx.get(f"{self.address}/health/", verify=verify, trust_env=False).status_code
                    == httpx.codes.OK
                ):
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise SupervisedError(f"the console did not answer at {self.address} within {START_SECONDS:.0f} s")

    def _stop(self) -> None:
        for child in self._children.values():
            child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _spawn(name: str) -> subprocess.Popen[bytes]:
    def follow_parent() -> None:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "platewarden", name],
        preexec_fn=follow_parent,  # noqa: PLW1509 - one system call; we are single-threaded here
        start_new_session=True,  # Ctrl-C is for the supervisor, which then stops its children in order
    )


def _interrupt(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's form
    raise KeyboardInterrupt
