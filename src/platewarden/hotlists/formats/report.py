"""What a file holds, or why it is refused, line by line; it does not grow with a stranger's file."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from platewarden.policy.hotlists import Category

MAX_PROBLEMS: Final = 100
MAX_REFUSED_CODES: Final = 50
MAX_NOTES: Final = 20


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong with one line; `line` counts from 1, 0 is the file as a whole."""

    line: int
    column: str
    message: str


@dataclass(slots=True)
class Report:
    """What was found in a file so far.

    Attributes:
        layout: Name of the layout in which it is read; empty while that is not known.
        lines: Lines looked at, entries or not.
        accepted: Entries to load, by category, repeated ones included until they are taken away.
        repeated: Lines that say the same as an earlier one, letter for letter; they are loaded once.
        problems: The first hundred bad lines.
        problem_count: How many there are in all.
        refused: Lines left out, counted by clause and category as the file gives it. Beyond the first
            fifty categories they are counted together.
        first_refused: The line in which each of these occurs first.
        notes: What else a person should know, e.g. which line was taken for a header.
    """

    layout: str = ""
    lines: int = 0
    accepted: Counter[Category] = field(default_factory=Counter)
    repeated: int = 0
    problems: list[LineProblem] = field(default_factory=list)
    problem_count: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    first_refused: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether the file may be loaded."""
        return self.problem_count == 0

    @property
    def accepted_count(self) -> int:
        """How many entries would be loaded."""
        return self.accepted.total() - self.repeated

    def add_problem(self, line: int, column: str, message: str) -> None:
        """Note what is wrong with *line*."""
        self.problem_count += 1
        if len(self.problems) < MAX_PROBLEMS:
            named = "".join(char if char.isprintable() else "?" for char in column[:40])
            self.problems.append(LineProblem(line, named, message))

    def add_refused(self, clause: str, code: str, line: int) -> None:
        """Count a line that is left out because of its category, its wording, or because it names no plate."""
        key = f"{clause} {code}".strip()
        if key not in self.refused and len(self.refused) >= MAX_REFUSED_CODES:
            key = f"{clause} other categories"
        self.refused[key] += 1
        self.first_refused.setdefault(key, line)

    def add_note(self, text: str) -> None:
        """Note what a person should know of the file."""
        if len(self.notes) < MAX_NOTES:
            self.notes.append(text)

    @property
    def left_out(self) -> list[tuple[str, int]]:
        """What was left out, by clause and category, and how many lines of each, the most first."""
        return self.refused.most_common()

    @property
    def left_out_count(self) -> int:
        """How many lines were left out."""
        return self.refused.total()

    @property
    def accepted_by_category(self) -> dict[Category, int]:
        """How many entries each category has, the largest first."""
        return dict(self.accepted.most_common())

    def as_json(self) -> dict[str, Any]:
        """Return the report as it is kept beside a file under way; it names lines, never plates."""
        return {
            "layout": self.layout,
            "lines": self.lines,
            "accepted": dict(self.accepted),
            "repeated": self.repeated,
            "problems": [[problem.line, problem.column, problem.message] for problem in self.problems],
            "problem_count": self.problem_count,
            "refused": dict(self.refused),
            "first_refused": self.first_refused,
            "notes": self.notes,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Report":
        """Return the report that `as_json` gave."""
        return cls(
            **{
                **kept,
                "accepted": Counter({Category(code): count for code, count in kept["accepted"].items()}),
                "problems": [LineProblem(*problem) for problem in kept["problems"]],
                "refused": Counter(kept["refused"]),
            }
        )
