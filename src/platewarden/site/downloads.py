"""Files handed out: one way to name them, and to say that nobody stores them or guesses at what they are."""

import unicodedata
from typing import Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header

_UNSAFE: Final = frozenset('/\\:*?"<>|')
"""What separates folders, or what one of the common file systems does not take."""


def download(content: bytes | str, name: str, content_type: str) -> HttpResponse:
    """Return *content* as a file called *name*, never shown within a page of ours."""
    return HttpResponse(content, content_type=content_type, headers=download_headers(name))


def download_headers(name: str) -> dict[str, str]:
    """Return what every file called *name* is handed out with, also one that is sent part by part."""
    return {
        "Content-Disposition": as_attachment(name),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }


def as_attachment(name: str) -> str:
    """Return the Content-Disposition of a download called *name* (RFC 6266).

    What would end the header, lead into another folder or hide the name's true end becomes a hyphen.
    """
    safe = "".join("-" if _is_unsafe(character) else character for character in name).lstrip(". ")
    return str(content_disposition_header(as_attachment=True, filename=safe or "file"))


def _is_unsafe(character: str) -> bool:
    """Whether *character* is forbidden in names; category C: control characters, and those that turn the text."""
    return character in _UNSAFE or unicodedata.category(character).startswith("C")
