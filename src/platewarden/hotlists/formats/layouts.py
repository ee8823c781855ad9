"""The layouts in which lists come, as data: where each value stands, what the codes mean, and who says so.

No official description is public. Each layout names what it was learnt from; a preview shows how a file is
understood before anything of it is loaded.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from platewarden.hotlists.formats.codes import FLORIDA, NATIONAL, NEW_JERSEY, NEW_YORK, OHIO, Codes

_PARSERS: Final = "parsers of openalpr_hotlist_import on GitHub"


Place = slice | int
"""Where a value stands: from where to where in a line of fixed positions (0-based, end excluded), or which column."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout without column names.

    Attributes:
        name: What the command line and a snapshot call it.
        title: What people call it.
        source: What it was learnt from.
        record: Shape of a line that is an entry; what no entry looks like is a header, a trailer or a fault.
        values: Where the values of `Given` stand; what is not named is empty.
        remarks: What else is told with an entry: a label each, and where it stands.
        codes: What the values of `category` mean.
        category: What of the value at `values["category"]` is the code: the last group that takes part;
            None for all of it.
        delimiter: What parts the columns; empty for fixed positions.
        columns: How many columns a line has; 0 for as many as the first line has.
        rest: Whether the last column takes the rest of the line, delimiters included.
        always_headed: Whether the first line is a header whatever it looks like.
        writes_o_as_0: Whether the source writes the letter O as the digit 0, in plates as elsewhere.
    """

    name: str
    title: str
    source: str
    record: re.Pattern[str]
    values: Mapping[str, Place]
    codes: Codes
    remarks: Mapping[str, Place] = field(default_factory=dict)
    category: re.Pattern[str] | None = None
    delimiter: str = ""
    columns: int = 1
    rest: bool = False
    always_headed: bool = False
    writes_o_as_0: bool = True


_NATIONAL_FIXED: Final[Mapping[str, Place]] = {
    "category": slice(0, 1),
    "plate": slice(27, 37),
    "state": slice(37, 39),
    "make": slice(49, 53),
    "model": slice(53, 56),
    "colour": slice(58, 65),
    "reason": slice(65, None),
}

NCIC: Final = Layout(
    name="ncic",
    title="National extract, fixed positions (VEHEXTRT.txt)",
    source=f"ncic.py and mi_state.py of the {_PARSERS}; positions checked on their samples",
    record=re.compile(r"[A-Z][A-Z0-9]{9}[A-Z0-9 ]{9}(?:\d{8}| {8}).{10}[A-Z0-9 ]{2}.*"),
    values=_NATIONAL_FIXED,
    remarks={
        "record": slice(0, 10),
        "ORI": slice(10, 19),
        "entered": slice(19, 27),
        "vehicle year": slice(45, 49),
        "style": slice(56, 58),
    },
    codes=NATIONAL,
)

NEW_JERSEY_MVC: Final = Layout(
    name="nj-mvc",
    title="New Jersey: expired and suspended, positions of the national extract",
    source=f"nj_mvc.py of the {_PARSERS}",
    record=re.compile(r"[A-Z] {26}.{10}[A-Z0-9 ]{2}.*"),
    values=_NATIONAL_FIXED,
    remarks={"vehicle year": slice(45, 49)},
    codes=NEW_JERSEY,
)

_FIRST_LETTER: Final = re.compile(r"([A-Z])")

_TEXAS: Final[Mapping[str, Place]] = {
    "category": 0,
    "plate": 3,
    "state": 4,
    "make": 7,
    "model": 8,
    "colour": 10,
}

TEXAS_NCIC: Final = Layout(
    name="tx-ncic",
    title="National extract, eleven columns (Texas)",
    source=f"tx_ncic.py of the {_PARSERS}",
    record=re.compile(r"[A-Z][A-Z0-9]{9},[^,]*,\d*,[^,]{0,32},[A-Z0-9 ]{0,2}(?:,[^,]*){6}"),
    values=_TEXAS,
    remarks={
        "record": 0,
        "ORI": 1,
        "entered": 2,
        "vehicle year": 6,
        "style": 9,
    },
    codes=NATIONAL,
    category=_FIRST_LETTER,
    delimiter=",",
    columns=11,
)

MINNESOTA_NCIC: Final = Layout(
    name="mn-ncic",
    title="National extract, twelve columns (Minnesota)",
    source=f"mn_ncic.py of the {_PARSERS}; its columns counted on its sample",
    record=re.compile(r"[A-Z][A-Z0-9]{9},[^,]*,\d*,[^,]{0,32},[A-Z0-9 ]{0,2}(?:,[^,]*){7}"),
    values={**_TEXAS, "make": 8, "model": 9, "colour": 11},
    remarks={
        "record": 0,
        "ORI": 1,
        "entered": 2,
        "vehicle year": 7,
        "style": 10,
    },
    codes=NATIONAL,
    category=_FIRST_LETTER,
    delimiter=",",
    columns=12,
)

NEW_YORK_STATE: Final = Layout(
    name="ny-state",
    title="New York State (LPRinfo.zip)",
    source=f"ny_state.py of the {_PARSERS}; positions checked on its sample",
    record=re.compile(r"[A-Z0-9][A-Z0-9 -]{9}[A-Z0-9 ]{2}[A-Z0-9 ]{3}[A-Z].*"),
    values={
        "plate": slice(0, 10),
        "state": slice(10, 12),
        "category": slice(15, 16),
        "make": slice(16, 20),
        "colour": slice(20, None),
    },
    remarks={"registration class": slice(12, 15)},
    codes=NEW_YORK,
    writes_o_as_0=False,
)

FLORIDA_STATE: Final = Layout(
    name="fl-state",
    title="Semicolons, with agency and case number (Florida)",
    source=f"fl_state.py of the {_PARSERS}",
    record=re.compile(r"[A-Z][A-Z ]*;(?:[^;]*;){9}[^;]{0,32};[^;]*;[A-Z0-9 ]{0,2}(?:;[^;]*)*"),
    values={
        "category": 0,
        "case_number": 3,
        "plate": 10,
        "state": 12,
    },
    remarks={"ORI": 1, "agency": 2, "record": 6},
    codes=FLORIDA,
    delimiter=";",
    columns=0,
    always_headed=True,
    writes_o_as_0=False,
)

_LEADS_CATEGORY: Final = re.compile(r"0H (.+)|\S+ ([A-Z])\S*")

OHIO_LEADS: Final = Layout(
    name="oh-leads",
    title="Ohio LEADS, fixed positions",
    source=f"record layout quoted in oh_leads.py of the {_PARSERS}; no sample of it was seen",
    record=re.compile(r"\d [^,;]{10} [A-Z0-9 ]{2} .{10} .{10} .{24} .{3} .{4} .{7} \S.*"),
    values={
        "plate": slice(2, 12),
        "state": slice(13, 15),
        "make": slice(38, 62),
        "model": slice(63, 66),
        "colour": slice(72, 79),
        "category": slice(80, 180),
    },
    remarks={"record": slice(80, 180), "entered": slice(27, 37), "vehicle year": slice(67, 71)},
    codes=OHIO,
    category=_LEADS_CATEGORY,
)

OHIO_LEADS_SPACED: Final = Layout(
    name="oh-leads-spaced",
    title="Ohio LEADS, parted by blanks",
    source=f"sample in oh_leads.py of the {_PARSERS}",
    record=re.compile(r"\d \S{1,10} [A-Z0-9]{2} [\d/]{10} [\d/]{10}(?: \S+){4} \S.*"),
    values={
        "plate": 1,
        "state": 2,
        "make": 5,
        "model": 6,
        "colour": 8,
        "category": 9,
    },
    remarks={"record": 9, "entered": 4, "vehicle year": 7},
    codes=OHIO,
    category=_LEADS_CATEGORY,
    delimiter=" ",
    columns=10,
    rest=True,
)

LAYOUTS: Final[Mapping[str, Layout]] = MappingProxyType(
    {
        layout.name: layout
        for layout in (
            NCIC,
            NEW_JERSEY_MVC,
            TEXAS_NCIC,
            MINNESOTA_NCIC,
            NEW_YORK_STATE,
            FLORIDA_STATE,
            OHIO_LEADS,
            OHIO_LEADS_SPACED,
        )
    }
)
"""Every layout without column names, by name."""

CSV: Final = "csv"
"""Name of the plain layout, whose header names its columns."""

NAMES: Final = (CSV, *LAYOUTS)


def title_of(name: str) -> str:
    """Return what people call the layout *name*."""
    return LAYOUTS[name].title if name in LAYOUTS else "Plain CSV with column names"
