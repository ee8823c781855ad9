"""Requests as views receive them."""

from typing import Final

from django.http import HttpRequest

from platewarden.policy.actor import Actor

ENTRIES: Final = "ledger-entries"
"""Where a session keeps the numbers of entries that the next page is to show."""


class ActorRequest(HttpRequest):
    """A request behind `ActorMiddleware`: it says who asks, and what it has entered on the ledger so far.

    `terminal_cookie` is what a registered terminal is to keep after a sign-in on it; elsewhere there is none.
    """

    actor: Actor
    entries: list[int]
    terminal_cookie: str
