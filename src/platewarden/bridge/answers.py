"""What an answer of the server means for a message that waits: pure."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

PAUSES_S: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Between attempts; the last for all that follow."""

_LONGEST_S: Final = 120.0
_TAKEN: Final = range(200, 300)
_NEVER: Final = frozenset({400, 413})
_UNKNOWN, _TOO_MANY = 401, 429
_NEW_ONE: Final = "the server does not know the credential: issue one, and start the bridge again"


class Fate(Enum):
    """What becomes of a message."""

    TAKEN = "taken"
    REFUSED = "refused"
    WAITS = "waits"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is to be done.

    Attributes:
        fate: Whether the message is done with; what waits is not acknowledged.
        pause_s: How long to wait before the next attempt.
        why: What to say of it, for what waits.
    """

    fate: Fate
    pause_s: float = 0.0
    why: str = ""


def rule(status: int | None, retry_after: str = "", *, attempt: int = 0) -> Ruling:
    """Return what *status* means; None where there was no answer at all.

    Only what the server says of the message itself ends it: taken, or never to be used. Whatever else is answered, by a
    proxy, at a wrong address, to a credential that has ended, may be put right; until then the broker keeps it.
    """
    if status is not None and status in _TAKEN:
        return Ruling(Fate.TAKEN)
    if status in _NEVER:
        return Ruling(Fate.REFUSED)
    pause_s = PAUSES_S[min(attempt, len(PAUSES_S) - 1)]
    if status is None:
        return Ruling(Fate.WAITS, pause_s, "the server cannot be reached")
    if status == _UNKNOWN:
        return Ruling(Fate.WAITS, PAUSES_S[-1], _NEW_ONE)
    if status == _TOO_MANY:
        asked_s = float(retry_after) if retry_after.isdecimal() and len(retry_after) < 10 else pause_s  # noqa: PLR2004
        return Ruling(Fate.WAITS, min(max(asked_s, pause_s), _LONGEST_S), "the server asks for patience")
    return Ruling(Fate.WAITS, pause_s, f"the server answers {status}")
