"""The state of registration and, where it is one of New York's, the design: from a plate straightened.

Everything on a plate but its serial helps: the state's name, its slogan, how the serial is composed, the
colours. Words decide; the look only adds to them or takes from them, and never names a state alone.
"""

from typing import Final

from platewarden.recognition.geometry import cut_line, trim_across
from platewarden.recognition.reader import LineReader
from platewarden.recognition.state import StateGuess, match_state
from platewarden.recognition.text_lines import TextLineDetector
from platewarden.recognition.types import Frame

LONG_SIDE_PX: Final = 320
"""Size at which lines of text are looked for in a plate."""

_TRIM: Final = 0.1
"""Share of a line's height cut off above and below before reading: detection leaves a margin."""


class StateReader:
    """Names the state of registration of one plate; holds nothing between plates."""

    def __init__(self, *, threads: int = 0) -> None:
        """Load the networks.

        Args:
            threads: Threads a network may use for one plate; 0 means one a core.

        Raises:
            ModelError: A model is missing or altered.
        """
        self._lines = TextLineDetector(long_side_px=LONG_SIDE_PX, threads=threads)
        self._reader = LineReader(threads=threads)

    def read(self, plate: Frame, *, surroundings: Frame | None = None) -> StateGuess:
        """Return the state of registration of *plate*; an empty code when it is not certain.

        Args:
            plate: The plate straightened, (h, w, 3) uint8 BGR, w about twice h.
            surroundings: The same plate with a margin of a few per cent around it, straightened likewise: names
                stand close to the edge, and corners are found a few per cent wrong. Without it, *plate* is used.

        Raises:
            ModelError: A network failed, which is never the same as "unknown".
        """
        whole = plate if surroundings is None else surroundings
        corners = [trim_across(found.corners, _TRIM) for found in self._lines.detect(whole)]
        return match_state(self._reader.read(cut_line(whole, line)).words for line in corners)
