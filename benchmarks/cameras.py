"""Cameras of every make pushing to one server: reads a second that it keeps up with, its answers, its memory, losses.

Made-up cameras push as they would, each at its own moments, whether or not the server keeps up; a delivery that is late
stays late. Every delivery that was answered for must be stored once. The baseline in the same run is a server that
reads each body and answers, and does nothing else: what it takes is the most that the simulator gives.

    python -m benchmarks.cameras [--rate 100] [--seconds 60] [--image-bytes 150000] [--entries 100000]
"""

import argparse
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import linear_regression, median, quantiles
from typing import Any

from benchmarks.ingest import load_list
from benchmarks.scratch import approved_camera, installation, served
from platewarden.simulation.cameras import SimulatedCamera
from platewarden.simulation.pictures import FewScenes
from platewarden.simulation.running import run_cameras
from platewarden.simulation.traffic import Traffic

FORMATS = ("platewarden", "openalpr", "platerecognizer", "hikvision", "dahua", "axis", "genetec", "flock")
_PAGE_KB = 4
LONG = 300.0
"""Seconds from which on it is said whether memory grows."""


def main() -> None:
    """Measure and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rate", type=float, default=100.0)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--image-bytes", type=int, default=150_000)
    options.add_argument("--entries", type=int, default=100_000)
    asked = options.parse_args()
    with installation() as cast:
        load_list(cast, asked.entries)
        credentials = register(cast)
        pictures = FewScenes(count=2, least_bytes=asked.image_bytes)
        print(
            f"{len(FORMATS)} cameras, {asked.rate:.0f} reads/s in all, images of {asked.image_bytes / 1000:.0f} kB, "
            f"{asked.seconds:.0f} s, {asked.entries} hotlist entries"
        )
        print(
            f"{'':22}{'reads/s':>9}{'p50 ms':>8}{'p95 ms':>8}{'worst':>8}{'lost':>6}{'twice':>6}{'CPU ms':>8}"
            "  memory MB"
        )
        with nothing_done() as address:
            brief = min(60.0, asked.seconds)
            line("baseline: answers only", address, credentials, pictures, asked.rate, brief, 0, lambda: 0)
        with served() as address:
            server = process_of(address)
            line("one server", address, credentials, pictures, asked.rate, asked.seconds, server, stored)


def register(cast: Any) -> dict[str, str]:
    """Register a camera of every make; return its credential by its format."""
    from platewarden.cameras.credentials import issue_credential
    from platewarden.site.clock import utc_now

    made = {}
    for number, format_ in enumerate(FORMATS):
        camera = approved_camera(cast, f"bench-{format_}", protocol=format_, north=42.4 + number / 100)
        made[format_] = issue_credential(camera=camera, actor=cast.actor("ada"), now=utc_now())
    return made


def line(  # noqa: PLR0917 - one call a line of the table
    name: str,
    address: str,
    credentials: dict[str, str],
    pictures: FewScenes,
    rate: float,
    seconds: float,
    server: int,
    count: Callable[[], int],
) -> None:
    """Run all cameras against *address* and print what became of it."""
    cameras = [
        SimulatedCamera(format_, credential, Traffic(100 + number, rate / len(credentials)), pictures)
        for number, (format_, credential) in enumerate(credentials.items())
    ]
    run_cameras(address, cameras, most=4)  # warm
    for camera in cameras:
        camera.stop.clear()
    before, sizes, over = count(), [memory_of(server)], threading.Event()

    def watch() -> None:
        while not over.wait(max(1.0, seconds / 60)):
            sizes.append(memory_of(server))

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    began, worked = time.perf_counter(), seconds_of(server)
    results = run_cameras(address, cameras, seconds=seconds)
    took, worked = time.perf_counter() - began, seconds_of(server) - worked
    over.set()
    watching.join()
    taken, times = results.counts["taken"], [1000 * one for one in results.seconds]
    kept = count() - before if before or count() else taken
    p95 = quantiles(times, n=20)[-1]
    course = " ".join(f"{size:.0f}" for size in sizes[:: max(1, len(sizes) // 6)])
    sized = f"{course}; {max(sizes):.0f} most"
    if seconds >= LONG:
        later = sizes[len(sizes) // 2 :]
        an_hour = linear_regression(range(len(later)), later).slope * 3600 * len(sizes) / seconds
        sized += f", {an_hour:+.0f} an hour in the second half"
    print(
        f"{name:22}{taken / took:9.1f}{median(times):8.1f}{p95:8.1f}{max(times):8.0f}{max(0, taken - kept):6}"
        f"{max(0, kept - taken):6}{1000 * worked / taken:8.1f}  {sized if server else '-'}",
        flush=True,
    )
    strange = {name: number for name, number in results.counts.items() if name not in {"offered", "taken"}}
    if strange:
        print(f"  besides: {strange}")


def stored() -> int:
    """Return how many captures there are."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM captures")
        return int(cursor.fetchone()[0])


def process_of(address: str) -> int:
    """Return the number of the process that serves *address*."""
    port = int(address.rpartition(":")[2])
    listening = f":{port:04X} "
    for line_ in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        fields = line_.split()
        if listening in f"{fields[1]} " and fields[3] == "0A":
            return _holder(fields[9])
    raise SystemExit("nobody listens there")


def _holder(inode: str) -> int:
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if link.readlink().name == f"socket:[{inode}]":
                return int(link.parts[2])
        except OSError:
            continue
    raise SystemExit("whoever listens there is gone")


def memory_of(process: int) -> float:
    """Return the memory of *process* that is its own or shared, MB (resident set); 0 without a process."""
    if not process:
        return 0.0
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * _PAGE_KB / 1024


def seconds_of(process: int) -> float:
    """Return the processor time of *process* so far, all its threads; 0 without a process."""
    if not process:
        return 0.0
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Read the body and answer."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's own name
        """Say nothing."""


@contextmanager
def nothing_done() -> Iterator[str]:
    """Serve nothing; yield the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answering)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    main()
