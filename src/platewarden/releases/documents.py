"""The written request as a file from outside: a few types, told by their bytes, of a bounded size, never opened here.

A file is sealed as it came and handed out again as a download. Nothing in it is unpacked or run by us: what could be an
archive, or carry a program, is refused at the door.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from platewarden.recognition.images import ImageError, verify_image

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_NAME: Final = 100

_PDF: Final = b"%PDF-"
_END_OF_PDF: Final = b"%%EOF"
_TAIL: Final = 2048
_ACTIVE: Final = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)(?![A-Za-z])")
"""Names in a PDF that run or carry something; those packed into compressed parts are not seen."""

_END_OF_ARCHIVE: Final = b"PK\x05\x06"
_PICTURES: Final = {"JPEG": "image/jpeg", "PNG": "image/png"}


class DocumentError(ValueError):
    """The file is not taken; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file that may be taken.

    Attributes:
        name: What it was called, fit to be shown; never a path of ours.
        media_type: What it is, by its bytes.
        content: Its bytes.
    """

    name: str
    media_type: str
    content: bytes


def checked(name: str, content: bytes) -> Document:
    """Return the file *content*, called *name*, once it is one that may be taken.

    Raises:
        DocumentError: It is empty, too large, of another type than PDF, JPEG and PNG, damaged, or carries a program.
    """
    if not content:
        raise DocumentError("The file is empty. Choose the written request.")
    if len(content) > MAX_BYTES:
        raise DocumentError(
            f"The file is larger than {MAX_BYTES // 1024 // 1024} MB. Scan it with less resolution."
        )
    media_type = _pdf(content) if content.startswith(_PDF) else _picture(content)
    return Document(shown_name(name), media_type, content)


def shown_name(name: str) -> str:
    """Return the last part of *name* without anything that cannot be seen or leads elsewhere; never empty."""
    last = re.split(r"[/\\:]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(char for char in last if unicodedata.category(char)[0] not in "CZ" or char == " ")
    return " ".join(seen.split()).lstrip(".")[:MAX_NAME] or "request"


def _pdf(content: bytes) -> str:
    if _END_OF_PDF not in content[-_TAIL:]:
        raise DocumentError("The PDF is not whole. Save it again, or scan the paper.")
    if _ACTIVE.search(content):
        raise DocumentError("The PDF carries a program or another file. Print it and scan the paper.")
    if _END_OF_ARCHIVE in content:
        raise DocumentError("The file is an archive as well. Print it and scan the paper.")
    return "application/pdf"


def _picture(content: bytes) -> str:
    try:
        facts = verify_image(content, name="the file")
    except ImageError as error:
        raise DocumentError(
            "The file is no PDF, JPEG or PNG that can be read. Scan the paper as PDF."
        ) from error
    if facts.format not in _PICTURES or _END_OF_ARCHIVE in content:
        raise DocumentError("Only PDF, JPEG and PNG are taken. Scan the paper as PDF.")
    return _PICTURES[facts.format]
