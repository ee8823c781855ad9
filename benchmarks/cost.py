"""What one read costs: processor time of server and database, and times that the server waits for the database.

Other programs on the machine make a clock worthless; these figures hardly change with them. Deliveries are handed to
the console's own request handler in this process, so that what the web server itself takes is not among them: see
``CPU`` in `benchmarks.cameras`.

    python -m benchmarks.cost [--reads 200] [--entries 100000] [--image-bytes 150000] [--statements] [--profile]
"""

import argparse
import base64
import cProfile
import json
import pstats
import re
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cameras import FORMATS, register
from benchmarks.ingest import BATCH, a_read, load_list, plates
from benchmarks.scratch import installation, noise, small_picture
from platewarden.simulation.cameras import SimulatedCamera
from platewarden.simulation.pictures import FewScenes
from platewarden.simulation.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Push:
    """One request: where to, who sends it, and what."""

    path: str
    credential: str
    content_type: str
    content: bytes
    reads: int = 1


def main() -> None:
    """Measure and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--reads", type=int, default=200)
    options.add_argument("--entries", type=int, default=100_000)
    options.add_argument("--image-bytes", type=int, default=150_000)
    options.add_argument("--statements", action="store_true", help="list those of one push")
    options.add_argument("--profile", action="store_true", help="list the functions that take longest")
    asked = options.parse_args()
    with installation() as cast:
        load_list(cast, asked.entries)
        credentials = register(cast)
        print(f"{'':26}{'server ms':>10}{'database ms':>12}{'waits':>7}   a read")
        mixed = [0.0, 0.0, 0.0]
        for format_, credential in credentials.items():
            figures = measured(list(pushes(format_, credential, asked.reads // 4, asked.image_bytes)))
            mixed = [before + one / len(FORMATS) for before, one in zip(mixed, figures, strict=True)]
            line(f"push, {format_}", figures)
        line("push, all formats alike", mixed)
        for name, image in (("2 kB images", small_picture()), ("150 kB images", noise())):
            figures = measured(list(batches(cast.credential, 4 * asked.reads, image)))
            line(f"batches of {BATCH}, {name}", figures)
        if asked.statements:
            listed(next(pushes("hikvision", credentials["hikvision"], 1, asked.image_bytes)))
        if asked.profile:
            profiled(list(pushes("hikvision", credentials["hikvision"], asked.reads, asked.image_bytes)))


def line(name: str, figures: Sequence[float]) -> None:
    """Print one line of the table."""
    print(f"{name:26}{figures[0]:10.2f}{figures[1]:12.2f}{figures[2]:7.1f}", flush=True)


def pushes(format_: str, credential: str, count: int, image_bytes: int) -> Iterator[Push]:
    """Yield *count* deliveries of one read each, as a camera of *format_* makes them."""
    traffic = Traffic(secrets.randbelow(10**6), 1.0)
    camera = SimulatedCamera(format_, credential, traffic, FewScenes(count=2, least_bytes=image_bytes))
    for passage in traffic.passages():
        made = camera.delivery(passage)
        path = f"/api/v1/push/{made.path}" if made.path else "/api/v1/push"
        yield Push(path, credential, made.content_type, made.content)
        if passage.number >= count:
            return


def batches(credential: str, reads: int, vehicle_image: bytes) -> Iterator[Push]:
    """Yield *reads* in batches of the device API."""
    from platewarden.site.clock import utc_now

    images = {
        "plate_image": base64.b64encode(small_picture()).decode(),
        "vehicle_image": base64.b64encode(vehicle_image).decode(),
    }
    texts = iter(plates(reads, seed=secrets.randbelow(10**6)))
    for _ in range(reads // BATCH):
        body = {
            "reads": [{**a_read(next(texts), utc_now().isoformat()), **images} for _ in range(BATCH)],
        }
        yield Push("/api/v1/reads", credential, "application/json", json.dumps(body).encode(), BATCH)


def measured(made: list[Push]) -> tuple[float, float, float]:
    """Send all of *made*; return CPU ms of this process and of its database session, and waits, each a read."""
    send, traced_pushes, rest = sender(), made[3:6], made[6:]
    for push in made[:3]:
        send(push)  # warm: statements are prepared, the day has its table
    with traced() as messages:
        for push in traced_pushes:
            send(push)
    waits = sum("ReadyForQuery" in message for message in messages)
    here, there = time.process_time(), database_seconds()
    for push in rest:
        send(push)
    here, there = time.process_time() - here, database_seconds() - there
    reads = sum(push.reads for push in rest)
    return 1000 * here / reads, 1000 * there / reads, waits / sum(push.reads for push in traced_pushes)


def sender() -> Callable[[Push], None]:
    """Return what hands a push to the console's request handler, and insists that it is taken."""
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")

    def send(push: Push) -> None:
        answer = client.generic(
            "POST",
            push.path,
            push.content,
            push.content_type,
            headers={"Authorization": f"Bearer {push.credential}"},
        )
        if answer.status_code not in {200, 201}:
            raise SystemExit(f"{push.path} was answered with {answer.status_code}")

    return send


def database_seconds() -> float:
    """Return the processor time of the database's process behind this connection, which is on this machine."""
    from django.db import connection

    connection.ensure_connection()
    number = connection.connection.info.backend_pid
    return int(Path(f"/proc/{number}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9


@contextmanager
def traced() -> Iterator[list[str]]:
    """Yield a list that holds, once the block has ended, every message to and from the database, a line each."""
    from django.db import connection

    messages: list[str] = []
    connection.ensure_connection()
    with tempfile.NamedTemporaryFile() as file:
        connection.connection.pgconn.trace(file.fileno())
        try:
            yield messages
        finally:
            connection.connection.pgconn.untrace()
            messages += Path(file.name).read_text(encoding="utf-8", errors="replace").splitlines()


def listed(push: Push) -> None:
    """Print each statement that the database is given while *push* is taken, with the moment."""
    send = sender()
    with traced() as messages:
        send(push)
    for message in messages:
        moment, side, _, kind, *told = [*message.split("\t"), "", "", ""]
        if side == "F" and kind in {"Query", "Parse", "Bind"}:
            print(moment[17:], kind, re.sub(r"\s+", " ", " ".join(told))[:200])


def profiled(made: list[Push]) -> None:
    """Print the functions that take longest while *made* are sent."""
    send = sender()
    with cProfile.Profile(time.process_time) as profile:
        for push in made:
            send(push)
    found = pstats.Stats(profile).sort_stats("cumulative")
    found.print_stats(90)
    found.sort_stats("tottime").print_stats(50)


if __name__ == "__main__":
    main()
