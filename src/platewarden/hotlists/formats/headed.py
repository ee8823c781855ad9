"""The plain layout: a header names the columns, in any order, parted by commas, semicolons or tabs."""

import csv
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Any, Final

from platewarden.hotlists.formats.report import Report
from platewarden.hotlists.formats.rows import LENGTHS, REQUIRED, Given

ALIASES: Final = MappingProxyType(
    {
        **{name: name for name in LENGTHS},
        "license_plate": "plate",
        "licence_plate": "plate",
        "platenumber": "plate",
        "plate_number": "plate",
        "lic": "plate",
        "lis": "state",
        "casenumber": "case_number",
        "case": "case_number",
        "expiry": "expires",
        "expiration": "expires",
        "color": "colour",
        "note": "instructions",
        "notes": "instructions",
    }
)
"""Names that a column may have, with the value it gives; case and blanks do not count."""

DELIMITERS: Final = (",", ";", "\t")


def delimiter_of(header: str) -> str:
    """Return what parts the columns of *header*; empty if it does not name a plate."""
    for delimiter in DELIMITERS:
        names = (name.strip().strip('"') for name in header.split(delimiter))
        if "plate" in (_known(name) for name in names):
            return delimiter
    return ""


def _known(name: str) -> str:
    return ALIASES.get("_".join(name.lower().split()), "")


def read_headed(
    lines: Iterator[str], *, delimiter: str, is_category_given: bool, report: Report
) -> Iterator[tuple[int, Given]]:
    """Yield each line that is not blank with its number; what is no CSV is added to *report* and ends it."""
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter, strict=True)
    try:
        header = next((names for names in reader if any(name.strip() for name in names)), [])
        columns = [_known(name) or name.strip().lower() for name in header]
        if _check_header(columns, reader.line_num, report, is_category_given=is_category_given):
            yield from _values(reader, columns, report)
    except csv.Error as error:
        report.add_problem(reader.line_num, "", f"is not CSV: {error}")


def _check_header(columns: Sequence[str], line: int, report: Report, *, is_category_given: bool) -> bool:
    for name in REQUIRED:
        if name not in columns and not (name == "category" and is_category_given):
            report.add_problem(line, name, _missing(name, columns))
    if is_category_given and "category" in columns:
        report.add_problem(
            line, "category", "the file names categories itself: give none for the file as a whole"
        )
    for name in columns:
        if name not in LENGTHS:
            report.add_problem(line, name, f"unknown column; known are {', '.join(LENGTHS)}")
        elif columns.count(name) > 1:
            report.add_problem(line, name, "the header names this column twice")
    return report.is_sound


def _missing(name: str, columns: Sequence[str]) -> str:
    remedy = "; or say the category of all its entries when loading it" if name == "category" else ""
    return f"the header lacks this column; it has: {', '.join(columns)[:200]}{remedy}"


def _values(reader: Any, columns: Sequence[str], report: Report) -> Iterator[tuple[int, Given]]:
    places = [columns.index(name) if name in columns else -1 for name in LENGTHS]
    line, width = reader.line_num + 1, len(columns)
    for values in reader:
        report.lines = reader.line_num
        if len(values) == width:
            values.append("")
            given = Given(*[values[place].strip() for place in places])
            if any(given):
                yield line, given
        elif any(value.strip() for value in values):
            report.add_problem(line, "", f"has {len(values)} values where the header has {width}")
        line = reader.line_num + 1
