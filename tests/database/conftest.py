"""Clusters for the tests of the embedded PostgreSQL: throw-away, each in a folder of its own."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from platewarden.database import Address, EmbeddedPostgres


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder the service account can enter; pytest's own temporary folders are closed to it."""
    path = Path(tempfile.mkdtemp(prefix="pw-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="session")
def stopped() -> Iterator[Path]:
    """A cluster that was set up and stopped in good order, to be copied: set-up takes a second."""
    path = Path(tempfile.mkdtemp(prefix="pw-"))
    path.chmod(0o711)
    with EmbeddedPostgres(path / "pg", durable=False):
        pass
    yield path / "pg"
    shutil.rmtree(path)


@pytest.fixture
def made(place: Path, stopped: Path) -> Path:
    """The folder of a stopped cluster, the test's own."""
    subprocess.run(["cp", "--archive", stopped, place / "pg"], check=True)
    return place / "pg"


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Path, Address]]:
    """A running server and its folder, shared by the tests that leave it as it was."""
    path = Path(tempfile.mkdtemp(prefix="pw-"))
    path.chmod(0o711)
    with EmbeddedPostgres(path / "pg", durable=False) as address:
        yield path / "pg", address
    shutil.rmtree(path)
