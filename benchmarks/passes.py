"""Passes of vehicles read from films made of photographs, beside the single best frame of each pass.

    python -m benchmarks.passes [--limit N] [--photos FOLDER --labels CSV] [--keep FOLDER]

The labels have the columns file, x1, y1, x2, y2, text; one pass a photograph. Frames are 1280 x 720, 25 a second, two
lanes. Shares are given with their 95 % Wilson interval. The photographs are for measuring only.
"""

import argparse
import csv
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import cv2
from rapidfuzz.distance import Levenshtein

from benchmarks.approaches import Still, Truth, film
from platewarden.edge.passes import PassRead
from platewarden.edge.sources import open_video
from platewarden.edge.watch import Watch
from platewarden.evaluation.shares import wilson
from platewarden.evaluation.texts import folded
from platewarden.recognition.pipeline import load_recogniser
from platewarden.recognition.types import Recognises

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
VEHICLES_A_FILM = 12
TOLERANCE_S = 0.5


@dataclass
class Score:
    """What came of the passes."""

    truths: list[Truth] = field(default_factory=list)
    voted: list[list[str]] = field(default_factory=list)
    single: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    frames: int = 0
    seconds: float = 0.0
    processor_s: float = 0.0


def stills(labels: Path, photos: Path, limit: int | None) -> list[Still]:
    """Return the photographs listed in *labels* whose plate is known."""
    with labels.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["text"]][:limit]
    return [
        Still(
            photos / row["file"],
            row["text"],
            (float(row["x1"]), float(row["y1"]), float(row["x2"]), float(row["y2"])),
        )
        for row in rows
    ]


def watched(path: Path, recogniser: Recognises, score: Score) -> list[PassRead]:
    """Return the reads of the film at *path*, all as the command makes them."""
    video = open_video(
        str(path), began_at=datetime(2026, 1, 1, tzinfo=UTC), now=lambda: datetime.now(UTC), tell=print
    )
    watch, reads = Watch(video, recogniser), list[PassRead]()
    started, processor = time.perf_counter(), time.process_time()
    for finished in watch.passes():
        reads += finished
    reads += watch.last_passes()
    score.seconds += time.perf_counter() - started
    score.processor_s += time.process_time() - processor
    score.frames += video.health.frames
    video.close()
    return reads


def assign(reads: Sequence[PassRead], truths: Sequence[Truth]) -> Iterator[tuple[PassRead, int | None]]:
    """Yield each read with the number of the pass it is of: of those then in sight the likest; None for none."""
    for read in reads:
        at_s = read.sight.at_s
        near = [
            number
            for number, truth in enumerate(truths)
            if truth.first_s - TOLERANCE_S <= at_s <= truth.last_s + TOLERANCE_S
        ]
        yield (
            read,
            min(
                near,
                key=lambda number: Levenshtein.distance(truths[number].plate, read.read.plate),
                default=None,
            ),
        )


def single_frame(recogniser: Recognises, read: PassRead) -> str:
    """Return what the best frame of a pass is read as, without the others."""
    look = recogniser.look(read.sight.picture, read.sight.detection)
    alone = recogniser.conclude([look])
    return alone.plate if alone else ""


def run(found: Sequence[Still], recogniser: Recognises, folder: Path) -> Score:
    """Film *found*, a dozen a film, and return what was read."""
    score = Score()
    roads = sorted((DATA / "negatives" / "images").glob("udLL*")) or [found[0].path]
    for number in range(0, len(found), VEHICLES_A_FILM):
        path = folder / f"film-{number:04d}.mp4"
        scenery = cv2.imread(str(roads[number % len(roads)]))
        truths = film(found[number : number + VEHICLES_A_FILM], path, scenery=scenery, seed=number)
        voted, single = [list[str]() for _ in truths], [""] * len(truths)
        for read, place in assign(watched(path, recogniser, score), truths):
            if place is None:
                score.invented.append(read.read.plate)
            else:
                voted[place].append(read.read.plate)
                single[place] = single_frame(recogniser, read)
        score.truths += truths
        score.voted += voted
        score.single += single
    return score


def share(count: int, whole: int) -> str:
    """Return a share with its interval."""
    low, high = wilson(count, whole)
    return f"{count / whole:.3f} [{low:.3f}-{high:.3f}]"


def report(name: str, score: Score) -> None:
    """Print the row of one set, and the passes that went wrong."""
    best = [
        min(reads, key=lambda plate: Levenshtein.distance(plate, truth.plate), default="")
        for truth, reads in zip(score.truths, score.voted, strict=True)
    ]
    whole = len(score.truths)
    for label, plates in (("voted over the pass", best), ("single best frame", score.single)):
        pairs = list(zip(plates, score.truths, strict=True))
        counts = (
            sum(plate == truth.plate for plate, truth in pairs),
            sum(folded(plate) == folded(truth.plate) for plate, truth in pairs),
            sum(Levenshtein.distance(folded(plate), folded(truth.plate)) <= 1 for plate, truth in pairs),
        )
        once = share(sum(len(reads) == 1 for reads in score.voted), whole) if plates is best else "-"
        print(
            f"| {name}, {label} | {' | '.join(share(count, whole) for count in counts)} | {once} |",
            flush=True,
        )


def failures(score: Score) -> None:
    """Print what was read in place of what."""
    for truth, reads in zip(score.truths, score.voted, strict=True):
        if reads != [truth.plate]:
            print(
                f"  {truth.plate:<9} {truth.last_s - truth.first_s:4.1f} s  read as {' '.join(reads) or '-'}"
            )
    print(f"  reads of no pass: {' '.join(score.invented) or '-'}")


def main() -> None:
    """Film the photographs, read the films and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--limit", type=int, help="only the first N photographs")
    parser.add_argument("--photos", type=Path, default=DATA / "us-dev" / "us-photos")
    parser.add_argument("--labels", type=Path, default=DATA / "us-dev" / "us-photos.csv")
    parser.add_argument("--threads", type=int, default=0, help="threads a model; 0: one a core")
    parser.add_argument("--keep", type=Path, help="a folder to keep the films in; never publish them")
    options = parser.parse_args()
    found = stills(options.labels, options.photos, options.limit)
    print(f"{len(found)} passes, one a photograph; share [95 % Wilson interval]\n")
    print("| set | exact | folded (O0Q, I1) | within one | one read a pass |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        score = run(found, load_recogniser(threads=options.threads), folder)
    report(options.photos.name, score)
    print(
        f"\n{score.frames} frames of 1280 x 720, {score.frames / score.seconds:.1f} a second with everything on;"
    )
    print(f"{1000 * score.processor_s / score.frames:.0f} ms of processor time a frame")
    print(f"Peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB\n")
    failures(score)


if __name__ == "__main__":
    main()
