"""Requests as views receive them."""

from typing import Final

from django.http import HttpRequest

from platewarden.policy.actor import Actor

_MOST_DIGITS: Final = 18  # what a key of the database holds; Python itself refuses to read some thousands

ENTRIES: Final = "ledger-entries"
"""Where a session keeps the numbers of entries that the next page is to show."""


class ActorRequest(HttpRequest):
    """A request behind `ActorMiddleware`: it says who asks, and what it has entered on the ledger so far.

    `terminal_cookie` is what a registered terminal is to keep after a sign-in on it; elsewhere there is none.
    """

    actor: Actor
    entries: list[int]
    terminal_cookie: str


def number_of(text: str) -> int | None:
    """Return the number that *text*, as a request gave it, names; None if it names none that a page or key could have.

    The one way in which views read numbers that no form and no address reads for them.
    """
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None
