"""One read a pass even where a plate was lost from sight and found again: what was read lately is remembered.

Two vehicles are never made one because they look alike: plates that differ count as one only if they differ in one
character, were never in sight at the same time, and the second appeared where the first was to be expected.
"""

from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz.distance import Levenshtein

from platewarden.edge.sights import MAX_SIGHTS, Sight
from platewarden.edge.tracking import Track, apart
from platewarden.recognition.geometry import likeness
from platewarden.recognition.types import Look, PlateRead

SETTLE_S: Final = 1.5
"""A read waits so long after its plate was last seen, in case the plate appears again."""

REMEMBER_S: Final = 20.0
"""The same plate within so long is the same pass: hidden by a lorry, stopped, or wandering between tracks."""

_TRACKS: Final = 4

_REACH_WIDTHS: Final = 2.0
"""A plate that was hidden appears no farther than so many of its widths from where it is expected."""

_SAME_PLACE: Final = 0.3
"""Boxes this alike (intersection over union) are one place."""

Conclude = Callable[[Sequence[Look]], PlateRead | None]


@dataclass(slots=True, eq=False)
class Candidate:
    """A pass, read.

    Attributes:
        track: Where its plate went; the last one, if it was lost from sight.
        seen: Sights of it and what was read in each, best first; the first shows the vehicle.
        read: What the looks come to.
        first_s: When its plate was first seen.
    """

    track: Track
    seen: list[tuple[Sight, Look]]
    read: PlateRead
    first_s: float


@dataclass(slots=True)
class _Known:
    """A read that was given out."""

    plate: str
    tracks: deque[Track]
    """Those it was seen in, the last few."""

    def last_s(self) -> float:
        """Return when it was seen last; a vehicle that stays is seen now."""
        return max(track.last_s for track in self.tracks)


@dataclass(slots=True)
class Repeats:
    """Holds reads back until they have settled, makes one of those of one pass, and remembers what was given out.

    Attributes:
        conclude: Makes one read of several looks.
        sure: A vehicle that stays is taken for another one only if another plate is read with this confidence.
    """

    conclude: Conclude
    sure: float
    _held: list[Candidate] = field(default_factory=list)
    _awaited: dict[int, Candidate] = field(default_factory=dict)
    _known: list[_Known] = field(default_factory=list)

    def expect(self, track: Track) -> None:
        """Take into account that *track* has just begun: a held read it may belong to waits for its end."""
        for candidate in self._held:
            if _is_where_expected(candidate.track, track):
                self._awaited[track.number] = candidate

    def expect_no_more(self, track: Track) -> None:
        """Take into account that *track* is read by now."""
        self._awaited.pop(track.number, None)

    def offer(self, candidate: Candidate) -> None:
        """Take *candidate* unless it repeats a pass that is known."""
        for known in self._known:
            if self._repeats(candidate, known):
                if candidate.track not in known.tracks:
                    known.tracks.append(candidate.track)
                return
        for index, held in enumerate(self._held):
            if _is_same(held.read.plate, held.track, candidate.read.plate, candidate.track):
                self._held[index] = self._together(held, candidate)
                return
        self._held.append(candidate)

    def take_settled(self, at_s: float, followed: Collection[int]) -> list[Candidate]:
        """Return the reads that need wait no longer at *at_s*; *followed* are the numbers of the tracks that go on."""
        awaiting = list(self._awaited.values())

        def is_settled(held: Candidate) -> bool:
            if held.track.number in followed or held.track.is_outside:
                return True
            return at_s - held.track.last_s >= SETTLE_S and held not in awaiting

        settled = list(filter(is_settled, self._held))
        self._known = [known for known in self._known if at_s - known.last_s() <= REMEMBER_S]
        return self._give_out(settled)

    def take_all(self) -> list[Candidate]:
        """Return all reads that wait."""
        return self._give_out(list(self._held))

    def _give_out(self, settled: list[Candidate]) -> list[Candidate]:
        self._held = [held for held in self._held if held not in settled]
        self._known += [
            _Known(candidate.read.plate, deque([candidate.track], maxlen=_TRACKS)) for candidate in settled
        ]
        return sorted(settled, key=lambda candidate: candidate.first_s)

    def _repeats(self, candidate: Candidate, known: _Known) -> bool:
        if candidate.track in known.tracks:
            is_other = Levenshtein.distance(known.plate, candidate.read.plate) > 1
            return not is_other or candidate.read.confidence < self.sure
        return any(
            _is_same(known.plate, track, candidate.read.plate, candidate.track) for track in known.tracks
        )

    def _together(self, held: Candidate, candidate: Candidate) -> Candidate:
        """Return what both, sights of one pass, come to."""
        seen = sorted(held.seen + candidate.seen, key=lambda pair: -pair[0].quality)[: 2 * MAX_SIGHTS]
        better = max(held.read, candidate.read, key=lambda read: read.confidence)
        return Candidate(
            track=candidate.track,
            seen=seen,
            read=self.conclude([look for _, look in seen]) or better,
            first_s=min(held.first_s, candidate.first_s),
        )


def _is_same(plate: str, track: Track, later_plate: str, later: Track) -> bool:
    """Whether two tracks, read as *plate* and *later_plate*, are of one pass."""
    gap_s = later.first_s - track.last_s
    if gap_s > REMEMBER_S:
        return False
    differing = Levenshtein.distance(plate, later_plate)
    return not differing or (differing == 1 and gap_s > 0 and _is_where_expected(track, later))


def _is_where_expected(track: Track, later: Track) -> bool:
    """Whether *later* began where the plate of *track* stood or was going."""
    if track.is_outside:
        return False
    if likeness(track.last_box, later.first_box) >= _SAME_PLACE:
        return True
    gap_s = later.first_s - track.last_s
    return apart(track.expected(later.first_s), later.first_box) <= min(1.0 + gap_s, _REACH_WIDTHS)
