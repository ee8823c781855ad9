"""Films made of photographs: vehicles that drive towards a camera, in two lanes, one after another.

Each vehicle is cut out of its photograph around the plate, and drawn ever larger as if it came nearer at constant
speed, until it leaves the picture at the bottom; never larger there than the photograph shows it. The camera trembles,
looks at it a little askew, exposes for a part of the frame's time, which blurs what moves, adds grain, and compresses.
What a film cannot have that a photograph has not: reflections that wander, dirt on the lens, rolling shutters.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from platewarden.recognition.images import decode_image
from platewarden.recognition.types import Box, FloatArray, Frame
from platewarden.rendering.degrade import compression, noise

WIDTH, HEIGHT, RATE = 1280, 720, 25

_LANES: Final = (0.25, 0.75)
"""Middles of the lanes where plates leave the picture, in shares of its width."""

_HORIZON: Final = 0.30
_LEAVES: Final = 1.05
"""Where a plate comes from and where it has left, in shares of the height."""

_FARTHEST: Final = 0.3
"""Width of a plate when its vehicle appears, in shares of that when it leaves."""

_NEAREST: Final = 4.0
"""And when it is gone."""

_AROUND: Final = (2.6, 2.5, 1.5)
"""What is cut out around a plate, in its widths: to either side, above, below."""

_FADE_PX: Final = 24
_WIDEST_PX: Final = 110
"""A wider plate is drawn smaller, or its vehicle would hide the other lane."""

_COMPRESSION: Final = 0.2


@dataclass(frozen=True)
class Still:
    """A photograph of a vehicle with its plate: text, and box in pixels."""

    path: Path
    plate: str
    box: Box


@dataclass(frozen=True)
class Truth:
    """When a plate was wholly in the film, in seconds, and how wide it was at last, in pixels."""

    plate: str
    width_px: float
    first_s: float
    last_s: float


@dataclass(frozen=True)
class Approach:
    """One vehicle on its way.

    Attributes:
        still: The photograph.
        lane: Middle of its lane, in shares of the width.
        begin: Number of the frame in which it appears.
        long: Number of frames until its plate has left.
        askew: How the camera sees it: lean, and narrowing to the side and upwards.
        exposure: Share of the frame's time during which light falls in.
        grain: Strength of the noise, 0-1.
    """

    still: Still
    lane: float
    begin: int
    long: int
    askew: tuple[float, float, float]
    exposure: float
    grain: float

    def width_px(self, index: int) -> float:
        """Return the width of the plate in frame *index*: it grows as the distance shrinks."""
        distance = 1 / _FARTHEST + (1 - 1 / _FARTHEST) * (index - self.begin) / self.long
        left, _, right, _ = self.still.box
        return min(right - left, _WIDEST_PX) / max(distance, 1 / _NEAREST)

    def middle(self, index: int) -> tuple[float, float]:
        """Return where the middle of the plate is in frame *index*, pixels."""
        left, _, right, _ = self.still.box
        share = self.width_px(index) / min(right - left, _WIDEST_PX)
        tremble = 1.2 * np.sin(index * 1.7 + self.begin), 1.2 * np.cos(index * 2.3)
        x = WIDTH * (0.5 + (self.lane - 0.5) * (0.75 + 0.25 * share)) + tremble[0]
        y = HEIGHT * (_HORIZON + (_LEAVES - _HORIZON) * share) + tremble[1]
        return float(x), float(y)

    def is_whole(self, index: int) -> bool:
        """Whether all of the plate is in the picture in frame *index*."""
        x, y = self.middle(index)
        half = self.width_px(index) / 2
        return half <= x < WIDTH - half and y + half / 2 < HEIGHT

    def is_gone(self, index: int) -> bool:
        """Whether all of the vehicle has left in frame *index*."""
        return self.middle(index)[1] - _AROUND[1] * self.width_px(index) >= HEIGHT

    def frames(self) -> range:
        """Return the numbers of the frames in which something of the vehicle is seen."""
        end = self.begin
        while not self.is_gone(end):
            end += 1
        return range(self.begin, end)

    def matrix(self, index: int) -> FloatArray:
        """Return (3, 3): from pixels of the photograph to pixels of frame *index*."""
        left, top, right, bottom = self.still.box
        ratio, (x, y) = self.width_px(index) / (right - left), self.middle(index)
        lean, side, up = self.askew
        unit = 1 / (right - left)
        centre = np.array([[1, 0, -(left + right) / 2], [0, 1, -(top + bottom) / 2], [0, 0, 1]])
        tilt = np.array([[1, lean, 0], [0, 1, 0], [side * unit, up * unit, 1]])
        place = np.array([[ratio, 0, x], [0, ratio, y], [0, 0, 1]])
        return np.asarray(place @ tilt @ centre, np.float32)


def film(stills: Sequence[Still], path: Path, *, scenery: Frame, seed: int) -> list[Truth]:
    """Write a film of *stills* to *path* (MPEG-4 in MP4) and return what is in it, by time.

    Args:
        stills: The vehicles; they take the next lane that is free.
        path: The film.
        scenery: The road without vehicles, any size.
        seed: Of everything that is left to chance.
    """
    rng = np.random.default_rng(seed)
    approaches = list(_plan(stills, rng))
    present = {approach: approach.frames() for approach in approaches}
    last = max(frames.stop for frames in present.values())
    road = cv2.resize(scenery, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    cut = {approach.still.path: _cut_out(approach.still) for approach in approaches}
    writer = cv2.VideoWriter(
        str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"mp4v"), RATE, (WIDTH, HEIGHT)
    )
    for index in range(last + RATE):
        frame = road.copy()
        seen = [approach for approach, frames in present.items() if index in frames]
        for approach in seen:
            frame = _drawn(frame, approach, index, *cut[approach.still.path])
        grain = max((approach.grain for approach in seen), default=0.1)
        writer.write(compression(noise(frame, rng, grain), rng, _COMPRESSION))
    writer.release()
    truths = [_truth(approach) for approach in approaches]
    return sorted(truths, key=lambda truth: truth.first_s)


def _plan(stills: Sequence[Still], rng: np.random.Generator) -> Iterator[Approach]:
    free = dict.fromkeys(_LANES, 5)
    for still in stills:
        lane = min(free, key=lambda place: free[place])
        long = int(rng.uniform(1.4, 2.4) * RATE)
        approach = Approach(
            still,
            lane,
            begin=free[lane],
            long=long,
            askew=(rng.normal(0, 0.04), rng.normal(0, 0.03), rng.normal(0, 0.03)),
            exposure=rng.uniform(0.02, 0.12),
            grain=rng.uniform(0.05, 0.2),
        )
        yield approach
        free[lane] = approach.frames().stop + int(rng.uniform(0.1, 0.8) * RATE)


def _truth(approach: Approach) -> Truth:
    whole = [index for index in approach.frames() if approach.is_whole(index)]
    width_px = approach.width_px(whole[-1])
    return Truth(approach.still.plate, width_px, whole[0] / RATE, whole[-1] / RATE)


def _cut_out(still: Still) -> tuple[Frame, Frame]:
    """Return the photograph of *still* and how much of each pixel is drawn, 0-255: the vehicle, its edges faded."""
    photograph = decode_image(still.path.read_bytes(), name=still.path.name)
    height, width = photograph.shape[:2]
    left, top, right, bottom = still.box
    side, above, below = (share * (right - left) for share in _AROUND)
    opaque = np.zeros((height, width), np.uint8)
    fade = min(_FADE_PX, round((right - left) / 4))
    area = (max(0, left - side), max(0, top - above), min(width, right + side), min(height, bottom + below))
    x0, y0, x1, y1 = (round(value) for value in area)
    opaque[y0 + fade : y1 - fade, x0 + fade : x1 - fade] = 255
    faded: Frame = cv2.blur(opaque, (2 * fade + 1, 2 * fade + 1))
    return photograph, faded


def _drawn(frame: Frame, approach: Approach, index: int, photograph: Frame, opaque: Frame) -> Frame:
    """Return *frame* with the vehicle of *approach* in it, blurred by its motion."""
    matrix = approach.matrix(index)
    ratio = approach.width_px(index) / (approach.still.box[2] - approach.still.box[0])
    if ratio < 0.5:  # as a lens would, not leaving out pixels
        spread = 0.4 / ratio
        photograph = cv2.GaussianBlur(photograph, (0, 0), spread)
    size = (WIDTH, HEIGHT)
    vehicle = cv2.warpPerspective(photograph, matrix, size, flags=cv2.INTER_LINEAR)
    share = cv2.warpPerspective(opaque, matrix, size, flags=cv2.INTER_LINEAR)
    kernel = _smear(approach, index)
    if kernel is not None:
        vehicle, share = cv2.filter2D(vehicle, -1, kernel), cv2.filter2D(share, -1, kernel)
    weight = share[..., None].astype(np.float32) / 255
    return np.asarray(frame + (vehicle.astype(np.float32) - frame) * weight, np.uint8)


def _smear(approach: Approach, index: int) -> FloatArray | None:
    """Return the kernel that blurs what moves as far as the plate does while light falls in; None for a still one."""
    (x0, y0), (x1, y1) = approach.middle(index), approach.middle(index + 1)
    dx, dy = (x1 - x0) * approach.exposure, (y1 - y0) * approach.exposure
    reach = int(np.ceil(max(abs(dx), abs(dy)) / 2))
    if reach < 1:
        return None
    fine = 8
    kernel = np.zeros(((2 * reach + 1) * fine,) * 2, np.float32)
    centre = (2 * reach + 1) * fine / 2
    first = (round(centre - dx * fine / 2), round(centre - dy * fine / 2))
    last = (round(centre + dx * fine / 2), round(centre + dy * fine / 2))
    cv2.line(kernel, first, last, 1.0, fine)
    small = cv2.resize(kernel, (2 * reach + 1,) * 2, interpolation=cv2.INTER_AREA)
    return np.asarray(small / small.sum(), np.float32)
