"""Passes of vehicles read from films made of photographs, beside the single best frame of each pass.

    python -m benchmarks.passes [LABELS.csv] [--photos FOLDER] [--limit N] [--threads N] [--keep FOLDER]

One pass a photograph; the labels are as for `platewarden evaluate`, photographs of several plates are left out. Frames
are 1280 x 720, 25 a second, two lanes. The photographs that are looked for unless others are named are for measuring
only, and their films are never to be published.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from benchmarks.approaches import Still, Truth, film
from benchmarks.clocked import Clocked
from benchmarks.recognition import whole_frame_engine
from platewarden.edge.passes import PassRead
from platewarden.edge.sources import open_video
from platewarden.edge.watch import Watch
from platewarden.evaluation.confidence import ACCEPT_FROM
from platewarden.evaluation.labels import load_labels
from platewarden.evaluation.outcomes import Engine
from platewarden.evaluation.report import share_text, table
from platewarden.evaluation.shares import share_of
from platewarden.evaluation.texts import edits, folded
from platewarden.recognition.images import decode_image
from platewarden.recognition.pipeline import load_recogniser
from platewarden.recognition.types import Recognises

DATA: Final = Path(__file__).resolve().parents[2] / "shared" / "data"

_VEHICLES_A_FILM: Final = 12
_PEER_STEP: Final = 100
_TOLERANCE_S: Final = 0.5
"""A read belongs to a pass if its best sight is not farther from it."""


@dataclass
class Passage:
    """One pass, what was read of it over all of its frames, and what of its best frame alone."""

    truth: Truth
    voted: list[PassRead] = field(default_factory=list)
    single: str = ""

    def best(self) -> str:
        """Return the read of the pass: of several that which is nearest to the truth."""
        plates = [read.read.plate for read in self.voted]
        return min(plates, key=lambda plate: edits(self.truth.plate, plate), default="")


@dataclass
class Score:
    """What came of all films, and what it took."""

    passages: list[Passage] = field(default_factory=list)
    invented: list[PassRead] = field(default_factory=list)
    frames: int = 0
    seconds: float = 0.0
    processor_s: float = 0.0
    peer_frames: int = 0
    peer_s: float = 0.0


def stills(labels: Path, photos: Path | None, limit: int | None) -> list[Still]:
    """Return the photographs in *labels* that show one plate, which a person could read."""
    found = [photo for photo in load_labels(labels, photos) if len(photo.plates) == 1 and not photo.uncounted]
    return [Still(photo.path, photo.plates[0].plate, photo.plates[0].box_xyxy) for photo in found[:limit]]


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


def assigned(
    reads: Sequence[PassRead], passages: Sequence[Passage]
) -> Iterator[tuple[PassRead, Passage | None]]:
    """Yield each read with the pass it is of: of those then in sight the likest; None if there was none."""
    for read in reads:
        at_s, plate = read.sight.at_s, read.read.plate
        near = [
            passage
            for passage in passages
            if passage.truth.first_s - _TOLERANCE_S <= at_s <= passage.truth.last_s + _TOLERANCE_S
        ]
        yield read, min(near, key=lambda passage: edits(passage.truth.plate, plate), default=None)


def alone(recogniser: Recognises, read: PassRead) -> str:
    """Return what the best frame of a pass is read as, without the others."""
    look = recogniser.look(read.sight.picture, read.sight.detection)
    single = recogniser.conclude([look])
    return single.plate if single else ""


def cast(found: Sequence[Still]) -> list[list[Still]]:
    """Return *found* parted into films; no plate is twice in one: within so short a time it would be one pass."""
    films: list[list[Still]] = []
    for still in found:
        free = (
            film
            for film in films
            if len(film) < _VEHICLES_A_FILM and all(other.plate != still.plate for other in film)
        )
        place = next(free, None)
        if place is None:
            films.append([still])
        else:
            place.append(still)
    return films


def run(found: Sequence[Still], recogniser: Recognises, clock: Clocked, folder: Path) -> Score:
    """Film *found*, a dozen a film, and return what was read with *recogniser*, its films by *clock*."""
    score = Score()
    roads = sorted((DATA / "negatives" / "images").glob("udLL*")) or [found[0].path]
    for number, vehicles in enumerate(cast(found)):
        path = folder / f"film-{number:04d}.mp4"
        road = roads[number % len(roads)]
        scenery = decode_image(road.read_bytes(), name=road.name)
        truths = film(vehicles, path, scenery=scenery, seed=number * _VEHICLES_A_FILM)
        passages = [Passage(truth) for truth in truths]
        for read, passage in assigned(watched(path, clock, score), passages):
            if passage is None:
                score.invented.append(read)
            else:
                passage.voted.append(read)
                passage.single = alone(recogniser, passage.voted[0])
        score.passages += passages
        print(f"{len(score.passages)} of {len(found)} passes", file=sys.stderr, flush=True)
    return score


def peer(path: Path, engine: Engine, score: Score) -> None:
    """Let *engine* read one frame in a hundred of the film at *path*, and keep the processor time."""
    video = cv2.VideoCapture(str(path))
    for number in range(0, int(video.get(cv2.CAP_PROP_FRAME_COUNT)), _PEER_STEP):
        video.set(cv2.CAP_PROP_POS_FRAMES, number)
        is_read, frame = video.read()
        if is_read:
            began = time.process_time()
            engine(np.asarray(frame, np.uint8))
            score.peer_s += time.process_time() - began
            score.peer_frames += 1
    video.release()


def costs(score: Score, clock: Clocked) -> str:
    """Return what each step took of the processor by *clock*, beside PP-OCRv6 on whole frames."""
    a_frame = 1000 / max(1, score.frames)
    rest = score.processor_s - sum(clock.seconds.values())
    rows = [["step", "calls", "processor ms a call", "ms a frame of video"]]
    for name, seconds in clock.seconds.items():
        calls = clock.calls[name]
        rows.append([name, str(calls), f"{1000 * seconds / calls:.1f}", f"{a_frame * seconds:.2f}"])
    rows.append(["decode, gate, follow", str(score.frames), f"{a_frame * rest:.1f}", f"{a_frame * rest:.2f}"])
    whole = a_frame * score.processor_s
    rows.append(["all", str(score.frames), f"{whole:.1f}", f"{whole:.2f}"])
    each = 1000 * score.peer_s / max(1, score.peer_frames)
    rows.append(["PP-OCRv6, whole frame", str(score.peer_frames), f"{each:.1f}", f"{each:.2f}"])
    return table(rows)


def tables(score: Score) -> str:
    """Return the figures of *score*."""
    rows = [["reading", "exact", "folded (O0Q, I1)", "within one", "one read a pass"]]
    once = share_text(share_of(len(passage.voted) == 1 for passage in score.passages))
    for name, plates, reads in (
        ("voted over the pass", [passage.best() for passage in score.passages], once),
        ("single best frame", [passage.single for passage in score.passages], "-"),
    ):
        pairs = [(passage.truth.plate, plate) for passage, plate in zip(score.passages, plates, strict=True)]
        shares = (
            share_of(truth == plate for truth, plate in pairs),
            share_of(folded(truth) == folded(plate) for truth, plate in pairs),
            share_of(edits(folded(truth), folded(plate)) <= 1 for truth, plate in pairs),
        )
        rows.append([name, *map(share_text, shares), reads])
    return table(rows)


def failures(score: Score) -> Iterator[str]:
    """Yield a line for each pass that is not one right read, and for each read that is of no pass."""
    for passage in score.passages:
        truth, reads = passage.truth, passage.voted
        if [read.read.plate for read in reads] != [truth.plate]:
            shown = " ".join(f"{read.read.plate} ({read.read.confidence:.2f})" for read in reads)
            yield f"  {truth.plate:<9} {truth.width_px:4.0f} px {truth.last_s - truth.first_s:4.1f} s: {shown or '-'}"
    for read in score.invented:
        yield f"  no pass: {read.read.plate} ({read.read.confidence:.2f})"


def main() -> None:
    """Film the photographs, read the films and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labels", type=Path, nargs="?", default=DATA / "us-dev" / "us-photos.csv")
    parser.add_argument("--photos", type=Path, help="folder of the photographs")
    parser.add_argument("--limit", type=int, help="only the first N photographs")
    parser.add_argument("--threads", type=int, default=0, help="threads a model; 0: one a core")
    parser.add_argument("--keep", type=Path, help="a folder to keep the films in")
    options = parser.parse_args()
    found = stills(options.labels, options.photos, options.limit)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        recogniser = load_recogniser(threads=options.threads)
        clock = Clocked(recogniser)
        score = run(found, recogniser, clock, folder)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        engine = whole_frame_engine(options.threads)
        for path in sorted(folder.glob("film-*.mp4")):
            peer(path, engine, score)
    reads = score.invented + [read for passage in score.passages for read in passage.voted[1:]]
    sure = sum(read.read.confidence >= ACCEPT_FROM for read in reads)
    print(f"{len(found)} passes, one a photograph; share [95 % Wilson interval]\n\n{tables(score)}\n")
    print(f"{len(reads)} reads too many, {sure} of them with a confidence of {ACCEPT_FROM} or more")
    print(
        f"{score.frames} frames of 1280 x 720, {score.frames / score.seconds:.1f} a second with everything on;"
    )
    print(f"peak memory {memory:.0f} MB\n\n{costs(score, clock)}\n")
    print("\n".join(failures(score)))


if __name__ == "__main__":
    main()
