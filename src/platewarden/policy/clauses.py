"""The clauses of the adopted policy, as `policy/policy.md` words them.

The markup: ``## Chapter``, ``### ID Title``, one paragraph that is the rule, then a list of notes::

    - Kind: enforced, evidenced
    - Source: VII.A
    - Reading: how an unclear passage is read
    - Not yet built.              or   - Built in part. Missing: what is missing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from platewarden.policy.location import PolicyFileError, policy_folder


class Kind(StrEnum):
    """How a clause is kept; the strongest first."""

    ENFORCED = "enforced"
    BY_CONSTRUCTION = "by construction"
    EVIDENCED = "evidenced"
    PROCEDURAL = "procedural"


class Progress(StrEnum):
    """How far a clause is built."""

    BUILT = "built"
    IN_PART = "built in part"
    NOT_YET = "not yet built"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the policy.

    Attributes:
        id: Stable identifier, e.g. ``RET-1``.
        title: Its heading.
        chapter: The chapter it stands in.
        text: The rule, one paragraph, blanks squeezed.
        kinds: How it is kept.
        source: Where it stands in the source policy.
        reading: How an unclear passage is read; empty where none is.
        progress: How far it is built.
        missing: What a clause built in part still lacks.
    """

    id: str
    title: str
    chapter: str
    text: str
    kinds: frozenset[Kind]
    source: str
    reading: str
    progress: Progress
    missing: str

    @property
    def state(self) -> str:
        """How the clause is kept today: its strongest kind, or that it is not built."""
        if self.progress is Progress.NOT_YET:
            return Progress.NOT_YET.value
        return next(kind for kind in Kind if kind in self.kinds).value


_SECTION: Final = re.compile(r"^## (?P<chapter>.+)$|^### (?P<id>[A-Z]{3}-\d+) (?P<title>.+)$", re.MULTILINE)
_NOTE: Final = re.compile(r"^- (?P<note>.+)$", re.MULTILINE)
_IN_PART: Final = "Built in part. Missing: "


@cache
def clauses() -> tuple[Clause, ...]:
    """Return every clause of the adopted policy, in its order.

    Raises:
        PolicyFileError: ``policy.md`` is missing, or does not keep to its markup.
    """
    return parse_policy((policy_folder() / "policy.md").read_text(encoding="utf-8"))


def parse_policy(markdown: str) -> tuple[Clause, ...]:
    """Return the clauses in *markdown*, in order.

    Raises:
        PolicyFileError: A clause lacks its text or its kind, carries an unknown note, or stands twice.
    """
    found = tuple(_sections(markdown))
    ids = [clause.id for clause in found]
    if twice := {name for name in ids if ids.count(name) > 1}:
        raise PolicyFileError(f"policy.md words a clause twice: {', '.join(sorted(twice))}")
    return found


def _sections(markdown: str) -> Iterator[Clause]:
    chapter = ""
    headings = list(_SECTION.finditer(markdown))
    ends = [heading.start() for heading in headings[1:]] + [len(markdown)]
    for heading, end in zip(headings, ends, strict=True):
        if heading["chapter"]:
            chapter = heading["chapter"]
        else:
            yield _clause(heading["id"], heading["title"], chapter, markdown[heading.end() : end])


def _clause(name: str, title: str, chapter: str, body: str) -> Clause:
    text = squeeze(_NOTE.split(body, maxsplit=1)[0])
    notes = [note["note"] for note in _NOTE.finditer(body)]
    labelled = dict(
        note.split(": ", maxsplit=1) for note in notes if re.match(r"(Kind|Source|Reading): ", note)
    )
    progress, missing = _progress(name, [note for note in notes if note.split(": ")[0] not in labelled])
    if not text or "Kind" not in labelled:
        raise PolicyFileError(f"policy.md: {name} needs a paragraph of text and a line '- Kind: ...'")
    return Clause(
        id=name,
        title=title,
        chapter=chapter,
        text=text,
        kinds=_kinds(name, labelled["Kind"]),
        source=labelled.get("Source", ""),
        reading=labelled.get("Reading", ""),
        progress=progress,
        missing=missing,
    )


def _progress(name: str, notes: list[str]) -> tuple[Progress, str]:
    match notes:
        case []:
            return Progress.BUILT, ""
        case ["Not yet built."]:
            return Progress.NOT_YET, ""
        case [note] if note.startswith(_IN_PART):
            return Progress.IN_PART, note.removeprefix(_IN_PART)
    raise PolicyFileError(f"policy.md: {name} carries a note that cannot be understood: '{notes[0]}'")


def _kinds(name: str, line: str) -> frozenset[Kind]:
    try:
        return frozenset(Kind(kind.strip()) for kind in line.split(","))
    except ValueError as error:
        raise PolicyFileError(f"policy.md: {name} has an unknown kind: {error}") from error


def squeeze(text: str) -> str:
    """Return *text* on one line, its blanks squeezed."""
    return " ".join(text.split())
