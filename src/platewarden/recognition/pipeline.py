"""From a frame to its plates.

First every line of text in the whole frame is found and read, and each is weighed as a plate's serial. Then
the best few are looked at again, enlarged: that gives further readings of the serial to vote with, and the
small words around it that name the state.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from platewarden.recognition.candidates import Line, plausibility
from platewarden.recognition.geometry import (
    box_around,
    covered,
    cut_box,
    cut_line,
    grow_box,
    likeness,
    trim_across,
)
from platewarden.recognition.reader import LineReader
from platewarden.recognition.state import StateGuess, match_state
from platewarden.recognition.text_lines import TextLineDetector
from platewarden.recognition.types import Box, Detection, Detector, FloatArray, Frame, PlateRead, Reader
from platewarden.recognition.voting import vote

FRAME_LONG_SIDE_PX: Final = 960
CLOSE_LONG_SIDES_PX: Final = (256, 384)
"""Sizes at which the surroundings of a candidate are looked at again."""

MAX_CANDIDATES: Final = 3
MIN_PLAUSIBILITY: Final = 0.15
"""Lines below this are not looked at again."""

MIN_SCORE: Final = 0.45
"""Candidates below this are not reported."""

MIN_SHARE_OF_BEST: Final = 0.6
"""Nor are those below this share of the frame's best: a word is a vanity plate only for want of better."""

MIN_CONFIDENCE: Final = 0.1
"""Nor is a serial that the looks at it all but deny."""

_TRIM: Final = 0.1
"""Share of a line's height cut off above and below before reading: detection leaves a margin."""

_SAME_LINE: Final = 0.35
"""Two boxes this alike (intersection over union) hold one line, seen twice."""

_SAME_PLATE: Final = 0.5
"""Two reads of which the smaller lies in the other by this share are one plate."""

_STATE_WEIGHT: Final = 0.6
"""How much of the doubt in a candidate the words of a state beside it take away."""


@dataclass(frozen=True, slots=True)
class _Scored:
    score: float
    read: PlateRead


class Recogniser:
    """Reads the plates in frames; holds no state between them."""

    def __init__(
        self, detector: Detector, reader: Reader, *, close_detectors: Sequence[Detector] = ()
    ) -> None:
        """Find serials with *detector*, read them with *reader*.

        Args:
            detector: Finds candidates in the whole frame.
            reader: Reads one line.
            close_detectors: Each finds the lines of text around a candidate once more, in an enlarged crop;
                the state is read from the words that the last one finds. Without them there is neither.
        """
        self._detector = detector
        self._reader = reader
        self._close_detectors = tuple(close_detectors)

    def read(self, frame: Frame) -> list[PlateRead]:
        """Return the plates in *frame*, (H, W, 3) uint8 BGR, best first.

        Raises:
            ModelError: A model failed; "no plate" is an empty list, and only that.
        """
        lines = [self._line(frame, detection) for detection in self._detector.detect(frame)]
        ranked = sorted(lines, key=plausibility, reverse=True)[:MAX_CANDIDATES]
        return _best_first(
            [self._look_closer(frame, line) for line in ranked if plausibility(line) >= MIN_PLAUSIBILITY]
        )

    def _line(self, frame: Frame, detection: Detection) -> Line:
        return Line(detection, self._reader.read(cut_line(frame, trim_across(detection.corners, _TRIM))))

    def _look_closer(self, frame: Frame, first: Line) -> _Scored:
        """Return what *first* turns out to be when its surroundings are looked at again."""
        looks, others = [first], list[Detection]()
        for detector in self._close_detectors:
            around = _detect_around(frame, first.detection.box_xyxy, detector)
            again = _seen_again(first.detection, around)
            if again is not None:
                looks.append(self._line(frame, again))
            others = [detection for detection in around if detection is not again]
        words = [self._line(frame, detection).reading.words for detection in others]
        return _conclude([look for look in looks if plausibility(look) > 0], match_state(words))


def load_recogniser(*, threads: int = 0) -> Recogniser:
    """Return the recogniser of this release: PP-OCRv6 on the whole frame, then on each candidate.

    Args:
        threads: Threads a model may use for one picture; 0 means one a core.

    Raises:
        ModelError: A model file is missing or not the one that was measured.
    """
    detector = TextLineDetector(long_side_px=FRAME_LONG_SIDE_PX, threads=threads)
    closer = [detector.at(size) for size in CLOSE_LONG_SIDES_PX]
    return Recogniser(detector, LineReader(threads=threads), close_detectors=closer)


def _detect_around(frame: Frame, box: Box, detector: Detector) -> list[Detection]:
    """Return the lines of text in the plate whose serial is in *box*, in pixels of *frame*."""
    high = box[3] - box[1]
    area = grow_box(box, x_px=0.6 * high, y_px=1.1 * high, frame=frame)
    origin = np.floor(np.array(area[:2], np.float32))
    return [_moved(detection, origin) for detection in detector.detect(cut_box(frame, area))]


def _moved(detection: Detection, origin: FloatArray) -> Detection:
    corners = detection.corners + origin
    return Detection(box_around(corners), corners, detection.confidence)


def _seen_again(first: Detection, around: Sequence[Detection]) -> Detection | None:
    """Return the one of *around* that is the line *first*, if it is among them."""
    again = max(around, key=lambda other: likeness(other.box_xyxy, first.box_xyxy), default=None)
    return again if again and likeness(again.box_xyxy, first.box_xyxy) >= _SAME_LINE else None


def _conclude(looks: Sequence[Line], state: StateGuess) -> _Scored:
    """Return what *looks* at one line, with *state* beside it, come to, and how likely it is a plate."""
    verdict = vote(looks)
    agreeing = [look for look in looks if look.serial == verdict.plate]
    read = PlateRead(
        plate=verdict.plate,
        plate_as_read=verdict.plate_as_read,
        confidence=verdict.confidence,
        char_confidences=verdict.char_confidences,
        alternates=verdict.alternates,
        state=state.code,
        state_confidence=state.confidence,
        box_xyxy=agreeing[0].detection.box_xyxy,
    )
    doubt = 1.0 - max(map(plausibility, agreeing))
    return _Scored(1.0 - doubt * (1.0 - _STATE_WEIGHT * state.confidence), read)


def _best_first(scored: Sequence[_Scored]) -> list[PlateRead]:
    """Return the reads that are likely enough, one a plate."""
    ranked = sorted(scored, key=lambda item: item.score, reverse=True)
    least = max(MIN_SCORE, MIN_SHARE_OF_BEST * ranked[0].score) if ranked else MIN_SCORE
    reads: list[PlateRead] = []
    for item in ranked:
        likely = item.score >= least and item.read.confidence >= MIN_CONFIDENCE
        if likely and not _is_among(item.read.box_xyxy, reads):
            reads.append(item.read)
    return reads


def _is_among(box: Box, reads: Sequence[PlateRead]) -> bool:
    return any(covered(box, read.box_xyxy) >= _SAME_PLATE for read in reads)
