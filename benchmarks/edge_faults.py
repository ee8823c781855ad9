"""What an edge device loses and doubles when things go wrong: real processes, a real server, a real disk.

Each row is a fault. *acknowledged* is how many reads the spool had taken when the fault struck or afterwards; each must
be on the server once in the end, or have been given up by the rule and counted. *lost* and *twice* must be 0.

    python -m benchmarks.edge_faults [--kills 20] [--away 3600] [--only away]
"""

import argparse
import contextlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import httpx

from benchmarks.boxes import Box, Server, mount
from benchmarks.scratch import approved_camera, installation, noise

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


def main() -> None:
    """Let each fault happen, and print what came of it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=20)
    options.add_argument(
        "--away", type=int, default=0, help="seconds without server; else as long as 200 reads take"
    )
    options.add_argument("--only", help="this fault alone")
    asked = options.parse_args()
    random.seed(1)
    disks: list[Path] = []

    def prepare(home: Path) -> None:
        for name in ("pg", "images"):  # each a disk of its own, that can be full
            (home / name).mkdir(mode=0o700)
            mount(home / name, "2g")
            (home / name).chmod(0o700)
            disks.append(home / name)

    with installation(prepare) as cast, TemporaryDirectory(prefix="pw-edge-") as folder:
        (Path(folder) / "picture.jpg").write_bytes(noise())
        disks.append(Path(folder) / "full")
        try:
            with Server() as server:
                play(Scene(cast, Path(folder), server, *disks[:2]), asked)
        finally:
            for disk in disks:
                command = ["umount", "--lazy", str(disk)]
                subprocess.run(command, check=False, stderr=subprocess.DEVNULL)


def play(scene: "Scene", asked: argparse.Namespace) -> None:
    """Let each fault happen to a device of its own, and print what came of it."""
    faults: dict[str, Callable[[Box], Outcome]] = {
        "away": lambda box: scene.server_away(box, asked.away),
        "killed": lambda box: scene.killed(box, asked.kills),
        "answers": scene.answers_lost,
        "clock": scene.clock_off,
        "again": scene.sent_again,
        "full": scene.disk_full,
        "images": scene.images_full,
        "database": scene.database_full,
        "garbage": scene.garbage,
        "stolen": scene.stolen,
        "revoked": scene.revoked,
    }
    if asked.only:
        faults = {asked.only: faults[asked.only]}
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

    def __init__(self, cast: "Cast", folder: Path, server: "Server", database: Path, images: Path) -> None:
        """Play in *folder*; the server has its *database* and its *images* on disks of their own."""
        self._cast, self._folder, self._server = cast, folder, server
        self._database, self._images = database, images
        self._picture = str(folder / "picture.jpg")

    def server_away(self, box: Box, seconds: int) -> Outcome:
        """The server is gone while reads are made, one a second or 200 at once, and for a while afterwards."""
        reads = seconds or 200
        self._server.kill()
        agent = box.feeder("--reads", f"{reads}", "--every", f"{bool(seconds):d}", "--picture", self._picture)
        while len(box.acknowledged()) < reads:
            time.sleep(0.2)
        time.sleep(10)
        self._server.start()
        began = time.perf_counter()
        self._end(box, agent=agent)
        waited = time.perf_counter() - began
        return self._outcome(
            f"server away for {reads} {'seconds' if seconds else 'reads'}",
            box,
            f"all there {waited:.0f} s after it came back",
        )

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

    def images_full(self, box: Box) -> Outcome:
        """The server's disk for images is full while 100 reads come, until somebody makes room."""
        return self._server_full(box, self._images, "server's image disk full")

    def database_full(self, box: Box) -> Outcome:
        """The server's disk for the database is full while 100 reads come, until somebody makes room."""
        return self._server_full(box, self._database, "server's database disk full")

    def _server_full(self, box: Box, disk: Path, fault: str) -> Outcome:
        ballast, objects = disk / "ballast", self._objects()
        with ballast.open("wb") as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(1 << 20))
        agent = box.feeder("--reads", "100", "--picture", self._picture)
        while len(box.acknowledged()) < 100:
            time.sleep(0.2)
        time.sleep(10)
        meanwhile, _ = _stored(box)
        left = self._objects() - objects - meanwhile
        ballast.unlink()
        self._end(box, agent=agent)
        return self._outcome(
            fault, box, f"{meanwhile} stored until there was room; attempts left {max(0, left)} images behind"
        )

    def _objects(self) -> int:
        return sum(path.is_file() and path.name != "ballast" for path in self._images.rglob("*"))

    def garbage(self, box: Box) -> Outcome:
        """Another camera, whose credential is good, sends noise as fast as it can while 100 reads come."""
        from platewarden.cameras.credentials import issue_credential
        from platewarden.site.clock import utc_now

        now, ada = utc_now(), self._cast.actor("ada")
        camera = approved_camera(self._cast, "noisy", protocol="dahua")
        credential = issue_credential(camera=camera, actor=ada, now=now)
        answers: Counter[int] = Counter()
        over = threading.Event()
        sending = threading.Thread(target=self._send_noise, args=(credential, answers, over))
        sending.start()
        self._end(box, "--reads", "100", "--picture", self._picture)
        over.set()
        sending.join()
        told = ", ".join(f"{number:,} x {status}" for status, number in sorted(answers.items()))
        return self._outcome("garbage from another camera", box, f"the noise was answered {told}")

    def _send_noise(self, credential: str, answers: Counter[int], over: threading.Event) -> None:
        chance = random.Random(7)
        with httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {credential}"}) as client:
            while not over.is_set():
                noisy = chance.randbytes(chance.randrange(1, 100_000))
                answers[client.post(f"{self._server.address}/api/v1/push", content=noisy).status_code] += 1

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
        from platewarden.devices.actions import issue_code
        from platewarden.site.clock import utc_now

        now, ada = utc_now(), self._cast.actor("ada")
        camera = approved_camera(self._cast, code)
        box = Box(code, self._folder / code)
        box.folder.mkdir()
        if disk:
            mount(box.folder, disk)
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
