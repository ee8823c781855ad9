"""How a command that runs for long says how far it is: one line, refreshed, and messages above it."""

import sys
import threading
import time
from typing import Final

import click

_EVERY_S: Final = 0.5
_EVERY_S_IN_A_LOG: Final = 30.0
"""Where nobody watches, a line that is refreshed is many lines: fewer do."""

_CLEAR: Final = "\r\033[K"


class Progress:
    """Writes to the error output; safe to use from several threads."""

    def __init__(self) -> None:
        """Find out whether somebody watches."""
        self._is_watched = sys.stderr.isatty()
        self._every_s = _EVERY_S if self._is_watched else _EVERY_S_IN_A_LOG
        self._shown_s, self._line, self._lock = time.monotonic(), "", threading.Lock()

    @property
    def is_due(self) -> bool:
        """Whether it is time for `show`."""
        return time.monotonic() - self._shown_s >= self._every_s

    def show(self, line: str) -> None:
        """Put *line* in the place of the one before."""
        with self._lock:
            self._shown_s, self._line = time.monotonic(), line
            self._write(f"{_CLEAR}{line}" if self._is_watched else f"{line}\n")

    def say(self, message: str) -> None:
        """Write *message* on a line of its own, to stay."""
        with self._lock:
            self._write(f"{_CLEAR}{message}\n{self._line}" if self._is_watched else f"{message}\n")

    def print(self, text: str) -> None:
        """Write *text* on a line of its own to the standard output, out of the way of the line that is refreshed."""
        with self._lock:
            self._write(_CLEAR if self._is_watched else "")
            click.echo(text)
            self._write(self._line if self._is_watched else "")

    def end(self, line: str) -> None:
        """Write *line*, the last one, to stay."""
        with self._lock:
            self._line = ""
            self._write(f"{_CLEAR}{line}\n" if self._is_watched else f"{line}\n")

    @staticmethod
    def _write(text: str) -> None:
        click.echo(text, err=True, nl=False)
