"""How files are handed out."""

from pathlib import Path

import pytest
from django.http import HttpResponse

import platewarden
from platewarden.site.downloads import as_attachment, download


def test_a_file_is_stored_by_nobody_and_guessed_at_by_nobody() -> None:
    """It is a download under its name, of the kind it is said to be."""
    answer = download(b"%PDF", "report-7.pdf", "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="report-7.pdf"'
    assert answer["Content-Type"] == "application/pdf"
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert answer.content == b"%PDF"


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ('a"; filename="b.exe', 'attachment; filename="a-; filename=-b.exe"'),
        ("a\r\nSet-Cookie: x=1", 'attachment; filename="a--Set-Cookie- x=1"'),
        ("../../etc/passwd", 'attachment; filename="-..-etc-passwd"'),
        ("..\\start.bat", 'attachment; filename="-start.bat"'),
        ("report\u202efdp.exe", 'attachment; filename="report-fdp.exe"'),
        ("case\x00.zip", 'attachment; filename="case-.zip"'),
        ("Año.pdf", "attachment; filename*=utf-8''A%C3%B1o.pdf"),
        (" .. ", 'attachment; filename="file"'),
    ],
)
def test_a_hostile_name_stays_one_name(name: str, header: str) -> None:
    """It ends no header, adds no second name, leads into no folder and hides no suffix; a letter stays a letter."""
    assert as_attachment(name) == header
    HttpResponse(headers={"Content-Disposition": header})  # which refuses line breaks


def test_nobody_names_a_download_by_hand() -> None:
    """Every view hands files out in this one way."""
    source = Path(platewarden.__file__).parent
    by_hand = [
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if "attachment; filename" in path.read_text(encoding="utf-8")
    ]
    assert by_hand == []
