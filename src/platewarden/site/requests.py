"""Requests as views receive them."""

from typing import Final

from django.http import HttpRequest

from platewarden.policy.actor import Actor

ENTRIES: Final = "ledger-entries"
"""Where a session keeps the numbers of entries that the next page is to show."""


class ActorRequest(HttpRequest):
    """A request behind `ActorMiddleware`: it says who asks, and what it has entered on the ledger so far."""

    actor: Actor
    entries: list[int]
