"""How well a case export masks what is outside the vehicle, on photographs with known vehicles.

    python -m benchmarks.masking [vehicle_boxes.csv]

For each labelled plate that lies in a labelled vehicle: the share of pixels outside that vehicle that are masked, and
the share of the vehicle that stays visible. The place of the plate is the label's first, then what our detector finds,
as in an export. The extents were chosen on one half of the photographs (by a digest of their names); the table is of
the other half. A peer: the picture that `platewarden capture` cuts around the plate.
"""

import argparse
import csv
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import cv2
import numpy as np

from platewarden.recognition.geometry import box_around, grow_box
from platewarden.recognition.masking import vehicle_around
from platewarden.recognition.plate_detector import PlateDetector
from platewarden.recognition.types import Box, Frame

LABELS: Final = Path(__file__).resolve().parents[2] / "shared" / "data" / "vehicle_boxes.csv"
EMPTY: Final = (0.0, 0.0, 0.0, 0.0)


class Example(NamedTuple):
    """One plate in its vehicle, both as labelled, pixels of the frame."""

    frame: Frame
    plate: Box
    vehicle: Box


class Shares(NamedTuple):
    """Of one example: what is masked of the outside, what is kept of the vehicle, 0-1."""

    masked: float
    kept: float


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("labels", nargs="?", type=Path, default=LABELS)
    asked = options.parse_args()
    if not asked.labels.is_file():
        print(f"{asked.labels} is not there: nothing to measure")
        return
    examples, detector = list(_examples(asked.labels)), PlateDetector()
    ways: dict[str, Callable[[Example], Box]] = {
        "by the labelled plate": lambda each: vehicle_around(each.plate, each.frame),
        "by the plate our detector finds": lambda each: _by_detector(each, detector),
        "peer: as `capture` cuts a vehicle": _as_cut,
    }
    print(f"{len(examples)} plates in vehicles; shares of pixels, mean / median / worst tenth")
    print(f"{'':36}{'outside masked':>24}{'vehicle kept':>24}")
    for name, way in ways.items():
        shares = [_shares(each, way(each)) for each in examples]
        masked, kept = (_told([getattr(each, part) for each in shares]) for part in ("masked", "kept"))
        print(f"{name:36}{masked:>24}{kept:>24}")


def _told(values: list[float]) -> str:
    return f"{np.mean(values):.2f} / {np.median(values):.2f} / {np.percentile(values, 10):.2f}"


def _examples(labels: Path) -> Iterator[Example]:
    """Yield the plates of the half that was not looked at, each with the smallest vehicle around its middle."""
    by_file: dict[str, dict[str, list[Box]]] = defaultdict(lambda: defaultdict(list))
    with labels.open(newline="") as file:
        for row in csv.DictReader(file):
            box = (float(row["x1"]), float(row["y1"]), float(row["x2"]), float(row["y2"]))
            by_file[row["file"]][row["class"]].append(box)
    for name, boxes in by_file.items():
        frame = cv2.imread(str(labels.parent / name))
        if frame is None or not _is_held_out(name):
            continue
        for plate in boxes["license-plate"]:
            around = [box for box in boxes["vehicle"] if _holds(box, plate)]
            if around:
                yield Example(np.asarray(frame, np.uint8), plate, min(around, key=_area))


def _is_held_out(name: str) -> bool:
    return int(hashlib.md5(name.encode(), usedforsecurity=False).hexdigest(), 16) % 2 == 1


def _by_detector(example: Example, detector: PlateDetector) -> Box:
    """Return the place by the plate that our detector finds there; nothing is kept where it finds none."""
    found = [box_around(each.corners) for each in detector.detect(example.frame)]
    here = [box for box in found if _common(box, example.plate) > 0]
    return (
        vehicle_around(max(here, key=lambda box: _common(box, example.plate)), example.frame)
        if here
        else EMPTY
    )


def _as_cut(example: Example) -> Box:
    wide = example.plate[2] - example.plate[0]
    left, top, right, bottom = grow_box(example.plate, x_px=2.8 * wide, y_px=1.2 * wide, frame=example.frame)
    return left, max(0.0, top - 2.4 * wide), right, bottom


def _shares(example: Example, kept: Box) -> Shares:
    height, width = example.frame.shape[:2]
    outside = height * width - _area(example.vehicle)
    seen = _area(kept) - _common(kept, example.vehicle)
    return Shares(
        1 - seen / outside if outside > 0 else 1.0, _common(kept, example.vehicle) / _area(example.vehicle)
    )


def _holds(outer: Box, inner: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _common(one: Box, other: Box) -> float:
    both = max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])
    return _area(both)


if __name__ == "__main__":
    main()
