"""A sample and what is true of it."""

from dataclasses import dataclass, field
from typing import Final

from platewarden.recognition.types import Box
from platewarden.rendering.colours import Floats, Picture

SIZE_PX: Final = 320
"""Sides of a sample's picture."""

LEAST_PX: Final = 14.0
"""Plates narrower than this are neither asked for nor held against the network."""

_LEAST_SEEN: Final = 0.75
"""Plates of which less lies inside the piece are treated likewise."""


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """A plate in a sample: its box, xyxy pixels, and its corners, (4, 2), where they are known."""

    box: Box
    corners: Floats | None = None

    @property
    def width(self) -> float:
        """Width of the box in pixels."""
        return self.box[2] - self.box[0]


@dataclass(slots=True, eq=False)
class Sample:
    """A piece of a picture, (s, s, 3) uint8 BGR, its plates, and the boxes about which nothing is claimed."""

    picture: Picture
    plates: list[Plate] = field(default_factory=list)
    ignored: list[Box] = field(default_factory=list)


def settled(sample: Sample) -> Sample:
    """Return *sample* with the plates that are too small or mostly outside among the ignored."""
    kept = []
    for plate in sample.plates:
        left, top, right, bottom = plate.box
        seen = max(0.0, min(right, SIZE_PX) - max(left, 0)) * max(0.0, min(bottom, SIZE_PX) - max(top, 0))
        whole = max(1e-6, (right - left) * (bottom - top))
        if plate.width >= LEAST_PX and seen / whole >= _LEAST_SEEN:
            kept.append(plate)
        elif seen > 0:
            sample.ignored.append(plate.box)
    sample.plates = kept
    return sample
