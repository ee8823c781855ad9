"""Nobody but the account that started the server can reach it, and its log repeats nothing."""

import os
import pwd
import signal
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import errors

from platewarden.database import (
    APP_ROLE,
    OWNER_ROLE,
    Address,
    EmbeddedPostgres,
    create_roles_sql,
    ensure_database,
)

Running = tuple[Path, Address]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to act as another user")


def mode(path: Path) -> int:
    """Return the permission bits of a path."""
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def as_user(uid: int) -> Iterator[None]:
    """Act as another user: the kernel reports the effective user to the other end of a socket."""
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(0)


def test_there_is_no_network_port(running: Running) -> None:
    """The server listens on its Unix socket alone; a TCP connection is refused."""
    folder, address = running
    with psycopg.connect(address.url()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(host="127.0.0.1", port=address.port, user=APP_ROLE, dbname="platewarden")
    assert (folder / "data/postmaster.pid").read_text().splitlines()[5].strip() == ""


def test_everything_is_closed_to_other_users(running: Running) -> None:
    """Cluster, socket, locks and log can be entered or read by their owner alone."""
    folder, _ = running
    for path in (folder, folder / "data", folder / "run"):
        assert mode(path) == 0o700, path
    for path in (folder / "postgres.log", folder / "owner.lock", folder / "data/pg_ident.conf"):
        assert mode(path) == 0o600, path
    assert mode(folder / "run/.s.PGSQL.5432") == 0o700


@as_root
def test_the_server_does_not_run_as_root(running: Running) -> None:
    """Started by root, the server runs under the service account, which cannot sign in."""
    folder, _ = running
    account = pwd.getpwnam("platewarden-pg")
    pid = (folder / "data/postmaster.pid").read_text().split()[0]
    assert Path(f"/proc/{pid}").stat().st_uid == account.pw_uid
    assert account.pw_shell.endswith("nologin")


@as_root
def test_another_user_cannot_reach_the_socket(running: Running) -> None:
    """The closed folder stops another user of the machine."""
    _, address = running
    with as_user(65534), pytest.raises(psycopg.OperationalError, match="Permission denied"):
        psycopg.connect(address.url())


@as_root
def test_another_user_is_refused_even_where_the_folders_stand_open(made: Path) -> None:
    """Should the folders ever be opened, peer authentication still refuses another user."""
    with EmbeddedPostgres(made, durable=False) as address:
        for path in (made, made / "run", made / "run/.s.PGSQL.5432"):
            path.chmod(0o777)
        for role in (APP_ROLE, OWNER_ROLE):
            with as_user(65534), pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
                psycopg.connect(address.url(role))


def test_the_application_role_administers_nothing(running: Running) -> None:
    """The application role can create neither databases nor roles, nor tables in the public schema."""
    _, address = running
    for statement in (b"CREATE DATABASE mine", b"CREATE ROLE mine", b"CREATE TABLE mine()"):
        with (
            psycopg.connect(address.url(), autocommit=True) as connection,
            pytest.raises(errors.InsufficientPrivilege),
        ):
            connection.execute(statement)


def test_a_further_database_is_created_once(running: Running) -> None:
    """Asking for a database twice gives the same one, owned by the owner role."""
    _, address = running
    again = [ensure_database(address, 'odd "name"') for _ in range(2)]
    assert again[0] == again[1]
    with psycopg.connect(again[0].url(OWNER_ROLE)) as connection:
        connection.execute("CREATE TABLE mine()")
    with psycopg.connect(again[0].url()) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ('odd "name"',)


def test_the_log_never_repeats_a_statement_or_a_value(made: Path) -> None:
    """Errors, violated constraints, deadlocked or crashing sessions leave no literal in the server's log."""
    with EmbeddedPostgres(made, durable=False) as address:
        with psycopg.connect(address.url(OWNER_ROLE), autocommit=True) as connection:
            connection.execute("CREATE TABLE t (plate text PRIMARY KEY CHECK (length(plate) < 9))")
            connection.execute("INSERT INTO t VALUES ('SECRET1')")
            for statement in (
                b"SELECT 'SECRET2' FROM nowhere",
                b"SELECT 'SECRET3'::integer",
                b"INSERT INTO t VALUES ('SECRET1')",
                b"INSERT INTO t VALUES ('SECRET4444')",
                b"DO $$BEGIN RAISE WARNING 'SECRET5'; RAISE 'SECRET6'; END$$",
            ):
                with pytest.raises(psycopg.Error):
                    connection.execute(statement)
            with pytest.raises(psycopg.Error):
                connection.execute("SELECT %s::integer", ("SECRET7",))
        crash_a_session(address, "SELECT pg_sleep(60), 'SECRET8'")
    log = (made / "postgres.log").read_text()
    assert "terminated by signal 9" in log
    assert "SECRET" not in log


def crash_a_session(address: Address, statement: str) -> None:
    """Kill the process that serves a session in the middle of a statement, as running out of memory would."""
    connection = psycopg.connect(address.url(OWNER_ROLE))
    connection.pgconn.send_query(statement.encode())
    time.sleep(0.2)
    os.kill(connection.info.backend_pid, signal.SIGKILL)
    time.sleep(0.2)
    connection.close()


def test_the_sql_for_an_administrator_creates_both_roles_without_rights_to_administer() -> None:
    """The statements for a PostgreSQL of one's own name both roles, unprivileged, and close the database."""
    text = create_roles_sql("alpr")
    assert text.count("NOSUPERUSER NOCREATEDB NOCREATEROLE") == 2
    assert 'REVOKE ALL ON DATABASE "alpr" FROM PUBLIC;' in text
    assert "PASSWORD" not in text
