"""The operating-system account the server runs under: the caller's own, or a service account for root."""

import os
import pwd
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from platewarden.database.errors import EmbeddedPostgresError, announce

SERVICE_ACCOUNT = "platewarden-pg"
_CREATE = (
    "useradd",
    "--system",
    "--user-group",
    "--no-create-home",
    "--home-dir",
    "/nonexistent",
    "--shell",
    "/usr/sbin/nologin",
    SERVICE_ACCOUNT,
)
_ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "TZ": "UTC"}


class Identity(TypedDict, total=False):
    """The arguments that make `subprocess` change user before it runs a program."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who runs the server, and who may connect to it.

    Attributes:
        name: the account the server runs under.
        uid: its user id.
        gid: its group id.
        caller: the account of this process; the only one that may connect.
    """

    name: str
    uid: int
    gid: int
    caller: str

    @property
    def identity(self) -> Identity:
        """The `subprocess` arguments to run a program as this account; empty when that is the caller."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program to its end as this account, with a bare environment, and return what it said."""
        return subprocess.run(  # noqa: S603 - fixed programs and our own paths
            [str(part) for part in command],
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            env=_ENVIRONMENT,
            **self.identity,
        )

    def reaches(self, folder: Path) -> bool:
        """Tell whether this account can enter `folder`, whatever stands in the way (modes, ACLs)."""
        return self.run("test", "-x", folder).returncode == 0

    def owns(self, path: Path) -> None:
        """Hand `path` to this account, closed to everyone else."""
        if self.identity:
            os.chown(path, self.uid, self.gid)
        path.chmod(0o700 if path.is_dir() else 0o600)


def current_account() -> Account:
    """Return the account to run the server under; as root, create the service account when it is missing.

    Raises:
        EmbeddedPostgresError: this process's user has no name, or the service account cannot be created.
    """
    try:
        me = pwd.getpwuid(os.geteuid())
    except KeyError:
        raise EmbeddedPostgresError(
            f"User id {os.geteuid()} has no entry in /etc/passwd, so PostgreSQL cannot tell who connects. "
            "Run as a user with an account."
        ) from None
    it = _service_account() if me.pw_uid == 0 else me
    return Account(name=it.pw_name, uid=it.pw_uid, gid=it.pw_gid, caller=me.pw_name)


def _service_account() -> pwd.struct_passwd:
    """Find or create the unprivileged account that stands in for root, which PostgreSQL refuses to run as."""
    for pause in (0.0, 0.2, 0.5, 1.0):
        time.sleep(pause)  # another process may be creating it, holding the lock on /etc/passwd
        try:
            return pwd.getpwnam(SERVICE_ACCOUNT)
        except KeyError:
            refusal = _create_service_account()
    try:
        return pwd.getpwnam(SERVICE_ACCOUNT)
    except KeyError:
        raise EmbeddedPostgresError(
            f"PostgreSQL will not run as root, and the account {SERVICE_ACCOUNT} could not be created "
            f"({refusal}). Create it yourself with `{' '.join(_CREATE)}`, or run as another user than root."
        ) from None


def _create_service_account() -> str:
    """Create the service account and say so; return what `useradd` said when it could not."""
    try:
        made = subprocess.run(_CREATE, check=False, capture_output=True, text=True, env=_ENVIRONMENT)  # noqa: S603
    except FileNotFoundError:
        return "there is no useradd program"
    if made.returncode == 0:
        announce(f"created the service account {SERVICE_ACCOUNT}: PostgreSQL does not run as root")
    return made.stderr.strip()
