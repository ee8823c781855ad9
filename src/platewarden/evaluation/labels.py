"""Which plates are in which photographs: a CSV file that people wrote.

Columns, in any order: ``file`` (path below the folder of photographs), ``x1 y1 x2 y2`` (the plate's box in pixels,
after the photograph was turned upright by its EXIF orientation), ``text`` (the plate; empty where nobody can
read it, which makes the box a place that does not count), and, if known, ``state`` (two letters) and ``light``
(day, dusk, night or infrared). Other columns are left alone. A photograph with several plates has several rows.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from platewarden.evaluation.light import LIGHTS
from platewarden.matching.plates import PlateError, normalise
from platewarden.recognition.types import Box

COLUMNS: Final = ("file", "x1", "y1", "x2", "y2", "text")
MAX_FIELD: Final = 4096
"""No field of a label is longer: beyond it the file is no list of labels."""

_SIDES: Final = ("x1", "y1", "x2", "y2")


class LabelError(ValueError):
    """The labels cannot be used; the message names file, line and field, and never quotes a plate."""


@dataclass(frozen=True, slots=True)
class LabelledPlate:
    """A plate that a person read.

    Attributes:
        plate: Canonical serial: A-Z and 0-9 only.
        box_xyxy: The plate, pixels of the upright photograph.
        state: Two-letter code; empty when not known.
    """

    plate: str
    box_xyxy: Box
    state: str = ""

    @property
    def width_px(self) -> float:
        """Width of the plate in the photograph."""
        return self.box_xyxy[2] - self.box_xyxy[0]


@dataclass(slots=True)
class LabelledPhoto:
    """A photograph and what is known to be in it.

    Attributes:
        file: As the label names it.
        path: Where it lies.
        plates: The plates that a person could read, in the order of the labels.
        uncounted: Boxes of plates that nobody could read: neither finding nor missing them counts.
        light: A name in `light.LIGHTS`; empty when to be told from the picture.
    """

    file: str
    path: Path
    plates: list[LabelledPlate] = field(default_factory=list)
    uncounted: list[Box] = field(default_factory=list)
    light: str = ""


def folder_of(labels: Path) -> Path:
    """Return where the photographs of *labels* lie unless told: the folder of its name, else its own folder."""
    named = labels.with_suffix("")
    return named if named != labels and named.is_dir() else labels.parent


def load_labels(labels: Path, folder: Path | None = None) -> list[LabelledPhoto]:
    """Return the photographs that *labels* lists, in its order; *folder* as `folder_of` has it unless given.

    Raises:
        LabelError: The file cannot be read, or a column, a row or a field is not as it should be.
    """
    where = folder or folder_of(labels)
    photos: dict[str, LabelledPhoto] = {}
    try:
        with labels.open(newline="", encoding="utf-8-sig") as file:
            for number, row in _rows(csv.DictReader(file, strict=True), labels.name):
                _add(photos, row, where, at=f"{labels.name}, line {number}")
    except OSError as error:
        raise LabelError(f"{labels}: {error.strerror or error}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise LabelError(f"{labels.name}: not a CSV file in UTF-8 ({error})") from error
    if not photos:
        raise LabelError(f"{labels.name}: no row below the header; add one for each plate")
    return list(photos.values())


def _rows(reader: "csv.DictReader[str]", name: str) -> Iterable[tuple[int, dict[str, str]]]:
    """Yield the number of the line on which each row ends, and the row."""
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise LabelError(
            f"{name}, line 1: the column {missing[0]} is missing; the header must name {', '.join(COLUMNS)}"
        )
    for row in reader:
        if None in row or None in row.values():
            raise LabelError(
                f"{name}, line {reader.line_num}: not as many fields as the header has; check its commas"
            )
        yield reader.line_num, row


def _add(photos: dict[str, LabelledPhoto], row: dict[str, str], folder: Path, *, at: str) -> None:
    """Add the plate of *row* to its photograph in *photos*."""
    file = row["file"].strip()
    if not file or len(file) > MAX_FIELD:
        raise LabelError(f"{at}, field file: the name of a photograph is missing or too long")
    photo = photos.setdefault(file, LabelledPhoto(file, folder / file))
    photo.light = _light(row, photo.light, at=at)
    box, plate = _box(row, at=at), _plate(row["text"], at=at)
    if plate:
        photo.plates.append(LabelledPlate(plate, box, _state(row, at=at)))
    else:
        photo.uncounted.append(box)


def _box(row: dict[str, str], *, at: str) -> Box:
    sides = [_number(row[name], f"{at}, field {name}") for name in _SIDES]
    left, top, right, bottom = sides
    for first, last, low, high in (("x1", "x2", left, right), ("y1", "y2", top, bottom)):
        if not low < high:
            raise LabelError(f"{at}, field {last}: must be greater than {first}")
    return left, top, right, bottom


def _number(text: str, at: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) < 1e6:  # noqa: PLR2004 - also false of what is no number
        raise LabelError(f"{at}: not a number of pixels")
    return number


def _plate(text: str, *, at: str) -> str:
    if not text.strip():
        return ""
    try:
        return normalise(text)
    except PlateError as error:
        raise LabelError(f"{at}, field text: {error}") from error


def _state(row: dict[str, str], *, at: str) -> str:
    state = row.get("state", "").strip().upper()
    if state and not (len(state) == 2 and state.isascii() and state.isalpha()):  # noqa: PLR2004 - two letters
        raise LabelError(f"{at}, field state: must be two letters, or empty")
    return state


def _light(row: dict[str, str], known: str, *, at: str) -> str:
    light = row.get("light", "").strip().lower()
    if light and light not in LIGHTS:
        raise LabelError(f"{at}, field light: must be one of {', '.join(LIGHTS)}, or empty")
    if light and known and light != known:
        raise LabelError(f"{at}, field light: another light than in a row before for the same photograph")
    return light or known
