"""Where sealed segments lie: the file system, durably; any other Django storage (S3) by setting."""

import os
import secrets
import shutil
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage

from platewarden.site.secrets import sync_folder


class DurableFileStorage(FileSystemStorage):
    """Files that are on disk, with their names, before `save` returns."""

    def __init__(self, location: str) -> None:
        """Keep files below *location*, readable by their owner alone."""
        super().__init__(location=location, file_permissions_mode=0o600, directory_permissions_mode=0o700)

    def _save(self, name: str, content: "File[Any]") -> str:
        path = Path(self.path(name))
        self._make_folder(path.parent)
        temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            temporary.rename(path)
        except OSError:
            temporary.unlink(missing_ok=True)  # on a full disk, what is left of it is wanted
            raise
        sync_folder(path.parent)
        return name

    def remove_folder(self, name: str) -> int:
        """Remove the folder *name* with all that is in it, durably; return how many files there were.

        What somebody has linked in is not followed: the link goes, what it leads to is not ours.
        """
        path = Path(self.path(name))
        if path.is_symlink() or path.is_file():
            path.unlink()
            sync_folder(path.parent)
            return 1
        if not path.exists():
            return 0
        files = sum(len(inside) for _, _, inside in os.walk(path))
        shutil.rmtree(path)
        sync_folder(path.parent)
        return files

    def _make_folder(self, folder: Path) -> None:
        """Make *folder* and what it lies in, for the owner alone, each durably in the one above."""
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir(mode=0o700, exist_ok=True)
            sync_folder(each.parent)


class NoStorage(Storage):
    """Stands where Django expects a default store: nothing may be saved outside the sealed one."""

    def _save(self, name: str, content: "File[Any]") -> str:  # noqa: ARG002
        raise PermissionError("files are kept in the sealed image store only")

    def _open(self, name: str, mode: str = "rb") -> "File[Any]":  # noqa: ARG002
        raise PermissionError("files are kept in the sealed image store only")
