import os
import wave
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from platewarden.edge.decoder import VideoError, address_of
from platewarden.edge.sources import Recording, VideoFrame, VideoSource, open_video
from tests.edge.stage import BEGAN_AT, RATE, Passing, driving, frames, write_video

SECONDS = 2.0
PASSING = (Passing(5, driving(begin_s=0.2, end_s=1.8)),)


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of painted traffic as Motion JPEG."""
    return write_video(tmp_path_factory.mktemp("videos") / "gate.avi", PASSING, SECONDS)


@pytest.fixture
def copy(video: Path, tmp_path: Path) -> Path:
    """The same video, to be spoiled."""
    path = tmp_path / "spoiled.avi"
    path.write_bytes(video.read_bytes())
    return path


def opened(
    source: Path | str, *, began_at: datetime | None = BEGAN_AT, ended_now: bool = False
) -> VideoSource:
    """Open *source* as the command does; a recording tells nothing on the way."""
    return open_video(
        str(source), began_at=began_at, ended_now=ended_now, now=lambda: BEGAN_AT, tell=pytest.fail
    )


def all_frames(source: VideoSource) -> list[VideoFrame]:
    """Read a recording to its end, and close it."""
    found = [frame for frame in source.frames() if isinstance(frame, VideoFrame)]
    source.close()
    return found


def test_no_frame_of_a_recording_is_lost(video: Path) -> None:
    """All frames come in order, numbered, with the pictures that were written."""
    found = all_frames(opened(video))
    assert [frame.index for frame in found] == list(range(round(SECONDS * RATE)))
    for written, read in zip(frames(PASSING, SECONDS), found, strict=True):
        assert np.abs(written.picture.astype(int) - read.picture).mean() < 3


def test_the_time_of_a_frame_is_its_place_after_the_beginning(video: Path) -> None:
    """Frame 25 of a recording with 25 frames a second was seen one second after it began."""
    found = all_frames(opened(video))
    assert found[0].seen_at == BEGAN_AT
    assert found[RATE].seen_at == BEGAN_AT + timedelta(seconds=1)
    assert found[RATE].at_s == pytest.approx(1.0)


def test_a_recording_began_its_length_before_it_was_written(copy: Path) -> None:
    """Without being told, the end of the recording is when the file was last written."""
    written_at = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    os.utime(copy, (written_at.timestamp(),) * 2)
    found = all_frames(opened(copy, began_at=None))
    assert found[0].seen_at == written_at - timedelta(seconds=SECONDS)


def test_a_recording_may_be_said_to_have_ended_now(video: Path) -> None:
    """Then it began its length before now."""
    found = all_frames(opened(video, began_at=None, ended_now=True))
    assert found[0].seen_at == BEGAN_AT - timedelta(seconds=SECONDS)


def test_a_recording_is_known_again(video: Path, copy: Path) -> None:
    """The same content from the same time has one identity, under whatever name; another time or content another."""
    other = write_video(copy.with_name("other.avi"), (Passing(6, driving(begin_s=0.2, end_s=1.8)),), 1.0)
    later = BEGAN_AT + timedelta(seconds=1)
    identities = [
        opened(video).identity,
        opened(copy).identity,
        opened(video, began_at=later).identity,
        opened(other).identity,
    ]
    assert identities[0] == identities[1]
    assert len(set(identities)) == 3
    assert all(len(identity) == 32 for identity in identities)


def test_damaged_frames_are_passed_over_and_counted(copy: Path) -> None:
    """What cannot be decoded in the middle is left out; the frames after it keep their times."""
    data = bytearray(copy.read_bytes())
    middle = data.index(b"\xff\xd8", len(data) // 2)
    data[middle : middle + 400] = bytes(400)
    copy.write_bytes(data)
    source = opened(copy)
    found = all_frames(source)
    assert len(found) == round(SECONDS * RATE) - 1
    assert source.health.damaged == 1
    assert found[-1].at_s == pytest.approx(SECONDS - 1 / RATE)
    assert source.problems() == []


def test_a_recording_that_is_cut_off_is_read_as_far_as_it_goes(copy: Path) -> None:
    """Its frames are given, and afterwards it is told where it ends and where it should."""
    data = copy.read_bytes()
    copy.write_bytes(data[: len(data) * 4 // 10])
    source = opened(copy)
    assert 10 < len(all_frames(source)) < 25
    (problem,) = source.problems()
    assert problem.startswith(f"{copy}: ends after 1 of 2 s")


def test_nothing_is_missing_of_a_recording_that_was_left_in_the_middle(video: Path) -> None:
    """Whoever stops reading is not told that the recording is cut off."""
    source = opened(video)
    next(iter(source.frames()))
    source.close()
    assert source.problems() == []


def sound(path: Path) -> None:
    """Write a second of silence."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16000))


def cut_before_index(path: Path) -> None:
    """Write the beginning of an MP4, whose index stands at the end."""
    write_video(path, PASSING, 1.0, codec="mp4v")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 7 // 10])


def of_unknown_codec(path: Path) -> None:
    """Write a video that names a codec which nobody has."""
    write_video(path, PASSING, 1.0)
    path.write_bytes(path.read_bytes().replace(b"MJPG", b"QXZ9"))


@pytest.mark.parametrize(
    ("name", "spoil", "cause"),
    [
        ("missing.mp4", lambda _path: None, "no such file"),
        ("empty.mp4", lambda path: path.touch(), "empty; record or copy it again"),
        ("text.mp4", lambda path: path.write_text("no video " * 999), "holds no video we can open"),
        ("sound.wav", sound, "only sound"),
        ("cut.mp4", cut_before_index, "cut off before its index (moov) was written"),
        ("unknown.avi", of_unknown_codec, "holds no video we can open"),
    ],
)
def test_what_is_no_video_is_refused_with_its_name_the_cause_and_a_remedy(
    tmp_path: Path, name: str, spoil: object, cause: str
) -> None:
    """Each way in which a file can be no video has an answer."""
    path = tmp_path / name
    spoil(path)  # type: ignore[operator]
    with pytest.raises(VideoError) as raised:
        opened(path)
    assert str(raised.value).startswith(f"{path}: ")
    assert cause in str(raised.value)


def test_an_address_is_shown_without_user_password_and_query() -> None:
    """Messages name host and path only."""
    address = address_of("rtsp://admin:s3cret@192.0.2.7:8554/cam/1?token=t0ken")
    assert address.name == "rtsp://192.0.2.7:8554/cam/1"
    assert "s3cret" not in repr(address)
    assert "t0ken" not in repr(address)


@pytest.mark.parametrize(
    "source",
    ["ftp://u:s3cret@host/a.mp4", "udp://@239.0.0.1:1234", "rtsp:///x", "http://u:s3cret@host:port/"],
)
def test_other_kinds_of_address_are_refused(source: str) -> None:
    """Only the schemes that are meant are opened, and the refusal does not repeat a password."""
    with pytest.raises(VideoError) as raised:
        address_of(source)
    assert "s3cret" not in str(raised.value)


def test_a_recording_is_of_its_class(video: Path) -> None:
    """A file is a recording: it has an end, and no frame of it is dropped."""
    source = opened(video)
    assert isinstance(source, Recording)
    source.close()
