"""Plates right on photographs with known plates, beside the text recogniser we build on, used as it comes.

    python benchmarks/recognition.py [--limit N] [--photos FOLDER --labels CSV]

The labels have the columns file, x1, y1, x2, y2, text; one plate a photograph. Shares are given with their 95 %
Wilson interval. The photographs are for measuring only.
"""

import argparse
import csv
import math
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein

from platewarden.recognition.images import decode_image
from platewarden.recognition.pipeline import load_recogniser
from platewarden.recognition.types import Box, Frame

FRAME_LONG_SIDE_PX = 960
"""Size at which the peer looks at a whole photograph: where it reads best."""

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "us-dev"

Guess = tuple[str, Box, tuple[str, ...]]
"""Plate, box, alternates."""


@dataclass(frozen=True)
class Labelled:
    """One photograph with its plate."""

    path: Path
    plate: str
    box: Box


@dataclass(frozen=True)
class Outcome:
    """What one engine made of one photograph."""

    truth: Labelled
    guess: Guess | None
    ms: float


def folded(plate: str) -> str:
    """Return *plate* with the characters that many dies do not distinguish made one: O Q 0, I 1."""
    return plate.translate(str.maketrans("OQI", "001"))


def wilson(part: int, whole: int, z: float = 1.96) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of *part* in *whole*."""
    share, spread = part / whole, z * z / whole
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / whole + spread / (4 * whole))
    return middle - half, middle + half


def is_inside(first: Box, second: Box) -> bool:
    """Whether the middle of *first*, a serial, lies in *second*, a plate."""
    x, y = (first[0] + first[2]) / 2, (first[1] + first[3]) / 2
    return second[0] <= x <= second[2] and second[1] <= y <= second[3]


def platewarden_engine(threads: int) -> Callable[[Frame], Guess | None]:
    """Return our recognition: its best read."""
    recogniser = load_recogniser(threads=threads)

    def guess(frame: Frame) -> Guess | None:
        reads = recogniser.read(frame)
        if not reads:
            return None
        return reads[0].plate, reads[0].box_xyxy, tuple(other.plate for other in reads[0].alternates)

    return guess


def peer_engine(threads: int) -> Callable[[Frame], Guess | None]:
    """Return rapidocr as it comes, at our frame size, with the surest line of four to eight characters."""
    from rapidocr import RapidOCR

    engine = RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.use_cls": False,
            "Global.text_score": 0.0,
            "Global.max_side_len": FRAME_LONG_SIDE_PX,
            "Det.limit_type": "max",
            "Det.limit_side_len": FRAME_LONG_SIDE_PX,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads or -1,
        }
    )

    def guess(frame: Frame) -> Guess | None:
        found = engine(frame)
        lines = zip(
            found.txts or (), found.scores or (), found.boxes if found.boxes is not None else (), strict=True
        )
        best: tuple[float, Guess] | None = None
        for text, score, corners in lines:
            plate = "".join(
                character for character in text.upper() if character.isascii() and character.isalnum()
            )
            mixed = any(map(str.isdigit, plate)) and 4 <= len(plate) <= 8
            if mixed and (best is None or score > best[0]):
                (left, top), (right, bottom) = np.min(corners, axis=0), np.max(corners, axis=0)
                best = float(score), (plate, (left, top, right, bottom), ())
        return best[1] if best else None

    return guess


def load(labels: Path, photos: Path, limit: int | None) -> list[Labelled]:
    """Return the photographs listed in *labels*."""
    with labels.open(newline="") as file:
        rows = list(csv.DictReader(file))[:limit]
    return [
        Labelled(
            photos / row["file"],
            row["text"],
            (float(row["x1"]), float(row["y1"]), float(row["x2"]), float(row["y2"])),
        )
        for row in rows
    ]


def run(engine: Callable[[Frame], Guess | None], photos: list[Labelled]) -> list[Outcome]:
    """Return what *engine* makes of each of *photos*; decoding is not timed."""
    outcomes = []
    for photo in photos:
        frame = decode_image(photo.path.read_bytes(), name=photo.path.name)
        started = time.perf_counter()
        guess = engine(frame)
        outcomes.append(Outcome(photo, guess, (time.perf_counter() - started) * 1000))
    return outcomes


def report(name: str, outcomes: list[Outcome]) -> None:
    """Print one row of the table."""
    pairs = [(outcome.truth, outcome.guess or ("", (0.0, 0.0, 0.0, 0.0), ())) for outcome in outcomes]
    counts = (
        sum(guess[0] == truth.plate for truth, guess in pairs),
        sum(folded(guess[0]) == folded(truth.plate) for truth, guess in pairs),
        sum(Levenshtein.distance(folded(guess[0]), folded(truth.plate)) <= 1 for truth, guess in pairs),
        sum(truth.plate in (guess[0], *guess[2]) for truth, guess in pairs),
        sum(is_inside(guess[1], truth.box) for truth, guess in pairs),
    )
    cells = []
    for count in counts:
        low, high = wilson(count, len(outcomes))
        cells.append(f"{count / len(outcomes):.3f} [{low:.3f}-{high:.3f}]")
    times = [outcome.ms for outcome in outcomes]
    print(f"| {name} | {' | '.join(cells)} | {np.median(times):.0f} / {np.mean(times):.0f} |", flush=True)


def main() -> None:
    """Run both engines over the photographs and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--limit", type=int, help="only the first N photographs")
    parser.add_argument("--photos", type=Path, default=DATA / "us-photos")
    parser.add_argument("--labels", type=Path, default=DATA / "us-photos.csv")
    parser.add_argument("--threads", type=int, default=0, help="threads a model; 0: one a core")
    options = parser.parse_args()
    photos = load(options.labels, options.photos, options.limit)
    print(f"{len(photos)} photographs, one plate each; share [95 % Wilson interval]\n")
    print("| engine | exact | folded (O0Q, I1) | within one | among alternates | found | ms median / mean |")
    print("|---|---|---|---|---|---|---|")
    report("platewarden", run(platewarden_engine(options.threads), photos))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report("rapidocr, whole frame", run(peer_engine(options.threads), photos))
    print(f"\nPeak memory of the process after our own part: {memory:.0f} MB")


if __name__ == "__main__":
    main()
