"""Looks of one source at what it sees, an hour apart, in daylight; several in a row say that it sees something else."""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from platewarden.edge.sources import VideoFrame
from platewarden.edge.views.fingerprint import Fit, Grey, View, fingerprint_of, judge, small_grey
from platewarden.edge.views.wire import Reference

EVERY_S: Final = 3600.0
AGAIN_S: Final = 600.0
"""After a look that finds something else, the next comes sooner."""

IN_A_ROW: Final = 3
"""So many looks must find something else before that is said: a lorry unloads for longer than one look."""

FRAMES: Final = 7
BETWEEN_S: Final = 5.0
"""A look takes the middle of several frames, some seconds apart: what drives through is in few of them."""


@dataclass(slots=True)
class Lookout:
    """What one source sees, against its reference; nothing but small grey pictures is kept, until the look is done.

    Attributes:
        reference: What it is to see; None while the server has handed none out.
    """

    reference: Reference | None = None
    _of: int = 0
    _kept: list[Grey] = field(default_factory=list)
    _due_s: float = 0.0
    _last_s: float = 0.0
    _apart: int = 0
    _said: View = View.UNKNOWN
    _fit: Fit | None = None

    def see(self, frame: VideoFrame) -> None:
        """Look, if it is time to."""
        reference = self.reference
        if frame.at_s < self._last_s:  # the source was opened anew
            self._due_s, self._kept = frame.at_s, []
        self._last_s = frame.at_s
        if reference is None:
            self._begin_anew(0)
            return
        if reference.statement != self._of:
            self._begin_anew(reference.statement)
        if frame.at_s < self._due_s or not reference.is_day(frame.seen_at):
            return
        self._kept.append(small_grey(frame.picture))
        self._due_s = frame.at_s + BETWEEN_S
        if len(self._kept) == FRAMES:
            self._look(reference)
            self._due_s = frame.at_s + (AGAIN_S if self._apart else EVERY_S)

    def as_json(self) -> dict[str, Any] | None:
        """Return what the looks say, ready for JSON: numbers alone; None where there is nothing to compare with."""
        if not self._of:
            return None
        return {
            "statement": self._of,
            "state": str(View.DIFFERS if self._apart >= IN_A_ROW else self._said),
            "share_percent": None if self._fit is None else round(100 * self._fit.share),
            "shift_permille": None if self._fit is None else round(1000 * self._fit.shift),
        }

    def _look(self, reference: Reference) -> None:
        middle = np.asarray(np.median(self._kept, axis=0), np.uint8)
        self._kept = []
        said, fit = judge(reference.fingerprint, fingerprint_of(middle))
        if said is View.UNKNOWN:  # fog and snow say nothing, also not that it is there again
            self._said = said
            return
        self._apart = self._apart + 1 if said is View.DIFFERS else 0
        self._said, self._fit = View.FITS if said is View.FITS else View.UNKNOWN, fit

    def _begin_anew(self, statement: int) -> None:
        if self._of != statement:
            self._of, self._kept, self._due_s = statement, [], 0.0
            self._apart, self._said, self._fit = 0, View.UNKNOWN, None
