"""States of registration named on pictures of single plates, as they are and 100 pixels wide.

    python -m benchmarks.states [LABELS.csv] [--photos FOLDER] [--limit N] [--widths 0 100]

For plates that were cut out before, which `platewarden evaluate` cannot take: it wants photographs. The columns
file and state are needed.
The pictures that are looked for unless others are named are for measuring only.
"""

import argparse
import csv
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from platewarden.evaluation.report import share_text, table
from platewarden.evaluation.shares import Share
from platewarden.recognition.images import load_image
from platewarden.recognition.state_reader import StateReader
from platewarden.recognition.types import Frame

LABELS: Final = Path(__file__).resolve().parents[2] / "shared" / "data" / "us-dev" / "us-crops.csv"


def labelled(labels: Path, folder: Path) -> Iterator[tuple[Frame, str, str]]:
    """Yield each plate, the state it is of and its file."""
    with labels.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield load_image(folder / row["file"]), row["state"], row["file"]


def reduced(plate: Frame, width_px: int) -> Frame:
    """Return *plate* so wide; as it is where it is no wider, or *width_px* is 0."""
    height, width = plate.shape[:2]
    if not width_px or width <= width_px:
        return plate
    size = width_px, max(2, round(height * width_px / width))
    return np.asarray(cv2.resize(plate, size, interpolation=cv2.INTER_AREA), np.uint8)


def row(plates: Sequence[tuple[Frame, str, str]], width_px: int, reader: StateReader) -> list[str]:
    """Return the figures at one width, and name the plates whose state is wrong."""
    began = time.process_time()
    guesses = [(reader.read(reduced(plate, width_px)).code, state, file) for plate, state, file in plates]
    ms = (time.process_time() - began) * 1000 / len(plates)
    given = [(code, state, file) for code, state, file in guesses if code]
    for code, state, file in given:
        if code != state:
            print(f"{width_px or 'own width'}: {file}: {state} taken for {code}", flush=True)
    right = sum(code == state for code, state, _ in given)
    shares = share_text(Share(len(given), len(plates))), share_text(Share(right, len(given)))
    return [str(width_px or "own"), str(len(plates)), *shares, f"{ms:.0f}"]


def main() -> None:
    """Read the plates at each width and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labels", type=Path, nargs="?", default=LABELS)
    parser.add_argument(
        "--photos", type=Path, help="folder of the pictures; otherwise the one named like the labels"
    )
    parser.add_argument("--limit", type=int, help="only the first N pictures")
    parser.add_argument("--widths", type=int, nargs="+", default=[0, 100], help="pixels; 0: as they are")
    options = parser.parse_args()
    if not options.labels.is_file():
        parser.error(f"no labels at {options.labels}: name a file")
    folder = options.photos or options.labels.with_suffix("")
    plates = list(labelled(options.labels, folder))[: options.limit]
    reader = StateReader(threads=1)
    rows = [["width", "plates", "state given", "right when given", "processor ms a plate"]]
    rows += [row(plates, width, reader) for width in options.widths]
    print(f"share [95 % Wilson interval]\n\n{table(rows)}")


if __name__ == "__main__":
    main()
