"""How long from a camera's submission to the event in an open console.

Starts a server of its own on a free loopback port with a scratch home, listens to `/events` as a signed-in
officer, submits reads that all hit, one by one over HTTP, and prints a table. The baseline, in the same run, is a
bare LISTEN/NOTIFY round trip through the same PostgreSQL: what no alert can be quicker than.

    python benchmarks/alert_latency.py [ALERTS]
"""

import base64
import io
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg

PLATE = "KAB4821"
CHANNEL = "benchmark_round_trip"
IMAGE_SIDE = 408
"""Pixels; noise of this size makes a JPEG of about 150 kB."""


@dataclass
class Console:
    """An open console: when it heard of which alert, by the clock that the submissions are timed with."""

    heard: dict[int, float] = field(default_factory=dict)
    is_ready: threading.Event = field(default_factory=threading.Event)

    def listen(self, address: str, session: str) -> None:
        """Keep listening until the server goes away."""
        headers = {"Cookie": f"sessionid={session}"}
        with (
            suppress(httpx.TransportError),
            httpx.stream("GET", f"{address}/events", headers=headers, timeout=60) as response,
        ):
            kind = ""
            for line in response.iter_lines():
                if line.startswith("event: "):
                    kind = line[7:]
                    if kind == "ready":
                        self.is_ready.set()
                elif line.startswith("data: ") and kind == "alert":
                    self.heard[json.loads(line[6:])["number"]] = time.perf_counter()


def main(alerts: int) -> None:
    """Measure *alerts* alerts and print the table."""
    with scratch_installation() as (address, credential, session):
        console = Console()
        threading.Thread(target=console.listen, args=(address, session), daemon=True).start()
        if not console.is_ready.wait(30):
            raise SystemExit("the stream did not open")
        baseline = round_trips(alerts)
        submit(address, credential, 10, console)  # warm: processes, connections, the day's partition and key
        console.heard.clear()
        answered, told = submit(address, credential, alerts, console)
    print(
        f"{alerts} alerts, one read a submission, two images of {len(noise()) // 1000} kB each, milliseconds"
    )
    print(f"{'':46}{'p50':>8}{'p95':>8}{'worst':>8}")
    for name, times in (
        ("baseline: LISTEN/NOTIFY round trip", baseline),
        ("camera's submission answered", answered),
        ("camera's submission to event in the console", told),
    ):
        low, high = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        print(f"{name:46}{low:8.1f}{high:8.1f}{max(times):8.1f}")
    print(f"lost or repeated: {alerts - len(told)}")


@contextmanager
def scratch_installation() -> Iterator[tuple[str, str, str]]:
    """Found an agency in a scratch home and serve it; yields address, camera credential and session."""
    with tempfile.TemporaryDirectory(prefix="pw-bench-") as folder:
        home = Path(folder)
        home.chmod(0o711)  # the database's service account passes through it
        port = free_port()
        (home / "platewarden.toml").write_text(
            f'mode = "test"\norigin = "bench.invalid/ledger"\nport = {port}\n'
        )
        from platewarden.commands.support import with_django

        with with_django(home):
            credential, session = found()
            command = [sys.executable, "-m", "platewarden", "web"]
            server = subprocess.Popen(command, env={**os.environ, "PLATEWARDEN_HOME": folder})
            try:
                await_health(f"http://127.0.0.1:{port}", server)
                yield f"http://127.0.0.1:{port}", credential, session
            finally:
                server.terminate()
                server.wait()


def found() -> tuple[str, str]:
    """Enter an agency with an officer, a camera and one wanted plate; return credential and session."""
    from django.db import connections
    from django.test import Client

    from platewarden.accounts.actions import found_agency
    from platewarden.policy.actor import Actor, ActorKind
    from platewarden.site import databases
    from platewarden.site.clock import utc_now

    databases.migrate()
    now = utc_now()
    bench = Actor(kind=ActorKind.SYSTEM, id="benchmark", name="benchmark", agency_id=0)
    agency = found_agency(
        name="Bench", county="Bench", time_zone="America/New_York", is_demo=False, actor=bench, now=now
    )
    people = {role: person(agency, role, now) for role in ("officer", "supervisor", "administrator")}
    credential = camera_credential(people, now)
    want_plate(agency, now)
    client = Client()
    client.force_login(people["officer"])
    connections.close_all()
    return credential, client.cookies["sessionid"].value


def person(agency: Any, role: str, now: datetime) -> Any:
    """Enter somebody with *role*."""
    from platewarden.accounts.models import RoleGrant, User

    user = User.objects.create(agency=agency, username=role, full_name=role, created_at=now)
    RoleGrant.objects.create(user=user, role=role, granted_at=now, granted_by="benchmark")
    return user


def camera_credential(people: dict[str, Any], now: datetime) -> str:
    """Register and approve a camera; return its credential."""
    from platewarden.accounts.actors import actor_for
    from platewarden.cameras.actions import approve_camera, issue_credential, register_camera
    from platewarden.policy.capture import CameraKind

    administrator = actor_for(people["administrator"])
    camera = register_camera(
        code="bench",
        name="Bench",
        kind=CameraKind.FIXED,
        place="Bench",
        latitude=42.0,
        longitude=-76.0,
        heading_degrees=0,
        actor=administrator,
        now=now,
    )
    approve_camera(camera=camera, statement="Bench.", actor=actor_for(people["supervisor"]), now=now)
    return issue_credential(camera=camera, actor=administrator, now=now)


def want_plate(agency: Any, now: datetime) -> None:
    """Put the plate on a list."""
    from platewarden.hotlists.models import Entry, Hotlist, Snapshot
    from platewarden.matching.plates import skeleton

    stamp = {"created_at": now, "created_by": "benchmark"}
    hotlist = Hotlist.objects.create(agency=agency, name="Bench", source="Bench", **stamp)
    loaded = {
        "effective_at": now,
        "loaded_at": now,
        "loaded_by": "benchmark",
        "file_digest": b"",
        "accepted": 1,
    }
    snapshot = Snapshot.objects.create(hotlist=hotlist, **loaded)
    plate = {
        "plate_as_given": PLATE,
        "plate": PLATE,
        "skeleton": skeleton(PLATE),
        "category": "stolen_vehicle",
    }
    Entry.objects.create(agency=agency, snapshot=snapshot, state="NY", entered_at=now, **plate)


def submit(address: str, credential: str, count: int, console: Console) -> tuple[list[float], list[float]]:
    """Submit *count* reads that hit; return milliseconds to the answer and to the event in *console*."""
    answered, told = [], []
    image = base64.b64encode(noise()).decode()
    with httpx.Client(
        base_url=address, headers={"Authorization": f"Bearer {credential}"}, timeout=30
    ) as camera:
        for _ in range(count):
            before = set(console.heard)
            body = json.dumps({"reads": [a_read(image)]})
            started = time.perf_counter()
            response = camera.post(
                "/api/v1/reads", content=body, headers={"Content-Type": "application/json"}
            )
            answered.append(1000 * (time.perf_counter() - started))
            response.raise_for_status()
            new = await_event(console, before)
            told += [1000 * (console.heard[number] - started) for number in new]
    return answered, told


def await_event(console: Console, before: set[int]) -> set[int]:
    """Return the alerts heard of since *before*, waiting up to five seconds for the first."""
    deadline = time.perf_counter() + 5
    while time.perf_counter() < deadline:
        if new := set(console.heard) - before:
            return new
        time.sleep(0.0005)
    return set()


def a_read(image: str) -> dict[str, Any]:
    """A read of the wanted plate, just now."""
    from platewarden.site.clock import utc_now

    return {
        "capture_id": secrets.token_hex(8),
        "seen_at": utc_now().isoformat(),
        "plate": PLATE,
        "confidence": 0.97,
        "state": "NY",
        "state_confidence": 0.9,
        "plate_image": image,
        "vehicle_image": image,
    }


def noise() -> bytes:
    """A JPEG that does not compress, as large as a camera's."""
    import numpy as np
    from PIL import Image

    pixels = np.random.default_rng(1).integers(0, 256, (IMAGE_SIDE, IMAGE_SIDE, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def round_trips(count: int) -> list[float]:
    """Return milliseconds of *count* bare LISTEN/NOTIFY round trips."""
    from django.db import connection

    parameters = connection.get_connection_params()
    keys = ("dbname", "user", "host", "port", "password")
    target = {key: parameters[key] for key in keys if parameters.get(key)}
    times = []
    with (
        psycopg.connect(**target, autocommit=True) as listening,
        psycopg.connect(**target, autocommit=True) as telling,
    ):
        listening.execute(f"LISTEN {CHANNEL}")
        for _ in range(count):
            started = time.perf_counter()
            telling.execute(f"NOTIFY {CHANNEL}")
            next(listening.notifies(timeout=5, stop_after=1))
            times.append(1000 * (time.perf_counter() - started))
    return times


def free_port() -> int:
    """Return a loopback port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_health(address: str, server: "subprocess.Popen[bytes]") -> None:
    """Wait until the server answers."""
    for _ in range(600):
        if server.poll() is not None:
            break
        with suppress(httpx.TransportError):
            if httpx.get(f"{address}/health/").is_success:
                return
        time.sleep(0.1)
    raise SystemExit("the server did not come up")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
