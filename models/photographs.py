"""The labelled photographs that training may use; sets for measuring only are not within reach here."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).resolve().parents[2] / "shared" / "data"

TRAINING_SETS: Final = frozenset(
    {"us_photos", "us_plate_crops", "world_photos_a", "world_photos_b", "street_illegible"}
)
"""Sets whose terms allow training. Any other name is refused, `us-dev` above all."""


class NotForTrainingError(ValueError):
    """The set is for measuring only, or unknown."""


@dataclass(frozen=True, slots=True)
class LabelledPlate:
    """One plate of a photograph: the file, its box (xyxy, pixels), serial and state where known, and the split."""

    file: Path
    box: tuple[float, float, float, float]
    text: str
    state: str
    split: str


def labelled(name: str, *, split: str | None = None) -> list[LabelledPlate]:
    """Return the plates of the set *name*, those of *split* ("train" or "val") only if given.

    Raises:
        NotForTrainingError: The set may not be trained on.
    """
    if name not in TRAINING_SETS:
        raise NotForTrainingError(
            f"{name} is not among the sets that may be trained on: {', '.join(sorted(TRAINING_SETS))}"
        )
    with (DATA / name / "labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    found = [
        LabelledPlate(
            DATA / name / row["file"], (float(row["x1"]), float(row["y1"]), float(row["x2"]), float(row["y2"])),
            row["text"], row["state"], row["split"],
        )
        for row in rows
    ]  # fmt: skip
    return [plate for plate in found if split in (None, plate.split)]
