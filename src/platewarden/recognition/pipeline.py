"""From a frame to its plates.

First every line of text in the whole frame is found and read, and each is weighed as a plate's serial. Then
the best few are looked at again, enlarged: that gives further readings of the serial to vote with, and the
small words around it that name the state.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from platewarden.recognition.candidates import Line, plausibility
from platewarden.recognition.geometry import cut_box, cut_line, grow_box, overlap, trim_across
from platewarden.recognition.reader import LineReader
from platewarden.recognition.state import StateGuess, match_state
from platewarden.recognition.text_lines import TextLineDetector
from platewarden.recognition.types import Box, Detection, Detector, Frame, PlateRead, Reader
from platewarden.recognition.voting import vote

FRAME_LONG_SIDE_PX: Final = 960
CLOSE_LONG_SIDES_PX: Final = (256, 384)
"""Sizes at which the surroundings of a candidate are looked at again."""

MAX_CANDIDATES: Final = 4
MIN_PLAUSIBILITY: Final = 0.15
"""Lines below this are not looked at again."""

MIN_SCORE: Final = 0.45
"""Candidates below this are not reported."""

_TRIM: Final = 0.1
"""Share of a line's height cut off above and below before reading: detection leaves a margin."""

_SAME: Final = 0.5
"""Two boxes that overlap by this share of the smaller are one place."""

_STATE_WEIGHT: Final = 0.6
"""How much of the doubt in a candidate the words of a state beside it take away."""


@dataclass(frozen=True, slots=True)
class _Scored:
    score: float
    read: PlateRead


class Recogniser:
    """Reads the plates in frames; holds no state between them."""

    def __init__(self, detector: Detector, reader: Reader, *, close_detectors: Sequence[Detector] = ()) -> None:
        """Find serials with *detector*, read them with *reader*.

        Args:
            detector: Finds candidates in the whole frame.
            reader: Reads one line.
            close_detectors: Each finds the lines of text around a candidate once more, in an enlarged crop;
                without them there is no second reading and no state.
        """
        self._detector = detector
        self._reader = reader
        self._close_detectors = tuple(close_detectors)

    def read(self, frame: Frame) -> list[PlateRead]:
        """Return the plates in *frame*, (H, W, 3) uint8 BGR, best first.

        Raises:
            ModelError: A model failed; "no plate" is an empty list, and only that.
        """
        lines = self._lines(frame, self._detector.detect(frame))
        ranked = sorted(lines, key=plausibility, reverse=True)[:MAX_CANDIDATES]
        scored = [self._look_closer(frame, line) for line in ranked if plausibility(line) >= MIN_PLAUSIBILITY]
        scored.sort(key=lambda item: item.score, reverse=True)
        reads: list[PlateRead] = []
        for item in scored:
            if item.score >= MIN_SCORE and not _is_among(item.read.box_xyxy, reads):
                reads.append(item.read)
        return reads

    def _lines(self, frame: Frame, detections: Sequence[Detection]) -> list[Line]:
        return [
            Line(detection, self._reader.read(cut_line(frame, trim_across(detection.corners, _TRIM))))
            for detection in detections
        ]

    def _look_closer(self, frame: Frame, first: Line) -> _Scored:
        """Return what *first* turns out to be when its surroundings are looked at again."""
        box = first.detection.box_xyxy
        looks, guesses = [first], []
        for detector in self._close_detectors:
            lines = self._lines_around(frame, box, detector)
            serial = _serial_at(box, lines)
            looks += [serial] if serial else []
            guesses.append(match_state(line.reading.words for line in lines if line is not serial))
        verdict = vote(looks)
        state = _agreed(guesses)
        read = PlateRead(
            plate=verdict.plate,
            plate_as_read=verdict.plate_as_read,
            confidence=verdict.confidence,
            char_confidences=verdict.char_confidences,
            alternates=verdict.alternates,
            state=state.code,
            state_confidence=state.confidence,
            box_xyxy=box,
        )
        likely = max(plausibility(line) for line in looks if line.serial == verdict.plate)
        return _Scored(1.0 - (1.0 - likely) * (1.0 - _STATE_WEIGHT * state.confidence), read)

    def _lines_around(self, frame: Frame, box: Box, detector: Detector) -> list[Line]:
        """Return the lines in the plate around the serial in *box*, in pixels of *frame*."""
        high = box[3] - box[1]
        area = grow_box(box, x_px=0.6 * high, y_px=1.1 * high, frame=frame)
        origin = np.floor(np.array(area[:2], np.float32))
        crop = cut_box(frame, area)
        return [_moved(line, origin) for line in self._lines(crop, detector.detect(crop))]


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


def _moved(line: Line, origin: np.ndarray) -> Line:
    x, y = (float(value) for value in origin)
    left, top, right, bottom = line.detection.box_xyxy
    detection = replace(
        line.detection,
        box_xyxy=(left + x, top + y, right + x, bottom + y),
        corners=line.detection.corners + origin,
    )
    return Line(detection, line.reading)


def _serial_at(box: Box, lines: Sequence[Line]) -> Line | None:
    """Return the most plausible of *lines* that lie at *box*, if any could be a serial."""
    there = [line for line in lines if overlap(line.detection.box_xyxy, box) >= _SAME and plausibility(line) > 0]
    return max(there, key=lambda line: (len(line.serial), plausibility(line)), default=None)


def _agreed(guesses: Sequence[StateGuess]) -> StateGuess:
    """Return the surest of *guesses*; unknown when two of them name different states."""
    named = [guess for guess in guesses if guess.code]
    if len({guess.code for guess in named}) != 1:
        return StateGuess()
    return max(named, key=lambda guess: guess.confidence)


def _is_among(box: Box, reads: Sequence[PlateRead]) -> bool:
    return any(overlap(box, read.box_xyxy) >= _SAME for read in reads)
