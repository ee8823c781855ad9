import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from platewarden.edge import sources
from platewarden.edge.decoder import VideoError
from platewarden.edge.sources import LiveStream, VideoFrame, open_video
from tests.edge.camera import Camera, running
from tests.edge.stage import BEGAN_AT

STALLED_AFTER_S = 0.4
PATIENCE_S = 60.0


@pytest.fixture
def camera() -> Iterator[Camera]:
    """A camera that sends fifty frames a second of an empty road."""
    with running() as camera:
        yield camera


@pytest.fixture
def told() -> list[str]:
    """What the stream has said."""
    return []


@pytest.fixture
def stream(camera: Camera, told: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveStream]:
    """The camera's stream, opened, with short pauses."""
    monkeypatch.setattr(sources, "_FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(sources, "_LONGEST_PAUSE_S", 0.2)
    opened = open_live(camera.address, told.append)
    yield opened
    opened.close()


def open_live(address: str, tell: Callable[[str], None]) -> LiveStream:
    """Open *address* with the machine's clock."""
    source = open_video(address, now=lambda: datetime.now(UTC), tell=tell, stalled_after_s=STALLED_AFTER_S)
    assert isinstance(source, LiveStream)
    return source


def read_until(stream: LiveStream, done: Callable[[], bool]) -> list[VideoFrame]:
    """Read frames until *done*, and fail when it takes too long."""
    found: list[VideoFrame] = []
    until = time.monotonic() + PATIENCE_S
    for arrived in stream.frames():
        assert time.monotonic() < until, "nothing of what was expected happened"
        if isinstance(arrived, VideoFrame):
            found.append(arrived)
        if done():
            break
    return found


def wait_until(done: Callable[[], bool]) -> None:
    """Wait without reading until *done*, and fail when it takes too long."""
    until = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < until, "nothing of what was expected happened"
        time.sleep(0.01)


def hang_up_once(camera: Camera) -> None:
    """Let *camera* close its connections, for as long as it takes until somebody has come again."""
    asked = camera.requests
    camera.hangs_up.set()
    wait_until(lambda: camera.requests > asked)
    camera.hangs_up.clear()


def test_frames_come_with_the_time_of_the_clock(stream: LiveStream) -> None:
    """Each frame was seen between the start and now, one after the other."""
    began_at = datetime.now(UTC)
    found = read_until(stream, lambda: stream.health.frames >= 10)
    assert began_at <= found[1].seen_at <= found[-1].seen_at <= datetime.now(UTC)
    assert [frame.at_s for frame in found] == sorted(frame.at_s for frame in found)


def test_what_recognition_cannot_keep_up_with_is_dropped_and_counted(stream: LiveStream) -> None:
    """After a pause of the reader only the newest frames are there; the others are counted, none is unaccounted for."""
    read_until(stream, lambda: stream.health.frames >= 3)
    paused_at = datetime.now(UTC)
    wait_until(lambda: stream.health.dropped > 10)
    frames, dropped = stream.health.frames, stream.health.dropped
    first, *_ = read_until(stream, lambda: True)
    assert first.seen_at > paused_at
    assert first.index >= frames - sources._WAITING_FRAMES
    assert first.index >= dropped


def test_a_stream_that_breaks_is_opened_anew(stream: LiveStream, camera: Camera) -> None:
    """The camera hangs up; frames go on over a new connection, numbered on, and it is counted."""
    before = read_until(stream, lambda: stream.health.frames >= 5)
    hang_up_once(camera)
    after = read_until(stream, lambda: stream.health.reconnects > 0 and stream.health.frames > 40)
    assert 1 <= stream.health.reconnects < camera.requests
    assert after[-1].index > before[-1].index


def test_a_stream_that_stands_still_is_told_within_seconds(
    stream: LiveStream, camera: Camera, told: list[str]
) -> None:
    """The connection holds and nothing comes: that is told, counted, and told again when it is over."""
    read_until(stream, lambda: stream.health.frames >= 5)
    camera.stalls.set()
    began_s = time.monotonic()
    read_until(stream, lambda: bool(stream.health.still_for_s))
    assert time.monotonic() - began_s < STALLED_AFTER_S + 5
    assert stream.health.still_for_s >= STALLED_AFTER_S
    assert "no frame for" in told[-1]
    assert sum("no frame for" in message for message in told) == stream.health.stalls
    camera.stalls.clear()
    read_until(stream, lambda: not stream.health.still_for_s)
    assert "frames again after" in told[-1]


def test_a_camera_that_is_gone_is_waited_for(stream: LiveStream, camera: Camera, told: list[str]) -> None:
    """Nobody answers for a while: the cause is told once, without credentials, and frames go on when it is back."""
    read_until(stream, lambda: stream.health.frames >= 5)
    camera.stop()
    read_until(stream, lambda: bool(stream.health.still_for_s))
    already = len(told)
    read_until(stream, lambda: stream.health.still_for_s > 2 * STALLED_AFTER_S)
    assert len(told) == already
    message = told[-1]
    camera.hangs_up.clear()
    camera.start()
    read_until(stream, lambda: not stream.health.still_for_s)
    assert 1 <= stream.health.reconnects < camera.requests
    assert "s3cret" not in "".join(told)
    assert "t0ken" not in "".join(told)
    assert message.startswith("http://127.0.0.1:")


def test_while_no_frame_comes_time_goes_on(stream: LiveStream, camera: Camera) -> None:
    """The source gives the time alone, so that what waits for time to pass is not held up."""
    read_until(stream, lambda: stream.health.frames >= 2)
    camera.stalls.set()
    read_until(stream, lambda: bool(stream.health.still_for_s))
    ticks = [
        arrived
        for _, arrived in zip(range(4), stream.frames(), strict=False)
        if not isinstance(arrived, VideoFrame)
    ]
    camera.stalls.clear()
    assert ticks
    assert ticks == sorted(ticks)


def test_a_stream_is_closed_at_once(camera: Camera) -> None:
    """Closing waits for no frame."""
    stream = open_live(camera.address, pytest.fail)
    began_s = time.monotonic()
    stream.close()
    assert time.monotonic() - began_s < 1
    assert list(stream.frames()) == []


def test_a_camera_that_is_not_there_is_an_error_at_the_start() -> None:
    """The message names the address without credentials, says what is the matter and what to check."""
    with running() as camera:
        address = camera.address
    with pytest.raises(VideoError, match="nobody answers there; check address, port and network") as raised:
        open_live(address, pytest.fail)
    assert "s3cret" not in str(raised.value)


def test_an_address_without_video_is_an_error_at_the_start(camera: Camera) -> None:
    """Somebody answers, but sends no video."""
    camera.hangs_up.set()
    with pytest.raises(
        VideoError, match="the host answers, but gives no video: check path, user and password"
    ):
        open_live(camera.address, pytest.fail)


def test_a_live_stream_takes_its_time_from_the_clock(camera: Camera) -> None:
    """It cannot be said when it began."""
    with pytest.raises(VideoError, match="leave --started-at out"):
        open_video(camera.address, began_at=BEGAN_AT, now=lambda: BEGAN_AT, tell=pytest.fail)


def test_a_file_leads_to_no_network(camera: Camera, tmp_path: Path) -> None:
    """A playlist that names an address is not followed: a file is a file."""
    playlist = tmp_path / "list.m3u8"
    playlist.write_text(f"#EXTM3U\n#EXTINF:1,\n{camera.address}\n#EXT-X-ENDLIST\n")
    with pytest.raises(VideoError, match="holds no video we can open"):
        open_video(str(playlist), now=lambda: BEGAN_AT, tell=pytest.fail)
    assert camera.requests == 0
