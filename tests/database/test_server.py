"""Starting, sharing and stopping the embedded PostgreSQL."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from platewarden.database import (
    OWNER_ROLE,
    Address,
    EmbeddedPostgres,
    EmbeddedPostgresError,
    attach_or_start,
)

HOLD = """
import sys
from pathlib import Path
from platewarden.database import {door}
with {door}(Path(sys.argv[1]), durable=False) as address:
    pid = (Path(sys.argv[1]) / "data/postmaster.pid").read_text().split()[0]
    print(pid, flush=True)
    sys.stdin.read()
"""


def start_elsewhere(folder: Path, *, door: str = "EmbeddedPostgres") -> subprocess.Popen[str]:
    """Let another process hold the folder's server until its standard input is closed.

    Its first line of output is the server's process id.
    """
    command = [sys.executable, "-c", HOLD.format(door=door), str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def let_go(process: subprocess.Popen[str]) -> None:
    """Have a process of `start_elsewhere` come to its end."""
    assert process.stdin is not None
    process.stdin.close()


def first_line(process: subprocess.Popen[str]) -> int:
    """Read the process id that `start_elsewhere` prints when its server is ready."""
    assert process.stdout is not None
    return int(process.stdout.readline())


def is_running(pid: int) -> bool:
    """Tell whether a process lives; a dead one that nobody has collected does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rsplit(")", 1)[1].split()[0] != "Z"


def test_start_creates_both_roles_and_the_database_and_stop_ends_the_server(place: Path) -> None:
    """A first start gives a database both roles can enter; after the stop nothing runs."""
    server = EmbeddedPostgres(place / "pg", durable=False)
    with server as address:
        pid = server.pid
        assert pid is not None
        for role in ("platewarden_owner", "platewarden_app"):
            with psycopg.connect(address.url(role)) as connection:
                found = connection.execute("SELECT current_user, current_database()").fetchone()
            assert found == (role, "platewarden")
    assert server.pid is None
    assert not is_running(pid)


def test_a_restart_keeps_the_data(made: Path) -> None:
    """What was committed before a stop is there after the next start."""
    with EmbeddedPostgres(made) as address, psycopg.connect(address.url(OWNER_ROLE)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
    with EmbeddedPostgres(made) as address, psycopg.connect(address.url(OWNER_ROLE)) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (42,)


def test_a_killed_server_recovers_at_the_next_start(made: Path) -> None:
    """After `kill -9` of the server, the next start recovers every committed row."""
    server = EmbeddedPostgres(made)
    with server as address:
        with psycopg.connect(address.url(OWNER_ROLE)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
    with EmbeddedPostgres(made) as address, psycopg.connect(address.url(OWNER_ROLE)) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (42,)


def test_a_process_id_left_by_a_crash_does_not_prevent_a_start(made: Path) -> None:
    """A stale process id that another program bears by now is recognised as stale."""
    with EmbeddedPostgres(made, durable=False):
        lines = (made / "data/postmaster.pid").read_text().splitlines()
    stale = [str(os.getpid()), *lines[1:]]
    (made / "data/postmaster.pid").write_text("\n".join(stale))
    with EmbeddedPostgres(made, durable=False) as address, psycopg.connect(address.url()):
        pass


def test_a_socket_left_by_a_crash_does_not_prevent_a_start(made: Path, place: Path) -> None:
    """A lock beside the socket that names another server's process by now is recognised as stale."""
    lock = made / "run/.s.PGSQL.5432.lock"
    with EmbeddedPostgres(made, durable=False):
        lines = lock.resolve().read_text().splitlines()
    with EmbeddedPostgres(place / "other", durable=False) as _, contextlib.ExitStack() as stack:
        other = (place / "other/data/postmaster.pid").read_text().split()[0]
        lock.write_text("\n".join([other, *lines[1:]]) + "\n")
        stack.enter_context(psycopg.connect(stack.enter_context(EmbeddedPostgres(made, durable=False)).url()))


def test_the_server_dies_with_its_parent_and_the_folder_is_usable_at_once(made: Path) -> None:
    """When the parent is killed the server is gone within five seconds, and a new start succeeds."""
    with start_elsewhere(made) as parent:
        pid = first_line(parent)
        parent.kill()
    deadline = time.monotonic() + 5
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(pid)
    with EmbeddedPostgres(made, durable=False) as address, psycopg.connect(address.url()):
        pass


def test_a_start_right_after_the_parent_was_killed_waits_for_the_old_server(made: Path) -> None:
    """A start that meets a server still stopping after its parent's death waits for it."""
    with start_elsewhere(made) as parent:
        pid = first_line(parent)
        parent.kill()
    with EmbeddedPostgres(made, durable=False) as address, psycopg.connect(address.url()):
        assert not is_running(pid)


def test_a_second_starter_attaches_and_leaves_the_server_running(made: Path) -> None:
    """A command that finds a running server shares it, and does not stop it at its end."""
    server = EmbeddedPostgres(made, durable=False)
    with server as address:
        with attach_or_start(made) as other:
            assert other == address
        with psycopg.connect(address.url()):
            assert server.pid is not None


def test_simultaneous_starters_share_one_server(place: Path) -> None:
    """Of processes that start at the same moment one runs the server and the others attach."""
    with contextlib.ExitStack() as stack:
        starters = [
            stack.enter_context(start_elsewhere(place / "pg", door="attach_or_start")) for _ in range(3)
        ]
        pids = {first_line(starter) for starter in starters}
        for starter in starters:
            let_go(starter)
        assert [starter.wait(60) for starter in starters] == [0, 0, 0]
    assert len(pids) == 1


def test_a_temporary_server_stays_until_those_attached_have_left(made: Path) -> None:
    """A server one command started is not stopped under another command that attached to it."""
    with start_elsewhere(made, door="attach_or_start") as starter:
        first_line(starter)
        with attach_or_start(made) as address:
            let_go(starter)
            time.sleep(0.5)
            with psycopg.connect(address.url()):
                pass
        assert starter.wait(60) == 0


def test_a_second_owner_is_refused(made: Path) -> None:
    """Two supervisors of one folder: the second is told which process keeps it and what to do."""
    with start_elsewhere(made) as other:
        kept_by = f"process {first_line(other)}.*stop it"
        with pytest.raises(EmbeddedPostgresError, match=kept_by):
            EmbeddedPostgres(made, wait=0.1).start()
        other.terminate()
    with EmbeddedPostgres(made, durable=False):
        pass


def test_starting_outside_the_main_thread_is_refused(made: Path) -> None:
    """A start from another thread, whose end would stop the server, is refused with the reason."""
    refused: list[EmbeddedPostgresError] = []

    def start() -> None:
        with suppress(AssertionError):
            try:
                EmbeddedPostgres(made).start()
            except EmbeddedPostgresError as error:
                refused.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(refused[0])


def test_a_new_installation_is_durable(made: Path) -> None:
    """Unless a test asks otherwise, a committed row survives a loss of power."""
    with EmbeddedPostgres(made) as address, psycopg.connect(address.url()) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert connection.execute(f"SHOW {setting}".encode()).fetchone() == ("on",), setting


def test_the_address_serves_django_and_psycopg_alike() -> None:
    """One address gives a URL and Django's settings, without a password in either."""
    address = Address(host="/a b/run")
    assert address.url() == "postgresql://platewarden_app@/platewarden?host=%2Fa%20b%2Frun&port=5432"
    assert address.django_settings("platewarden_owner") == {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": "/a b/run",
        "PORT": "5432",
        "NAME": "platewarden",
        "USER": "platewarden_owner",
    }
