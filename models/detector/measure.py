"""Measure the exported detector: `python -m models.detector.measure`; what CARD.md reports.

The accept threshold is chosen on the validation split; the photographs for measuring only are looked at last, and
nothing is chosen on them.
"""

import argparse
import csv
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from models.detector.photos import UNITED_STATES, WORLD, Photo, load_negatives, load_photo, load_photos
from models.detector.validate import Figures, Found, measure, wilson
from models.photographs import DATA
from platewarden.recognition import plate_detector
from platewarden.recognition.plate_detector import PlateDetector
from platewarden.recognition.types import Box, Frame
from platewarden.rendering.scene import render_scene

_EXAMINATION: Final = DATA / "us-dev"
_THRESHOLDS: Final = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)
_SIZES: Final = (960, 1024, 1280)


def main() -> None:
    """Print a table for each set and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examination", action="store_true", help="look at us-dev as well: once, at the end")
    options = parser.parse_args()
    plate_detector.MIN_CONFIDENCE = min(_THRESHOLDS)  # type: ignore[misc]  # all thresholds from one look
    sets = {
        "val, American": load_photos(UNITED_STATES, "val"),
        "val, all countries": load_photos((*UNITED_STATES, *WORLD), "val"),
        "no plates": load_negatives(),
    }
    if options.examination:
        sets["us-dev"] = _examination()
    for size in _SIZES:
        detect = _detector(size)
        for name, photos in sets.items():
            print(f"\n{name}, {len(photos)} photographs, long side {size}")
            print("\n".join(_line(figures) for figures in measure(photos, detect, _THRESHOLDS)))
    _print_times()
    _print_corners()


def _line(figures: Figures) -> str:
    low, high = wilson(figures.found, figures.plates)
    return f"{figures}, 95 % interval {low:.4f}-{high:.4f} ({figures.found} found)"


def _detector(size: int) -> Callable[[Frame], Found]:
    detector = PlateDetector(long_side_px=size)
    return lambda frame: [(found.box_xyxy, found.confidence) for found in detector.detect(frame)]


def _examination() -> list[Photo]:
    boxes: dict[Path, list[Box]] = defaultdict(list)
    with (_EXAMINATION / "us-photos.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            box = (float(row["x1"]), float(row["y1"]), float(row["x2"]), float(row["y2"]))
            boxes[_EXAMINATION / "us-photos" / row["file"]].append(box)
    return [_at_full_size(path, found) for path, found in boxes.items()]


def _at_full_size(path: Path, boxes: list[Box]) -> Photo:
    photo, whole = load_photo(path, boxes), cv2.imread(str(path))
    return replace(photo, levels=(np.asarray(whole, np.uint8),), boxes=np.array(boxes, np.float32))


def _print_times() -> None:
    for threads in (1, 2):
        for size in _SIZES:
            detector, frame = PlateDetector(long_side_px=size, threads=threads), render_scene(1).image
            times = sorted(_seconds(detector, frame) for _ in range(30))
            print(
                f"1280 x 720, long side {size}, {threads} threads: {1000 * times[15]:.1f} ms (median of 30)"
            )


def _seconds(detector: PlateDetector, frame: Frame) -> float:
    started = time.perf_counter()
    detector.detect(frame)
    return time.perf_counter() - started


def _print_corners() -> None:
    """Say how far corners are off in rendered streets, which training has not seen, in plate widths."""
    detector, away = PlateDetector(), list[float]()
    for seed in range(500_000, 500_040):
        scene = render_scene(seed, light=("day", "dusk", "night", "infrared")[seed % 4])
        truth = scene.truth[0].corners
        width = float(np.linalg.norm(truth[1] - truth[0]))
        away += _nearest(truth, (found.corners for found in detector.detect(scene.image)), width)
    if away:
        print(
            f"corners: median {np.median(away):.3f}, worst tenth {np.quantile(away, 0.9):.3f} plate widths off"
        )


def _nearest(truth: np.ndarray, found: Iterable[np.ndarray], width: float) -> list[float]:
    means = [float(np.linalg.norm(corners - truth, axis=1).mean()) / width for corners in found]
    return [min(means)] if means else []


if __name__ == "__main__":
    main()
