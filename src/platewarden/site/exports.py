"""Tables as CSV that a spreadsheet opens without running anything in it."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet would take for a formula (OWASP, CSV injection)."""


def csv_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return *header* and *rows* as CSV; text that could be a formula is preceded by an apostrophe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return buffer.getvalue()


def safe_cell(value: object) -> str:
    """Return *value* as text that no spreadsheet takes for a formula; numbers stay as they are."""
    text = str(value)
    if isinstance(value, int | float) or not text.lstrip(" ").startswith(_FORMULA):
        return text
    return f"'{text}"
