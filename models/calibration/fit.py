"""Fit the calibration: `python -m models.calibration.fit`; stopped, the same command goes on where it was.

Run it again whenever the detector, the reader or the voting changes: the evidence means something else then.
"""

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from models.calibration.gather import Case, gather
from models.calibration.logistic import fitted
from models.calibration.samples import REAL
from platewarden.evaluation.confidence import Reliability, Scored, coverage_at, points, reliability
from platewarden.recognition.calibration import IDENTITY, WEIGHTS_FILE, Calibration

OUT: Final = Path("var/train/calibration")
FOLDS: Final = 5
PRECISION: Final = 0.98
REAL_COUNTS: Final = 3.0
"""How many rendered reads one on a real plate counts for: they are few, and what matters."""


def main() -> None:
    """Gather the evidence, judge the fit on sources it has not seen, and write the fit of everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=2400)
    parser.add_argument("--seed", type=int, default=41_000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, default=OUT, help="where the evidence is kept")
    options = parser.parse_args()
    path = options.out / f"evidence-{_models()}.csv"
    cases = gather(path, samples=options.samples, seed=options.seed, threads=options.threads)
    before, after = judged(cases, [IDENTITY] * FOLDS), judged(cases, _folds(cases))
    calibration = calibrated(cases)
    _report(cases, before, after)
    WEIGHTS_FILE.write_text(_json(calibration, cases, before, after), encoding="utf-8")
    print(f"written: {WEIGHTS_FILE.name}, intercept {calibration.intercept:.3f}, {dict(calibration.weights)}")


def calibrated(cases: Sequence[Case]) -> Calibration:
    """Return the calibration that *cases* bear out best."""
    features = [case.evidence.features() for case in cases]
    # How many looks there were says more in this sample, whose looks differ more, than over the frames of a pass.
    names = [name for name in features[0] if name != "looks"]
    table = np.array([[row[name] for name in names] for row in features])
    right = np.array([case.is_right for case in cases])
    counts = np.array([REAL_COUNTS if case.kind == REAL else 1.0 for case in cases])
    intercept, weights = fitted(table, right, counts)
    kept = {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}
    return Calibration(round(intercept, 4), {name: weight for name, weight in kept.items() if weight > 0})


def judged(cases: Sequence[Case], folds: Sequence[Calibration]) -> list[Scored]:
    """Return every case with the probability that the calibration of its fold, which has not seen it, gives it."""
    return [Scored(folds[_fold(case)].probability(case.evidence), is_right=case.is_right) for case in cases]


def _folds(cases: Sequence[Case]) -> list[Calibration]:
    """Return for each fold the calibration fitted on the others."""
    return [calibrated([case for case in cases if _fold(case) != fold]) for fold in range(FOLDS)]


def _fold(case: Case) -> int:
    return hashlib.sha256(case.source.encode()).digest()[0] % FOLDS


def _models() -> str:
    """Return a short digest of the networks: other networks, other evidence."""
    files = sorted(WEIGHTS_FILE.parent.glob("plate_*.onnx"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _report(cases: Sequence[Case], before: Sequence[Scored], after: Sequence[Scored]) -> None:
    for kind in ("all", *sorted({case.kind for case in cases})):
        chosen = [number for number, case in enumerate(cases) if kind in ("all", case.kind)]
        old, new = ([scored[number] for number in chosen] for scored in (before, after))
        right = sum(cases[number].is_right for number in chosen)
        print(
            f"{kind}: {len(chosen)} reads, {right} right; error {reliability(old).error:.4f} -> "
            f"{reliability(new).error:.4f}; right among those accepted at precision {PRECISION}: "
            f"{_accepted(old)} -> {_accepted(new)}"
        )
    for group in reliability(after).bins:
        print(f"  {group.low:.3f}-{group.high:.3f}: said {group.mean:.3f}, right {group.right.value:.3f}")


def _accepted(reads: Sequence[Scored]) -> int:
    """Return how many of *reads* are right and can be accepted unseen at a precision of `PRECISION`."""
    point = coverage_at(points(reads, len(reads)), PRECISION).point
    return point.precision.part if point else 0


def _json(
    calibration: Calibration, cases: Sequence[Case], before: Sequence[Scored], after: Sequence[Scored]
) -> str:
    old: Reliability = reliability(before)
    content = {
        "fitted": {
            "by": "python -m models.calibration.fit",
            "reads": dict(sorted(Counter(case.kind for case in cases).items())),
            "expected_calibration_error": {
                "support alone": round(old.error, 4),
                "fitted, on sources held out": round(reliability(after).error, 4),
            },
            "networks": _models(),
        },
        "intercept": calibration.intercept,
        "weights": dict(calibration.weights),
    }
    return json.dumps(content, indent=2) + "\n"


if __name__ == "__main__":
    main()
