"""Painted traffic and a recogniser that reads it exactly: plates are white boards with a bar code.

Everything is real except the vehicles and the models: pixels, video files, compression.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np

from platewarden.edge.sources import VideoFrame
from platewarden.recognition.geometry import box_around, cut_box
from platewarden.recognition.types import (
    Box,
    Detection,
    Frame,
    Look,
    PlateRead,
    Reading,
    Surroundings,
    Vehicle,
)

BEGAN_AT = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
RATE = 25
WIDTH, HEIGHT = 640, 360

Path_ = Callable[[float], tuple[float, float, float] | None]
"""Middle of a plate and its width in pixels at a time in seconds; None while it cannot be seen."""

_BITS = 7


def plate_of(number: int) -> str:
    """Return the plate that the bar code *number*, 0-127, stands for."""
    return f"ABC{1000 + number}"


@dataclass(frozen=True)
class Passing:
    """A plate on its way; *sharp* tells whether it can be read at a time."""

    number: int
    path: Path_
    sharp: Callable[[float], bool] = lambda _at_s: True


def driving(
    *, begin_s: float, end_s: float, x: float = 320, speed: float = 160, width: float = 70, top: float = 40
) -> Path_:
    """Return the path of a vehicle that drives down the picture, growing as it comes nearer."""

    def path(at_s: float) -> tuple[float, float, float] | None:
        gone = at_s - begin_s
        return (x, top + speed * gone, width + 12 * gone) if begin_s <= at_s < end_s else None

    return path


def standing(*, begin_s: float, end_s: float, x: float = 320, y: float = 200, width: float = 80) -> Path_:
    """Return the path of a vehicle that stands still."""
    return lambda at_s: (x, y, width) if begin_s <= at_s < end_s else None


def hidden(path: Path_, *, begin_s: float, end_s: float) -> Path_:
    """Return *path* with the plate hidden for a while."""
    return lambda at_s: None if begin_s <= at_s < end_s else path(at_s)


def paint(passing: Iterable[Passing], at_s: float) -> Frame:
    """Return the scene at *at_s*: (HEIGHT, WIDTH, 3)."""
    scene = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)
    for one in passing:
        if place := one.path(at_s):
            _paint_plate(scene, one.number, *place)
            if not one.sharp(at_s):
                scene = cv2.GaussianBlur(scene, (0, 0), 12)
    return scene


def _paint_plate(scene: Frame, number: int, x: float, y: float, width: float) -> None:
    left, top, cell = round(x - width / 2), round(y - width / 4), width / (_BITS + 2)
    right, bottom = round(x + width / 2), round(y + width / 4)
    cv2.rectangle(scene, (left, top), (right, bottom), (235, 235, 235), cv2.FILLED)
    for bit in range(_BITS):
        if number >> bit & 1:
            first = (round(left + cell * (bit + 1)), round(top + width / 10))
            last = (round(left + cell * (bit + 2)) - 1, round(bottom - width / 10))
            cv2.rectangle(scene, first, last, (20, 20, 20), cv2.FILLED)


def frames(passing: Sequence[Passing], seconds: float, *, rate: float = RATE) -> Iterator[VideoFrame]:
    """Yield what a camera sees of *passing*."""
    for index in range(round(seconds * rate)):
        at_s = index / rate
        yield VideoFrame(paint(passing, at_s), BEGAN_AT + timedelta(seconds=at_s), at_s, index)


def write_video(path: Path, passing: Sequence[Passing], seconds: float, *, codec: str = "MJPG") -> Path:
    """Write a video file of *passing* and return its path."""
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*codec), RATE, (WIDTH, HEIGHT))
    assert writer.isOpened()
    for frame in frames(passing, seconds):
        writer.write(frame.picture)
    writer.release()
    return path


@dataclass
class BarReader:
    """Reads painted plates; counts what it is asked for.

    Attributes:
        certainty: The confidence of what is found.
        misread: Returns the plate that is read in place of another one, by its number and the count of looks so far.
        after: Called after each frame with how many plates were found so far: what a test does when these are enough.
    """

    misread: Callable[[str, int], str] = lambda plate, _looks: plate
    certainty: float = 0.9
    found: int = 0
    looked: int = 0
    described: int = 0
    boxes: list[Box] = field(default_factory=list)
    after: Callable[[int], None] = lambda _plates: None
    plates: int = 0

    def find(self, frame: Frame) -> list[Detection]:
        """Return the white boards."""
        self.found += 1
        mask = (cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY) > 150).astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(mask)
        detections = []
        for left, top, width, height, area in stats[1:].tolist():
            if area > 300 and 1.2 < width / height < 4:
                corners = np.array(
                    [[left, top], [left + width, top], [left + width, top + height], [left, top + height]],
                    np.float32,
                )
                detections.append(Detection(box_around(corners), corners, self.certainty))
        self.plates += len(detections)
        self.after(self.plates)
        return detections

    def look(self, frame: Frame, detection: Detection) -> Look:
        """Read the bars."""
        self.looked += 1
        self.boxes.append(detection.box_xyxy)
        plate = cut_box(frame, detection.box_xyxy)
        grey = cv2.resize(cv2.cvtColor(plate, cv2.COLOR_BGR2GRAY), ((_BITS + 2) * 8, 32))
        cells = [grey[12:20, 8 * bit + 10 : 8 * bit + 14] for bit in range(_BITS)]
        number = sum(int(cell.mean() < 128) << bit for bit, cell in enumerate(cells))
        text = self.misread(plate_of(number), self.looked)
        return Look(detection, plate, (Reading(text, (0.99,) * len(text), ()),), text, 0.9)

    def describe(self, _frame: Frame, _look: Look) -> Surroundings:
        """Return the same vehicle every time."""
        self.described += 1
        return Surroundings("NY", 0.9, "", Vehicle(colour="red"))

    def conclude(self, looks: Sequence[Look], described: Sequence[Surroundings] = ()) -> PlateRead | None:
        """Return what most looks read, as sure as they are many; an empty text is no plate."""
        texts = [reading.text for look in looks for reading in look.readings]
        plate = max(sorted(set(texts)), key=texts.count)
        if not plate:
            return None
        around = described[0] if described else Surroundings()
        share = texts.count(plate) / len(texts)
        return PlateRead(
            plate=plate,
            plate_as_read=plate,
            confidence=0.99 * share,
            char_confidences=(0.99,) * len(plate),
            alternates=(),
            state=around.state,
            state_confidence=around.state_confidence,
            box_xyxy=looks[0].detection.box_xyxy,
            vehicle=around.vehicle,
        )

    def read(self, frame: Frame) -> list[PlateRead]:
        """Return the plates of one picture."""
        looks = [self.look(frame, detection) for detection in self.find(frame)]
        reads = [self.conclude([look], [self.describe(frame, look)]) for look in looks]
        return [read for read in reads if read is not None]
