"""The power goes in the middle of ingest: what was acknowledged is there, nothing is there by half."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.ingest.test_ingest import a_read
from tests.live import free_port

_FOUND = """
from pathlib import Path
from platewarden.commands.support import with_django
with with_django() as loaded:
    from platewarden.ledger.keys import ensure_log_key
    from platewarden.site import databases
    from platewarden.site.clock import utc_now
    from tests.cast import make_cast
    databases.migrate()
    ensure_log_key(loaded.keys, loaded.origin)
    print("credential", make_cast(utc_now()).credential)
"""

_LOOK = """
import json
from platewarden.commands.support import with_django
with with_django():
    from django.db import connection
    from platewarden.images.store import Shelf, image_store
    from platewarden.reads.days import day_of
    from platewarden.reads.models import Capture, PlateSeen, Read
    store = image_store()
    for read in Read.objects.all():
        shelf = Shelf.of_day(read.agency_id, day_of(read.seen_at))
        for view in ("plate", "vehicle"):
            assert store.open(shelf, f"{read.id}/{view}", getattr(read, f"{view}_image"))
    reads = {str(key) for key in Read.objects.values_list("id", flat=True)}
    captures = {str(read): name for name, read in Capture.objects.values_list("capture_id", "read_id")}
    assert reads == set(captures), "a read without its capture, or the other way round"
    plates = set(Read.objects.values_list("plate", flat=True))
    assert plates == set(PlateSeen.objects.values_list("plate", flat=True))
    print(json.dumps(captures))
"""


class Installation:
    """A whole installation, with a PostgreSQL of its own, that can lose its power."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        home.chmod(0o711)
        (home / "platewarden.toml").write_text(f'mode = "agency"\nport = {self.port}\n')
        root = str(Path(__file__).parents[2])
        keep = {key: value for key, value in os.environ.items() if not key.startswith("PLATEWARDEN")}
        self.environment = {**keep, "PLATEWARDEN_HOME": str(home), "PYTHONPATH": f"{root}/src:{root}"}
        self.credential = self.python(_FOUND).split()[-1]
        self.seen_at = datetime.now(UTC).isoformat()  # one for all: a repeat is the same in all it says
        self._server: subprocess.Popen[bytes] | None = None

    def python(self, program: str) -> str:
        """Run *program* on the installation and return what it prints."""
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> None:
        """Start everything, as `platewarden serve` does."""
        command = [sys.executable, "-m", "platewarden", "serve"]
        self._server = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, start_new_session=True
        )
        assert self._server.stdout is not None
        with self._server.stdout as said:
            assert b"console is at" in said.readline()

    def lose_power(self) -> None:
        """Kill the supervisor and everything below it at one blow."""
        assert self._server is not None
        victims = [self._server.pid, *_descendants(self._server.pid)]
        for pid in victims:
            with suppress(ProcessLookupError):  # a database session may just have ended by itself
                os.kill(pid, signal.SIGKILL)
        self._server.wait()

    def stop(self) -> None:
        """Stop in order."""
        if self._server and self._server.poll() is None:
            self._server.terminate()
            self._server.wait(120)

    def submit(self, number: int) -> dict[str, str]:
        """Submit a batch of five; return read ids by capture id as far as they were acknowledged."""
        reads = [a_read(f"b{number}-{n}", seen_at=self.seen_at, plate=f"CR{number:04d}{n}") for n in range(5)]
        try:
            answer = httpx.post(
                f"http://127.0.0.1:{self.port}/api/v1/reads",
                json={"reads": reads},
                headers={"Authorization": f"Bearer {self.credential}"},
                timeout=120,
                trust_env=False,
            )
        except httpx.TransportError:
            return {}
        if answer.status_code == 503:  # the database went a moment before the server that answers for it
            return {}
        results: list[dict[str, Any]] = answer.json()["results"]
        return {result["capture_id"]: result["read_id"] for result in results if result["code"] in {200, 201}}


def _descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [found for child in map(int, children) for found in (child, *_descendants(child))]


@pytest.fixture
def installation() -> Iterator[Installation]:
    """An installation in a folder that the database's own account can pass through."""
    with tempfile.TemporaryDirectory(prefix="pw-crash-") as folder:
        made = Installation(Path(folder))
        try:
            yield made
        finally:
            made.stop()


def test_power_lost_in_the_middle_of_ingest_loses_nothing_acknowledged(installation: Installation) -> None:
    """After kill -9 of everything: acknowledged reads are all there, whole, and the ledger verifies."""
    installation.start()
    with ThreadPoolExecutor(4) as cameras:
        batches = [cameras.submit(installation.submit, number) for number in range(200)]
        deadline = time.monotonic() + 180
        while sum(batch.done() for batch in batches) < 12 and time.monotonic() < deadline:
            time.sleep(0.02)
        installation.lose_power()
        for batch in batches:
            batch.cancel()
        done = [batch.result() for batch in batches if not batch.cancelled()]
    acknowledged = {capture: read for answers in done for capture, read in answers.items()}
    assert len(acknowledged) >= 12 * 5

    installation.start()
    stored = {capture: read for read, capture in json.loads(installation.python(_LOOK)).items()}
    assert acknowledged.items() <= stored.items()
    whole = next(number for number in range(200) if f"b{number}-0" in acknowledged)
    repeated = installation.submit(whole)
    assert len(repeated) == 5
    assert repeated.items() <= stored.items(), "a repeat is answered with the read stored before"
    verdict = [sys.executable, "-m", "platewarden", "ledger", "verify"]
    assert (
        subprocess.run(verdict, env=installation.environment, capture_output=True, check=False).returncode
        == 0
    )
