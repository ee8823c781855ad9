"""A whole way from a real RTSP server, H.264 over RTP behind a password, to plates, with the real models."""

import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from platewarden.edge.decoder import VideoError
from platewarden.edge.sources import LiveStream, open_video
from platewarden.edge.watch import Watch
from platewarden.recognition.pipeline import load_recogniser
from platewarden.recognition.types import Frame
from platewarden.rendering.scene import render_scene

PYTHON, SERVER = "/usr/bin/python3", Path(__file__).with_name("rtsp_server.py")
USER, PASSWORD = "admin", "s3cret"
PLATES = ("KRT4821", "HGM7035")
RATE, SECONDS = 10, 2
EMPTY_FRAMES = 12
"""Longer than a plate may be hidden: the second vehicle is none that the first has turned into."""


def _can_run() -> bool:
    if not Path(PYTHON).exists():
        return False
    return subprocess.run([PYTHON, SERVER, "--check"], capture_output=True, check=False).returncode == 0


pytestmark = pytest.mark.skipif(not _can_run(), reason="no GStreamer RTSP server on this machine")


def nearing(picture: Frame, share: float) -> Frame:
    """Return *picture* as a vehicle that comes a little nearer fills it."""
    high, wide = picture.shape[:2]
    grown = cv2.getRotationMatrix2D((wide / 2, high / 2), 0, 1 + 0.15 * share)
    return np.asarray(cv2.warpAffine(picture, grown, (wide, high)), np.uint8)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two rendered vehicles that come nearer, one after the other, with an empty road between them."""
    path = tmp_path_factory.mktemp("rtsp") / "gate.avi"
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"MJPG"), RATE, (1280, 720))
    assert writer.isOpened()
    for seed, plate in enumerate(PLATES, 3):
        picture = render_scene(seed, plate=plate, state="NY").image
        for number in range(RATE * SECONDS):
            writer.write(nearing(picture, number / (RATE * SECONDS)))
        for _ in range(EMPTY_FRAMES):
            writer.write(np.full_like(picture, 90))
    writer.release()
    return path


@pytest.fixture
def port(recording: Path) -> Iterator[int]:
    """The server's port; it runs until the test is over."""
    with subprocess.Popen(
        [PYTHON, SERVER, recording, USER, PASSWORD], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        yield int(server.stdout.readline())
        server.terminate()


def test_plates_are_read_off_a_real_server(port: int) -> None:
    """When the recording ends it is played again: a reconnection, as when a camera starts anew."""
    told: list[str] = []
    video = open_video(
        f"rtsp://{USER}:{PASSWORD}@127.0.0.1:{port}/gate", now=lambda: datetime.now(UTC), tell=told.append
    )
    assert isinstance(video, LiveStream)
    watch = Watch(video, load_recogniser(threads=1))
    seen, until = set[str](), time.monotonic() + 180
    for finished in watch.passes():
        seen |= {one.read.plate for one in finished}
        if seen >= set(PLATES) or time.monotonic() > until:
            break
    video.close()
    assert seen >= set(PLATES), (seen, told)
    assert PASSWORD not in " ".join([*told, video.name])


def test_a_wrong_password_is_said_and_not_shown(port: int) -> None:
    """Neither the right one nor the wrong."""
    with pytest.raises(VideoError) as refused:
        open_video(
            f"rtsp://{USER}:wr0ng@127.0.0.1:{port}/gate", now=lambda: datetime.now(UTC), tell=pytest.fail
        )
    assert "wr0ng" not in str(refused.value)
