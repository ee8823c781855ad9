"""New York's designs and classes told on rendered plates, at several widths and worn.

    python -m benchmarks.designs [--plates N] [--widths 240 160 120 100]

Rendered plates are easier than photographs: the figures say what is told when words and ground are plain, and that
nothing else is taken for a design. Worn plates are those of 90 pixels and more of the training of the reader.
"""

import argparse
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from benchmarks.states import reduced
from models.wear import worn
from platewarden.evaluation.report import share_text, table
from platewarden.evaluation.shares import Share
from platewarden.recognition.state_reader import StateReader
from platewarden.recognition.types import Frame
from platewarden.rendering.designs import DESIGNS, Design, design_for, random_serial
from platewarden.rendering.plates import render_plate

CLASSES: Final = {"ny-taxi": "TAXI", "ny-commercial": "COMMERCIAL", "ny-official": "OFFICIAL"}
WORN_FROM_PX: Final = 90


def designs() -> Iterator[tuple[str, Design]]:
    """Yield New York's designs and classes by the name that should be told, and the other states' with none."""
    for key in ("ny-excelsior", "ny-gold", "ny-blue-white"):
        yield key, design_for(key)
    for key, word in CLASSES.items():
        yield key, replace(design_for("ny-blue-white"), slogan=word)
    yield from (("", design) for design in DESIGNS if design.state != "NY")


def pictures(design: Design, count: int, width_px: int) -> Iterator[Frame]:
    """Yield *count* plates of *design* so wide; worn at widths of their own if *width_px* is 0."""
    numbers = np.random.default_rng(len(design.slogan))
    wear = random.Random(len(design.slogan))
    while count:
        plate = render_plate(random_serial(design, numbers), design, numbers).image
        picture = reduced(plate, width_px) if width_px else worn(plate, wear)
        if width_px or picture.shape[1] >= WORN_FROM_PX:
            count -= 1
            yield picture


def row(reader: StateReader, key: str, among: list[Design], count: int, width_px: int) -> list[str]:
    """Return how often a design was told of plates of *key*, and how often it was the right one."""
    told = [reader.read(picture).design for design in among for picture in pictures(design, count, width_px)]
    given = [design for design in told if design]
    right = Share(sum(design == key for design in given), len(given))
    cells = share_text(Share(len(given), len(told))), share_text(right) if given else "none told"
    return [str(width_px or "worn"), key or "other states", str(len(told)), *cells]


def main() -> None:
    """Render, read, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--plates", type=int, default=20, help="of each design of New York; of others a fifth"
    )
    parser.add_argument(
        "--widths", type=int, nargs="+", default=[240, 160, 120, 100, 0], help="pixels; 0: worn"
    )
    options = parser.parse_args()
    reader = StateReader(threads=1)
    rows = [["width", "design", "plates", "design told", "right when told"]]
    wanted = list(designs())
    for width in options.widths:
        for key in dict.fromkeys(key for key, _ in wanted):
            among = [design for name, design in wanted if name == key]
            count = options.plates if key else max(1, options.plates // 5)
            rows.append(row(reader, key, among, count, width))
    print(f"share [95 % Wilson interval]\n\n{table(rows)}")


if __name__ == "__main__":
    main()
