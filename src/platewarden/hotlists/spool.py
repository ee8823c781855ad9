"""Files that wait to be loaded: in a folder of the installation's own, readable by nobody else, gone afterwards."""

import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from platewarden.site.secrets import private_folder


def put(upload_id: uuid.UUID, chunks: Iterable[bytes]) -> int:
    """Write *chunks* to the spool; return how many bytes they were. Nothing stays of a file that fails."""
    path = _path(upload_id)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
            return file.tell()
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def taken(upload_id: uuid.UUID) -> Iterator[BinaryIO]:
    """Open a spooled file for reading.

    Raises:
        FileNotFoundError: It is not there.
    """
    with _path(upload_id).open("rb") as file:
        yield file


def remove(upload_id: uuid.UUID) -> None:
    """Remove a spooled file, if it is there."""
    _path(upload_id).unlink(missing_ok=True)


def names(*, before: datetime) -> set[uuid.UUID]:
    """Return whose files have lain in the spool since *before*."""
    files = (path for path in _folder().iterdir() if path.stat().st_mtime < before.timestamp())
    return {uuid.UUID(path.name) for path in files}


def _folder() -> Path:
    return private_folder(Path(settings.PLATEWARDEN_SPOOL))


def _path(upload_id: uuid.UUID) -> Path:
    return _folder() / str(upload_id)
