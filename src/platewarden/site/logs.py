"""Log lines that cannot carry a plate: where an exception was raised is said, what it quotes is not."""

import logging
import re
import traceback
from types import TracebackType
from typing import Any, Final

ExceptionFacts = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


_CREDENTIAL: Final = re.compile(r"[A-Za-z0-9_-]{1,40}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")
"""A camera's credential; some devices can present theirs in the address alone, which a log of requests may name."""


class PlateFreeFormatter(logging.Formatter):
    """Writes tracebacks without the messages of other people's exceptions.

    A database's or a validator's message may quote the row or the value at fault. Our own never do.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without any camera's credential."""
        return _CREDENTIAL.sub("(a credential, withheld)", super().format(record))

    def formatException(self, ei: ExceptionFacts) -> str:  # noqa: N802 - logging's name
        """Return the frames and the kind of every exception of the chain, the outermost first."""
        parts: list[str] = []
        error = ei[1]
        while error is not None:
            parts.append("".join(traceback.format_tb(error.__traceback__)) + _named(error))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nwhich came from\n".join(parts)


def _named(error: BaseException) -> str:
    kind: type[Any] = type(error)
    name = f"{kind.__module__}.{kind.__qualname__}"
    is_ours = kind.__module__.partition(".")[0] == "platewarden"
    return f"{name}: {error}" if is_ours else f"{name} (message withheld: it may quote a value)"
