"""Whether the vehicle seen may be the vehicle described; a disagreement is a warning to people, never a filter.

What neither word table knows is unknown, and the unknown never disagrees.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any, Final, Protocol

PARTS: Final = ("type", "make", "model", "colour")
"""What a read and an entry may both say of a vehicle."""

_TABLES: Final = ("type", "make", "colour")
_LEAST_MODEL: Final = 4
"""Characters from which a model's name is one and not a list's code for it."""


class Described(Protocol):
    """What a read and a hotlist entry both say of a vehicle; each may be empty or ``unknown``."""

    vehicle_type: str
    vehicle_make: str
    vehicle_model: str
    vehicle_colour: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One part of the description in which a read and an entry cannot both be right.

    Attributes:
        part: ``type``, ``make``, ``model`` or ``colour``.
        read: What the camera saw, in plain words where the table knows them.
        entry: What the entry describes, likewise.
    """

    part: str
    read: str
    entry: str


@dataclass(frozen=True, slots=True)
class _Table:
    """The names that each word may stand for, and pairs of names that do not disagree."""

    names: Mapping[str, frozenset[str]]
    near: frozenset[frozenset[str]]

    def find(self, text: str) -> frozenset[str]:
        """Return the names that *text* may stand for; parts of a two-tone ``BLK/WHI`` count each by itself."""
        whole = self.names.get(folded(text), frozenset())
        return whole or frozenset().union(
            *(self.names.get(folded(part), frozenset()) for part in text.split("/"))
        )

    def agree(self, first: Iterable[str], second: Iterable[str]) -> bool:
        """Whether some name of the one is, or is near, some name of the other."""
        return any(a == b or frozenset({a, b}) in self.near for a, b in product(first, second))


def disagreements(read: Described, entry: Described) -> list[Disagreement]:
    """Return where *read* and *entry* both say something known of the vehicle and cannot both be right."""
    pairs = ((part, getattr(read, f"vehicle_{part}"), getattr(entry, f"vehicle_{part}")) for part in PARTS)
    found = (
        _model(seen, told) if part == "model" else _named(part, seen, told) for part, seen, told in pairs
    )
    return [disagreement for disagreement in found if disagreement is not None]


def colour_in_words(code: str) -> str:
    """Return the plain word for the code of a colour; empty where no table knows it, or it may mean several."""
    names = _tables()["colour"].names.get(folded(code), frozenset())
    if len(names) == 1:
        return _in_words(names, code)
    return str(_told()["colour"]["no_one"].get(folded(code), ""))


def names_of(part: str) -> list[str]:
    """Return the names that *part* (``type``, ``make`` or ``colour``) may be searched by, in order."""
    return sorted({name for names in _tables()[part].names.values() for name in names})


def words_for(part: str, told: str) -> frozenset[str]:
    """Return, folded, every word a camera may have written for what *told* says of *part*.

    The word itself is among them, known or not; a model has no table.
    """
    if part not in _TABLES:
        return frozenset({folded(told)})
    table = _tables()[part]
    meant = table.find(told)
    return frozenset({folded(told)} | {word for word, names in table.names.items() if names & meant})


def _named(part: str, seen: str, described: str) -> Disagreement | None:
    table = _tables()[part]
    first, second = table.find(seen), table.find(described)
    if not first or not second or table.agree(first, second):
        return None
    return Disagreement(part, _in_words(first, seen), _in_words(second, described))


def _in_words(names: frozenset[str], text: str) -> str:
    """Return the plain word for a code that has one meaning; what was written, where it has several."""
    return next(iter(names)).replace("_", " ") if len(names) == 1 else text.strip()


def _model(seen: str, described: str) -> Disagreement | None:
    """Compare names of models: lists shorten them, so that a beginning in common is no disagreement."""
    first, second = folded(seen), folded(described)
    is_told = min(len(first), len(second)) >= _LEAST_MODEL and folded("unknown") not in {first, second}
    if not is_told or first.startswith(second) or second.startswith(first):
        return None
    return Disagreement("model", seen.strip(), described.strip())


def folded(text: str) -> str:
    """Return letters and digits of *text* in capitals, with O for 0, as some sources write it."""
    return re.sub(r"[^A-Z0-9]", "", text.upper()).replace("0", "O")


@cache
def _tables() -> Mapping[str, _Table]:
    return {part: _table(_told()[part]) for part in _TABLES}


@cache
def _told() -> Mapping[str, Any]:
    return tomllib.loads((files("platewarden.matching") / "vehicle_codes.toml").read_text(encoding="utf-8"))


def _table(told: Mapping[str, object]) -> _Table:
    words, near = told["words"], told["near"]
    assert isinstance(words, dict)
    assert isinstance(near, list)
    names: dict[str, set[str]] = {}
    for name, others in words.items():
        for word in (name, *others):
            names.setdefault(folded(word), set()).add(name)
    pairs = frozenset(frozenset(pair) for group in near for pair in product(group, group))
    return _Table({word: frozenset(found) for word, found in names.items()}, pairs)
