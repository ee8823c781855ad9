"""The one picture that a box sends of what a camera sees: at its enrolment, or because a person at the box says so.

There is no request of the server that this answers, and no address at which a box could be asked (CAP-4).
"""

import base64
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Final

import cv2
import httpx

from platewarden.edge.agent import SourceSetting
from platewarden.edge.decoder import VideoError
from platewarden.edge.sources import LiveStream, VideoFrame, VideoSource, open_video
from platewarden.edge.talking import Line, answer_facts
from platewarden.recognition.types import Frame

LONG_SIDE_PX: Final = 1600
MOST_BYTES: Final = 700_000
"""So much goes, in base64, into what the server takes of a device that is no read."""

_QUALITIES: Final = (90, 80, 65, 50, 35)
_SETTLING: Final = 10
"""A camera that was just opened sets its exposure first: of a live one this frame is taken."""

_WAIT: Final = 40
"""Quarters of a second without a frame after which a live source is given up."""


def send_stills(
    sources: Sequence[SourceSetting], line: Line, *, is_asked_for: bool, tell: Callable[[str], None]
) -> int:
    """Take one frame of each of *sources* and send it; say what became of each, and return how many were taken.

    Raises:
        UnreachableError: The server does not answer.
        RevokedError, StrangerError: See `Line.ask`.
    """
    taken = 0
    for setting in sources:
        try:
            picture, is_live = still_of(setting.source)
        except (VideoError, OSError) as error:
            tell(f"{setting.camera}: no still: {error}")
            continue
        body = {
            "picture": base64.b64encode(picture).decode(),
            "live": is_live,
            "asked_for": is_asked_for,
        }
        answer = line.ask("POST", f"/cameras/{setting.camera}/still", body)
        facts = answer_facts(answer)
        if answer.status_code == httpx.codes.CREATED:
            taken += 1
            tell(f"{setting.camera}: a still was sent, for whoever signs what the camera sees")
        else:
            said = facts.get("message", f"it answers {answer.status_code}")
            tell(f"{setting.camera}: the server takes no still: {said} {facts.get('remedy', '')}".strip())
    return taken


def still_of(source: str) -> tuple[bytes, bool]:
    """Return one frame of *source* as a JPEG, and whether it is live.

    Raises:
        VideoError: It cannot be opened, or gives no frame.
    """
    video = open_video(source, now=lambda: datetime.now(UTC), tell=lambda _: None)
    is_live = isinstance(video, LiveStream)
    try:
        frame = _frame_of(video, settling=_SETTLING if is_live else 1)
    finally:
        video.close()
    if frame is None:
        raise VideoError(f"{video.name}: gives no frame")
    return _encoded(frame), is_live


def _frame_of(video: VideoSource, *, settling: int) -> Frame | None:
    last = None
    frames = 0
    for arrived in islice(video.frames(), settling + _WAIT):
        if isinstance(arrived, VideoFrame):
            last, frames = arrived.picture, frames + 1
        if frames >= settling:
            break
    return last


def _encoded(frame: Frame) -> bytes:
    """Return *frame* as a JPEG of what `MOST_BYTES` hold, as good as goes."""
    ratio = LONG_SIDE_PX / max(frame.shape[:2])
    small = cv2.resize(frame, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA) if ratio < 1 else frame
    encoded = b""
    for quality in _QUALITIES:
        encoded = bytes(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])
        if len(encoded) <= MOST_BYTES:
            return encoded
    return encoded
