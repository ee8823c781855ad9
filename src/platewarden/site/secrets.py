"""Files that hold secrets: created once, readable by their owner alone."""

import contextlib
import os
import secrets
from pathlib import Path


class SecretFileError(Exception):
    """A secret is missing, or others could read it."""


def private_folder(path: Path) -> Path:
    """Create *path* for the owner alone (mode 0700) if need be, and return it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def write_new(path: Path, content: bytes) -> None:
    """Write *content* to a new file of mode 0600, durably; an existing file is never overwritten.

    Raises:
        FileExistsError: There is one already.
    """
    private_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)  # atomic, and fails where rename would overwrite
    finally:
        temporary.unlink()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the creation or removal of files in *folder* durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path) -> bytes:
    """Return the content of a secret file.

    Raises:
        SecretFileError: It is missing, or group or others have any right to it.
    """
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()
    except OSError as error:
        raise SecretFileError(
            f"{path.name}: cannot be read ({error.strerror}); restore it from its safe place"
        ) from error
    if mode & 0o077:
        raise SecretFileError(
            f"{path.name}: others may read it; run `chmod 600` on it and replace it if it leaked"
        )
    return content


def read_or_create(path: Path, size: int) -> bytes:
    """Return the secret in *path*, first making a random one of *size* bytes if there is none."""
    if not path.exists():
        with contextlib.suppress(FileExistsError):  # another process was quicker
            write_new(path, secrets.token_bytes(size))
    return read(path)


def django_secret(keys: Path) -> str:
    """Return Django's signing secret of the installation, created on first use."""
    return read_or_create(keys / "django.secret", 48).hex()
