"""What a file holds, or why it is refused, line by line."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from platewarden.hotlists.formats.rows import Row
from platewarden.policy.hotlists import Category

MAX_PROBLEMS: Final = 100
MAX_REFUSED_CODES: Final = 50


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong with one line; `line` counts from 1 with the header, 0 is the file as a whole."""

    line: int
    column: str
    message: str


@dataclass(slots=True)
class Report:
    """What a file holds, or why it is refused.

    Attributes:
        rows: Entries to load, in the file's order; meaningless when there are problems.
        repeated: Lines that say the same as an earlier one, letter for letter; they are loaded once.
        problems: The first hundred bad lines.
        problem_count: How many there are in all.
        refused: Lines left out, counted by clause and category as the file gives it. Beyond the first
            fifty categories they are counted together: the report must not grow with a stranger's file.
    """

    rows: dict[Row, None] = field(default_factory=dict)
    repeated: int = 0
    problems: list[LineProblem] = field(default_factory=list)
    problem_count: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def is_sound(self) -> bool:
        """Whether the file may be loaded."""
        return self.problem_count == 0

    def add_problem(self, line: int, column: str, message: str) -> None:
        """Note what is wrong with *line*."""
        self.problem_count += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(LineProblem(line, column, message))

    def add_refused(self, clause: str, code: str) -> None:
        """Count a line that is left out because of its category or its wording."""
        key = f"{clause} {code}"
        if key not in self.refused and len(self.refused) >= MAX_REFUSED_CODES:
            key = f"{clause} other categories"
        self.refused[key] += 1

    def add_row(self, row: Row) -> None:
        """Take *row* in, unless an earlier line said the same."""
        if row in self.rows:
            self.repeated += 1
        else:
            self.rows[row] = None

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
        """How many rows each category has, the largest first."""
        return dict(Counter(row.category for row in self.rows).most_common())
