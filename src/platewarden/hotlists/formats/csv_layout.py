"""From a file to entries: pure, one function a layout. Everything in a file is a stranger's text.

A file is read whole or not at all: every bad line is reported, and one bad line refuses the file. Lines of a
category that the policy does not admit are no fault of the file: they are left out and counted (HOT-3, USE-5).
"""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, Final

from platewarden.hotlists.formats.report import Report
from platewarden.hotlists.formats.rows import ANY_STATE, LENGTHS, REQUIRED, Row
from platewarden.matching.plates import PlateError, normalise, skeleton
from platewarden.policy.hotlists import (
    Category,
    RefusedCategory,
    category_from_code,
    may_hold,
    refused_wording,
)
from platewarden.policy.parameters import Parameters

MAX_BYTES: Final = 256 * 1024 * 1024
_Judge = Callable[[str], Category | RefusedCategory]
"""Says of a category's code whether a list may hold it; asked once for each code of a file."""


class _LineError(ValueError):
    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


def read_csv(content: bytes, *, parameters: Parameters) -> Report:
    """Read the plain CSV layout: a header with the columns of `LENGTHS`, UTF-8, commas.

    Never raises for what the file holds; the report says it.
    """
    report = Report()
    text = _decode(content, report)
    if text is None:
        return report
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        columns = [name.strip().lower() for name in header]
        if not _check_header(columns, report):
            return report
        _read_lines(reader, columns, report, parameters)
    except csv.Error as error:
        report.add_problem(reader.line_num, "", f"is not CSV: {error}")
    if report.is_sound and not report.rows and not report.refused:
        report.add_problem(0, "", "has no entries: a list that is empty on purpose is withdrawn, not loaded")
    return report


def _decode(content: bytes, report: Report) -> str | None:
    if len(content) > MAX_BYTES:
        report.add_problem(0, "", f"is larger than {MAX_BYTES // 1024**2} MB")
    elif b"\0" in content:
        line = content[: content.index(b"\0")].count(b"\n") + 1
        report.add_problem(line, "", "holds a NUL byte: save the file as UTF-8 text")
    else:
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            report.add_problem(line, "", "is not UTF-8: save the file as UTF-8 text")
    return None


def _check_header(columns: list[str], report: Report) -> bool:
    for name in REQUIRED:
        if name not in columns:
            report.add_problem(1, name, f"the header lacks this column; it has: {', '.join(columns)[:200]}")
    for name in columns:
        if name not in LENGTHS:
            report.add_problem(1, name[:40], f"unknown column; known are {', '.join(LENGTHS)}")
        elif columns.count(name) > 1:
            report.add_problem(1, name, "the header names this column twice")
    return report.is_sound


def _read_lines(reader: Any, columns: list[str], report: Report, parameters: Parameters) -> None:
    judge = cache(partial(_admitted, parameters=parameters))
    line = reader.line_num + 1
    for values in reader:
        if any(value.strip() for value in values):
            try:
                _read_line(_named(values, columns), report, judge)
            except _LineError as error:
                report.add_problem(line, error.column, str(error))
        line = reader.line_num + 1


def _named(values: list[str], columns: list[str]) -> dict[str, str]:
    if len(values) != len(columns):
        raise _LineError("", f"has {len(values)} values where the header has {len(columns)}")
    return dict(zip(columns, values, strict=True))


def _read_line(line: dict[str, str], report: Report, judge: _Judge) -> None:
    category = judge(_value("category", line["category"]))
    if isinstance(category, RefusedCategory):
        report.add_refused(category.clause, category.code)
        return
    values = dict.fromkeys(LENGTHS, "") | {name: _value(name, text) for name, text in line.items() if text}
    if refused := refused_wording(values["reason"], values["instructions"]):
        report.add_refused(refused.clause, refused.code)
        return
    report.add_row(_row(values, category))


def _admitted(code: str, *, parameters: Parameters) -> Category | RefusedCategory:
    category = category_from_code(code)
    if isinstance(category, RefusedCategory):
        return category
    decision = may_hold(category, parameters=parameters)
    return category if decision.allowed else RefusedCategory(category, decision.clause, decision.reason)


def _value(name: str, text: str) -> str:
    text = text.strip()
    if len(text) > LENGTHS[name]:
        raise _LineError(name, f"is longer than {LENGTHS[name]} characters")
    if not text.isprintable():
        raise _LineError(name, "has control characters")
    return text


def _row(values: dict[str, str], category: Category) -> Row:
    try:
        plate = normalise(values["plate"])
    except PlateError as error:
        raise _LineError("plate", str(error)) from error
    return Row(
        plate_as_given=values["plate"],
        plate=plate,
        skeleton=skeleton(plate),
        state=_state(values["state"]),
        category=category,
        priority=_priority(values["priority"], category),
        reason=values["reason"],
        case_number=values["case_number"],
        instructions=values["instructions"],
        vehicle_type=values["type"],
        vehicle_make=values["make"],
        vehicle_model=values["model"],
        vehicle_colour=values["colour"],
        expires_at=_moment(values["expires"]),
    )


def _state(text: str) -> str:
    state = text.upper()
    if state in {"", ANY_STATE}:
        return state
    if len(state) == 2 and state.isascii() and state.isalpha():  # noqa: PLR2004 - a postal code
        return state
    raise _LineError("state", "is neither a two-letter code, * for any state, nor empty for unknown")


def _priority(text: str, category: Category) -> str:
    if text.lower() not in {"", "normal", "high"}:
        raise _LineError("priority", "is neither normal nor high")
    return "high" if category.is_high_priority or text.lower() == "high" else "normal"


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        in_utc = moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _LineError("expires", "is no ISO 8601 time, e.g. 2026-12-31T12:00:00-05:00") from error
    if moment.tzinfo is None:
        raise _LineError("expires", "has no zone: end it with Z or an offset such as -05:00")
    return in_utc
