"""Where each clause is kept in the code and which tests prove it, as the list of clauses says.

The list is generated from the checkout (`traceability`) and goes into the package: an installation has no tests
beside it, and can say all the same which there were.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

_PACKAGE: Final = Path(__file__).parent
_SECTION: Final = re.compile(r"^## ([A-Z]{3}-\d+) ", re.MULTILINE)
_PLACE: Final = re.compile(r"^- (Code|Test): `([^`]+)` `([^`]*)`$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Traced:
    """Where one clause is kept: code that quotes it and tests marked with it, as ``path: name``."""

    code: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


@cache
def traces() -> Mapping[str, Traced]:
    """Return where every clause is kept, by its id; empty when the list did not come with the installation."""
    for page in (_PACKAGE / "traceability.md", _PACKAGE.parents[2] / "docs/reference/policy-traceability.md"):
        if page.is_file():
            return read_traces(page.read_text(encoding="utf-8"))
    return MappingProxyType({})


def read_traces(markdown: str) -> Mapping[str, Traced]:
    """Return where every clause is kept as the generated list *markdown* says."""
    parts = _SECTION.split(markdown)
    return MappingProxyType(
        {name: _traced(text) for name, text in zip(parts[1::2], parts[2::2], strict=True)}
    )


def _traced(text: str) -> Traced:
    found = [(kind, f"{path}: {name}" if name else path) for kind, path, name in _PLACE.findall(text)]
    code = tuple(place for kind, place in found if kind == "Code")
    return Traced(code, tuple(place for kind, place in found if kind == "Test"))
