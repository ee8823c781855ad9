"""From a frame to its plates: find them, look at each, and say what the looks come to.

A plate is found by its corners, straightened, and read at several trims: how much of the words above and below is
cut off changes what a reader makes of blurred characters, and what survives every trim is surer. Over the frames of
a pass the looks at all of them are taken together (see `platewarden.edge`).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from platewarden.recognition.calibration import Calibration, Evidence
from platewarden.recognition.geometry import covered, grow_corners, straighten
from platewarden.recognition.plate_detector import PlateDetector
from platewarden.recognition.plate_reader import PlateReader
from platewarden.recognition.state_reader import StateReader
from platewarden.recognition.types import (
    Detection,
    Detector,
    FloatArray,
    Frame,
    Look,
    PlateRead,
    Reading,
    SerialReader,
    Surroundings,
)
from platewarden.recognition.vehicle import vehicle_of
from platewarden.recognition.voting import vote

TRIMS: Final = ((0.10, 0.10), (0.16, 0.13), (0.04, 0.06))
"""Shares of the plate's height cut off above and below, a look each."""

MIN_DETECTION: Final = 0.3
"""Surer than this, a place in a frame may be a plate."""

MIN_CONFIDENCE: Final = 0.1
"""What the looks all but deny is not reported."""

MAX_DESCRIBED: Final = 8
"""Of so many plates of one picture the state and the vehicle are told: they take ten times as long as the serial. The
largest and surest go first; the others say that they were left (`PlateRead.is_described`)."""

RIGHT_WAY_UP: Final = 0.95
"""A serial so sure is not upside down; one that is so sure only when turned is, and then no state is told."""

_SAME_PLATE: Final = 0.5
"""Two detections of which the smaller lies in the other by this share are one plate."""

_MARGIN: Final = 0.08
"""Words stand close to a plate's edge: the state is read from the plate with this share of its size around it."""


class Recogniser:
    """Reads the plates in frames; holds nothing between them (implements `Recognises`)."""

    def __init__(
        self,
        detector: Detector,
        reader: SerialReader,
        states: StateReader | None = None,
        *,
        trims: Sequence[tuple[float, float]] = TRIMS,
        calibration: Calibration | None = None,
    ) -> None:
        """Find plates with *detector*, read them with *reader* at each of *trims*, name their state with *states*."""
        self._detector = detector
        self._reader = reader
        self._states = states
        self._trims = tuple(trims)
        self._calibration = calibration or Calibration.load()

    def find(self, frame: Frame) -> list[Detection]:
        """Return the plates in *frame*, (H, W, 3) uint8 BGR, surest first.

        Raises:
            ModelError: The model failed; "no plate" is an empty list, and only that.
        """
        found = [plate for plate in self._detector.detect(frame) if plate.confidence >= MIN_DETECTION]
        return _apart(sorted(found, key=lambda plate: -plate.confidence))

    def look(self, frame: Frame, detection: Detection) -> Look:
        """Straighten the plate of *detection* in *frame* and read it at every trim.

        Raises:
            ModelError: The model failed.
        """
        return self._look_at(straighten(frame, detection.corners), detection)

    def describe(self, frame: Frame, look: Look) -> Surroundings:
        """Return the state of registration and the vehicle's characteristics; much slower than a look.

        Raises:
            ModelError: A model failed.
        """
        vehicle = vehicle_of(frame, look.detection.corners)
        if self._states is None:
            return Surroundings(vehicle=vehicle)
        around = straighten(frame, grow_corners(look.detection.corners, _MARGIN))
        guess = self._states.read(look.plate, surroundings=around)
        if guess.code and self._is_upside_down(look):
            return Surroundings(vehicle=vehicle)
        return Surroundings(guess.code, guess.confidence, guess.design, vehicle)

    def conclude(self, looks: Sequence[Look], described: Sequence[Surroundings] = ()) -> PlateRead | None:
        """Return what *looks*, one or more at one plate, come to; None when they bear out no plate."""
        readings = [reading for look in looks for reading in look.readings]
        verdict = vote(_evidence(readings), self._reader.alphabet)
        if verdict is None:
            return None
        best = max(looks, key=_prominence)
        evidence = Evidence(
            support=verdict.support,
            weakest=min(verdict.char_confidences),
            agreement=verdict.agreement,
            looks=len(looks),
            detection=best.detection.confidence,
            width_px=float(best.plate.shape[1]),
            clearest=max((look.clarity for look in looks if look.text == verdict.plate), default=0.5),
        )
        around = max(described, key=lambda each: each.state_confidence, default=Surroundings())
        return PlateRead(
            plate=verdict.plate,
            plate_as_read=verdict.plate,
            confidence=self._calibration.probability(evidence),
            char_confidences=verdict.char_confidences,
            alternates=verdict.alternates,
            state=around.state,
            state_confidence=around.state_confidence,
            box_xyxy=best.detection.box_xyxy,
            vehicle=around.vehicle,
            design=around.design,
        )

    def read(self, frame: Frame) -> list[PlateRead]:
        """Return the plates in *frame*, (H, W, 3) uint8 BGR, the surest first.

        Raises:
            ModelError: A model failed; "no plate" is an empty list, and only that.
        """
        looks = [self.look(frame, detection) for detection in self.find(frame)]
        reads = [
            read
            for place, look in enumerate(sorted(self._borne_out(looks), key=_prominence, reverse=True))
            if (read := self._concluded(frame, look, describe=place < MAX_DESCRIBED)) is not None
        ]
        return sorted(reads, key=lambda read: -read.confidence)

    def _look_at(self, plate: Frame, detection: Detection) -> Look:
        crops = [_trimmed(plate, top, foot) for top, foot in self._trims]
        readings = tuple(self._reader.read_all(crops))
        alone = vote(_evidence(readings), self._reader.alphabet)
        return Look(
            detection,
            plate,
            readings,
            text=alone.plate if alone else "",
            clarity=alone.support if alone else 0.0,
        )

    def _is_upside_down(self, look: Look) -> bool:
        """Whether the serial of *look* is certain the other way up only: words are read standing on their head too."""
        if self._sureness(look) >= RIGHT_WAY_UP:
            return False
        turned = np.ascontiguousarray(look.plate[::-1, ::-1])
        return self._sureness(self._look_at(turned, look.detection)) >= RIGHT_WAY_UP

    def _sureness(self, look: Look) -> float:
        read = self.conclude([look])
        return read.confidence if read else 0.0

    def _borne_out(self, looks: Sequence[Look]) -> list[Look]:
        """Return those of *looks*, one a plate, in which there is one."""
        reads = [self.conclude([look]) for look in looks]
        return [
            look
            for look, read in zip(looks, reads, strict=True)
            if read is not None and read.confidence >= MIN_CONFIDENCE
        ]

    def _concluded(self, frame: Frame, look: Look, *, describe: bool) -> PlateRead | None:
        if describe:
            return self.conclude([look], [self.describe(frame, look)])
        read = self.conclude([look])
        return read and replace(read, is_described=False)


def load_recogniser(*, threads: int = 0) -> Recogniser:
    """Return the recogniser of this release: our detector, the reader tuned to US plates, PP-OCRv6 for words.

    Args:
        threads: Threads a model may use for one picture; 0 means one a core.

    Raises:
        ModelError: A model file is missing or not the one that was measured.
    """
    return Recogniser(
        PlateDetector(threads=threads), PlateReader(threads=threads), StateReader(threads=threads)
    )


def _apart(ranked: Sequence[Detection]) -> list[Detection]:
    """Return *ranked*, surest first, without those that lie on a surer one."""
    kept: list[Detection] = []
    for plate in ranked:
        if all(covered(plate.box_xyxy, other.box_xyxy) < _SAME_PLATE for other in kept):
            kept.append(plate)
    return kept


def _prominence(look: Look) -> float:
    """Return how much the plate of *look* stands out: sure and large."""
    width: int = look.plate.shape[1]
    return look.detection.confidence * width


def _trimmed(plate: Frame, top: float, foot: float) -> Frame:
    height = plate.shape[0]
    return plate[round(top * height) : max(round((1 - foot) * height), round(top * height) + 2)]


def _evidence(readings: Sequence[Reading]) -> list[FloatArray]:
    return [reading.probabilities for reading in readings if reading.probabilities is not None]
