"""The values that pass between the stages of recognition, and the two interfaces a stage may stand behind."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

Frame: TypeAlias = npt.NDArray[np.uint8]
"""A picture: (H, W, 3) uint8, BGR, origin top left."""

FloatArray: TypeAlias = npt.NDArray[np.float32]
"""Numbers of a network: float32, any shape; every use states it."""

Box: TypeAlias = tuple[float, float, float, float]
"""xyxy, pixels of the frame: left, top, right, bottom."""

UNKNOWN: Final = "unknown"
"""What a vehicle characteristic says when it was not recognised."""


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """A place in a frame where something can be read.

    Attributes:
        box_xyxy: Upright box around `corners`.
        corners: (4, 2) float32, pixels of the frame, clockwise from the top left as the text runs.
        confidence: 0-1.
    """

    box_xyxy: Box
    corners: FloatArray
    confidence: float


@dataclass(frozen=True, slots=True)
class Alternate:
    """Another plate that the picture would bear out, with its confidence, 0-1."""

    plate: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of one crop.

    Attributes:
        text: The characters A-Z and 0-9, left to right, with hyphens and dots where they were seen.
        char_confidences: 0-1, one for each letter or digit of `text` (none for separators).
        char_choices: For each letter or digit, the characters it may be with their probability, likeliest
            first; the first is the one in `text`.
        probabilities: What the reader's network gave, (steps, 1 + characters) float32, the blank first; what a vote
            over several looks is taken from. None from a reader of words.
    """

    text: str
    char_confidences: tuple[float, ...]
    char_choices: tuple[tuple[tuple[str, float], ...], ...]
    probabilities: FloatArray | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Vehicle:
    """Characteristics of the vehicle as a whole (never of people); `UNKNOWN` where not recognised."""

    kind: str = UNKNOWN
    make: str = UNKNOWN
    model: str = UNKNOWN
    colour: str = UNKNOWN


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One plate in one frame, read.

    Attributes:
        detection: The whole plate: its box, its corners in `frame`, how sure the detector is.
        plate: The plate straightened by its corners, (h, w, 3) uint8 BGR, w about twice h.
        readings: What was read of `plate`, once for each trim; never empty.
        text: What these readings alone come to; empty if they bear out no plate.
        clarity: Share, 0-1, of all the texts tried that they give to it.
    """

    detection: Detection
    plate: Frame
    readings: tuple[Reading, ...]
    text: str
    clarity: float


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is told from around the serial: slow to find, so asked for on a few looks of a pass only.

    Attributes:
        state: Two-letter code of the state of registration; empty when unknown.
        state_confidence: 0-1; 0 when unknown.
        design: The plate's design or class where it is plainly one of New York's, e.g. ``ny-excelsior``; else empty.
        vehicle: Characteristics of the vehicle.
    """

    state: str = ""
    state_confidence: float = 0.0
    design: str = ""
    vehicle: Vehicle = field(default_factory=Vehicle)


@dataclass(frozen=True, slots=True)
class PlateRead:
    """One plate in one picture.

    Attributes:
        plate: Canonical serial: A-Z and 0-9 only.
        plate_as_read: The serial as the reader gave it, separators included; never rewritten afterwards.
        confidence: Probability, 0-1, that all of `plate` is right, as far as the reader can tell.
        char_confidences: 0-1, one a character of `plate`.
        alternates: Other plates the picture would bear out, likeliest first, without `plate` itself.
        state: Two-letter code of the state of registration; empty when unknown.
        state_confidence: 0-1; 0 when unknown.
        box_xyxy: Where the plate is, pixels of the frame.
        vehicle: Characteristics of the vehicle.
        is_described: Whether state and vehicle were looked at: of a picture full of plates only the foremost are.
        design: As in `Surroundings`: shown beside the state to who looks, never submitted or kept.
    """

    plate: str
    plate_as_read: str
    confidence: float
    char_confidences: tuple[float, ...]
    alternates: tuple[Alternate, ...]
    state: str
    state_confidence: float
    box_xyxy: Box
    vehicle: Vehicle = field(default_factory=Vehicle)
    is_described: bool = True
    design: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the read as plain values for `json.dumps`: four decimal places, boxes in whole pixels."""
        return {
            "plate": self.plate,
            "plate_as_read": self.plate_as_read,
            "confidence": round(self.confidence, 4),
            "char_confidences": [round(value, 4) for value in self.char_confidences],
            "alternates": [
                {"plate": other.plate, "confidence": round(other.confidence, 4)} for other in self.alternates
            ],
            "state": self.state,
            "state_confidence": round(self.state_confidence, 4),
            "design": self.design,
            "box_xyxy": [round(value) for value in self.box_xyxy],
            "vehicle": {
                "type": self.vehicle.kind,
                "make": self.vehicle.make,
                "model": self.vehicle.model,
                "colour": self.vehicle.colour,
            },
            "described": self.is_described,
        }


class Detector(Protocol):
    """Finds where to read."""

    def detect(self, frame: Frame) -> list[Detection]:
        """Return what may hold a plate's serial in *frame*, in any order; nothing found is an empty list.

        Raises:
            ModelError: The model itself failed, which is never the same as "nothing found".
        """


class Reader(Protocol):
    """Reads a crop."""

    def read(self, crop: Frame) -> Reading:
        """Read the one line of characters in *crop*, (h, w, 3) uint8 BGR, upright.

        Raises:
            ModelError: The model itself failed, which is never the same as "nothing to read".
        """


class SerialReader(Protocol):
    """Reads the serial on straightened plates, several at once."""

    @property
    def alphabet(self) -> str:
        """The characters it reads, in the order of the columns of `Reading.probabilities` after the blank."""

    def read_all(self, crops: Sequence[Frame]) -> list[Reading]:
        """Read each of *crops*, one or more; every reading has its probabilities.

        Raises:
            ModelError: The model itself failed.
        """


class Recognises(Protocol):
    """Reads plates, in one go or, over the frames of a pass, step by step."""

    def find(self, frame: Frame) -> list[Detection]:
        """Return the plates in *frame*, surest first; quick enough for every frame of a video."""

    def look(self, frame: Frame, detection: Detection) -> Look:
        """Read the plate that *detection* found in *frame*."""

    def describe(self, frame: Frame, look: Look) -> Surroundings:
        """Return the state and the vehicle's characteristics; several times slower than a look."""

    def conclude(self, looks: Sequence[Look], described: Sequence[Surroundings] = ()) -> PlateRead | None:
        """Return what *looks*, one or more at one plate, come to; None when they bear out no plate."""

    def read(self, frame: Frame) -> list[PlateRead]:
        """Return the plates in *frame*, best first: find, look, describe and conclude."""
