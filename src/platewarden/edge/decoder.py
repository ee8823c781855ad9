"""Pictures out of a video file or stream, by the FFmpeg that comes inside OpenCV (decision 10)."""

import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

import cv2

from platewarden.recognition.images import MAX_PIXELS
from platewarden.recognition.types import Frame

OPEN_TIMEOUT_S: Final = 10.0

_PROTOCOLS: Final = {
    "rtsp": "rtsp,rtp,tcp",
    "rtsps": "rtsp,rtp,tcp,tls",
    "http": "http,https,tcp,tls",
    "https": "http,https,tcp,tls",
}
"""What FFmpeg may speak for each scheme; a file may lead to no address at all."""

_CAMERA_TIMES: Final = frozenset({"rtsp", "rtsps"})

_PORTS: Final = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}

_NO_COUNTING: Final = "fpsprobesize;0"
"""A stream with the camera's times is not held up until twenty frames have told its rate, which nobody asks for."""

_TRIES: Final = 500
"""So many frames in a row may be damaged; trying beyond the end of a file costs microseconds."""

_MAX_BOXES: Final = 1000
"""A file that is laid out as MP4 has a dozen outermost boxes."""

_TRYING_S: Final = 1.0
"""So long is tried past a damaged frame: a stream that has ended says so at once, one that hangs does not."""


class VideoError(Exception):
    """A video cannot be used; the message names it, without credentials, the cause, and what to do."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a video comes from.

    Attributes:
        location: What FFmpeg opens; may hold credentials and is never shown.
        name: What is shown: the path, or the address without user, password and query.
        scheme: ``file``, ``usb`` for a camera at this machine, or one of `SCHEMES`.
    """

    location: str
    name: str
    scheme: str

    def __repr__(self) -> str:
        return f"Address({self.name!r})"

    @property
    def has_camera_times(self) -> bool:
        """Whether frames come with the times of the camera's clock; others are given times by their number."""
        return self.scheme in _CAMERA_TIMES


SCHEMES: Final = tuple(_PROTOCOLS)

USB: Final = "/dev/video"
"""So begin the names of cameras at this machine (Video4Linux)."""


def is_live(source: str) -> bool:
    """Whether *source* is a camera, which may come back, rather than a file."""
    return "://" in source or source.startswith(USB)


def address_of(source: str) -> Address:
    """Return the address that *source*, a path or a URL, names; whether anything is there is not looked at.

    Raises:
        VideoError: The URL has another scheme than those of `SCHEMES`, or no host.
    """
    if source.startswith(USB):
        return Address(source, source, "usb")
    if "://" not in source:
        return Address(str(Path(source).resolve()), source, "file")
    try:
        parts = urlsplit(source)
        name = _shown(parts)
    except ValueError:  # a port that is no number; the text may hold a password, so it is not quoted
        raise VideoError("the source is no address: check host and port") from None
    if parts.scheme not in _PROTOCOLS:
        raise VideoError(f"{parts.scheme}: not a kind of address we open; give one of {', '.join(SCHEMES)}")
    if not parts.hostname:
        raise VideoError(f"{parts.scheme}: the address names no host")
    return Address(source, name, parts.scheme)


def _shown(parts: SplitResult) -> str:
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"


class Decoder:
    """One opened video, read frame by frame.

    Attributes:
        name: What the video is called in messages.
        frames: How many frames it says it has; 0 when it does not say, as live streams do.
        duration_s: How long it says it is; 0 when it does not say.
        skipped: Damaged frames passed over so far.
        opened_s: When the opening began, on the clock `time.monotonic`.
    """

    def __init__(self, address: Address, *, read_timeout_s: float) -> None:
        """Open *address* and decode its first frame.

        Raises:
            VideoError: It cannot be opened, or no frame of it can be decoded.
        """
        self.opened_s = time.monotonic()
        _permit(address)
        timeouts = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, round(OPEN_TIMEOUT_S * 1000)]
        timeouts += [cv2.CAP_PROP_READ_TIMEOUT_MSEC, round(read_timeout_s * 1000)]
        if address.scheme == "usb":
            self._capture = cv2.VideoCapture(address.location, cv2.CAP_V4L2)
        else:
            self._capture = cv2.VideoCapture(address.location, cv2.CAP_FFMPEG, timeouts)
        self.name, self.skipped = address.name, 0
        if not self._capture.isOpened():
            raise VideoError(_why_not(address))
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        self.frames = max(0, round(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)))
        self.duration_s = self.frames / rate if rate > 0 else 0.0
        self._first = self._decode()
        self._check_first()

    def read(self) -> tuple[Frame, float] | None:
        """Return the next frame and its place in seconds from the first; None at the end, or when it broke off."""
        first, self._first = self._first, None
        return first or self._decode()

    def close(self) -> None:
        """Let the file or connection go."""
        self._capture.release()

    def _decode(self) -> tuple[Frame, float] | None:
        """Return the next frame that can be decoded; those passed over on the way to it are counted."""
        until = time.monotonic() + _TRYING_S
        for failures in range(_TRIES):
            taken = False
            with suppress(cv2.error):  # as other damage
                taken, picture = self._capture.read()
            if taken:
                self.skipped += failures
                return picture, self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            if time.monotonic() > until:
                break
        return None

    def _check_first(self) -> None:
        if self._first is None:
            code = round(self._capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little", signed=True)
            self.close()
            shown = "".join(chr(byte) for byte in code if chr(byte).isalnum()) or "unknown"
            raise VideoError(
                f"{self.name}: no frame can be decoded (codec {shown}); use H.264, H.265, MJPEG or VP9,"
                " e.g. ffmpeg -i IN -c:v libx264 OUT.mp4, or set the camera to it"
            )
        height, width = self._first[0].shape[:2]
        if width * height > MAX_PIXELS:
            self.close()
            raise VideoError(
                f"{self.name}: {width} x {height} pixels a frame, at most {MAX_PIXELS} in all are accepted"
            )


def _permit(address: Address) -> None:
    """Tell FFmpeg what it may speak (OpenCV passes it only what stands in the environment) and to keep silent.

    Its own messages may quote an address; what matters of them, ours say.
    """
    allowed = f"rtsp_transport;tcp|protocol_whitelist;{_PROTOCOLS.get(address.scheme, 'file')}"
    if address.has_camera_times:
        allowed += f"|{_NO_COUNTING}"
    for name, value in (
        ("OPENCV_FFMPEG_CAPTURE_OPTIONS", allowed),
        ("OPENCV_FFMPEG_LOGLEVEL", "-8"),
    ):
        if os.environ.get(name) != value:
            os.environ[name] = value
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def _why_not(address: Address) -> str:
    """Return why *address* could not be opened, as far as can be told, and what to do."""
    if address.scheme == "usb":
        return f"{address.name}: no camera there, or not this user's to open; check cable and group (video)"
    if address.scheme == "file":
        return f"{address.name}: {_why_no_file(Path(address.location))}"
    host = urlsplit(address.location)
    with suppress(OSError):
        port = host.port or _PORTS[address.scheme]
        socket.create_connection((host.hostname, port), timeout=OPEN_TIMEOUT_S / 2).close()
        return (
            f"{address.name}: the host answers, but gives no video:"
            " check path, user and password, and that the camera sends H.264, H.265 or MJPEG"
        )
    return f"{address.name}: nobody answers there; check address, port and network"


def _why_no_file(path: Path) -> str:
    if not path.exists():
        return "no such file"
    try:
        kinds = _boxes(path)
    except OSError as error:
        return str(error.strerror or error)
    if not path.stat().st_size:
        return "empty; record or copy it again"
    if "ftyp" in kinds and "moov" not in kinds:
        return "cut off before its index (moov) was written; record or copy it again, or repair it"
    return "holds no video we can open: damaged, only sound, or no video at all; play it to see"


def _boxes(path: Path) -> set[str]:
    """Return the kinds of the outermost boxes of a file laid out as MP4 is (ISO/IEC 14496-12, 4.2)."""
    kinds: set[str] = set()
    with path.open("rb") as file:
        for _ in range(_MAX_BOXES):
            head = file.read(16)
            kinds.add(head[4:8].decode("latin-1"))
            size = int.from_bytes(head[:4])
            size = int.from_bytes(head[8:]) if size == 1 else size
            if size < 8:  # noqa: PLR2004 - to the end of the file, or nonsense
                break
            file.seek(size - len(head), os.SEEK_CUR)
    return kinds
