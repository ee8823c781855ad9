"""Plates right on photographs with known plates, beside what the recognition is built on, used as it comes.

    python benchmarks/recognition.py [LABELS.csv] [--photos FOLDER] [--limit N] [--threads N] [--only NAME ...]

Each engine sees the same photographs in the same run and is measured as `platewarden evaluate` does. The
photographs that are looked for unless others are named are for measuring only.
"""

import argparse
import resource
import string
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from platewarden.evaluation.engines import engine_of
from platewarden.evaluation.labels import LabelError, LabelledPhoto, load_labels
from platewarden.evaluation.outcomes import Engine, Guess, Unreadable, examine
from platewarden.evaluation.report import share_text, table
from platewarden.evaluation.summary import Summary, summarise
from platewarden.recognition.geometry import straighten
from platewarden.recognition.pipeline import TRIMS, load_recogniser
from platewarden.recognition.reader import LineReader
from platewarden.recognition.types import Detection, Frame

DATA: Final = Path(__file__).resolve().parents[2] / "shared" / "data" / "us-dev"

FRAME_LONG_SIDE_PX: Final = 960
"""Size at which PP-OCRv6 alone looks at the whole frame; larger and smaller ones read less."""

_CHARACTERS: Final = frozenset(string.ascii_uppercase + string.digits)
_LENGTHS: Final = range(4, 9)


def untuned_engine(threads: int) -> Engine:
    """Return our detector with PP-OCRv6's reader as it comes: what tuning the reader is worth."""
    recogniser, reader = load_recogniser(threads=threads), LineReader(threads=threads)

    def guess(frame: Frame) -> Sequence[Guess]:
        return [_voted(frame, plate, reader) for plate in recogniser.find(frame)]

    return guess


def whole_frame_engine(threads: int) -> Engine:
    """Return PP-OCRv6 as it comes: each line of four to eight characters with a figure among them is a plate."""
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

    def guess(frame: Frame) -> Sequence[Guess]:
        found = engine(frame)
        boxes = found.boxes if found.boxes is not None else ()
        lines = [
            _line(text, float(score), corners)
            for text, score, corners in zip(found.txts or (), found.scores or (), boxes, strict=True)
        ]
        plates = [line for line in lines if len(line.plate) in _LENGTHS and any(map(str.isdigit, line.plate))]
        return sorted(plates, key=lambda line: -line.confidence)

    return guess


ENGINES: Final[dict[str, Callable[[int], Engine]]] = {
    "platewarden": lambda threads: engine_of(load_recogniser(threads=threads)),
    "untuned": untuned_engine,
    "whole-frame": whole_frame_engine,
}
TITLES: Final = {
    "platewarden": "platewarden",
    "untuned": "our detector, PP-OCRv6 untuned",
    "whole-frame": "PP-OCRv6, whole frame",
}


def measure(engine: Engine, photos: Sequence[LabelledPhoto]) -> Summary:
    """Return the figures of *engine* on *photos*; those that cannot be read are named on the error output."""
    results = list(examine(engine, photos))
    for result in results:
        if isinstance(result, Unreadable):
            print(f"error: {result.cause}", file=sys.stderr)
    return summarise(results)


def row(name: str, summary: Summary) -> list[str]:
    """Return one row of the table."""
    whole, point = summary.whole, summary.coverages[1].point
    shares = (
        whole.exact,
        whole.folded,
        whole.within_one,
        whole.character_errors,
        whole.alternates,
        whole.found,
    )
    return [
        name,
        *map(share_text, shares),
        f"{summary.false_reported.value:.3f} / {summary.false_accepted.value:.3f}",
        share_text(point.coverage) if point else "not reached",
        f"{summary.reliability.error:.3f}",
        f"{summary.ms_median:.0f} / {summary.ms_mean:.0f}",
    ]


def main() -> None:
    """Run every engine over the photographs and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labels", type=Path, nargs="?", default=DATA / "us-photos.csv")
    parser.add_argument("--photos", type=Path, help="folder of the photographs")
    parser.add_argument("--limit", type=int, help="only the first N photographs")
    parser.add_argument("--threads", type=int, default=0, help="threads a model; 0: one a core")
    parser.add_argument("--only", nargs="+", choices=list(ENGINES), default=list(ENGINES))
    options = parser.parse_args()
    try:
        photos = load_labels(options.labels, options.photos)[: options.limit]
    except LabelError as error:
        parser.error(str(error))
    rows = [[
        "engine", "exact", "folded (O0Q, I1)", "within one", "character errors", "among alternates", "found (IoU .5)",
        "false a photo / confident", "accepted at precision .98", "calibration error", "ms median / mean",
    ]]  # fmt: skip
    for name in options.only:
        print(f"{TITLES[name]} ...", file=sys.stderr, flush=True)
        rows.append(row(TITLES[name], measure(ENGINES[name](options.threads), photos)))
        if name == "platewarden":
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"peak memory of the process with it alone: {memory:.0f} MB", file=sys.stderr)
    print(f"{len(photos)} photographs; share [95 % Wilson interval]\n\n{table(rows)}")


def _voted(frame: Frame, plate: Detection, reader: LineReader) -> Guess:
    """Return what *reader* makes of *plate* at our trims: the serial that its confidence speaks for most."""
    straight = straighten(frame, plate.corners)
    height = straight.shape[0]
    votes: defaultdict[str, float] = defaultdict(float)
    for top, foot in TRIMS:
        crop = straight[round(top * height) : max(round((1 - foot) * height), round(top * height) + 2)]
        reading = reader.read(crop)
        serial = "".join(character for character in reading.text if character in _CHARACTERS)
        votes[serial] += float(np.prod(reading.char_confidences)) / len(TRIMS)
    best = max(votes, key=lambda serial: (votes[serial], serial))
    return Guess(best, plate.box_xyxy, votes[best])


def _line(text: str, score: float, corners: np.ndarray) -> Guess:
    (left, top), (right, bottom) = np.min(corners, axis=0), np.max(corners, axis=0)
    plate = "".join(character for character in text.upper() if character in _CHARACTERS)
    return Guess(plate, (float(left), float(top), float(right), float(bottom)), score)


if __name__ == "__main__":
    main()
