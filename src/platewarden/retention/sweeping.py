"""Files and rows that have no day of their own and must not stay either: pictures measured, bodies of requests."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.sessions.models import Session

from platewarden.adoption.in_force import parameters_at

ON_THEIR_WAY: Final = timedelta(days=1)
"""How long the body of a request may lie on the disk: far longer than any request takes."""


def sweep_passing(*, now: datetime) -> int:
    """Remove what has lain for its time; return how many files, folders and sessions that were.

    > RET-1: Reads, images and everything made from them go together

    The pictures of an evaluation have no capture time that can be trusted: their clock starts when they are written.
    """
    limit = parameters_at(now).days("retention.limit_days")
    swept = _sweep(Path(settings.PLATEWARDEN_EVALUATION), before=now - limit)
    swept += _sweep(Path(settings.FILE_UPLOAD_TEMP_DIR), before=now - ON_THEIR_WAY)
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    return swept + sessions


def _sweep(folder: Path, *, before: datetime) -> int:
    if not folder.is_dir():
        return 0
    old = [path for path in folder.iterdir() if path.lstat().st_mtime < before.timestamp()]
    for path in old:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    return len(old)
