"""What an edge device loses and doubles when things go wrong: real processes, a real server, a real disk.

Each row is a fault. *acknowledged* is how many reads the spool had taken when the fault struck or afterwards; each must
be on the server once in the end, or have been given up by the rule and counted. *lost* and *twice* must be 0.

    python -m benchmarks.edge_faults [--kills 20]
"""

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self

from benchmarks.scratch import awaited, installation, noise

if TYPE_CHECKING:
    from tests.cast import Cast


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one fault."""

    fault: str
    acknowledged: int
    stored: int
    given_up: int
    lost: int
    twice: int
    remark: str = ""


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


def main() -> None:
    """Let each fault happen, and print what came of it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=20)
    asked = options.parse_args()
    random.seed(1)
    with installation() as cast, TemporaryDirectory(prefix="pw-edge-") as folder:
        (Path(folder) / "picture.jpg").write_bytes(noise())
        try:
            with Server() as server:
                play(Scene(cast, Path(folder), server), asked.kills)
        finally:
            full = ["umount", str(Path(folder) / "full")]
            subprocess.run(full, check=False, stderr=subprocess.DEVNULL)


def play(scene: "Scene", kills: int) -> None:
    """Let each fault happen to a device of its own, and print what came of it."""
    faults: dict[str, Callable[[Box], Outcome]] = {
        "away": scene.server_away,
        "killed": lambda box: scene.killed(box, kills),
        "answers": scene.answers_lost,
        "clock": scene.clock_off,
        "again": scene.sent_again,
        "full": scene.disk_full,
        "stolen": scene.stolen,
        "revoked": scene.revoked,
    }
    boxes = {code: scene.enrolled(code, disk="24m" if code == "full" else "") for code in faults}
    print(f"{'fault':34}{'acknowledged':>13}{'stored':>8}{'given up':>10}{'lost':>6}{'twice':>7}  remark")
    for code, fault in faults.items():
        found = fault(boxes[code])
        print(
            f"{found.fault:34}{found.acknowledged:13}{found.stored:8}{found.given_up:10}"
            f"{found.lost:6}{found.twice:7}  {found.remark}",
            flush=True,
        )


class Scene:
    """The installation, its server, and what may happen to a device."""

    def __init__(self, cast: "Cast", folder: Path, server: "Server") -> None:
        """Play in *folder*."""
        self._cast, self._folder, self._server = cast, folder, server
        self._picture = str(folder / "picture.jpg")

    def server_away(self, box: Box) -> Outcome:
        """The server is gone while 200 reads are made, and for a while afterwards."""
        self._server.kill()
        agent = box.feeder("--reads", "200", "--picture", self._picture)
        while len(box.acknowledged()) < 200:
            time.sleep(0.2)
        time.sleep(10)
        self._server.start()
        began = time.perf_counter()
        self._end(box, agent=agent)
        waited = time.perf_counter() - began
        return self._outcome("server away for 200 reads", box, f"all there {waited:.0f} s after it came back")

    def killed(self, box: Box, times: int) -> Outcome:
        """The agent is killed in the middle of making and submitting reads, again and again."""
        waited = 0
        for _ in range(times):
            before = len(box.acknowledged())
            agent = box.feeder("--reads", "5000", "--picture", self._picture)
            while len(box.acknowledged()) <= before and agent.poll() is None:
                time.sleep(0.01)
            time.sleep(random.uniform(0.05, 1.0))
            agent.send_signal(signal.SIGKILL)
            agent.wait()
            with closing(sqlite3.connect(box.state / "spool.sqlite")) as spool:
                waited += int(spool.execute("SELECT count(*) FROM reads").fetchone()[0])
        self._end(box)
        return self._outcome(
            f"kill -9, {times} times", box, f"{waited} waited at the kills, {_signed(box)} signed"
        )

    def answers_lost(self, box: Box) -> Outcome:
        """The server is killed again and again while it takes reads: it may have stored what it never answered for."""
        agent = box.feeder("--reads", "600", "--picture", self._picture)
        for _ in range(5):
            time.sleep(random.uniform(0.8, 2.0))
            self._server.kill()
            self._server.start()
        self._end(box, agent=agent)
        return self._outcome("server killed 5 times", box)

    def clock_off(self, box: Box) -> Outcome:
        """The device's clock is a day ahead."""
        self._end(box, "--reads", "100", "--ahead", "86400")
        worst = _worst_time(box)
        return self._outcome(
            "clock a day ahead", box, f"times right to {1000 * worst:.0f} ms, and say by how much"
        )

    def sent_again(self, box: Box) -> Outcome:
        """Every read is delivered three times, the second time in a random order."""
        self._end(box, "--offline", "--reads", "60")
        _sign_all(box)
        kept = self._folder / "kept"
        shutil.copytree(box.state, kept)
        _send_shuffled(box)
        for _ in range(2):
            self._end(box)
            shutil.rmtree(box.state)
            shutil.copytree(kept, box.state)
        return self._outcome("each delivered thrice, shuffled", box)

    def disk_full(self, box: Box) -> Outcome:
        """The disk of the spool is full: 300 reads of 150 kB on 24 MB, the server away."""
        agent = box.feeder("--offline", "--reads", "300", "--picture", self._picture)
        self._end(box, agent=agent)
        self._end(box)
        counters = box.counters()
        return self._outcome(
            "disk full (24 MB)", box, f"goes on; {counters['lost']} could not be taken at all"
        )

    def stolen(self, box: Box) -> Outcome:
        """The disk is in somebody else's hands, without the secret."""
        from platewarden.edge.spool import Spool
        from platewarden.edge.vault import Vault

        self._end(box, "--offline", "--reads", "50")
        shutil.copytree(box.state, self._folder / "thief")
        opened = Spool(self._folder / "thief", Vault(bytes(32)), most_bytes=1 << 30).batch("stolen", 100)
        self._end(box)
        return self._outcome("disk stolen, secret elsewhere", box, f"{len(opened)} of 50 opened by the thief")

    def revoked(self, box: Box) -> Outcome:
        """The device is revoked while reads wait on it."""
        from platewarden.devices.actions import revoke
        from platewarden.devices.models import Device
        from platewarden.site.clock import utc_now

        self._end(box, "--offline", "--reads", "50")
        revoke(device=Device.objects.get(code="revoked"), actor=self._cast.actor("ada"), now=utc_now())
        agent = box.feeder()
        status = agent.wait(60)
        left = sorted(path.name for path in box.state.iterdir()) + [box.key.name] * box.key.exists()
        stored, _ = _stored(box)
        remark = f"status {status}; left on the box: {', '.join(left) or 'nothing'}"
        return Outcome("revoked with 50 waiting", 50, stored, 50, 0, 0, remark)

    def enrolled(self, code: str, *, disk: str = "") -> Box:
        """Return a new device, enrolled by its command; on a *disk* of its own of that size where one is given."""
        from platewarden.cameras.actions import register_camera
        from platewarden.devices.actions import issue_code
        from platewarden.policy.capture import CameraKind
        from platewarden.site.clock import utc_now
        from tests.cast import let_submit

        now, ada = utc_now(), self._cast.actor("ada")
        camera = register_camera(
            code=code,
            name=code,
            kind=CameraKind.FIXED,
            place="Bench",
            latitude=42.0,
            longitude=-76.0,
            heading_degrees=0,
            actor=ada,
            now=now,
        )
        let_submit(camera, signed_by=self._cast.ada, approved_by=self._cast.sue, now=now)
        box = Box(code, self._folder / code)
        box.folder.mkdir()
        if disk:
            mount = ["mount", "-t", "tmpfs", "-o", f"size={disk}", "edge", str(box.folder)]
            subprocess.run(mount, check=True)
        config = self._folder / f"{code}.toml"
        config.write_text(f'state = "{box.state}"\nkey = "{box.key}"\n', encoding="utf-8")
        one_time = issue_code(code=code, name=code, cameras=[camera], actor=ada, now=now)
        command = [sys.executable, "-m", "platewarden", "edge", "enrol", self._server.address, one_time]
        subprocess.run([*command, "--config", str(config)], check=True, stdout=subprocess.DEVNULL)
        return box

    def _end(self, box: Box, *options: str, agent: "subprocess.Popen[bytes] | None" = None) -> None:
        """Let the agent run to its end; it must be a good one."""
        status = (agent or box.feeder(*options)).wait(300)
        if status:
            raise SystemExit(f"the agent ended with {status}: {box.log.read_text(encoding='utf-8')[-2000:]}")

    def _outcome(self, fault: str, box: Box, remark: str = "") -> Outcome:
        stored, twice = _stored(box)
        acknowledged, counters = len(box.acknowledged()), box.counters()
        # the spool counts also what it never took; what it took and gave up cannot be more than it counted
        given_up = min(counters["dropped_non_hits"] + counters["dropped_hits"], acknowledged - stored)
        lost = acknowledged - stored - given_up
        return Outcome(fault, acknowledged, stored, given_up, lost, twice, remark)


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


def _stored(box: Box) -> tuple[int, int]:
    """Return how many of the acknowledged reads are on the server, and how many rows there are too many."""
    from platewarden.reads.models import Capture, Read

    captures = Capture.objects.filter(camera__code=box.code)
    reads = Read.objects.filter(camera__code=box.code).count()
    known = set(captures.values_list("capture_id", flat=True))
    return len(known & set(box.acknowledged())), reads - len(known)


def _worst_time(box: Box) -> float:
    from platewarden.reads.models import Capture

    true = box.acknowledged()
    rows = Capture.objects.filter(camera__code=box.code).values_list("capture_id", "seen_at")
    return max(abs(seen_at.timestamp() - true[capture_id]) for capture_id, seen_at in rows)


def _signed(box: Box) -> int:
    from platewarden.reads.models import Capture

    return Capture.objects.filter(camera__code=box.code, signed_by__isnull=False).count()


def _open(box: Box) -> tuple[Any, Any, Any, Any]:
    from platewarden.edge.clock import Clock
    from platewarden.edge.identity import load_identity
    from platewarden.edge.spool import Spool
    from platewarden.edge.talking import Line
    from platewarden.edge.vault import open_vault

    vault, clock = open_vault(str(box.key)), Clock()
    identity = load_identity(box.state, vault)
    return Spool(box.state, vault, most_bytes=1 << 30), Line(identity, clock), clock, identity


def _sign_all(box: Box) -> None:
    from platewarden.edge.delivery import signed_facts

    spool, line, clock, identity = _open(box)
    line.ask("GET", "/time")
    reads = spool.batch(box.code, 1000)
    spool.settle([(read, signed_facts(read, clock, identity)) for read in reads])
    spool.close()
    line.close()


def _send_shuffled(box: Box) -> None:
    from platewarden.edge.delivery import _submission

    spool, line, _, _ = _open(box)
    reads = spool.batch(box.code, 1000)
    random.shuffle(reads)
    for read in reads:
        line.ask("POST", f"/cameras/{box.code}/reads", {"reads": [_submission(read.facts, read.images)]})
    spool.close()
    line.close()


if __name__ == "__main__":
    main()
