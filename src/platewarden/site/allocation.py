"""How much memory the C library holds back for threads that have let it go."""

import ctypes
import os
from typing import Final

ARENAS: Final = 2
"""Eight a core, as the GNU C library has it, keep several pictures each: with two a busy server's memory stays flat."""

_M_ARENA_MAX: Final = -8
"""`malloc.h` of the GNU C library."""


def limit_arenas() -> bool:
    """Have threads share `ARENAS` arenas; called before the first thread. Return whether that was done.

    It is not where ``MALLOC_ARENA_MAX`` says how many, or where the C library is another one.
    """
    if "MALLOC_ARENA_MAX" in os.environ:
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(_M_ARENA_MAX, ARENAS))
