"""Lists as they really come: each layout is recognised, understood by place, and says itself what it holds."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.hotlists.formats.layouts import CSV, LAYOUTS, title_of
from platewarden.hotlists.formats.rows import Row
from platewarden.policy.hotlists import Category
from platewarden.policy.parameters import defaults
from tests.conftest import NOW
from tests.hotlists import samples
from tests.hotlists.lists import read
from tests.hotlists.samples import Wanted

Line = Callable[[Wanted], str]
LINES: dict[str, Line] = {
    "ncic": samples.ncic,
    "nj-mvc": samples.new_jersey,
    "tx-ncic": samples.texas,
    "mn-ncic": samples.minnesota,
    "ny-state": samples.new_york,
    "fl-state": samples.florida,
    "oh-leads": samples.ohio,
    "oh-leads-spaced": samples.ohio_spaced,
}
CODES = {"fl-state": "STOLEN VEHICLE", "nj-mvc": "S"}
HEADERS = {"fl-state": samples.FLORIDA_HEADER}


def file_of(layout: str, *lines: str, header: str | None = "", ends: str = "\n") -> bytes:
    """A file of *lines*, under the header of *layout* unless another, or None, is given."""
    first = HEADERS.get(layout, "HEADER 20260110") if header == "" else header
    return ends.join([*([first] if first is not None else []), *lines, ""]).encode()


def wanted(layout: str, **changes: str) -> Wanted:
    """Something that a list in *layout* may say."""
    return Wanted(**{"code": CODES.get(layout, "V"), **changes})


SWITCHED_ON = {
    "hotlist.categories": [category.value for category in Category],
}


def rows_of(content: bytes, **how: object) -> list[Row]:
    """The entries of *content*, every category being switched on."""
    found = read(content, parameters=defaults(NOW).adopting(SWITCHED_ON), **how)
    assert found.is_sound, found.problems
    return found.rows


def test_every_layout_has_a_sample_a_title_and_a_source() -> None:
    """What a layout was learnt from is said with it."""
    assert set(LINES) == set(LAYOUTS)
    assert all(layout.source and title_of(name) for name, layout in LAYOUTS.items())
    assert title_of(CSV)


@pytest.mark.parametrize("layout", LINES)
def test_each_layout_is_recognised_and_understood(layout: str) -> None:
    """Plate, state, category, make and colour arrive where they belong; codes of colours become words."""
    content = file_of(layout, *(LINES[layout](wanted(layout)) for _ in range(3)))
    found = read(content, parameters=defaults(NOW).adopting(SWITCHED_ON))
    assert (found.layout, found.problems) == (layout, [])
    row = found.rows[0]
    assert (row.plate_as_given, row.plate, row.state) == ("KAB4821", "KAB4821", "NY")
    assert row.category is (Category.SUSPENDED_OPERATOR if layout == "nj-mvc" else Category.STOLEN_VEHICLE)
    if layout != "fl-state":
        assert (row.vehicle_make, row.vehicle_colour) == ("FORD", "black")
    assert [row.line for row in found.rows] == [2, 3, 4]
    assert "Line 1 was taken for the header." in found.notes


plates = st.from_regex(r"[A-Z0-9]{1,10}", fullmatch=True)
states = st.sampled_from(["NY", "PA", "0H", "OH", "M0", "  "])


@pytest.mark.parametrize("layout", LINES)
@given(st.lists(st.tuples(plates, states), min_size=3, max_size=8))
def test_what_is_written_is_read(layout: str, told: list[tuple[str, str]]) -> None:
    """Whatever plates and states a list holds, each arrives letter for letter; only a 0 in a state becomes O."""
    known = [
        (plate, state if state.strip() or layout != "oh-leads-spaced" else "NY") for plate, state in told
    ]
    lines = [LINES[layout](wanted(layout, plate=plate, state=state)) for plate, state in known]
    rows = rows_of(file_of(layout, *lines), layout=layout)
    assert [(row.plate_as_given, row.plate) for row in rows] == [(plate, plate) for plate, _ in known]
    assert [row.state for row in rows] == [state.strip().replace("0", "O") for _, state in known]


@pytest.mark.parametrize("layout", LINES)
@given(st.lists(plates, min_size=1, max_size=4))
def test_a_file_is_taken_for_the_layout_that_it_is_in(layout: str, told: list[str]) -> None:
    """No plate makes a file look like another layout's."""
    lines = [LINES[layout](wanted(layout, plate=plate)) for plate in told]
    assert read(file_of(layout, *lines)).layout == layout


@given(
    st.lists(
        st.tuples(plates, st.sampled_from(["NY", "", "*"]), st.text("abc ,;\"'=+@", max_size=20)), min_size=1
    )
)
def test_a_plain_csv_is_read_as_it_was_written(told: list[tuple[str, str, str]]) -> None:
    """Commas, quotes and formulas within values do not matter."""
    quoted = (f'{plate},{state},P,"{reason.replace(chr(34), chr(34) * 2)}"' for plate, state, reason in told)
    rows = rows_of("\n".join(["plate,state,category,reason", *quoted]).encode())
    assert [(row.plate, row.state, row.reason) for row in rows] == [
        (plate, state, reason.strip()) for plate, state, reason in told
    ]


@pytest.mark.parametrize("layout", LINES)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_old_systems_ways_are_understood(layout: str, ends: str) -> None:
    """Either line end, a mark at the start, blank lines, an end-of-file character: none of it is a fault."""
    line = LINES[layout](wanted(layout))
    content = (
        b"\xef\xbb\xbf" + file_of(layout, line, "", line.replace("KAB4821", "HXB7730"), ends=ends) + b"\x1a"
    )
    assert [row.plate for row in rows_of(content)] == ["KAB4821", "HXB7730"]


@pytest.mark.parametrize("layout", ["ncic", "tx-ncic", "ny-state"])
def test_a_list_without_a_header_loses_nothing(layout: str) -> None:
    """The first line is an entry if it looks like one."""
    assert len(rows_of(file_of(layout, LINES[layout](wanted(layout)), header=None))) == 1


@pytest.mark.parametrize("last", ["TRAILER 0000002", "EOF", "2 RECORDS", "*** END OF LIST ***", "000002"])
def test_a_trailer_is_told_apart_and_said(last: str) -> None:
    """A last line that is no record but looks like a trailer is no fault; the report names it."""
    lines = [samples.ncic(Wanted()), samples.ncic(Wanted(plate="HXB7730"))]
    found = read(file_of("ncic", *lines, last))
    assert found.is_sound
    assert "Line 4, the last, was taken for a trailer." in found.notes


def test_a_line_cut_off_at_the_end_refuses_the_file() -> None:
    """A transfer that broke off does not pass for a list with a trailer."""
    whole = [samples.ncic(Wanted(plate=f"KAB48{n}")) for n in range(20)]
    found = read(file_of("ncic", *whole, samples.ncic(Wanted())[:30]))
    assert [(problem.line, "no record" in problem.message) for problem in found.problems] == [(22, True)]


@pytest.mark.parametrize(
    ("layout", "line", "says"),
    [
        ("tx-ncic", "V100000001,NY0540000,20260109,KAB4821,NY,2026,2019,FORD,F15,4D", "10 values where"),
        ("mn-ncic", samples.texas(Wanted()), "11 values where the layout mn-ncic has 12"),
        (
            "fl-state",
            samples.florida(wanted("fl-state")) + ";;",
            "16 values where the layout fl-state has 14",
        ),
        ("ncic", "V100000001", "no record of the layout ncic (10 characters long)"),
        ("ny-state", "KAB4821", "no record"),
        ("ncic", samples.ncic(Wanted(plate="KAB\x074821")), "control characters"),
    ],
)
def test_a_line_of_another_shape_is_named(layout: str, line: str, says: str) -> None:
    """The wrong number of columns, or of characters, refuses the file; the line is named and not repeated."""
    good = LINES[layout](wanted(layout))
    found = read(file_of(layout, *[good] * 12, line, good))
    assert [problem.line for problem in found.problems] == [14]
    assert says in found.problems[0].message
    assert "KAB" not in found.problems[0].message


def test_a_layout_is_chosen_against_the_content() -> None:
    """What is not recognised is refused with the names there are; what is chosen is read as that, or refused."""
    unknown = read(b"one two three\nfour five six\n")
    assert "choose one" in unknown.problems[0].message
    assert all(name in unknown.problems[0].message for name in LAYOUTS)
    forced = read(file_of("ncic", samples.ncic(Wanted())), layout="ny-state")
    assert not forced.rows or forced.rows[0].plate != "KAB4821"
    assert not read(file_of("ncic", samples.ncic(Wanted())), layout="tx-ncic").is_sound


@pytest.mark.parametrize("layout", sorted(LINES.keys() - {"ny-state"}))
def test_an_entry_without_a_plate_is_left_out_and_counted(layout: str) -> None:
    """It could match nothing, and the source's file cannot be corrected here."""
    line = LINES[layout](wanted(layout))
    blank = line.replace("KAB4821", "-------")
    found = read(file_of(layout, line, blank), parameters=defaults(NOW).adopting(SWITCHED_ON))
    assert (len(found.rows), found.refused) == (1, {"no licence number": 1})


def test_zero_for_o_is_shown_as_the_source_has_it() -> None:
    """The fold is undone for matching alone: entry and skeleton agree for both ways of writing it."""
    first, second = rows_of(
        file_of("ncic", samples.ncic(Wanted(plate="K0B4821")), samples.ncic(Wanted(plate="KOB4821")))
    )
    assert (first.plate_as_given, first.plate) == ("K0B4821", "K0B4821")
    assert (second.plate_as_given, second.plate) == ("KOB4821", "KOB4821")
    assert first.skeleton == second.skeleton
    assert LAYOUTS["ncic"].writes_o_as_0
    assert not LAYOUTS["ny-state"].writes_o_as_0


@pytest.mark.parametrize(
    ("code", "colour"),
    [
        ("0NG/WHI", "orange/white"),
        ("ONG", "orange"),
        ("WHI/WHI", "white"),
        ("BR0", "brown"),
        ("MUL/C0L", "several colours"),
        ("WH", "WH"),
        ("BLK/QQQ", "BLK/QQQ"),
    ],
)
def test_colours_are_told_in_words(code: str, colour: str) -> None:
    """Both ways of writing O count; a code that is not known stays as it stands."""
    (row,) = rows_of(file_of("ncic", samples.ncic(Wanted(colour=code))))
    assert row.vehicle_colour == colour


def test_what_a_confirmation_needs_is_told_with_the_entry() -> None:
    """Record number, agency and date of the national extract stand in the reason."""
    (row,) = rows_of(file_of("ncic", samples.ncic(Wanted(), told="STOLEN FROM A YARD")))
    assert row.reason.startswith("STOLEN FROM A YARD, record V100000001, ORI NY0540000, entered 20260109")
    (row,) = rows_of(file_of("fl-state", samples.florida(wanted("fl-state"))))
    assert (row.case_number, "agency INVENTED SHERIFF" in row.reason) == ("26-004417", True)


@pytest.mark.parametrize(
    ("told", "category"),
    [
        ("0H STOLEN VEHICLE", Category.STOLEN_VEHICLE),
        ("0H WARRANT SUPP", Category.WANTED_PERSON),
        ("0H MISSING", Category.MISSING_PERSON),
        ("0H LPR CALIBRATION RECORD", Category.CALIBRATION),
        ("M12345678 W100000001", Category.WANTED_PERSON),
    ],
)
@pytest.mark.parametrize("line", [samples.ohio, samples.ohio_spaced])
def test_ohio_names_its_lists_in_words_or_by_record_number(
    line: Callable[..., str], told: str, category: Category
) -> None:
    """Both ways stand in one file; the calibration plates are known for what they are."""
    (row,) = rows_of(file_of("oh-leads", line(Wanted(state="0H"), told=told)))
    assert (row.category, row.state) == (category, "OH")


@pytest.mark.clause("HOT-3")
@pytest.mark.parametrize("code", ["X", "Z"])
def test_new_yorks_suspensions_are_left_out_unless_switched_on(code: str) -> None:
    """Suspended registrations and operators are off by default; the report counts them by category."""
    line = samples.new_york(Wanted(code=code))
    off = read(file_of("ny-state", samples.new_york(Wanted()), line))
    assert (len(off.rows), off.left_out_count) == (1, 1)
    assert next(iter(off.refused)).startswith("HOT-3 suspended_")
    assert len(rows_of(file_of("ny-state", samples.new_york(Wanted()), line))) == 2


@pytest.mark.clause("HOT-3")
@pytest.mark.parametrize(
    ("layout", "code", "counted"),
    [
        ("ncic", "T", "HOT-3 T (gang or terrorist)"),
        ("ncic", "X", "HOT-3 X (sex offender)"),
        ("ny-state", "S", "HOT-3 S (sex offender)"),
        ("ny-state", "A", "HOT-3 A"),
        ("ncic", "Q", "HOT-3 Q"),
        ("nj-mvc", "E", "HOT-3 E (expired registration)"),
    ],
)
def test_codes_mean_what_their_source_means(layout: str, code: str, counted: str) -> None:
    """X is a sex offender nationally and a suspension in New York; what a source does not define is refused."""
    found = read(file_of(layout, *[LINES[layout](wanted(layout, code=code))] * 2))
    assert (found.rows, found.refused) == ([], {counted: 2})


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_plain_csv_may_be_parted_by_semicolons_or_tabs(delimiter: str) -> None:
    """The header tells which."""
    lines = (("plate", "state", "category"), ("KAB4821", "NY", "P"))
    (row,) = rows_of("\n".join(delimiter.join(line) for line in lines).encode())
    assert (row.plate, row.state) == ("KAB4821", "NY")


def test_another_systems_names_of_columns_are_understood() -> None:
    """A custom list names no category: it is said for the file as a whole."""
    content = (
        b"plate,state,reason,caseNumber,expiry,note\n"
        b"KAB4821,NY,Taken overnight,2026-004417,2026-12-01T12:00:00Z,Two up\n"
    )
    lacking = read(content)
    assert [problem.column for problem in lacking.problems] == ["category"]
    (row,) = rows_of(content, category=Category.STOLEN_VEHICLE)
    assert (row.category, row.case_number, row.instructions) == (
        Category.STOLEN_VEHICLE,
        "2026-004417",
        "Two up",
    )
    assert row.expires_at is not None


@pytest.mark.parametrize(
    "content", [b"plate,state,category\nKAB4821,NY,P\n", file_of("ncic", samples.ncic(Wanted()))]
)
def test_a_file_that_names_categories_takes_none_from_outside(content: bytes) -> None:
    """What the file says and what is said of it cannot part."""
    found = read(content, category=Category.AMBER_ALERT)
    assert [problem.column for problem in found.problems] == ["category"]
    assert found.rows == [] or not found.is_sound
