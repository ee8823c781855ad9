"""What the sources write in short: lists and colours. A code that is not here is shown as it stands."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from platewarden.matching.vehicles import colour_in_words
from platewarden.policy.hotlists import Category

Codes = Mapping[str, Category | str]
"""What a source's code of a list stands for: a category, or in words what no hotlist of ours may hold."""

NATIONAL: Final[Codes] = MappingProxyType(
    {
        "A": Category.AMBER_ALERT,
        "B": "stolen boat",
        "C": "supervised release",
        "F": Category.FELONY_VEHICLE,
        "H": "protection order",
        "K": "protective interest",
        "L": "violent person",
        "M": Category.MISSING_PERSON,
        "N": "immigration violator",
        "P": Category.STOLEN_PLATE,
        "R": Category.STOLEN_VEHICLE,  # Canadian, from CPIC
        "T": "gang or terrorist",
        "V": Category.STOLEN_VEHICLE,
        "W": Category.WANTED_PERSON,
        "X": "sex offender",
    }
)
"""First letter of a record number of the national extract. Its S and E are New Jersey's and mean something else."""

NEW_YORK: Final[Codes] = MappingProxyType(
    {
        "M": Category.MISSING_PERSON,
        "P": Category.STOLEN_PLATE,
        "R": Category.STOLEN_PLATE,  # Canadian
        "S": "sex offender",
        "T": "possible terrorist",
        "V": Category.STOLEN_VEHICLE,
        "W": Category.WANTED_PERSON,
        "X": Category.SUSPENDED_REGISTRATION,
        "Z": Category.SUSPENDED_OPERATOR,
    }
)

NEW_JERSEY: Final[Codes] = MappingProxyType({"E": "expired registration", "S": Category.SUSPENDED_OPERATOR})

OHIO: Final[Codes] = MappingProxyType(
    {
        **NATIONAL,
        "S": "sex offender",
        "X": Category.SUSPENDED_REGISTRATION,
        "STOLEN VEHICLE": Category.STOLEN_VEHICLE,
        "WARRANT": Category.WANTED_PERSON,
        "WARRANT SUPP": Category.WANTED_PERSON,
        "MISSING": Category.MISSING_PERSON,
        "LPR CALIBRATION RECORD": Category.CALIBRATION,
    }
)

FLORIDA: Final[Codes] = MappingProxyType(
    {
        "STOLEN VEHICLE": Category.STOLEN_VEHICLE,
        "STOLEN LICENSE PLATE": Category.STOLEN_PLATE,
        "FELONY VEHICLE": Category.FELONY_VEHICLE,
        "WANTED PERSON": Category.WANTED_PERSON,
        "MISSING PERSON": Category.MISSING_PERSON,
    }
)

_MULTIPLE: Final = "MUL/COL"
_CODE_LENGTH: Final = 3


def colour_of(code: str) -> str:
    """Return the colours that *code* names, in words; two of them with a stroke between, O written as O or as 0.

    The codes are those by which vehicles are compared (NIEM code list fbi_ncic 4.0, VCOCodeType).
    """
    plain = code.upper().replace("0", "O")
    if plain == _MULTIPLE:
        return colour_in_words("MUL")
    parts = plain.split("/")
    words = [colour_in_words(part) for part in parts if len(part) == _CODE_LENGTH]
    return "/".join(dict.fromkeys(words)) if len(words) == len(parts) and all(words) else code
