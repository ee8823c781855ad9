"""Starts, shares and stops the embedded PostgreSQL."""

import ctypes
import fcntl
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from platewarden.database.account import current_account
from platewarden.database.address import DATABASE_NAME, Address, ensure_app_role, ensure_database
from platewarden.database.binaries import Binaries, binaries_for
from platewarden.database.errors import EmbeddedPostgresError, announce
from platewarden.database.folder import PORT, Home, explain, home_at, make_cluster, write_settings

_PR_SET_PDEATHSIG = 1  # prctl(2)
_POLL = 0.01  # seconds
_SLOW_START = 5.0  # seconds, after which the person waiting is told why
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
_STATUS_LINE = 7  # of postmaster.pid, after pid, folder, start, port, socket folder, address, shared memory


class EmbeddedPostgres:
    """The server of one folder, owned by this process and gone when this process is gone.

    Use it as a context manager, in the main thread of a long-running process: the kernel stops the server
    when the *thread* that started it ends. Entering yields the `Address` of the database `platewarden`.

    Args:
        folder: where the cluster is kept; made when missing.
        durable: False only for throw-away test clusters, which then lose data with the machine.
        wait: seconds to wait for another process that is using the folder.
    """

    def __init__(self, folder: Path, *, durable: bool = True, wait: float = 30.0) -> None:
        self._folder = folder
        self._durable = durable
        self._wait = wait
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None

    def __enter__(self) -> Address:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs, else None."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> Address:
        """Start the server, recovering from a crash if there was one, and return once it answers.

        Raises:
            EmbeddedPostgresError: another process keeps the folder, or the server cannot start.
        """
        home = home_at(self._folder, current_account(), durable=self._durable)
        self._lock = home.lock_file("owner")
        try:
            _own(home, self._lock, self._wait)
            return self.start_claimed(home)
        except BaseException:
            self.stop()
            raise

    def start_claimed(self, home: Home) -> Address:
        """Start the server of a folder whose owner lock this process holds already."""
        _require_main_thread()
        _wait_for_orphan(home, self._wait)
        programs = binaries_for(home.account, home.path)
        make_cluster(home, programs, durable=self._durable)
        write_settings(home, durable=self._durable)
        begin = home.rotate_log()
        self._process = _launch(home, programs)
        _wait_until_ready(home, self._process, begin)
        ensure_app_role(_address(home, "postgres"))
        return ensure_database(_address(home, "postgres"), DATABASE_NAME)

    def stop(self) -> None:
        """Stop the server in good order if it has half a minute, and by force if not."""
        process, self._process = self._process, None
        if process is not None:
            for order, patience in ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
                process.send_signal(order)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(patience)
                    break
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)


@contextmanager
def attach_or_start(folder: Path, *, durable: bool = True, wait: float = 30.0) -> Iterator[Address]:
    """Yield the address of the folder's server: the running one, or one started for this block.

    A server started here stays until every process that attached to it meanwhile has left its own block. A
    server that an `EmbeddedPostgres` owns is left alone, and may stop while attached. Starting needs the main
    thread; attaching does not.

    Args:
        folder: where the cluster is kept; made when missing.
        durable: as for `EmbeddedPostgres`; without effect on a running server.
        wait: seconds to wait for a server that is starting or stopping.

    Raises:
        EmbeddedPostgresError: as for `EmbeddedPostgres`, or another process starts or stops the server for
            longer than `wait`.
    """
    home = home_at(folder, current_account(), durable=durable)
    owner, users = home.lock_file("owner"), home.lock_file("users")
    server = EmbeddedPostgres(folder, durable=durable, wait=wait)
    try:
        if _claim(home, owner, users, wait):
            yield server.start_claimed(home)
            _acquire(users, fcntl.LOCK_EX, float("inf"))
        else:
            yield _address(home, DATABASE_NAME)
    finally:
        server.stop()
        os.close(users)
        os.close(owner)


def _claim(home: Home, owner: int, users: int, wait: float) -> bool:
    """Return True once this process holds the owner lock, False once it is attached to a server."""
    deadline = time.monotonic() + wait
    while time.monotonic() < deadline:
        if _acquire(owner, fcntl.LOCK_EX, 0):
            return True
        if _acquire(users, fcntl.LOCK_SH, 0):
            if _status(home) == "ready" and not _acquire(owner, fcntl.LOCK_EX, 0):
                return False
            fcntl.flock(users, fcntl.LOCK_UN)
        time.sleep(5 * _POLL)
    raise EmbeddedPostgresError(_held(home))


def _own(home: Home, lock: int, wait: float) -> None:
    if not _acquire(lock, fcntl.LOCK_EX, wait):
        raise EmbeddedPostgresError(_held(home))


def _acquire(lock: int, kind: int, wait: float) -> bool:
    """Take a file lock, trying for `wait` seconds, and tell whether it was had."""
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(5 * _POLL)
        else:
            return True


def _held(home: Home) -> str:
    running = _server_pid(home)
    which = f"a PostgreSQL (process {running}) that another command started" if running else "another command"
    return (
        f"The database folder {home.path} is in use by {which}. Wait for that command to end or stop it, "
        "then try again."
    )


def _require_main_thread() -> None:
    if threading.current_thread() is not threading.main_thread():
        raise EmbeddedPostgresError(
            "PostgreSQL must be started from the main thread: "
            "the kernel stops it when the thread that started it ends."
        )


def _launch(home: Home, programs: Binaries) -> subprocess.Popen[bytes]:
    """Start the postmaster as the account, in its own session, bound to the life of this thread."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def follow_parent() -> None:
        # Runs after the change of user, which would clear the request.
        prctl(_PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)  # the parent died before the request was made

    with home.log.open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own programs
            [str(programs.program("postgres")), "-D", str(home.data)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=_ENVIRONMENT,
            start_new_session=True,  # Ctrl-C is for this process, which then stops the server in good order
            preexec_fn=follow_parent,  # noqa: PLW1509 - main thread, two system calls, no locks
            **home.account.identity,
        )


def _wait_until_ready(home: Home, process: subprocess.Popen[bytes], begin: int) -> None:
    """Wait for as long as the server works at starting: the recovery of a busy database takes its time."""
    slow = time.monotonic() + _SLOW_START
    while process.poll() is None:
        if _server_pid(home) == process.pid and _status(home) == "ready":
            return
        if time.monotonic() > slow:
            announce("PostgreSQL is still starting: it recovers what an unclean stop left behind")
            slow = float("inf")
        time.sleep(_POLL)
    with home.log.open("rb") as log:
        log.seek(begin)
        said = log.read().decode(errors="replace")
    raise EmbeddedPostgresError(explain(f"PostgreSQL did not start (log: {home.log})", said))


def _wait_for_orphan(home: Home, wait: float) -> None:
    """Wait until no process works on the data folder: a server needs a moment to stop after its parent."""
    deadline = time.monotonic() + wait
    while pids := _processes_on(home):
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(
                f"The database folder {home.path} is in use by process {pids[0]}, which no command owns. "
                "Stop it, then try again."
            )
        time.sleep(5 * _POLL)
    # Nobody works on the folder, so its process id is a dead one's, whoever may bear that number now.
    (home.data / "postmaster.pid").unlink(missing_ok=True)
    (home.socket_folder / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)


def _processes_on(home: Home) -> list[int]:
    """List the processes whose working folder is the data folder: the postmaster and all its children.

    Asked as the account itself: in a container, root may not look into another account's processes.
    """
    script = 'for link in /proc/[0-9]*/cwd; do [ "$link" -ef "$0" ] && echo "$link"; done'
    said = home.account.run("sh", "-c", script, home.data).stdout
    return [int(link.split("/")[2]) for link in said.splitlines()]


def _pid_file(home: Home) -> list[str]:
    try:
        return (home.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _server_pid(home: Home) -> int | None:
    lines = _pid_file(home)
    return abs(int(lines[0])) if lines and lines[0].lstrip("-").isdigit() else None


def _status(home: Home) -> str:
    """Return what the server says of itself: `starting`, `ready`, `stopping`, or nothing."""
    lines = _pid_file(home)
    return lines[_STATUS_LINE].strip() if len(lines) > _STATUS_LINE else ""


def _address(home: Home, database: str) -> Address:
    return Address(host=str(home.socket_folder), port=PORT, database=database)
