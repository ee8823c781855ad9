"""What a case system says of a case number: one small interface, and a file of open numbers that fulfils it.

The file is what a case system, or a person, writes now and then: CSV with a column ``number`` and perhaps ``status``,
or JSON, a list of numbers or of objects with the same two members. It is read again whenever it changes. A file that
is missing, damaged or empty gives no answer at all: that it names no case would refuse every search for a wrong reason.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol

from django.conf import settings

from platewarden.policy.casenumbers import CaseStanding

MOST_BYTES: Final = 50_000_000
_CLOSED: Final = frozenset({"closed", "cleared", "inactive", "archived", "void"})


class CaseSystemUnavailable(Exception):  # noqa: N818 - said of a state, as in "service unavailable"
    """The case system gives no answer now."""


class CaseSystem(Protocol):
    """Whatever knows the agency's cases."""

    def standing_of(self, number: str) -> CaseStanding:
        """Return whether the case *number* is open, closed or unknown.

        Raises:
            CaseSystemUnavailable: It cannot be said now.
        """


class CaseFile:
    """A file of case numbers."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def standing_of(self, number: str) -> CaseStanding:
        """Return what the file, as it lies there now, says of *number*; capitals and blanks do not count.

        Raises:
            CaseSystemUnavailable: It is missing, damaged or empty.
        """
        try:
            facts = self._path.stat()
            known = _numbers(self._path, facts.st_mtime_ns, facts.st_size)
        except (OSError, ValueError, csv.Error) as error:
            raise CaseSystemUnavailable("the file of open cases cannot be read") from error
        return known.get(_folded(number), CaseStanding.UNKNOWN)


def standing_of(number: str) -> CaseStanding:
    """Return what the connected case system says of *number*; that none is connected, or that it gives no answer."""
    if not settings.PLATEWARDEN_CASE_FILE:
        return CaseStanding.NOT_CONNECTED
    system: CaseSystem = CaseFile(Path(settings.PLATEWARDEN_CASE_FILE))
    try:
        return system.standing_of(number)
    except CaseSystemUnavailable:
        return CaseStanding.UNAVAILABLE


@lru_cache(maxsize=1)
def _numbers(path: Path, changed_ns: int, size: int) -> Mapping[str, CaseStanding]:  # noqa: ARG001 - when it changes, it is read again
    """Return every number in the file at *path*.

    Raises:
        OSError: It cannot be read.
        ValueError: It is too large, holds no number, or is neither CSV nor JSON of the forms above.
    """
    if size > MOST_BYTES:
        raise ValueError("the file is too large")
    text = path.read_text(encoding="utf-8-sig")
    rows = _of_json(text) if path.suffix.lower() == ".json" else _of_csv(text)
    found = {_folded(number): _standing(status) for number, status in rows if number.strip()}
    if not found:
        raise ValueError("the file holds no case number")
    return found


def _of_csv(text: str) -> Iterator[tuple[str, str]]:
    reader = csv.DictReader(io.StringIO(text))
    if "number" not in (reader.fieldnames or ()):
        raise ValueError("the file has no column named number")
    for row in reader:
        yield row["number"] or "", row.get("status") or ""


def _of_json(text: str) -> Iterable[tuple[str, str]]:
    told = json.loads(text)
    if not isinstance(told, list):
        raise ValueError("the file is not a list")  # noqa: TRY004 - of the file, not of an argument
    return [_of_member(member) for member in told]


def _of_member(member: Any) -> tuple[str, str]:
    if isinstance(member, str):
        return member, ""
    if isinstance(member, dict) and isinstance(member.get("number"), str):
        return member["number"], str(member.get("status") or "")
    raise ValueError("a member of the file's list names no number")


def _standing(status: str) -> CaseStanding:
    return CaseStanding.CLOSED if status.strip().lower() in _CLOSED else CaseStanding.OPEN


def _folded(number: str) -> str:
    return number.strip().upper()
