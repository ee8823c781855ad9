"""What has come from the broker and is not answered for: in order, bounded, and acknowledged on its own line alone."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

WINDOW: Final = 4
"""So many messages the broker hands over before the first is acknowledged; of one camera, of 12 MB at most each."""

_MOST: Final = 4 * WINDOW


@dataclass(frozen=True, slots=True)
class Message:
    """What a camera published.

    Attributes:
        content: As it came.
        number: By which it is acknowledged; 0 where it is not (QoS 0).
        line: Which connection it came on: its number means nothing on another.
    """

    content: bytes
    number: int
    line: int = 0


class Waiting:
    """The queue of one camera; the network fills it, one worker empties it."""

    def __init__(self, acknowledge: Callable[[int], object]) -> None:
        """Tell the broker of numbers by *acknowledge*."""
        self._acknowledge = acknowledge
        self._messages: deque[Message] = deque()
        self._changed = threading.Condition()
        self._line, self._is_up = 0, False

    def connected(self, *, knows_us: bool) -> None:
        """Begin a new line.

        A broker that *knows us* hands over anew whatever was not acknowledged, so what waits here is dropped. One that
        has forgotten us does not: what waits is carried all the same.
        """
        with self._changed:
            self._line, self._is_up = self._line + 1, True
            if knows_us:
                self._messages = deque(message for message in self._messages if not message.number)

    def disconnected(self) -> bool:
        """End the line: its numbers mean nothing from now on. Return whether there was one."""
        with self._changed:
            was_up, self._is_up = self._is_up, False
            return was_up

    def put(self, content: bytes, number: int) -> bool:
        """Take a message; False where too many wait, which can only be what was published without a promise (QoS 0)."""
        with self._changed:
            if not number and len(self._messages) >= _MOST:
                return False
            self._messages.append(Message(content, number, self._line))
            self._changed.notify()
            return True

    def take(self, *, within_s: float) -> Message | None:
        """Return the oldest, if there is one within that time."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._messages), within_s)
            return self._messages.popleft() if self._messages else None

    def done(self, message: Message) -> bool:
        """Acknowledge *message*, if the line it came on still stands; else it comes again, and is known as a repeat."""
        with self._changed:
            if not message.number or not self._is_up or message.line != self._line:
                return False
            self._acknowledge(message.number)
            return True
