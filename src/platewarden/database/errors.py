"""What goes wrong with the embedded PostgreSQL, and what is said on the way."""

import sys


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL cannot be used; the message says what happened and what to do next."""


def announce(message: str) -> None:
    """Tell the person at the terminal about something done outside the project's own folder, or slowly."""
    sys.stderr.write(f"platewarden: {message}\n")
    sys.stderr.flush()
