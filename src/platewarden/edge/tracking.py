"""Which plate of this frame is which of the frames before: one track a vehicle.

A plate is followed by a Kalman filter of constant velocity for its middle (R. E. Kalman, 1960), with time in seconds,
so that lost frames and uneven rates do no harm. Distances count in plate widths: a US plate is 0.30 m wide and a lane
3.5 m, so vehicles side by side are more than ten widths apart, and one does not get three widths away from where it
is expected.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from platewarden.recognition.geometry import covered
from platewarden.recognition.types import Box, Detection

MAX_GAP_S: Final = 0.8
"""A plate not found for so long has left: longer than a wiper, a pole or a bad few frames hide it."""

EDGE_PX: Final = 2
"""A plate so close to the edge of the picture may be cut off by it, and is about to leave if it is not found again."""

MAX_TRACKS: Final = 32
"""So many plates are followed at once; a frame full of plates costs no more."""

_REACH_WIDTHS: Final = 3.0
"""Nor can a plate be farther from where it is expected than so many of its widths."""

_LIKELY_SPREADS: Final = 4.0
"""A plate farther from where it is expected than so many standard deviations is another one."""

_SAME_SIZE: Final = 1.8
"""From one frame to another a plate grows or shrinks by no more than this factor."""

_SAME_PLACE: Final = 0.5
"""A second box that covers, or is covered by, a plate just found by this share is the same plate found twice."""

_MEASURED_WIDTHS: Final = 0.2
_SPEED_WIDTHS_S: Final = 12.0
_PUSH_WIDTHS_S2: Final = 40.0
"""Standard deviations: of a found middle, of the speed of a new plate, of what changes a speed in a second."""

_NEW_SIZE: Final = 0.5
"""Share of a newly found size in the size that is kept."""


@dataclass(slots=True)
class _Axis:
    """Place and speed along one axis, in pixels and pixels a second, with what is known of their error."""

    place: float
    speed: float
    place_variance: float
    shared_variance: float
    speed_variance: float

    def after(self, seconds: float, push: float) -> "_Axis":
        """Return what is expected *seconds* later, where a push of *push* pixels/s2 (deviation) may act."""
        drift = self.shared_variance + seconds * self.speed_variance
        jolt = push * push
        return _Axis(
            self.place + seconds * self.speed,
            self.speed,
            self.place_variance + seconds * (self.shared_variance + drift) + jolt * seconds**4 / 4,
            drift + jolt * seconds**3 / 2,
            self.speed_variance + jolt * seconds**2,
        )

    def correct(self, found: float, variance: float) -> None:
        """Take *found*, measured with *variance*, into account."""
        gain = self.place_variance / (self.place_variance + variance)
        speed_gain = self.shared_variance / (self.place_variance + variance)
        miss = found - self.place
        self.place += gain * miss
        self.speed += speed_gain * miss
        self.speed_variance -= speed_gain * self.shared_variance
        self.shared_variance *= 1 - gain
        self.place_variance *= 1 - gain


@dataclass(slots=True, eq=False)
class Track:
    """One plate, followed.

    Attributes:
        number: Counts from 1 in the order in which plates were first found.
        first_s: When it was found first.
        last_s: When it was found last, or nothing had moved since.
        found: In how many frames.
        first_box: Where it was found first: xyxy, pixels.
        last_box: And last.
        width: Of the plate, in pixels, evened out over the last frames.
        height: Likewise.
        is_outside: Whether it ended because its plate left the picture.
    """

    number: int
    first_s: float
    last_s: float
    found: int
    first_box: Box
    last_box: Box
    width: float
    height: float
    _x: _Axis = field(repr=False)
    _y: _Axis = field(repr=False)
    _filtered_s: float
    is_outside: bool = False

    @classmethod
    def begin(cls, number: int, detection: Detection, at_s: float) -> "Track":
        """Return the track that begins with *detection*."""
        x, y, width, height = _shape(detection.box_xyxy)
        measured, speed = (_MEASURED_WIDTHS * width) ** 2, (_SPEED_WIDTHS_S * width) ** 2
        return cls(
            number,
            at_s,
            at_s,
            1,
            detection.box_xyxy,
            detection.box_xyxy,
            width,
            height,
            _Axis(x, 0.0, measured, 0.0, speed),
            _Axis(y, 0.0, measured, 0.0, speed),
            at_s,
        )

    def expected(self, at_s: float) -> Box:
        """Return where the plate is expected at *at_s*: xyxy, pixels."""
        x, y = (axis.place for axis in self._ahead(at_s))
        return x - self.width / 2, y - self.height / 2, x + self.width / 2, y + self.height / 2

    def distance(self, box: Box, at_s: float) -> float:
        """Return how far *box* is from where the plate is expected, in standard deviations; infinite if too far."""
        if apart(self.expected(at_s), box) > _REACH_WIDTHS:
            return math.inf
        x, y, _, _ = _shape(box)
        ahead_x, ahead_y = self._ahead(at_s)
        off_x, off_y = x - ahead_x.place, y - ahead_y.place
        noise = (_MEASURED_WIDTHS * self.width) ** 2
        spreads = math.sqrt(
            off_x**2 / (ahead_x.place_variance + noise) + off_y**2 / (ahead_y.place_variance + noise)
        )
        return spreads if spreads <= _LIKELY_SPREADS else math.inf

    def follow(self, detection: Detection, at_s: float) -> None:
        """Take into account where the plate was found at *at_s*."""
        self._x, self._y = self._ahead(at_s)
        x, y, width, height = _shape(detection.box_xyxy)
        noise = (_MEASURED_WIDTHS * width) ** 2
        self._x.correct(x, noise)
        self._y.correct(y, noise)
        self.width += _NEW_SIZE * (width - self.width)
        self.height += _NEW_SIZE * (height - self.height)
        self._filtered_s = self.last_s = at_s
        self.last_box = detection.box_xyxy
        self.found += 1

    def _ahead(self, at_s: float) -> tuple[_Axis, _Axis]:
        seconds, push = max(0.0, at_s - self._filtered_s), _PUSH_WIDTHS_S2 * self.width
        return self._x.after(seconds, push), self._y.after(seconds, push)


class Tracker:
    """Follows every plate in a video."""

    def __init__(self) -> None:
        """Begin without any plate."""
        self._tracks: list[Track] = []
        self._begun = 0
        self._looked_s = -math.inf
        self._size = math.inf, math.inf

    def update(
        self, detections: Sequence[Detection], at_s: float, size: tuple[int, int]
    ) -> list[tuple[Track, Detection]]:
        """Return which track each of *detections*, in the frame of *at_s*, belongs to; *size*: its width and height."""
        surest = sorted(detections, key=lambda found: -found.confidence)
        followed = self._followed(surest, at_s)
        for detection in surest:
            is_known = any(detection is other for _, other in followed)
            if not is_known and len(self._tracks) < MAX_TRACKS and not _is_among(detection, followed):
                self._begun += 1
                self._tracks.append(Track.begin(self._begun, detection, at_s))
                followed.append((self._tracks[-1], detection))
        self._looked_s, self._size = at_s, size
        return followed

    def rest(self, at_s: float) -> None:
        """Take into account that up to *at_s* nothing moved since the last update: what was there, still is."""
        for track in self._tracks:
            if track.last_s >= self._looked_s:
                track.last_s = at_s
        self._looked_s = at_s

    def take_ended(self, at_s: float) -> list[Track]:
        """Return the tracks whose plate has left by *at_s*, and follow them no longer."""
        for track in self._tracks:
            if track.last_s < self._looked_s:
                track.is_outside = self._is_at_edge(track.last_box) or self._is_at_edge(track.expected(at_s))
        ended = [track for track in self._tracks if track.is_outside or at_s - track.last_s > MAX_GAP_S]
        self._tracks = [track for track in self._tracks if track not in ended]
        return ended

    def _is_at_edge(self, box: Box) -> bool:
        left, top, right, bottom = box
        width, height = self._size
        return min(left, top) < EDGE_PX or right > width - EDGE_PX or bottom > height - EDGE_PX

    def _followed(self, surest: Sequence[Detection], at_s: float) -> list[tuple[Track, Detection]]:
        """Return pairs of track and detection, the closest first; each track and detection is in one at most."""
        distances = [
            (track.distance(detection.box_xyxy, at_s), track.number, index)
            for track in self._tracks
            for index, detection in enumerate(surest)
        ]
        tracks = {track.number: track for track in self._tracks}
        left = dict(enumerate(surest))
        pairs = []
        for distance, number, index in sorted(distances):
            if math.isfinite(distance) and number in tracks and index in left:
                pairs.append((tracks.pop(number), left.pop(index)))
        for track, detection in pairs:
            track.follow(detection, at_s)
        return pairs


def apart(first: Box, second: Box) -> float:
    """Return how far the middles of two plates are apart, in widths of the wider; infinite if their sizes differ."""
    first_x, first_y, first_width, _ = _shape(first)
    second_x, second_y, second_width, _ = _shape(second)
    wider, narrower = max(first_width, second_width), min(first_width, second_width)
    if wider > _SAME_SIZE * narrower:
        return math.inf
    return math.hypot(second_x - first_x, second_y - first_y) / wider


def _shape(box: Box) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    return (left + right) / 2, (top + bottom) / 2, max(1.0, right - left), max(1.0, bottom - top)


def _is_among(detection: Detection, pairs: Sequence[tuple[Track, Detection]]) -> bool:
    """Whether *detection* is one of the plates in *pairs*, found twice."""
    return any(covered(detection.box_xyxy, other.box_xyxy) >= _SAME_PLACE for _, other in pairs)
