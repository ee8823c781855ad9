"""What an engine makes of photographs, laid beside what people read in them."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2

from platewarden.evaluation.labels import LabelledPhoto, LabelledPlate
from platewarden.evaluation.light import light_of
from platewarden.evaluation.texts import edits, folded
from platewarden.recognition.geometry import cut_box, grow_box, likeness
from platewarden.recognition.images import ImageError, load_image
from platewarden.recognition.types import Box, Frame

SAME_PLACE: Final = 0.5
"""Intersection over union from which a plate counts as found in its place."""

PICTURE_LONG_SIDE_PX: Final = 320


@dataclass(frozen=True, slots=True)
class Guess:
    """A plate that an engine sees.

    Attributes:
        plate: Serial, A-Z and 0-9; empty where a plate was found but not read.
        box_xyxy: Where, pixels of the frame.
        confidence: 0-1.
        alternates: Other plates it may be, likeliest first.
        state: Two-letter code; empty when unknown.
        design: Design or class of a plate of New York, as `PlateRead.design`; empty when unknown.
    """

    plate: str
    box_xyxy: Box
    confidence: float
    alternates: tuple[str, ...] = ()
    state: str = ""
    design: str = ""


Engine: TypeAlias = Callable[[Frame], Sequence[Guess]]
"""Frame in, (H, W, 3) uint8 BGR; guesses out, best first."""


@dataclass(frozen=True, slots=True, eq=False)
class PlateOutcome:
    """One labelled plate and the guess made of it.

    Attributes:
        file: The photograph, as the label names it.
        light: A name in `light.LIGHTS`.
        truth: The label.
        guess: What was guessed there; absent when the plate was missed.
        overlap: Intersection over union of both boxes, 0-1; 0 when missed.
        picture: The plate with its surroundings, kept where it was not read right.
    """

    file: str
    light: str
    truth: LabelledPlate
    guess: Guess | None
    overlap: float
    picture: Frame | None = None

    @property
    def read(self) -> str:
        """What was read; empty when nothing was."""
        return self.guess.plate if self.guess else ""

    @property
    def state(self) -> str:
        """The state that was given; empty when none was."""
        return self.guess.state if self.guess else ""

    @property
    def design(self) -> str:
        """The design that was given; empty when none was."""
        return self.guess.design if self.guess else ""

    @property
    def confidence(self) -> float:
        """How sure the engine was of it; 0 when nothing was read."""
        return self.guess.confidence if self.guess else 0.0

    @property
    def is_exact(self) -> bool:
        """Whether every character is right."""
        return self.read == self.truth.plate

    @property
    def is_folded(self) -> bool:
        """Whether every character is right, O Q 0 and I 1 taken as one."""
        return folded(self.read) == folded(self.truth.plate)

    @property
    def folded_edits(self) -> int:
        """How many characters are wrong, O Q 0 and I 1 taken as one."""
        return edits(folded(self.truth.plate), folded(self.read))

    @property
    def is_among_alternates(self) -> bool:
        """Whether the plate is what was read or one of the alternates."""
        return self.is_exact or bool(self.guess and self.truth.plate in self.guess.alternates)


@dataclass(frozen=True, slots=True, eq=False)
class FalsePlate:
    """A guess that belongs to no labelled plate, with the picture of the place."""

    file: str
    guess: Guess
    picture: Frame | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PhotoOutcome:
    """One photograph: its plates, what was seen that is none, and the time it took without decoding."""

    plates: tuple[PlateOutcome, ...]
    false_plates: tuple[FalsePlate, ...]
    ms: float


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A photograph that could not be opened or decoded; the cause names the file."""

    file: str
    cause: str


def examine(engine: Engine, photos: Iterable[LabelledPhoto]) -> Iterator[PhotoOutcome | Unreadable]:
    """Yield what *engine* makes of each of *photos*; one that cannot be read does not stop the others.

    Raises:
        ModelError: The engine itself failed.
    """
    for photo in photos:
        try:
            frame = load_image(photo.path, name=photo.file)
        except ImageError as error:
            yield Unreadable(photo.file, str(error))
            continue
        started = time.perf_counter()
        guesses = engine(frame)
        ms = (time.perf_counter() - started) * 1000
        yield judge(photo, frame, guesses, ms=ms)


def judge(photo: LabelledPhoto, frame: Frame, guesses: Sequence[Guess], *, ms: float = 0.0) -> PhotoOutcome:
    """Return *guesses* laid beside the labels of *photo*.

    Guesses at uncounted places are dropped. A second guess at a plate is a false plate like any other: it would
    be a second read of one vehicle.
    """
    light = photo.light or light_of(frame)
    pairs = pair([plate.box_xyxy for plate in photo.plates], [guess.box_xyxy for guess in guesses])
    plates = tuple(
        _outcome(photo.file, light, truth, guesses[pairs[place]] if place in pairs else None, frame)
        for place, truth in enumerate(photo.plates)
    )
    taken = set(pairs.values())
    spare = [guess for place, guess in enumerate(guesses) if place not in taken]
    false = tuple(
        FalsePlate(photo.file, guess, _surroundings(frame, guess.box_xyxy))
        for guess in spare
        if not any(_touches(guess.box_xyxy, box) for box in photo.uncounted)
    )
    return PhotoOutcome(plates, false, ms)


def pair(truths: Sequence[Box], guesses: Sequence[Box]) -> dict[int, int]:
    """Return for the number of each of *truths* that was found the number of its guess, each used once.

    The pairs that are most alike go first. A guess also belongs to the plate its middle lies in, however
    little it covers: some engines give the box of the serial, or of the whole bumper.
    """
    candidates = [
        (likeness(truth, guess), -rank, place)
        for place, truth in enumerate(truths)
        for rank, guess in enumerate(guesses)
        if _touches(guess, truth)
    ]
    pairs: dict[int, int] = {}
    for _, rank, place in sorted(candidates, reverse=True):
        if place not in pairs and -rank not in pairs.values():
            pairs[place] = -rank
    return pairs


def is_centred(guess: Box, plate: Box) -> bool:
    """Whether the middle of *guess* lies in *plate*."""
    x, y = (guess[0] + guess[2]) / 2, (guess[1] + guess[3]) / 2
    return plate[0] <= x <= plate[2] and plate[1] <= y <= plate[3]


def _touches(guess: Box, plate: Box) -> bool:
    return likeness(guess, plate) >= SAME_PLACE or is_centred(guess, plate) or is_centred(plate, guess)


def _outcome(file: str, light: str, truth: LabelledPlate, guess: Guess | None, frame: Frame) -> PlateOutcome:
    overlap = likeness(truth.box_xyxy, guess.box_xyxy) if guess else 0.0
    failed = guess is None or guess.plate != truth.plate
    picture = _surroundings(frame, truth.box_xyxy) if failed else None
    return PlateOutcome(file, light, truth, guess, overlap, picture)


def _surroundings(frame: Frame, box: Box) -> Frame:
    """Return what lies in and around *box*, at most `PICTURE_LONG_SIDE_PX` long; *frame* need not be kept."""
    wide, high = box[2] - box[0], box[3] - box[1]
    cut = cut_box(frame, grow_box(box, x_px=0.35 * wide, y_px=0.35 * high, frame=frame))
    ratio = min(1.0, PICTURE_LONG_SIDE_PX / max(cut.shape[:2]))
    size = max(1, round(cut.shape[1] * ratio)), max(1, round(cut.shape[0] * ratio))
    kept: Frame = cv2.resize(cut, size, interpolation=cv2.INTER_AREA).copy()
    return kept
