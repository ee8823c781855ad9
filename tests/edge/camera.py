"""A camera on the loopback interface: Motion JPEG over HTTP, that stalls, dies and comes back on demand."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import cv2

from platewarden.recognition.types import Frame
from tests.edge.stage import Passing, paint

RATE = 50


class Camera:
    """Sends painted traffic; each connection sees it from its beginning on, however slowly the machine paints it.

    Attributes:
        stalls: While set, connections stay open and nothing comes.
        hangs_up: While set, connections are closed.
        requests: How many times somebody connected.
    """

    def __init__(self, passing: tuple[Passing, ...] = ()) -> None:
        """Prepare a camera that looks at *passing*."""
        self.stalls, self.hangs_up = threading.Event(), threading.Event()
        self.requests = 0
        self._passing = passing
        self._server: ThreadingHTTPServer | None = None
        self._port = 0

    @property
    def address(self) -> str:
        """Where it sends, with a user and a password that nobody asks for."""
        return f"http://admin:s3cret@127.0.0.1:{self._port}/video?token=t0ken"

    def start(self) -> None:
        """Begin to answer, the second time at the same port."""
        handler = type("Handler", (_Handler,), {"camera": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), handler)
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Answer no more, and end what is going on."""
        self.hangs_up.set()
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def picture(self, number: int) -> Frame:
        """Return what it sees in a connection's frame *number*."""
        return paint(self._passing, number / RATE)


class _Handler(BaseHTTPRequestHandler):
    camera: Camera

    def do_GET(self) -> None:
        self.camera.requests += 1
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        sent = 0
        while not self.camera.hangs_up.is_set():
            time.sleep(1 / RATE)
            if self.camera.stalls.is_set():
                continue
            if not self._is_sent(self.camera.picture(sent)):
                return
            sent += 1

    def _is_sent(self, picture: Frame) -> bool:
        data = cv2.imencode(".jpg", picture)[1].tobytes()
        head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
        try:
            self.wfile.write(head.encode() + data + b"\r\n")
        except OSError:
            return False
        return True

    def log_message(self, *arguments: Any) -> None:
        """Keep silent."""


@contextmanager
def running(passing: tuple[Passing, ...] = ()) -> Iterator[Camera]:
    """Run a camera for a while."""
    camera = Camera(passing)
    camera.start()
    try:
        yield camera
    finally:
        camera.stop()
