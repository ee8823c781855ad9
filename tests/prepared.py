"""Commands in processes of their own, begun by a server of forks that has libraries loaded: most of a start is that.

What is preloaded knows no settings and no database; each process sets Django up for the home it is given, as a command
started from a shell does.
"""

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerProcess

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.preloaded"])


def begin(*command: str, environment: Mapping[str, str]) -> ForkServerProcess:
    """Start ``platewarden`` with *command*.

    ``exitcode`` is that of the command, negative for a signal; ``kill()`` is SIGKILL.
    """
    process = _FORKS.Process(target=_run, args=(command, dict(environment)))
    process.start()
    return process


def _run(command: Sequence[str], environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    from platewarden.cli import main

    sys.argv = ["platewarden", *command]
    main(list(command))
