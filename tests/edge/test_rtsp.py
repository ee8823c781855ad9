"""A camera that speaks RTSP, for real: described, set up, played over TCP, broken off, played again."""

import time
from datetime import UTC, datetime

import pytest

from platewarden.edge.decoder import VideoError, is_live
from platewarden.edge.pictures import holds_pictures
from platewarden.edge.sources import LiveStream, VideoFrame, open_video
from tests.edge import rtsp
from tests.edge.stage import BarReader, Passing, plate_of, standing

ALWAYS = standing(begin_s=0, end_s=1e9)


def test_a_camera_at_this_machine_that_is_not_there_is_said_to_be_missing() -> None:
    """It is a camera all the same: it may be plugged in later, and is never looked into as a file."""
    assert is_live("/dev/video63")
    assert not holds_pictures("/dev/video63")
    with pytest.raises(VideoError, match="no camera there"):
        open_video("/dev/video63", now=lambda: datetime.now(UTC), tell=print)


def test_a_stream_is_played_and_played_again_after_it_broke_off() -> None:
    """Frames are read off it; when the camera hangs up, it is opened anew; its password is in no message."""
    told: list[str] = []
    with rtsp.running(Passing(9, ALWAYS)) as camera:
        video = open_video(
            camera.address, now=lambda: datetime.now(UTC), tell=told.append, stalled_after_s=2.0
        )
        assert isinstance(video, LiveStream)
        seen, until = 0, time.monotonic() + 120
        for frame in video.frames():
            assert time.monotonic() < until, "no more frames came"
            if not isinstance(frame, VideoFrame):
                continue
            seen += 1
            if seen == 5:
                camera.hang_up_once()
            if camera.plays > 1 and seen > 10:
                assert [read.plate for read in BarReader().read(frame.picture)] == [plate_of(9)]
                break
        video.close()
    assert video.health.reconnects >= 1
    assert "s3cret" not in " ".join([*told, video.name])
