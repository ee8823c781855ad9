"""Plate designs as data: what each state's plate looks like and how its serials are composed.

The colours, words and patterns are facts about the plates in use, simplified: a design here is meant to be
recognised and read as its state's, not to pass for it.
"""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from platewarden.rendering.glyphs import Die

CLEAR_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
"""Letters that most states issue: without I, O and Q, which are taken for figures."""

_PLAIN: Final = Die()
_PLACES: Final = {"A": "[A-Z]", "9": "[0-9]"}
_MARKS = re.compile(r"[^A-Z0-9]")


@dataclass(frozen=True, slots=True)
class Design:
    """One plate design.

    Attributes:
        key: How code names it, `ny-excelsior`.
        state: Two-letter postal code.
        name: Words at the top.
        ground: Colour of the plate, `#rrggbb`; `foot` is the colour it runs into at the bottom, if another.
        ink: Colour of the serial.
        patterns: Serials the state issues: `A` a letter, `9` a figure, `-` a dash, `.` a dot, `*` the state's
            symbol, a blank a gap; the commonest first.
        slogan: Words at the bottom.
        name_ink: Colour of the name; the serial's if empty. `slogan_ink` likewise.
        band: Colour of a band across the top; none if empty. `foot_band` likewise at the bottom;
            `rule` is a line under the upper band.
        script: Whether the name leans, as handwriting does.
        scenery: What is painted faintly behind the serial: `hills`, `waves`, `rays`, `fade`, or nothing.
        scenery_ink: Its colour.
        symbol: What `*` draws: `star`, `disc`, `diamond` or `fruit`.
        symbol_ink: Its colour; the serial's if empty.
        stickers: Whether the month and year are stuck on the upper corners.
        letters: Letters that are issued.
        die: The characters.
    """

    key: str
    state: str
    name: str
    ground: str
    ink: str
    patterns: tuple[str, ...]
    slogan: str = ""
    foot: str = ""
    name_ink: str = ""
    slogan_ink: str = ""
    band: str = ""
    foot_band: str = ""
    rule: str = ""
    script: bool = False
    scenery: str = ""
    scenery_ink: str = "#9fb4c8"
    symbol: str = "disc"
    symbol_ink: str = ""
    stickers: bool = False
    letters: str = CLEAR_LETTERS
    die: Die = _PLAIN

    def spaced(self, serial: str) -> str:
        """Return *serial* with the marks that this design puts between its groups.

        A serial of no pattern, such as a personal one, keeps the marks it was given with.
        """
        bare = _MARKS.sub("", serial)
        for pattern in self.patterns:
            places = "".join(_PLACES.get(mark, "") for mark in pattern)
            if re.fullmatch(places, bare):
                characters = iter(bare)
                return "".join(next(characters) if mark in _PLACES else mark for mark in pattern)
        return serial


def random_serial(design: Design, rng: np.random.Generator) -> str:
    """Return a serial of one of the patterns of *design*, without marks: A-Z and 0-9 only."""
    weights = np.array([3.0, *([1.0] * (len(design.patterns) - 1))])
    pattern = design.patterns[int(rng.choice(len(weights), p=weights / weights.sum()))]
    pools = {"A": design.letters, "9": "0123456789"}
    return "".join(pools[mark][int(rng.integers(len(pools[mark])))] for mark in pattern if mark in pools)


_OVAL: Final = Die(width=0.5, radius=0.34)
_SQUARE: Final = Die(width=0.49, radius=0.15, weight=0.115)
_NARROW: Final = Die(width=0.45, radius=0.2, weight=0.115)
_ALIKE: Final = Die(width=0.5, radius=0.28, zero_width=1.0)
_SLASHED: Final = Die(width=0.48, radius=0.2, slashed_zero=True)
_FLAT: Final = Die(width=0.5, radius=0.22, flat_three=True, foot_one=True)
_BLUE, _NAVY, _GREEN, _RED, _BLACK = "#1d3f8f", "#16265c", "#11573a", "#b3202c", "#1d1d20"

DESIGNS: Final[tuple[Design, ...]] = (
    Design("ny-excelsior", "NY", "NEW YORK", "#f6f5ef", _NAVY, ("AAA-9999",), "EXCELSIOR", name_ink="#f6f5ef",
           band=_NAVY, rule="#d9a52e", slogan_ink=_NAVY, foot="#e9dcae", scenery="hills",
           scenery_ink="#8fb2d6", die=_NARROW),
    Design("ny-gold", "NY", "NEW YORK", "#f0ae2c", "#14204a", ("AAA-9999",), "EMPIRE STATE", name_ink="#f0ae2c",
           band="#14204a", foot_band="#14204a", slogan_ink="#f0ae2c", die=_NARROW),
    Design("ny-blue-white", "NY", "NEW YORK", "#f1f3f6", "#1a2f73", ("AAA-9999",), "EMPIRE STATE",
           name_ink="#f1f3f6", band="#23459b", foot_band="#23459b", slogan_ink="#f1f3f6", die=_NARROW),
    Design("pa", "PA", "PENNSYLVANIA", "#f3f4f6", _NAVY, ("AAA-9999",), "visitPA.com", name_ink="#f3f4f6",
           band="#1f3f94", foot_band="#f3c433", slogan_ink=_NAVY),
    Design("nj", "NJ", "NEW JERSEY", "#f4e7a0", _BLACK, ("A99-AAA", "AAA-99A"), "GARDEN STATE", foot="#f7f3dd"),
    Design("ct", "CT", "CONNECTICUT", "#a9c8e6", _NAVY, ("AA.99999", "999-AAA"), "CONSTITUTION STATE",
           foot="#eef4fa"),
    Design("ma", "MA", "Massachusetts", "#f4f4f2", "#a81f2b", ("9AAA99", "999-AA9"), "The Spirit of America",
           name_ink=_BLUE, slogan_ink=_BLUE, die=_OVAL),
    Design("vt", "VT", "VERMONT", _GREEN, "#f0f4ee", ("AAA 999",), "GREEN MOUNTAIN STATE", die=_OVAL),
    Design("nh", "NH", "NEW HAMPSHIRE", "#e8efe6", "#17633f", ("999 9999",), "LIVE FREE OR DIE",
           scenery="hills", scenery_ink="#a9c5a2", die=_ALIKE),
    Design("me", "ME", "MAINE", "#edf1ee", _BLACK, ("9999 AA", "999-AAA"), "VACATIONLAND", scenery="hills",
           scenery_ink="#b6cbb6"),
    Design("ri", "RI", "RHODE ISLAND", "#f2f4f7", _NAVY, ("9AA 999", "AA-999"), "OCEAN STATE", scenery="waves",
           scenery_ink="#9bbbe0"),
    Design("de", "DE", "DELAWARE", "#1d2d63", "#e4b53c", ("999999",), "THE FIRST STATE", die=_SQUARE),
    Design("oh", "OH", "OHIO", "#eef2f4", "#1d2f6a", ("AAA 9999",), "BIRTHPLACE OF AVIATION", name_ink=_RED,
           scenery="hills", scenery_ink="#a8c4a0", stickers=True),
    Design("fl", "FL", "FLORIDA", "#f2f5ee", "#12613d", ("AAA*A99", "99A*AAA"), "SUNSHINE STATE", symbol="fruit",
           symbol_ink="#ee8a1d", stickers=True),
    Design("tx", "TX", "TEXAS", "#f3f3f2", _BLACK, ("AAA*9999",), "THE LONE STAR STATE", symbol="star"),
    Design("ca", "CA", "California", "#f5f5f3", _BLUE, ("9AAA999",), "dmv.ca.gov", name_ink="#c3242f", script=True,
           stickers=True),
    Design("il", "IL", "ILLINOIS", "#eef3f8", "#b1202d", ("AA 99999", "AAA 9999"), "LAND OF LINCOLN",
           name_ink=_BLUE, slogan_ink=_BLUE, scenery="fade", scenery_ink="#9dc0e3", stickers=True),
    Design("mi", "MI", "MICHIGAN", "#f4f5f6", _NAVY, ("AAA 9999", "9AAA99"), "PURE MICHIGAN", name_ink="#f4f5f6",
           band="#2b5fa8", die=_SLASHED, stickers=True),
    Design("va", "VA", "VIRGINIA", "#f4f5f6", "#20356e", ("AAA-9999",), "VIRGINIA IS FOR LOVERS", stickers=True,
           slogan_ink="#a8323b", die=_SQUARE),
    Design("md", "MD", "MARYLAND", "#f4f3ee", _BLACK, ("9AA9999", "AAA 999"), "MARYLAND.GOV", scenery="rays",
           scenery_ink="#e2a69b", die=_SQUARE),
    Design("nc", "NC", "NORTH CAROLINA", "#eef2f6", "#1c3679", ("AAA-9999",), "FIRST IN FLIGHT", name_ink=_RED,
           scenery="waves", scenery_ink="#b9cfe4", stickers=True),
    Design("ga", "GA", "GEORGIA", "#f5f5f0", "#22262d", ("AAA*9999",), "PEACH STATE", symbol="fruit",
           symbol_ink="#ee9a63", scenery="hills", scenery_ink="#cfe0c2"),
    Design("sc", "SC", "SOUTH CAROLINA", "#eef3f8", _NAVY, ("AAA 999", "999*9AA"), "WHILE I BREATHE I HOPE",
           scenery="fade", scenery_ink="#a5c6e8"),
    Design("wa", "WA", "WASHINGTON", "#eff4f7", _NAVY, ("AAA9999", "999-AAA"), "EVERGREEN STATE", name_ink=_RED,
           scenery="hills", scenery_ink="#b3cbe2", stickers=True),
    Design("co", "CO", "COLORADO", "#eff3f0", "#1a5a3c", ("AAA-A99", "999-AAA"), scenery="hills",
           scenery_ink="#8fb79f", name_ink="#1a5a3c"),
    Design("az", "AZ", "ARIZONA", "#f1ddc0", "#17594f", ("AAA9999",), "GRAND CANYON STATE", scenery="rays",
           scenery_ink="#e4a469"),
    Design("nv", "NV", "NEVADA", "#e9eef4", "#1f3b7a", ("999-A99", "999.AAA"), "THE SILVER STATE", scenery="hills",
           scenery_ink="#d8b48c"),
    Design("mn", "MN", "MINNESOTA", "#e8f1f6", "#20305f", ("AAA-999", "999-AAA"), "10,000 LAKES", scenery="waves",
           scenery_ink="#8fc0da", die=_FLAT, stickers=True),
    Design("wi", "WI", "WISCONSIN", "#f4f4f3", _BLACK, ("AAA-9999", "999-AAA"), "AMERICA'S DAIRYLAND",
           name_ink=_RED, slogan_ink=_RED, stickers=True),
    Design("in", "IN", "INDIANA", "#f0f3f8", "#1b2f6a", ("999AAA",), "CROSSROADS OF AMERICA", scenery="fade",
           scenery_ink="#9eb6dd", stickers=True),
    Design("tn", "TN", "TENNESSEE", "#1d3566", "#f1f2f3", ("AAA 9999",), "THE VOLUNTEER STATE"),
    Design("ky", "KY", "KENTUCKY", "#eaf1f7", "#1f3a7d", ("AAA 999", "A9A999"), "BLUEGRASS STATE",
           scenery="hills", scenery_ink="#a5bfe0", stickers=True),
    Design("la", "LA", "Louisiana", "#f3f4f1", "#1d3c7f", ("999 AAA",), "SPORTSMAN'S PARADISE", script=True,
           name_ink="#a92634", stickers=True),
    Design("nm", "NM", "NEW MEXICO", "#f2cb3f", "#a52a26", ("AAA-999", "AAA*A99"), "LAND OF ENCHANTMENT",
           symbol="diamond"),
)  # fmt: skip
"""Every design, New York's first."""


def design_for(key: str) -> Design:
    """Return the design of that key, or of that state (its first).

    Raises:
        KeyError: No design has the key or the state.
    """
    wanted = key.lower()
    for design in DESIGNS:
        if wanted in (design.key, design.state.lower()):
            return design
    known = ", ".join(design.key for design in DESIGNS)
    raise KeyError(f"no plate design is called {key!r}; there are {known}")
