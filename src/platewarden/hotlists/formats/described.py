"""Reads any layout that `layouts` describes: header and trailer told apart from records, values picked by place."""

import re
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any, Final

from platewarden.hotlists.formats.layouts import Layout, Place
from platewarden.hotlists.formats.report import Report
from platewarden.hotlists.formats.rows import LENGTHS, Given

TRAILER: Final = re.compile(r"(?i)\W*(?:trl|trailer|eof|end|total|records?|count|\d+ *records?)\b.*|[\W\d]*")
"""What a last line may look like that is no record."""

_NOWHERE: Final = slice(0, 0)


def read_described(lines: Iterator[str], layout: Layout, report: Report) -> Iterator[tuple[int, Given]]:
    """Yield each record with its number; a line that is none is added to *report*, the first and the last apart."""
    pick: Callable[[Any], Given] | None = None
    for number, line in _records(lines, layout, report):
        if not line.isprintable():
            report.add_problem(number, "", "has control characters")
            continue
        values: Any = line
        if layout.delimiter:
            values = line.split(layout.delimiter, layout.columns - 1 if layout.rest else -1)
        pick = pick or _picker(layout, len(values))
        yield number, pick(values)


def _records(lines: Iterator[str], layout: Layout, report: Report) -> Iterator[tuple[int, str]]:
    is_record, blank = layout.record.fullmatch, f" \t{layout.delimiter}"
    doubtful: tuple[int, str] | None = None
    width, is_first = layout.columns, True
    for number, line in enumerate(lines, start=1):
        report.lines = number
        if not line.strip(blank):
            continue
        if is_first:
            width, is_first = width or line.count(layout.delimiter) + 1, False
            if layout.always_headed or not is_record(line):
                report.add_note(f"Line {number} was taken for the header.")
                continue
        if doubtful:
            _add_problem(doubtful, layout, width, report)
            doubtful = None
        if is_record(line) and _has_width(line, layout, width):
            yield number, line
        else:
            doubtful = number, line
    if doubtful:
        _end_with(doubtful, layout, width, report)


def _has_width(line: str, layout: Layout, width: int) -> bool:
    return not layout.delimiter or layout.rest or line.count(layout.delimiter) + 1 == width


def _end_with(last: tuple[int, str], layout: Layout, width: int, report: Report) -> None:
    number, line = last
    if TRAILER.fullmatch(line):
        report.add_note(f"Line {number}, the last, was taken for a trailer.")
    else:
        _add_problem(last, layout, width, report)


def _add_problem(doubtful: tuple[int, str], layout: Layout, width: int, report: Report) -> None:
    number, line = doubtful
    found = line.count(layout.delimiter) + 1 if layout.delimiter else 0
    if layout.delimiter and not layout.rest and found != width:
        report.add_problem(number, "", f"has {found} values where the layout {layout.name} has {width}")
    else:
        report.add_problem(
            number, "", f"is no record of the layout {layout.name} ({len(line)} characters long)"
        )


def _picker(layout: Layout, width: int) -> Callable[[Any], Given]:
    """Return what takes a line, or its *width* columns, to its values; all places are found in one call."""
    nowhere: Place = -1 if layout.delimiter else _NOWHERE
    places = [layout.values.get(name, nowhere) for name in LENGTHS]
    labels = [f"{label} " for label in layout.remarks]
    find = itemgetter(*places, *layout.remarks.values(), *_unused(layout, width))
    told, category = _KEPT + len(labels), layout.category

    def pick(values: Any) -> Given:
        if layout.delimiter:
            values.append("")
        texts = list(map(str.strip, find(values)))
        if category and (found := category.match(texts[_CATEGORY])):
            texts[_CATEGORY] = found[found.lastindex or 0]
        remarks = [label + text for label, text in zip(labels, texts[_KEPT:told], strict=True) if text]
        others = [text for text in texts[_KEPT:] if len(text) > SHORT and not text[1:].isdigit()]
        return Given._make((*texts[:_KEPT], ", ".join(remarks), tuple(others)))

    return pick


def _unused(layout: Layout, width: int) -> list[Place]:
    """Return the places that nothing is taken from; something could be said there all the same."""
    used = [*layout.values.values(), *layout.remarks.values()]
    if layout.delimiter:
        return [column for column in range(width) if column not in used]
    parts = sorted((place.start, place.stop) for place in used if isinstance(place, slice) and place.stop)
    gaps, end = list[Place](), 0
    for start, stop in parts:
        if start > end:
            gaps.append(slice(end, start))
        end = max(end, stop)
    return gaps


SHORT: Final = 4
"""Characters of a code: too few to hide a word in."""

_KEPT: Final = len(LENGTHS)
_CATEGORY: Final = list(LENGTHS).index("category")
