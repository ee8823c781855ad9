"""What all tests share: a throw-away PostgreSQL, a database a worker, and a standing cast.

The cast: Alice (officer), Ivan (investigator), Sue (supervisor), Ada (administrator), Max (supervisor and second
pair of eyes), Tom (auditor), Dee (dispatcher); Eve has an account and no role.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
import psycopg
import pytest

_HOME = os.environ.get("PLATEWARDEN_TEST_HOME", "")
if not _HOME:  # the controller (or a run without workers) decides; workers inherit
    _HOME = tempfile.mkdtemp(prefix="pw-test-")
    Path(_HOME).chmod(0o711)  # the database's service account passes through it
    os.environ["PLATEWARDEN_TEST_HOME"] = _HOME
_WORKER_HOME = Path(_HOME) / os.environ.get("PYTEST_XDIST_WORKER", "main")
_WORKER_HOME.mkdir(exist_ok=True)
(_WORKER_HOME / "platewarden.toml").write_text('mode = "test"\norigin = "test.platewarden.invalid/ledger"\n')
os.environ["PLATEWARDEN_HOME"] = str(_WORKER_HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "platewarden.site.settings"
# Playwright's synchronous interface keeps an event loop running; what Django forbids there is safe in a test.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
django.setup()
del os.environ["DJANGO_SETTINGS_MODULE"]  # workers inherit: with it they would load settings for this home

TEMPLATE = "platewarden_template"
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
_RUNNING = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Start one PostgreSQL for all workers, unless the environment names another."""
    if hasattr(config, "workerinput") or "PLATEWARDEN_TEST_OWNER_URL" in os.environ:
        return
    from platewarden import database

    address = _RUNNING.enter_context(database.attach_or_start(Path(_HOME) / "pg", durable=False))
    os.environ["PLATEWARDEN_TEST_OWNER_URL"] = address.url(database.OWNER_ROLE)
    os.environ["PLATEWARDEN_TEST_APP_URL"] = address.url(database.APP_ROLE)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop PostgreSQL and remove everything the run has written."""
    if hasattr(config, "workerinput"):
        return
    _RUNNING.close()
    import shutil

    shutil.rmtree(_HOME, ignore_errors=True)


def _owner(dbname: str) -> psycopg.Connection[Any]:
    return psycopg.connect(os.environ["PLATEWARDEN_TEST_OWNER_URL"], dbname=dbname, autocommit=True)


def _patiently(connection: psycopg.Connection[Any], statement: str) -> None:
    """Execute what needs a database for itself: PostgreSQL gives those still in it five seconds to leave, no more."""
    for _ in range(20):
        with suppress(psycopg.errors.ObjectInUse):
            connection.execute(statement.encode())
            return
    connection.execute(statement.encode())


def _drop(connection: psycopg.Connection[Any], name: str) -> None:
    _patiently(connection, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _clone(name: str) -> None:
    with _owner("postgres") as connection:
        _drop(connection, name)
        _patiently(connection, f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')


def _point_django_at(name: str) -> None:
    from django.db import connections

    for alias, variable in (("default", "PLATEWARDEN_TEST_APP_URL"), ("owner", "PLATEWARDEN_TEST_OWNER_URL")):
        connections[alias].close()
        parts = psycopg.conninfo.conninfo_to_dict(os.environ[variable])
        connections[alias].settings_dict.update(
            NAME=name,
            USER=parts.get("user", ""),
            PASSWORD=parts.get("password", ""),
            HOST=parts.get("host", ""),
            PORT=parts.get("port", ""),
        )


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Migrate one template database a run, clone it for this worker, and connect as the application role."""
    import fcntl

    name = f"platewarden_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with django_db_blocker.unblock():
        with (Path(_HOME) / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (Path(_HOME) / "template.done").exists():
                _make_template()
                (Path(_HOME) / "template.done").touch()
            _clone(name)
        _point_django_at(name)
        yield
        from django.db import connections

        connections.close_all()


def _make_template() -> None:
    from django.db import connections

    from platewarden.site import databases

    with _owner("postgres") as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    _point_django_at(TEMPLATE)
    databases.migrate()
    connections.close_all()


@pytest.fixture
def fresh_database(
    django_db_setup: None, django_db_blocker: Any, request: pytest.FixtureRequest
) -> Iterator[str]:
    """A whole database of one's own, for tests that commit; gone afterwards."""
    from django.db import connections

    before = connections["default"].settings_dict["NAME"]
    name = f"{before}_own"
    _clone(name)
    with django_db_blocker.unblock():
        _point_django_at(name)
        _clear_caches()
        yield name
        connections.close_all()
        _point_django_at(before)
        _clear_caches()
    with _owner("postgres") as connection:
        _drop(connection, name)


@pytest.fixture
def owner_connection(fresh_database: str) -> Iterator[psycopg.Connection[Any]]:
    """The database's superuser, as an intruder or an operator with full rights would have it."""
    with _owner(fresh_database) as connection:
        yield connection


def _clear_caches() -> None:
    from platewarden.accounts.actors import owning_agency_id

    owning_agency_id.cache_clear()


@pytest.fixture(autouse=True)
def same_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever home a command was pointed at, the next test finds the worker's own."""
    monkeypatch.setenv("PLATEWARDEN_HOME", str(_WORKER_HOME))


@pytest.fixture(autouse=True)
def no_failures() -> None:
    """Nobody has failed yet: what other tests tried in vain from the same address is forgotten."""
    from platewarden.ingest import brakes

    for brake in vars(brakes).values():
        if isinstance(brake, brakes.Brake):
            brake._failures.clear()


@pytest.fixture
def now() -> datetime:
    """The moment at which a test plays."""
    return NOW


@pytest.fixture
def store_home(tmp_path: Path, settings: Any) -> Path:
    """Keys, images, checkpoints and spool of one test's own."""
    settings.PLATEWARDEN_KEYS = tmp_path / "keys"
    settings.PLATEWARDEN_CHECKPOINTS = tmp_path / "checkpoints"
    settings.PLATEWARDEN_SPOOL = tmp_path / "spool"
    storages = dict(settings.STORAGES)
    storages["images"] = {**storages["images"], "OPTIONS": {"location": str(tmp_path / "images")}}
    settings.STORAGES = storages
    return tmp_path


@pytest.fixture
def cast(request: pytest.FixtureRequest, store_home: Path) -> Any:
    """The standing cast in the demo county's agency; uses `fresh_database` if the test does, else `db`."""
    request.getfixturevalue("fresh_database" if "fresh_database" in request.fixturenames else "db")
    from tests.cast import make_cast

    _clear_caches()
    return make_cast(NOW)


@pytest.fixture(autouse=True, scope="session")
def sessions_of_clients() -> None:
    """A test client that is signed in without the page holds its person's live session, as after the page."""
    from django.test import client as django_client

    from platewarden.accounts.actors import session_digest
    from platewarden.accounts.models import User

    mixin: Any = django_client.ClientMixin
    plain = mixin._login

    def _login(self: Any, user: Any, backend: Any = None) -> None:
        plain(self, user, backend)
        digest = session_digest(self.session.session_key)
        User.objects.filter(pk=user.pk).update(live_session=digest)

    mixin._login = _login


@pytest.fixture
def sign_in(client: Any) -> Callable[[Any], Any]:
    """Sign a member of the cast in on the test client, as the sign-in page would."""

    def _sign_in(user: Any) -> Any:
        client.force_login(user)
        return client

    return _sign_in
