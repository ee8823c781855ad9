"""Invented lines in the layouts in which lists come; nothing here is copied from a real list."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Wanted:
    """What a line is to say; every layout can say this much."""

    plate: str = "KAB4821"
    state: str = "NY"
    code: str = "V"
    make: str = "FORD"
    colour: str = "BLK"


def ncic(wanted: Wanted, *, told: str = "") -> str:
    """A record of the national extract, with a description after its last position if one is *told*."""
    record = f"{wanted.code}100000001"
    seen = f"{wanted.plate:10}{wanted.state:2}2026PC2019{wanted.make:4}F154D{wanted.colour:7}"
    return f"{record}NY054000020260109{seen}{told}".rstrip()


def new_jersey(wanted: Wanted) -> str:
    """A record of New Jersey's list: no record number, agency or date."""
    return (
        f"{wanted.code}{'':26}{wanted.plate:10}{wanted.state:2}{'':6}2019{wanted.make:4}F1504{wanted.colour}"
    )


def texas(wanted: Wanted, *, style: str = "4D") -> str:
    """Eleven columns."""
    start = f"{wanted.code}100000001,NY0540000,20260109,{wanted.plate},{wanted.state}"
    return f"{start},2026,2019,{wanted.make},F15,{style},{wanted.colour}"


def minnesota(wanted: Wanted, *, style: str = "4D") -> str:
    """Twelve columns."""
    start = f"{wanted.code}100000001,NY0540000,20260109,{wanted.plate},{wanted.state}"
    return f"{start},2026,PC,2019,{wanted.make},F15,{style},{wanted.colour}"


def new_york(wanted: Wanted) -> str:
    """A record of New York's list."""
    return f"{wanted.plate:10}{wanted.state:2}PAS{wanted.code}{wanted.make:4}{wanted.colour}"


FLORIDA_HEADER: Final = "TYPE;ORI;AGENCY;OCA;OAN;PCN;NIC;ENTERED;UPDATED;BY;PLATE;YEAR;STATE;TYPE"


def florida(wanted: Wanted, *, agency: str = "INVENTED SHERIFF") -> str:
    """Fourteen columns, parted by semicolons; the list is named in words."""
    start = f"{wanted.code};FL0000000;{agency};26-004417;;;V100000001;2026-01-09;2026-01-10;XY"
    return f"{start};{wanted.plate};2026;{wanted.state};PC"


def ohio(wanted: Wanted, *, told: str = "") -> str:
    """A record of Ohio's documented positions; *told* is what its last field says."""
    start = f"1 {wanted.plate:10} {wanted.state:2} 07/07/2007 01/09/2026 {wanted.make:24}"
    return f"{start} F15 2019 {wanted.colour:7} {told or f'M10000001 {wanted.code}100000001'}"


def ohio_spaced(wanted: Wanted, *, told: str = "") -> str:
    """The same, parted by single blanks."""
    start = f"1 {wanted.plate} {wanted.state} 07/07/2007 01/09/2026 {wanted.make} F15 2019 {wanted.colour}"
    return f"{start} {told or f'M10000001 {wanted.code}100000001'}"
