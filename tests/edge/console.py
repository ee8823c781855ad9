"""A console on the loopback interface that takes reads, or does not."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Console:
    """Remembers what it was sent.

    Attributes:
        status: What it answers; 201 takes the reads.
        body: What it answers with when it does not take them.
        batches: The reads it took, by request.
    """

    def __init__(self) -> None:
        """Prepare a console that takes everything."""
        self.status, self.body = 201, b"{}"
        self.batches: list[list[dict[str, Any]]] = []
        self.came = threading.Condition()
        handler = type("Handler", (_Handler,), {"console": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    @property
    def reads(self) -> list[dict[str, Any]]:
        """All reads it took."""
        return [read for batch in self.batches for read in batch]

    def wait_for(self, count: int) -> None:
        """Wait until *count* requests have been answered with their reads taken."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.batches) >= count, 60)


class _Handler(BaseHTTPRequestHandler):
    console: Console

    def do_POST(self) -> None:
        reads = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["reads"]
        body = self.console.body
        if self.console.status == 201:
            known = {read["capture_id"] for read in self.console.reads}
            results = [
                {
                    "capture_id": read["capture_id"],
                    "code": 200 if read["capture_id"] in known else 201,
                    "read_id": "1",
                    "problem": None,
                }
                for read in reads
            ]
            body = json.dumps({"results": results}).encode()
            with self.console.came:
                self.console.batches.append(reads)
                self.console.came.notify_all()
        self.send_response(self.console.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        """Keep silent."""


@contextmanager
def running() -> Iterator[Console]:
    """Run a console for a while."""
    console = Console()
    threading.Thread(target=console.server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield console
    finally:
        console.server.shutdown()
        console.server.server_close()
