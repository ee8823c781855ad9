"""The courses as they are written: screens and questions, from the TOML files beside this module.

A file holds ``intro``, then ``[[screen]]`` tables (title, text with blank lines between paragraphs, optionally
points and the name of a picture) and ``[[question]]`` tables (ask, choices, right: the number of the right choice
counted from 1, screen: where it is taught).
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from platewarden.policy.training import Course

FOLDER = Path(__file__).parent / "courses"


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen of a course: paragraphs, points and perhaps a picture."""

    title: str
    paragraphs: tuple[str, ...]
    points: tuple[str, ...]
    picture: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question: what is asked, the choices, the place of the right one (from 0), the screen that teaches it."""

    ask: str
    choices: tuple[str, ...]
    right: int
    screen: int


@dataclass(frozen=True, slots=True)
class Material:
    """One course as written; its edition changes with every character of it."""

    course: Course
    edition: str
    intro: str
    screens: tuple[Screen, ...]
    questions: tuple[Question, ...]

    @property
    def minutes(self) -> int:
        """About how long it takes to read and answer: 200 words a minute, half a minute a question."""
        words = sum(len(f"{' '.join(s.paragraphs)} {' '.join(s.points)}".split()) for s in self.screens)
        return max(5, round(words / 200 + len(self.questions) / 2))


@cache
def material_of(course: Course) -> Material:
    """Return the screens and questions of *course*."""
    content = (FOLDER / f"{course.value}.toml").read_bytes()
    tables = tomllib.loads(content.decode())
    return Material(
        course=course,
        edition=sha256(content).hexdigest()[:16],
        intro=tables["intro"].strip(),
        screens=tuple(_screen(table) for table in tables["screen"]),
        questions=tuple(_question(table) for table in tables["question"]),
    )


def _screen(table: dict[str, Any]) -> Screen:
    paragraphs = tuple(" ".join(part.split()) for part in table["text"].strip().split("\n\n"))
    return Screen(table["title"], paragraphs, tuple(table.get("points", ())), table.get("picture", ""))


def _question(table: dict[str, Any]) -> Question:
    return Question(table["ask"], tuple(table["choices"]), table["right"] - 1, table["screen"] - 1)
