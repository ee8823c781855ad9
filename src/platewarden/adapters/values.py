"""Single values as devices write them, made ours: shares, plates, states, words, ids."""

import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from platewarden.adapters.results import UnusableError
from platewarden.matching.plates import PLATE_MAX_LENGTH, PlateError, normalise

MAX_ALTERNATES: Final = 10
MAX_PLATE_TEXT: Final = 32
_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,80}")
_WORD: Final = re.compile(r"[A-Za-z0-9 .&/_'()+-]+")
_LENGTHS: Final = {"type": 24, "make": 24, "model": 32, "colour": 24}
_NOTHING: Final = frozenset({"", "unknown", "none", "null", "n/a", "other", "undefined"})

_NAMES: Final = (
    "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|"
    "DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|"
    "KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|"
    "MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|"
    "NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|"
    "SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|"
    "WV West Virginia|WI Wisconsin|WY Wyoming|PR Puerto Rico|GU Guam|AB Alberta|BC British Columbia|MB Manitoba|"
    "NB New Brunswick|NL Newfoundland and Labrador|NS Nova Scotia|NT Northwest Territories|NU Nunavut|ON Ontario|"
    "PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon"
)
_STATES: Final[Mapping[str, str]] = {
    key: entry[:2] for entry in _NAMES.split("|") for key in (entry[:2], entry[3:].upper())
}
"""Codes and names of the states of the United States and the provinces of Canada, to their two letters."""

_COUNTRIES: Final = ("US-", "USA-", "CA-", "CAN-")


def text_of(value: Any) -> str:
    """Return *value* as text without blanks around it; empty where it is no text or number."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return str(value).strip()


def plate_text(value: Any) -> str:
    """Return the plate as read; empty where the device says that it read none.

    Raises:
        UnusableError: It is no plate; the message does not repeat it.
    """
    text = text_of(value)
    if text.lower() in _NOTHING:
        return ""
    if len(text) > MAX_PLATE_TEXT or not text.isprintable():
        raise UnusableError("plate", f"is longer than {MAX_PLATE_TEXT} characters, or not printable")
    try:
        normalise(text)
    except PlateError as error:
        raise UnusableError("plate", str(error)) from error
    return text


def share(value: Any, *, of: float = 1.0, field: str = "confidence") -> float:
    """Return *value* of *of* as a share of 1; 0 where there is none.

    Raises:
        UnusableError: It is no number, or not between 0 and *of*.
    """
    text = text_of(value)
    if not text:
        return 0.0
    try:
        number = float(text)
    except ValueError as error:
        raise UnusableError(field, "is no number") from error
    if not math.isfinite(number) or not 0 <= number <= of:
        raise UnusableError(field, f"is not between 0 and {of:g}")
    return round(number / of, 6)


def number_of(value: Any) -> float | None:
    """Return *value* as a finite number, or None."""
    try:
        number = float(text_of(value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def state_of(value: Any) -> str:
    """Return the two letters of the state that *value* names, by code, name or ``us-ny``; empty where it is none."""
    text = text_of(value).upper()[:48]
    for country in _COUNTRIES:
        text = text.removeprefix(country)
    return _STATES.get(text, "")


def vehicle_of(**told: Any) -> dict[str, str]:
    """Return the vehicle's characteristics, each a few plain words; what is not known is left out."""
    vehicle = {}
    for name, value in told.items():
        text = text_of(value)
        is_word = len(text) <= _LENGTHS[name] and _WORD.fullmatch(text) is not None
        if is_word and text.lower() not in _NOTHING:
            vehicle[name] = text
    return vehicle


def alternates_of(pairs: Iterable[tuple[Any, float]], *, plate: str) -> tuple[tuple[str, float], ...]:
    """Return other readings than *plate*, canonical, best first, ten at most; what is no plate is left out."""
    found: dict[str, float] = {}
    for text, confidence in pairs:
        try:
            other = normalise(plate_text(text) or "-")
        except (UnusableError, PlateError):
            continue
        if other != normalise(plate):
            found[other] = max(confidence, found.get(other, 0.0))
    best = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(best[:MAX_ALTERNATES])


def char_shares(values: Iterable[Any], *, plate: str, of: float) -> tuple[float, ...]:
    """Return the confidence of each character of *plate*; empty where there is not one for each.

    Raises:
        UnusableError: One of them is no share.
    """
    shares = tuple(share(value, of=of, field="char_confidences") for value in values)
    return shares if len(shares) == len(normalise(plate)) <= PLATE_MAX_LENGTH else ()


def position_of(latitude: Any, longitude: Any) -> tuple[float, float] | None:
    """Return a place on earth, or None; 0, 0 is what devices without a fix send, and some send -1, -1.

    Either would place a camera in the Atlantic, and have it held to have moved (CAP-1).
    """
    north, east = number_of(latitude), number_of(longitude)
    if north is None or east is None or (north, east) in {(0.0, 0.0), (-1.0, -1.0)}:
        return None
    return (north, east) if abs(north) <= 90 and abs(east) <= 180 else None  # noqa: PLR2004 - degrees


def id_of(*parts: Any) -> str:
    """Return an id made of *parts*, at most 80 characters of the alphabet of ids; by digest where they do not fit.

    Deterministic: the same parts give the same id for ever.
    """
    text = ":".join(text_of(part) for part in parts)
    if _ID.fullmatch(text):
        return text
    maker = text_of(parts[0])
    digest = hashlib.sha256("\x00".join(text_of(part) for part in parts).encode("utf-8", "replace"))
    return f"{maker}:{digest.hexdigest()}"


def best_of(values: Any, *, by: str) -> dict[str, Any]:
    """Return the dictionary of *values* with the highest number under *by*; an empty one where there is none."""
    candidates = [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []
    return max(candidates, key=lambda value: number_of(value.get(by)) or 0.0, default={})


def branch(document: Any, *names: str) -> Any:
    """Return what lies under *names* in *document*; None where one of them is missing."""
    for name in names:
        document = document.get(name) if isinstance(document, dict) else None
    return document
