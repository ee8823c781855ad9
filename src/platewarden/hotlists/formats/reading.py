"""A list file read from beginning to end, one entry after the other, with a report that grows as it is read.

A file is loaded whole or not at all: every bad line is reported, and one bad line refuses the file. Lines that the
policy does not admit are no fault of the file: they are left out and counted (HOT-3, USE-5). Memory does not
grow with the file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import BinaryIO, Final

from platewarden.hotlists.formats.archive import ArchiveError, opened
from platewarden.hotlists.formats.described import TRAILER, read_described
from platewarden.hotlists.formats.entries import EntryBuilder, LineError
from platewarden.hotlists.formats.headed import delimiter_of, read_headed
from platewarden.hotlists.formats.layouts import CSV, LAYOUTS, NAMES
from platewarden.hotlists.formats.lines import Watch, read_lines, unwatched
from platewarden.hotlists.formats.report import Report
from platewarden.hotlists.formats.rows import Given, Row
from platewarden.policy.hotlists import Category, RefusedCategory
from platewarden.policy.parameters import Parameters

_SAMPLE: Final = 200
"""Lines by which a layout is recognised."""

_ENOUGH: Final = 0.9
"""Share of them that must be records of it; the rest is then reported line by line."""


@dataclass(frozen=True, slots=True)
class HowToRead:
    """What is said of a file beside what it holds.

    Attributes:
        parameters: In force when it is read.
        layout: Name of its layout; empty to recognise it by its content.
        category: Of all entries of a plain CSV that names none.
    """

    parameters: Parameters
    layout: str = ""
    category: Category | None = None


@dataclass(slots=True)
class Reading:
    """A file being read: `rows` are its entries in its order, `report` what was found up to there.

    The entries mean nothing once there are problems. What the file holds never raises; the report says it.
    """

    file: BinaryIO
    how: HowToRead
    watch: Watch = unwatched
    report: Report = field(default_factory=Report)

    def rows(self) -> Iterator[Row]:
        """Yield the entries; may be asked once."""
        try:
            with opened(self.file) as stream:
                yield from self._rows(read_lines(stream, self.report, self.watch))
        except ArchiveError as error:
            self.report.add_problem(0, "", str(error))
        if self.report.is_sound and not self.report.accepted and not self.report.refused:
            self.report.add_problem(
                0, "", "has no entries: a list that is empty on purpose is withdrawn, not loaded"
            )

    def _rows(self, lines: Iterator[str]) -> Iterator[Row]:
        report = self.report
        sample = list(islice(lines, _SAMPLE))
        report.layout = self.how.layout or recognised(sample)
        if not report.is_sound or not any(line.strip() for line in sample):
            return
        if report.layout not in NAMES:
            report.add_problem(1, "", f"its layout is not known; known are {', '.join(NAMES)}: choose one")
            return
        layout = LAYOUTS.get(report.layout)
        builder = EntryBuilder(
            parameters=self.how.parameters,
            codes=layout.codes if layout else None,
            category=self.how.category,
        )
        for line, given in self._values(chain(sample, lines), sample):
            try:
                built = builder.build(line, given)
            except LineError as error:
                report.add_problem(line, error.column, str(error))
                continue
            if isinstance(built, RefusedCategory):
                report.add_refused(built.clause, built.code, line)
            else:
                report.accepted[built.category] += 1
                yield built

    def _values(self, lines: Iterator[str], sample: Sequence[str]) -> Iterator[tuple[int, Given]]:
        layout, report = LAYOUTS.get(self.report.layout), self.report
        if layout is None:
            first = next(line for line in sample if line.strip())
            return read_headed(
                lines,
                delimiter=delimiter_of(first) or ",",
                is_category_given=self.how.category is not None,
                report=report,
            )
        if self.how.category:
            report.add_problem(0, "category", "this layout names categories itself: give none for the file")
        return read_described(lines, layout, report)


def recognised(sample: Sequence[str]) -> str:
    """Return the name of the layout that the first lines of a file, *sample*, are in; empty if it is none.

    Nine lines of ten, the first (and a trailer) apart, must look like records of one layout; where they do of
    several, the strictest comes first. Otherwise a header with a column for the plate makes it the plain layout.
    """
    lines = [line for line in sample if line.strip(" \t,;")]
    records = lines[1:] if len(lines) > 1 else lines
    if len(records) > 1 and len(sample) < _SAMPLE and TRAILER.fullmatch(records[-1]):
        records = records[:-1]
    for layout in LAYOUTS.values():
        fitting = sum(layout.record.fullmatch(line) is not None for line in records)
        if records and fitting >= _ENOUGH * len(records):
            return layout.name
    return CSV if lines and delimiter_of(lines[0]) else ""
