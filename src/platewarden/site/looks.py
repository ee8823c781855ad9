"""One look: while a page measures many figures at one moment, a fact they share is looked up once.

This is no cache. What is shared lives as long as the block of `one_look`, which is one measurement of one page; the
next page looks anew, and outside a block every call looks for itself. Nothing that writes opens a block.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

Given = ParamSpec("Given")
Found = TypeVar("Found")

_SEEN: Final[ContextVar[dict[Hashable, Any] | None]] = ContextVar("seen in this look", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """Let what is `shared` be looked up once until the block ends; a block within a block shares with it."""
    if _SEEN.get() is not None:
        yield
        return
    token = _SEEN.set({})
    try:
        yield
    finally:
        _SEEN.reset(token)


def shared(look_up: Callable[Given, Found]) -> Callable[Given, Found]:
    """Let *look_up*, whose arguments are hashable and whose answer nobody changes, be asked once in a look."""

    @wraps(look_up)
    def asked(*arguments: Given.args, **keywords: Given.kwargs) -> Found:
        seen = _SEEN.get()
        if seen is None:
            return look_up(*arguments, **keywords)
        key = (look_up, arguments, tuple(sorted(keywords.items())))
        if key not in seen:
            seen[key] = look_up(*arguments, **keywords)
        found: Found = seen[key]
        return found

    return asked
