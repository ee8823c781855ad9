"""A list in a zip file: one member, read from the file as it is and never unpacked to a place of its naming."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import BinaryIO, Final, cast

MAX_RATIO: Final = 200
"""How many bytes one compressed byte may become; text of this kind gives ten to thirty."""

SLACK: Final = 1024 * 1024
"""Bytes that any file may become, however small: a short list repeats itself much."""

MAGIC: Final = b"PK\x03\x04"
_METHODS: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED: Final = 0x1
_END: Final = struct.Struct("<4s4H2LH")
"""End of central directory (APPNOTE 4.3.16); its fifth value is the number of members."""

_MAX_COMMENT: Final = 0xFFFF


class ArchiveError(Exception):
    """The zip file is not one that is opened; the message says why."""


class _Bounded:
    """Reads a member, and stops where it becomes larger than its compressed size explains."""

    def __init__(self, member: BinaryIO, most: int) -> None:
        self._member, self._most, self._read = member, most, 0

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._member.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise ArchiveError("the zip file is damaged: fetch it again") from error
        self._read += len(data)
        if self._read > self._most:
            raise ArchiveError(
                f"the zip file swells to more than {MAX_RATIO} times its size: it is not opened"
            )
        return data


@contextmanager
def opened(file: BinaryIO) -> Iterator[BinaryIO]:
    """Yield what to read the list from: *file* itself, or the one member of a zip file.

    Args:
        file: Seekable, at its start.

    Raises:
        ArchiveError: It is a zip file that is not opened; also while it is being read.
    """
    start = file.read(len(MAGIC))
    file.seek(0)
    if start != MAGIC:
        yield file
        return
    _require_one_member(file)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise ArchiveError("the zip file is damaged: fetch it again") from error
    with archive:
        member = _only_member(archive)
        most = member.compress_size * MAX_RATIO + SLACK
        try:
            stream = archive.open(member)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise ArchiveError("the zip file is damaged: fetch it again") from error
        with stream:
            yield cast("BinaryIO", _Bounded(cast("BinaryIO", stream), most))


def _require_one_member(file: BinaryIO) -> None:
    """Refuse by the count at the file's end, before a directory of millions of members is read."""
    file.seek(0, io.SEEK_END)
    file.seek(max(0, file.tell() - _END.size - _MAX_COMMENT))
    tail = file.read()
    file.seek(0)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < _END.size:
        raise ArchiveError("the zip file is damaged: fetch it again")
    count = _END.unpack_from(tail, place)[4]
    if count != 1:
        raise ArchiveError("the zip file does not hold one file alone: a list comes as one")


def _only_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = archive.infolist()
    if len(members) != 1:  # the count at the end was not true
        raise ArchiveError("the zip file is damaged: fetch it again")
    (member,) = members
    if not _is_plain_name(member.filename) or member.is_dir() or _is_link(member):
        raise ArchiveError("the zip file's member has a path, or is no file: pack the list file alone")
    if member.flag_bits & _ENCRYPTED:
        raise ArchiveError("the zip file is encrypted: unpack it first")
    if member.compress_type not in _METHODS:
        raise ArchiveError("the zip file is packed in an unusual way: use plain zip")
    return member


def _is_plain_name(name: str) -> bool:
    return bool(name) and PurePosixPath(name).name == name and "\\" not in name and ":" not in name


def _is_link(member: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(member.external_attr >> 16)
