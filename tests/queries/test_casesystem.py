"""What a file of open case numbers says of a number, and that a file that cannot be read says nothing."""

import os
from pathlib import Path
from typing import Any

import pytest

from platewarden.policy.casenumbers import CaseStanding
from platewarden.queries.casesystem import CaseFile, CaseSystemUnavailable, standing_of


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cases.csv", "number,status\n2026-004512,open\n2026-000007,Closed\n"),
        (
            "cases.csv",
            "\ufeffstatus,number,officer\r\nactive, 2026-004512 ,x\r\ncleared,2026-000007,y\r\n,,\r\n",
        ),
        ("cases.json", '["2026-004512", {"number": "2026-000007", "status": "closed"}]'),
    ],
)
def test_open_closed_and_unknown_numbers_are_told_apart(tmp_path: Path, name: str, text: str) -> None:
    """As CSV with a column `number`, or as JSON; capitals and blanks around do not count."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    file = CaseFile(tmp_path / name)
    assert file.standing_of(" 2026-004512 ") is CaseStanding.OPEN
    assert file.standing_of("2026-000007") is CaseStanding.CLOSED
    assert file.standing_of("2026-000008") is CaseStanding.UNKNOWN


def test_a_file_that_changes_is_read_again(tmp_path: Path) -> None:
    """A case opened a minute ago can be searched for; one taken out no longer."""
    path = tmp_path / "cases.csv"
    path.write_text("number\n2026-004512\n")
    assert CaseFile(path).standing_of("2026-004513") is CaseStanding.UNKNOWN
    path.write_text("number\n2026-004513\n")
    os.utime(path, ns=(1, 1))
    assert CaseFile(path).standing_of("2026-004513") is CaseStanding.OPEN
    assert CaseFile(path).standing_of("2026-004512") is CaseStanding.UNKNOWN


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cases.csv", None),
        ("cases.csv", b""),
        ("cases.csv", b"number\n"),
        ("cases.csv", b"case\n2026-004512\n"),
        ("cases.csv", b"number\n\xff\xfe\n"),
        ("cases.json", b""),
        ("cases.json", b"{}"),
        ("cases.json", b"[1]"),
        ("cases.json", b'["2026-00'),
    ],
)
def test_a_file_that_cannot_be_read_gives_no_answer(tmp_path: Path, name: str, content: bytes | None) -> None:
    """Missing, empty, damaged or half-written: that is no reason to call a number unknown."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(CaseSystemUnavailable):
        CaseFile(tmp_path / name).standing_of("2026-004512")


def test_without_a_file_there_is_no_case_system(settings: Any, tmp_path: Path) -> None:
    """None is connected until the settings name one; then a missing file is no answer."""
    assert standing_of("2026-004512") is CaseStanding.NOT_CONNECTED
    settings.PLATEWARDEN_CASE_FILE = str(tmp_path / "cases.csv")
    assert standing_of("2026-004512") is CaseStanding.UNAVAILABLE
