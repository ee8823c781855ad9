"""From facts to a PDF: Typst sets a layout, and the facts reach it as data alone.

Whatever people or lists have written is never part of a layout's source: it is passed as JSON, and Typst shows JSON
text as text. Characters that the built-in fonts lack, that reverse the direction of writing, or that cannot be seen are
shown by their numbers, so that nothing in a report reads otherwise than it was written.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import typst

LAYOUTS: Final = Path(__file__).parent / "layouts"
STANDARDS: Final[list[Any]] = ["ua-1", "a-3a"]
"""PDF/UA-1: tagged, for screen readers. PDF/A-3a: for the archive, with files attached."""

_PLAIN: Final = (
    range(0x20, 0x7F),
    range(0xA0, 0x180),
    range(0x391, 0x3CA),
    range(0x410, 0x450),
    range(0x1EA0, 0x1EFA),
)
"""What both fonts of the layouts have: Latin with its accents, Greek, Cyrillic; a test sets each of them."""

_MARKS: Final = frozenset(
    "\u2010\u2011\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u2022\u20ac\u2192\u2260\u2248"
)
_INVISIBLE: Final = frozenset("\u00ad")


class LayoutError(Exception):
    """The agency's own layout cannot be set; the message says what Typst found wrong with it."""


def set_pdf(layout: Path, facts: Mapping[str, Any], *, now: datetime) -> bytes:
    """Return *facts* as a PDF set by *layout*; the same facts, layout and moment give the same bytes.

    Args:
        layout: A Typst file; it may import others from its own folder and reads ``sys.inputs.facts``.
        facts: What JSON can hold; bytes become lists of numbers, text is made printable.
        now: Becomes the document's date.

    Raises:
        LayoutError: The layout cannot be set.
    """
    inputs = {"facts": json.dumps(plain(facts))}
    try:
        pdf: bytes = typst.compile(
            layout,
            root=layout.parent,
            sys_inputs=inputs,
            ignore_system_fonts=True,
            pdf_standards=STANDARDS,
            timestamp=now.replace(microsecond=0),
        )
    except typst.TypstError as error:
        hints = " ".join(error.hints)
        raise LayoutError(f"{layout.name} cannot be set: {error.message} {hints}".strip()) from error
    return pdf


def plain(value: Any) -> Any:
    """Return *value* as JSON holds it, with every text made printable and bytes as numbers."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, bytes):
        return list(value)
    if isinstance(value, Mapping):
        return {key: plain(member) for key, member in value.items()}
    if isinstance(value, Sequence):
        return [plain(member) for member in value]
    return value


def printable(text: str) -> str:
    """Return *text* as it can be printed: what has no glyph or cannot be seen stands as its number, e.g. [U+202E]."""
    return "".join(_shown(char) for char in unicodedata.normalize("NFC", text))


def _shown(char: str) -> str:
    if char == "\n":
        return char
    is_plain = any(ord(char) in block for block in _PLAIN) and char not in _INVISIBLE
    if (is_plain and unicodedata.category(char) != "Cn") or char in _MARKS:
        return char
    return " " if char in "\t\r" else f"[U+{ord(char):04X}]"
