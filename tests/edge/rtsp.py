"""An RTSP server on the loopback interface: JPEG over RTP in the connection of the commands (RFC 2326, RFC 2435).

It is as small as a camera's can be, and real: FFmpeg asks it for a description, sets a track up, plays it.
"""

import socketserver
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import cv2

from platewarden.recognition.types import Frame
from tests.edge.stage import HEIGHT, WIDTH, Passing, paint

RATE = 15
_PAYLOAD = 1200
_SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=Stage\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 26\r\na=control:track1\r\n"
)


class RtspCamera(socketserver.ThreadingTCPServer):
    """Sends painted traffic, from the beginning at its start on, to whoever plays it."""

    daemon_threads = allow_reuse_address = True

    def __init__(
        self, passing: tuple[Passing, ...], *, user: str = "admin", password: str = "s3cret"
    ) -> None:
        """Prepare a camera that looks at *passing*; whoever does not know *password* is told so."""
        super().__init__(("127.0.0.1", 0), _Session)
        self.passing, self.began_s, self.plays = passing, time.monotonic(), 0
        self.address = f"rtsp://{user}:{password}@127.0.0.1:{self.server_address[1]}/stream"
        self.hangs_up, self.hung_up = threading.Event(), threading.Event()

    def hang_up_once(self) -> None:
        """Break off what is played, however busy the machine is, and be there again."""
        self.hung_up.clear()
        self.hangs_up.set()
        assert self.hung_up.wait(60)
        self.hangs_up.clear()

    def handle_error(self, request: object, client_address: object) -> None:
        """A player that goes away is no error."""


class _Session(socketserver.StreamRequestHandler):
    server: RtspCamera

    def handle(self) -> None:
        while (asked := self._asked()) is not None:
            method, url, number = asked
            if method == "DESCRIBE":
                head = f"Content-Base: {url}/\r\nContent-Type: application/sdp\r\nContent-Length: {len(_SDP)}\r\n"
                self._answer(number, head, _SDP)
            elif method == "SETUP":
                self._answer(number, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n")
            elif method == "PLAY":
                self._answer(number, "Session: 1\r\nRange: npt=0-\r\n")
                self._play()
                return
            else:
                self._answer(number, "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n")

    def _asked(self) -> tuple[str, str, str] | None:
        """Return method, address and number of the next command; None when the player has gone."""
        lines = []
        while line := self.rfile.readline().decode().strip():
            lines.append(line)
        if not lines:
            return None
        method, url, _ = lines[0].split()
        number = next(line.split(":")[1].strip() for line in lines if line.lower().startswith("cseq"))
        return method, url, number

    def _answer(self, number: str, head: str, body: str = "") -> None:
        self.wfile.write(f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\n{head}\r\n{body}".encode())

    def _play(self) -> None:
        self.server.plays += 1
        sequence, began_s = 0, time.monotonic()
        while not self.server.hangs_up.wait(1 / RATE):
            now_s = time.monotonic()
            picture = paint(self.server.passing, now_s - self.server.began_s)
            stamp = int(90_000 * (now_s - began_s)) & 0xFFFFFFFF
            for payload, is_last in _packets(picture):
                head = struct.pack(">BBHII", 0x80, 26 | is_last << 7, sequence & 0xFFFF, stamp, 7)
                self.wfile.write(struct.pack(">BBH", 0x24, 0, len(head) + len(payload)) + head + payload)
                sequence += 1
        self.server.hung_up.set()


def _packets(picture: Frame) -> Iterator[tuple[bytes, bool]]:
    """Yield the parts of *picture*, a JPEG without its heads, each with whether it is the last (RFC 2435, 3.1)."""
    jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()
    tables, scan = _parts(jpeg)
    for offset in range(0, len(scan), _PAYLOAD):
        part = scan[offset : offset + _PAYLOAD]
        head = struct.pack(">I", offset) + bytes([1, 255, WIDTH // 8, HEIGHT // 8])
        if offset == 0:
            head += struct.pack(">BBH", 0, 0, len(tables)) + tables
        yield head + part, offset + _PAYLOAD >= len(scan)


def _parts(jpeg: bytes) -> tuple[bytes, bytes]:
    """Return the quantisation tables of a baseline JPEG, and its scan."""
    tables, place = b"", 2
    while True:
        marker, length = jpeg[place + 1], int.from_bytes(jpeg[place + 2 : place + 4])
        body = jpeg[place + 4 : place + 2 + length]
        if marker == 0xDB:
            while body:
                tables, body = tables + body[1:65], body[65:]
        place += 2 + length
        if marker == 0xDA:
            return tables, jpeg[place:-2]


@contextmanager
def running(*passing: Passing) -> Iterator[RtspCamera]:
    """Run a camera for a while."""
    with RtspCamera(passing) as camera:
        threading.Thread(target=camera.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield camera
        finally:
            camera.hangs_up.set()
            camera.shutdown()
