"""Filters of topics: whether one may be subscribed to, and whether two can mean the same message (MQTT 5.0, 4.7)."""

from itertools import zip_longest
from typing import Final

_MAX_BYTES: Final = 65_535


class TopicError(ValueError):
    """What is given is no filter of topics that a camera may have; the message says why."""


def check_filter(text: str) -> None:
    """Raise unless *text* is a filter that one camera may have.

    Raises:
        TopicError: It is none, would mean everything, or is the broker's own or a shared one.
    """
    levels = text.split("/")
    if not text or "\0" in text or len(text.encode()) > _MAX_BYTES:
        raise TopicError("a topic is a text")
    if text.startswith("$"):
        raise TopicError(
            "topics that begin with $ are the broker's own, or shared: each message is of one camera"
        )
    if "#" in levels[:-1] or any({"#", "+"} & set(level) and len(level) > 1 for level in levels):
        raise TopicError("+ stands for a whole level, # for all that follow and at the end")
    if not set(text) - {"#", "+", "/"}:
        raise TopicError("this means whatever is published: name the camera's own topic")


def can_overlap(first: str, second: str) -> bool:
    """Whether some topic matches both filters: then one message would be of two cameras."""
    for one, other in zip_longest(first.split("/"), second.split("/")):
        if "#" in {one, other}:
            return True
        if one is None or other is None:
            return False  # `a/#` means `a` as well; that was asked above
        if "+" not in {one, other} and one != other:
            return False
    return True
