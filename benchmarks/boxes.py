"""An edge device in a folder, a server, and disks: what can be taken away from them in a benchmark."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from benchmarks.scratch import awaited


@dataclass(slots=True)
class Box:
    """A device in a folder of its own, enrolled as *code* for a camera of the same code."""

    code: str
    folder: Path

    @property
    def state(self) -> Path:
        """Where identity and spool lie."""
        return self.folder / "state"

    @property
    def key(self) -> Path:
        """Where the secret lies."""
        return self.folder / "key" / "device.key"

    @property
    def journal(self) -> Path:
        """Ids of the reads that the spool took."""
        return self.folder.with_suffix(".journal")

    def feeder(self, *options: str) -> "subprocess.Popen[bytes]":
        """Start the agent with cameras that are told what to see."""
        command = [
            sys.executable,
            "-m",
            "tests.edge.feeder",
            str(self.state),
            str(self.key),
            str(self.journal),
        ]
        with self.log.open("ab") as log:
            return subprocess.Popen([*command, "--camera", self.code, *options], stdout=log, stderr=log)

    @property
    def log(self) -> Path:
        """What the agent said."""
        return self.folder.with_suffix(".log")

    def acknowledged(self) -> dict[str, float]:
        """Return the reads that the spool took, with the true time of each."""
        if not self.journal.exists():
            return {}
        lines = self.journal.read_text(encoding="utf-8").splitlines()
        return {line.split()[0]: float(line.split()[1]) for line in lines if len(line.split()) == 2}

    def counters(self) -> dict[str, int]:
        """Return what the spool counted."""
        with closing(sqlite3.connect(self.state / "spool.sqlite")) as spool:
            return dict(spool.execute("SELECT name, value FROM counters").fetchall())


class Server:
    """A server that is killed and started again, at one address."""

    def __init__(self) -> None:
        from platewarden.site import configuration

        self.address = f"http://127.0.0.1:{configuration.load().port}"
        self._process: Any = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it and wait until it answers."""
        from django.db import connections

        connections.close_all()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "platewarden", "web"], env=dict(os.environ), stderr=subprocess.DEVNULL
        )
        awaited(self.address, self._process)

    def kill(self) -> None:
        """Kill it, as if its power had gone."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


def mount(folder: Path, size: str) -> None:
    """Make *folder* a disk of its own, of *size*; takes root."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "bench", str(folder)]
    subprocess.run(command, check=True)
