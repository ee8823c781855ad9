"""Everything that is said about one engine on one set of photographs."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from platewarden.evaluation.confidence import (
    ACCEPT_FROM,
    PRECISIONS,
    Coverage,
    Point,
    Reliability,
    coverage_at,
    points,
    reliability,
    scored_reads,
)
from platewarden.evaluation.figures import Figures, by_light, by_width, figures_of
from platewarden.evaluation.outcomes import PhotoOutcome, PlateOutcome, Unreadable
from platewarden.evaluation.shares import Share
from platewarden.evaluation.texts import Pair, confusions


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """The figures of one engine on one set of photographs.

    Attributes:
        photos: The photographs that could be read, each with its plates.
        unreadable: The others, each with the cause.
        whole: Figures of all plates.
        widths: The same for each group of plate widths.
        lights: The same for each light.
        false_reported: Guesses that are no labelled plate, to the number of photographs.
        false_accepted: Those of them with a confidence of `ACCEPT_FROM` or more.
        curve: What each threshold comes to, highest first.
        coverages: How much may be accepted at each of `PRECISIONS`.
        reliability: How far confidence can be taken at its word.
        confusions: Characters of all plates that were read, each with what was read for it.
    """

    photos: tuple[PhotoOutcome, ...]
    unreadable: tuple[Unreadable, ...]
    whole: Figures
    widths: dict[str, Figures]
    lights: dict[str, Figures]
    false_reported: Share
    false_accepted: Share
    curve: tuple[Point, ...]
    coverages: tuple[Coverage, ...]
    reliability: Reliability
    confusions: Counter[Pair]

    @property
    def plates(self) -> list[PlateOutcome]:
        """Every labelled plate of the photographs that could be read."""
        return plates_of(self.photos)

    @property
    def ms_median(self) -> float:
        """Milliseconds for a photograph, median; without decoding."""
        return median(photo.ms for photo in self.photos) if self.photos else 0.0

    @property
    def ms_mean(self) -> float:
        """Milliseconds for a photograph, mean; without decoding."""
        return fmean(photo.ms for photo in self.photos) if self.photos else 0.0

    def as_json(self) -> dict[str, Any]:
        """Return plain values for `json.dumps`."""
        return {
            "photos": len(self.photos),
            "unreadable": [{"file": photo.file, "cause": photo.cause} for photo in self.unreadable],
            "plates": self.whole.exact.whole,
            "ms_median": round(self.ms_median, 1),
            "ms_mean": round(self.ms_mean, 1),
            "all": self.whole.as_json(),
            "by_width": {name: figures.as_json() for name, figures in self.widths.items()},
            "by_light": {name: figures.as_json() for name, figures in self.lights.items()},
            "false_plates_per_photo": self.false_reported.as_json(),
            "false_plates_per_photo_accepted": self.false_accepted.as_json(),
            "coverage": [_coverage_json(coverage) for coverage in self.coverages],
            "calibration": _reliability_json(self.reliability),
        }


def summarise(results: Iterable[PhotoOutcome | Unreadable]) -> Summary:
    """Return the figures of *results*."""
    listed = list(results)
    photos = tuple(result for result in listed if isinstance(result, PhotoOutcome))
    plates, reads = plates_of(photos), scored_reads(photos)
    curve = points(reads, len(plates))
    false = [false.guess for photo in photos for false in photo.false_plates]
    return Summary(
        photos=photos,
        unreadable=tuple(result for result in listed if isinstance(result, Unreadable)),
        whole=figures_of(plates),
        widths=by_width(plates),
        lights=by_light(plates),
        false_reported=Share(len(false), len(photos)),
        false_accepted=Share(sum(guess.confidence >= ACCEPT_FROM for guess in false), len(photos)),
        curve=tuple(curve),
        coverages=tuple(coverage_at(curve, wanted) for wanted in PRECISIONS),
        reliability=reliability(reads),
        confusions=confusions((plate.truth.plate, plate.read) for plate in plates if plate.read),
    )


def plates_of(photos: Sequence[PhotoOutcome]) -> list[PlateOutcome]:
    """Return the labelled plates of *photos*, in order."""
    return [plate for photo in photos for plate in photo.plates]


def _coverage_json(coverage: Coverage) -> dict[str, Any]:
    point = coverage.point
    return {
        "precision": coverage.wanted,
        "threshold": round(point.threshold, 4) if point else None,
        "reached": point.precision.as_json() if point else None,
        "coverage": point.coverage.as_json() if point else None,
    }


def _reliability_json(found: Reliability) -> dict[str, Any]:
    return {
        "expected_calibration_error": round(found.error, 4),
        "bins": [
            {
                "from": round(group.low, 4),
                "to": round(group.high, 4),
                "mean_confidence": round(group.mean, 4),
                "right": group.right.as_json(),
            }
            for group in found.bins
        ],
    }
