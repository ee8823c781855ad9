"""The zip that a release leaves in: one file within, AES-256 under a pass phrase that is told another way.

Its form is that of WinZip's AE-2, which 7-Zip, WinZip and macOS open. Its derivation of keys is weak for words that
people think of, so the phrase is made here, of letters drawn by chance.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, cast

import pyzipper

from platewarden.bags.writing import Sink, Unseekable

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are mistaken for each other on the telephone."""

_GROUPS, _GROUP = 6, 4
"""24 letters of 31: 118 bits."""


class PhraseError(ValueError):
    """The file cannot be opened with this pass phrase, or is none of ours."""


def new_phrase() -> str:
    """Return a pass phrase: groups of letters that can be read out."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


@contextmanager
def encrypting(sink: Sink, *, name: str, phrase: str) -> Iterator[IO[bytes]]:
    """Give what to write the file *name* to, which goes into *sink* encrypted under *phrase*."""
    outer = cast("IO[bytes]", Unseekable(sink))
    with pyzipper.AESZipFile(
        outer, "w", compression=pyzipper.ZIP_STORED, encryption=pyzipper.WZ_AES
    ) as archive:
        archive.setpassword(phrase.encode())
        with archive.open(name, "w") as inner:
            yield inner


def is_encrypted(path: Path) -> bool:
    """Whether *path* is a zip whose files are encrypted."""
    try:
        with pyzipper.AESZipFile(path) as archive:
            return any(each.flag_bits & 1 for each in archive.infolist())
    except (pyzipper.BadZipFile, OSError):
        return False


def decrypt(path: Path, dest: IO[bytes], *, phrase: str) -> str:
    """Write the one file within *path* to *dest* and return its name.

    Raises:
        PhraseError: The phrase is wrong, or the file was altered, or it holds more than one file.
    """
    try:
        with pyzipper.AESZipFile(path) as archive:
            archive.setpassword("".join(phrase.split()).encode())
            (info,) = archive.infolist()
            with archive.open(info) as inner:
                _copy(inner, dest)
            return str(info.filename)
    except (pyzipper.BadZipFile, OSError, RuntimeError, ValueError) as error:
        raise PhraseError("the pass phrase does not open this file, or the file was altered") from error


def _copy(inner: Any, dest: IO[bytes]) -> None:
    while chunk := inner.read(1 << 20):
        dest.write(chunk)
