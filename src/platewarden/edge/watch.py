"""One camera's video, from frames to reads ready for submission."""

from collections.abc import Callable, Iterator
from typing import Any

from platewarden.edge.gate import EVERYTHING, Gate, Looking
from platewarden.edge.passes import Passes, PassRead
from platewarden.edge.pictures import submission
from platewarden.edge.sources import VideoFrame, VideoSource
from platewarden.recognition.types import Recognises


class Watch:
    """Watches a source: which frames are looked at, which plates they show, which passes these make."""

    def __init__(
        self,
        source: VideoSource,
        recogniser: Recognises,
        *,
        looking: Looking = EVERYTHING,
        beside: Callable[[VideoFrame], None] | None = None,
    ) -> None:
        """Watch *source* with *recogniser*, as *looking* says; *beside* sees every frame, looked at or not."""
        self._source, self._recogniser, self._passes = source, recogniser, Passes(recogniser)
        self._beside = beside
        self.look(looking)

    def look(self, looking: Looking) -> None:
        """Go on as *looking* says; vehicles in sight stay in sight."""
        self.looking, self._gate = looking, Gate(looking)

    def reads(self) -> Iterator[list[dict[str, Any]]]:
        """Yield after every frame, or wait for one, the reads that it finished: mostly none.

        Each is in the form that ``POST /api/v1/reads`` takes.

        Raises:
            ModelError: A model failed.
        """
        return map(self._submissions, self.passes())

    def finish(self) -> list[dict[str, Any]]:
        """Return the reads of the vehicles in sight at the end.

        Raises:
            ModelError: A model failed.
        """
        return self._submissions(self.last_passes())

    def passes(self) -> Iterator[list[PassRead]]:
        """Yield what `reads` does, as passes."""
        return map(self._finished_by, self._source.frames())

    def last_passes(self) -> list[PassRead]:
        """Return what `finish` does, as passes."""
        return self._passes.finish()

    def _finished_by(self, arrived: VideoFrame | float) -> list[PassRead]:
        if not isinstance(arrived, VideoFrame):
            return self._passes.wait(arrived)
        picture = arrived.picture
        if self._beside is not None:
            self._beside(arrived)
        if not self._gate.lets_through(picture, arrived.at_s):
            return self._passes.rest(arrived.at_s)
        found = self._recogniser.find(picture)
        if region := self.looking.region:
            found = [detection for detection in found if region.holds(detection, picture)]
        return self._passes.see(arrived, found)

    def _submissions(self, finished: list[PassRead]) -> list[dict[str, Any]]:
        return [
            submission(
                f"{self._source.identity}-{done.sight.index}-{done.number}",
                done.sight.picture,
                done.read,
                done.sight.seen_at,
            )
            for done in finished
        ]
