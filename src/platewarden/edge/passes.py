"""From plates followed through a video to reads: one a pass."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from platewarden.edge.repeats import Candidate, Repeats
from platewarden.edge.sights import Sight, Sights
from platewarden.edge.sources import VideoFrame
from platewarden.edge.tracking import Track, Tracker
from platewarden.recognition.types import Detection, Look, PlateRead, Recognises, Surroundings

LONGEST_PASS_S: Final = 10.0
"""A vehicle that stays longer is read now, and looked at again so often, in case another has taken its place."""

FIRST_LOOKS: Final = 3
SURE: Final = 0.95
"""So many looks are taken; the other sights are looked at only if these come to less than this confidence."""

LEAST: Final = 0.3
"""What is less likely to be a plate read right is not reported: a video shows thousands of places that might be one.
Of 34 reads between 0.1 and this, of plates held out from training, 7 were right."""

MIN_FOUND: Final = 2
SURELY_A_PLATE: Final = 0.8
"""What was found in fewer frames was no plate, unless the detector was so sure."""


@dataclass(frozen=True, slots=True, eq=False)
class PassRead:
    """The read of one pass.

    Attributes:
        read: The read; its box is in pixels of the picture of `sight`.
        sight: The best sight of the plate, with the vehicle.
        number: Number of the track, from 1.
        first_s: When the plate was seen first, in seconds since the video began.
        last_s: And last.
    """

    read: PlateRead
    sight: Sight
    number: int
    first_s: float
    last_s: float


@dataclass(slots=True, eq=False)
class _Pass:
    """One vehicle, as long as it is followed."""

    track: Track
    looked_s: float
    """When it was last read, or first seen."""
    surest: float = 0.0
    sights: Sights = field(default_factory=Sights)


class Passes:
    """Gathers the sights of every vehicle, and reads it when it has left or has stayed for long."""

    def __init__(self, recogniser: Recognises) -> None:
        """Read with *recogniser*."""
        self._recogniser = recogniser
        self._tracker, self._repeats = Tracker(), Repeats(recogniser.conclude, SURE)
        self._open: dict[int, _Pass] = {}

    def see(self, frame: VideoFrame, detections: Sequence[Detection]) -> list[PassRead]:
        """Take the plates found in *frame* into account; return the reads that are now finished."""
        height, width = frame.picture.shape[:2]
        for track, detection in self._tracker.update(detections, frame.at_s, (width, height)):
            if track.number not in self._open:
                self._open[track.number] = _Pass(track, frame.at_s)
                self._repeats.expect(track)
            passing = self._open[track.number]
            passing.surest = max(passing.surest, detection.confidence)
            passing.sights.offer(frame, detection)
        return self.wait(frame.at_s)

    def rest(self, at_s: float) -> list[PassRead]:
        """Take into account that nothing has moved up to *at_s*; return the reads that are now finished."""
        self._tracker.rest(at_s)
        return self.wait(at_s)

    def wait(self, at_s: float) -> list[PassRead]:
        """Let time pass up to *at_s*; return the reads that are now finished."""
        for track in self._tracker.take_ended(at_s):
            self._conclude(self._open.pop(track.number))
        for passing in self._open.values():
            if at_s - passing.looked_s >= LONGEST_PASS_S:
                self._conclude(passing)
                passing.looked_s, passing.sights = at_s, Sights()
        return [self._described(settled) for settled in self._repeats.take_settled(at_s, self._open)]

    def finish(self) -> list[PassRead]:
        """Return the reads of all vehicles still followed: there are no more frames."""
        for passing in self._open.values():
            self._conclude(passing)
        self._open.clear()
        return [self._described(settled) for settled in self._repeats.take_all()]

    def _conclude(self, passing: _Pass) -> None:
        """Read *passing* from its best sights, if it was a plate at all, and hand it on."""
        self._repeats.expect_no_more(passing.track)
        if passing.track.found < MIN_FOUND and passing.surest < SURELY_A_PLATE:
            return
        sights = passing.sights.best_first()
        seen = [self._looked(sight) for sight in sights[:FIRST_LOOKS]]
        read = self._recogniser.conclude([look for _, look in seen]) if seen else None
        if (read is None or read.confidence < SURE) and len(sights) > FIRST_LOOKS:
            seen += [self._looked(sight) for sight in sights[FIRST_LOOKS:]]
            read = self._recogniser.conclude([look for _, look in seen])
        if read is not None and read.confidence >= LEAST:
            self._repeats.offer(Candidate(passing.track, seen, read, passing.track.first_s))

    def _looked(self, sight: Sight) -> tuple[Sight, Look]:
        return sight, self._recogniser.look(sight.picture, sight.detection)

    def _described(self, settled: Candidate) -> PassRead:
        """Return the read with what is told from around its plate: of the best sight, of a second for the state."""
        described = list[Surroundings]()
        for sight, look in settled.seen[:2]:
            if not described or not described[0].state:
                described.append(self._recogniser.describe(sight.picture, look))
        best, _ = settled.seen[0]
        read = self._recogniser.conclude([look for _, look in settled.seen], described) or settled.read
        return PassRead(
            read=replace(read, box_xyxy=best.detection.box_xyxy),
            sight=best,
            number=settled.track.number,
            first_s=settled.first_s,
            last_s=settled.track.last_s,
        )
