"""A list file is a stranger's text: it is understood, or it is said line by line why not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from platewarden.hotlists.formats.report import MAX_PROBLEMS, MAX_REFUSED_CODES
from platewarden.policy.hotlists import Category
from tests.hotlists.lists import HEADER, csv_of, read


def only_problem(content: bytes) -> tuple[int, str, str]:
    """The one problem of a file: line, column, message."""
    report = read(content)
    assert report.problem_count == 1, report.problems
    (problem,) = report.problems
    return problem.line, problem.column, problem.message


def test_every_column_arrives_where_it_belongs() -> None:
    """What a list says of a vehicle is kept, with its time in UTC."""
    header = "plate,state,category,reason,case_number,expires,make,model,colour,type,instructions,priority\n"
    report = read(
        csv_of(
            "KAB 4821,ny,stolen vehicle,taken,2026-004417,2026-12-01T12:00:00-05:00,Ford,Focus,grey,sedan,armed,high",
            header=header,
        )
    )
    (row,) = report.rows
    assert (row.plate, row.skeleton, row.state, row.category) == (
        "KAB4821",
        "KA84821",
        "NY",
        Category.STOLEN_VEHICLE,
    )
    assert (row.reason, row.case_number, row.instructions, row.priority) == (
        "taken",
        "2026-004417",
        "armed",
        "high",
    )
    assert (row.vehicle_make, row.vehicle_model, row.vehicle_colour, row.vehicle_type) == (
        "Ford",
        "Focus",
        "grey",
        "sedan",
    )
    assert row.expires_at == datetime(2026, 12, 1, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "kept"), [("NY", "NY"), ("ny", "NY"), (" Pa ", "PA"), ("", ""), ("*", "*")]
)
def test_a_state_is_named_any_or_unknown(given: str, kept: str) -> None:
    """Two letters, a star for any state, nothing for unknown."""
    (row,) = read(csv_of(f"KAB4821,{given},stolen_vehicle,")).rows
    assert row.state == kept


def test_high_priority_is_the_categorys_and_cannot_be_taken_away() -> None:
    """A list may raise the priority of an entry; it cannot lower that of a missing person."""
    rows = read(
        csv_of(
            "KAB4821,NY,missing_person,normal",
            "HXB7730,NY,P,normal",
            "LDV2096,NY,P,HIGH",
            header="plate,state,category,priority\n",
        )
    ).rows
    assert [row.priority for row in rows] == ["high", "normal", "high"]


def test_spreadsheets_ways_are_understood() -> None:
    """A byte-order mark, other line ends, quotes, blank lines and capitals in the header do not matter."""
    content = '\ufeff Plate ,STATE,Category,reason\r\n\r\n"KAB 4821",NY,stolen_vehicle,"taken, overnight"\r\n,,,\r\n'
    (row,) = read(content.encode()).rows
    assert row.reason == "taken, overnight"


@pytest.mark.parametrize(
    ("line", "column", "says"),
    [
        ("--,NY,P,", "plate", "letter"),
        (",NY,P,", "plate", "letter"),
        ("ABCDEFGHIJK,NY,P,", "plate", "at most 10"),
        (f"{'A-' * 20},NY,P,", "plate", "longer than 32"),
        ("KAB4821,N1,P,", "state", "two-letter"),
        ("KAB4821,New York,P,", "state", "longer than 2"),
        ("KAB4821,ÑY,P,", "state", "two-letter"),
        (f"KAB4821,NY,P,{'x' * 501}", "reason", "longer than 500"),
        ("KAB4821,NY,P,a\x07b", "reason", "control characters"),
        ("KAB4821,NY,P,a\u202eb", "reason", "control characters"),
        ("KAB4821,NY,P", "", "3 values where the header has 4"),
        ("KAB4821,NY,P,,", "", "5 values where the header has 4"),
        ('KAB4821,NY,P,"never closed', "", "not CSV"),
    ],
)
def test_an_unusable_line_is_named_with_its_column(line: str, column: str, says: str) -> None:
    """The report says which line, which column and what is wrong, and the value itself is not repeated."""
    at, named, message = only_problem(csv_of("HXB7730,NY,P,", line))
    assert (at, named) == (3, column)
    assert says in message
    assert "KAB4821" not in message


@pytest.mark.parametrize(
    ("expires", "says"),
    [
        ("tomorrow", "ISO 8601"),
        ("2026-12-01T12:00:00", "zone"),
        ("2026-12-01", "zone"),
        ("2026-13-01T00:00:00Z", "ISO 8601"),
        ("0001-01-01T00:00:00+14:00", "ISO 8601"),
    ],
)
def test_an_end_is_an_unmistakable_moment(expires: str, says: str) -> None:
    """A time without a zone, or one that does not exist, is not guessed at."""
    _, column, message = only_problem(
        csv_of(f"KAB4821,NY,P,{expires}", header="plate,state,category,expires\n")
    )
    assert column == "expires"
    assert says in message


def test_line_numbers_are_the_files_own() -> None:
    """A value that spans lines, and blank lines, do not put the count out."""
    content = csv_of('KAB4821,NY,gang,"two\nlines"', "", "HXB7730,NY,P,", "--,NY,P,")
    report = read(content)
    assert [problem.line for problem in report.problems] == [6]


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("plate,state\n", ["category"]),
        ("plate,state,category,owner\n", ["owner"]),
        ("plate,state,category,plate\n", ["plate", "plate"]),
        ("plate;state;categories\n", ["category", "categories"]),
    ],
)
def test_a_header_that_is_not_ours_is_refused(header: str, columns: list[str]) -> None:
    """Missing, unknown and repeated columns are named; no line is read under a header that is not understood."""
    report = read(csv_of("KAB4821,NY,P", header=header))
    assert [problem.column for problem in report.problems] == columns
    assert {problem.line for problem in report.problems} == {1}
    assert not report.rows


@pytest.mark.parametrize("content", [b"", b"\n\n", HEADER.encode()])
def test_an_empty_file_is_no_list(content: bytes) -> None:
    """A list that came out empty by accident must not silence every alert."""
    assert read(content).problem_count >= 1


@pytest.mark.clause("HOT-3")
def test_a_file_of_refused_lines_only_is_sound_and_empty() -> None:
    """Leaving everything out is not the file's fault."""
    report = read(csv_of("KAB4821,NY,gang,"))
    assert report.is_sound
    assert (len(report.rows), report.refused) == (0, {"HOT-3 gang": 1})


@pytest.mark.clause("HOT-3", "USE-5")
def test_refused_lines_need_not_be_in_order() -> None:
    """What is not loaded is counted whatever else the line holds."""
    report = read(csv_of("??,Mexico,N,x", f"--,,gang,{'x' * 600}"))
    assert report.is_sound
    assert report.refused == {"USE-5 N": 1, "HOT-3 gang": 1}


def test_the_report_is_bounded_whatever_the_file() -> None:
    """The first hundred problems are told and all are counted; so many categories are named and no more."""
    bad = read(csv_of(*("--,NY,P," for _ in range(1000))))
    assert (len(bad.problems), bad.problem_count) == (MAX_PROBLEMS, 1000)
    odd = read(csv_of(*(f"KAB4821,NY,odd {n}," for n in range(1000))))
    assert len(odd.refused) == MAX_REFUSED_CODES + 1
    assert odd.refused.total() == 1000
    assert odd.refused["HOT-3 other categories"] == 1000 - MAX_REFUSED_CODES


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        (csv_of("KAB4821,NY,P,").decode().encode("utf-16"), 1, "is UTF-16"),
        (csv_of("KAB4821,NY,P,caf\u00e9").decode().encode("latin-1"), 2, "not UTF-8"),
        (csv_of("KAB4821,NY,P,") + b"\nHXB\x007730,NY,P,", 3, "NUL"),
    ],
)
def test_other_encodings_are_refused_by_line(content: bytes, line: int, says: str) -> None:
    """No encoding is guessed: a wrong guess would change plates."""
    at, _, message = only_problem(content)
    assert at == line
    assert says in message


def test_a_file_that_is_too_large_is_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is said, nothing is read beyond it, and nothing before it is loaded."""
    monkeypatch.setattr("platewarden.hotlists.formats.lines.MAX_BYTES", 1024**2)
    content = csv_of(*("KAB4821,NY,P," for _ in range(100_000)))
    assert "beyond 1 MB" in only_problem(content)[2]


@pytest.mark.parametrize(
    "value", ["=HYPERLINK(1)", "+1", "@SUM(A1)", "<script>", "'; DROP TABLE hotlist_entries; --"]
)
def test_formulas_and_markup_are_only_text(value: str) -> None:
    """What a spreadsheet or a browser would run is kept letter for letter and means nothing here."""
    (row,) = read(csv_of(f'KAB4821,NY,P,"{value}"')).rows
    assert row.reason == value


def test_accepted_rows_are_counted_by_category() -> None:
    """The largest category comes first."""
    counts: Any = read(csv_of("A1,NY,P,", "A2,NY,V,", "A3,NY,V,")).accepted_by_category
    assert list(counts.items()) == [(Category.STOLEN_VEHICLE, 2), (Category.STOLEN_PLATE, 1)]
