"""What recognition gives in evidence for samples whose text is known, and whether it was right."""

import csv
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from models.calibration.samples import Sample, Sampler, View
from platewarden.evaluation.outcomes import pair
from platewarden.recognition.calibration import Evidence
from platewarden.recognition.pipeline import Recogniser
from platewarden.recognition.plate_detector import PlateDetector
from platewarden.recognition.plate_reader import PlateReader
from platewarden.recognition.types import Detection, Look


@dataclass(frozen=True, slots=True)
class Case:
    """One read: which sample, of which kind and source, the evidence for it, and whether it was right."""

    sample: int
    kind: str
    source: str
    is_right: bool
    evidence: Evidence


class Listener:
    """Stands in for a calibration and keeps the evidence it is asked about."""

    def __init__(self) -> None:
        """Start without any."""
        self.heard: Evidence | None = None

    def probability(self, evidence: Evidence) -> float:
        """Keep *evidence*, and claim nothing."""
        self.heard = evidence
        return evidence.support


class Witness:
    """Reads samples and reports the evidence."""

    def __init__(self, *, threads: int = 0) -> None:
        """Load the models; the state of registration is not evidence, and takes time."""
        self._listener = Listener()
        self._recogniser = Recogniser(
            PlateDetector(threads=threads), PlateReader(threads=threads), calibration=self._listener
        )

    def testify(self, sample: Sample) -> Iterator[tuple[bool, Evidence]]:
        """Yield whether each read in *sample* is right, with its evidence: the plate's, and those of no plate."""
        seen: list[Look] = []
        for number, view in enumerate(sample.views):
            plate, false = self._sorted(view)
            if plate is not None:
                seen.append(self._recogniser.look(view.frame, plate))
            for detection in false if number == 0 else ():
                yield from self._concluded([self._recogniser.look(view.frame, detection)], "")
        if seen:
            yield from self._concluded(seen, sample.text)

    def _sorted(self, view: View) -> tuple[Detection | None, list[Detection]]:
        """Return the detection of the plate in *view*, and those of nothing."""
        found = self._recogniser.find(view.frame)
        truths = [view.box, *view.unknown]
        pairs = pair(truths, [detection.box_xyxy for detection in found])
        plate = found[pairs[0]] if 0 in pairs else None
        return plate, [detection for place, detection in enumerate(found) if place not in pairs.values()]

    def _concluded(self, looks: list[Look], text: str) -> Iterator[tuple[bool, Evidence]]:
        self._listener.heard = None
        read = self._recogniser.conclude(looks)
        if read is not None and self._listener.heard is not None:
            yield read.plate == text, self._listener.heard


def gather(path: Path, *, samples: int, seed: int, threads: int) -> list[Case]:
    """Return the cases of *samples* samples, going on from those that *path* holds already."""
    known = load(path)
    done = max((case.sample for case in known), default=-1) + 1
    if done >= samples:
        return [case for case in known if case.sample < samples]
    path.parent.mkdir(parents=True, exist_ok=True)
    sampler, witness = Sampler(seed + done), Witness(threads=threads)
    with path.open("a", newline="") as file:
        writer = csv.writer(file)
        for number in range(done, samples):
            sample = sampler.sample()
            for is_right, evidence in witness.testify(sample):
                case = Case(number, sample.kind, sample.source, is_right, evidence)
                known.append(case)
                writer.writerow(_row(case))
            file.flush()
            if number % 100 == 99:
                print(f"{number + 1} samples, {len(known)} reads", flush=True)
    return known


def load(path: Path) -> list[Case]:
    """Return the cases in *path*; none if there is no such file."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return [
            Case(int(row[0]), row[1], row[2], row[3] == "True", _evidence(row[4:]))
            for row in csv.reader(file)
        ]


def _row(case: Case) -> list[object]:
    return [case.sample, case.kind, case.source, case.is_right, *astuple(case.evidence)]


def _evidence(row: list[str]) -> Evidence:
    numbers = dict(zip((entry.name for entry in fields(Evidence)), map(float, row), strict=True))
    return Evidence(**{**numbers, "looks": int(numbers["looks"])})  # type: ignore[arg-type]
