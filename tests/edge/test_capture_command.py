import base64
import json
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import pytest
from click.testing import CliRunner, Result

from platewarden.commands.capture import Printer, capture
from platewarden.commands.placing import Placed, by
from platewarden.commands.progress import Progress
from platewarden.edge import sending
from platewarden.edge.pictures import holds_pictures
from platewarden.edge.place.fixes import Fix, Places
from platewarden.edge.sources import open_video
from platewarden.recognition import pipeline
from platewarden.recognition.images import decode_image
from platewarden.recognition.models import ModelError
from tests.edge import camera, console
from tests.edge.stage import BEGAN_AT, BarReader, Passing, driving, paint, plate_of, standing, write_video

PASSING = (
    Passing(5, driving(begin_s=0.2, end_s=1.8, x=160)),
    Passing(77, driving(begin_s=0.6, end_s=2.2, x=480)),
)
BOTH = {plate_of(5), plate_of(77)}


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two vehicles in two lanes."""
    return write_video(tmp_path_factory.mktemp("videos") / "gate.avi", PASSING, 3)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> BarReader:
    """A recogniser without models, in place of the real one."""
    reader = BarReader()
    monkeypatch.setattr(pipeline, "load_recogniser", lambda **_: reader)
    monkeypatch.setattr(sending, "GATHER_S", 0.1)
    return reader


@pytest.fixture
def server() -> Iterator[console.Console]:
    """A console that takes everything."""
    with console.running() as running:
        yield running


@pytest.fixture
def run(reader: BarReader) -> Callable[..., Result]:
    """Run the command with options."""

    def _run(*options: str, **variables: str) -> Result:
        return CliRunner().invoke(capture, options, env=variables, catch_exceptions=False)

    return _run


def submitting(server: console.Console) -> tuple[str, ...]:
    """Options that submit to *server*."""
    return ("--camera", "gate", "--credential", "s3cret", "--server", server.address)


def printed(result: Result) -> list[dict[str, Any]]:
    """Return what a dry run printed."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_dry_run_prints_each_read_and_sends_nothing(run: Callable[..., Result], video: Path) -> None:
    """One JSON object a line, as it would be submitted but without images; progress stands on the error output."""
    result = run("--source", str(video), "--started-at", BEGAN_AT.isoformat(), "--dry-run")
    reads = printed(result)
    assert result.exit_code == 0
    assert {read["plate"] for read in reads} == BOTH
    assert all(read["state"] == "NY" and read["vehicle"]["colour"] == "red" for read in reads)
    assert all(read["seen_at"].startswith("2026-11-20T15:30:0") for read in reads)
    assert not {"plate_image", "vehicle_image"} & set(reads[0])
    assert "75 frames" in result.stderr
    assert "2 reads" in result.stderr


def test_the_reads_of_a_video_are_submitted_once(
    run: Callable[..., Result], video: Path, server: console.Console
) -> None:
    """A second run finds them stored: capture ids and content are the same."""
    options = (*submitting(server), "--source", str(video), "--started-at", BEGAN_AT.isoformat())
    first, second = run(*options), run(*options)
    assert (first.exit_code, first.stdout) == (0, "2 stored\n")
    assert (second.exit_code, second.stdout) == (0, "2 repeated\n")
    half = len(server.reads) // 2
    by_id = [
        sorted(reads, key=lambda read: str(read["capture_id"]))
        for reads in (server.reads[:half], server.reads[half:])
    ]
    assert by_id[0] == by_id[1]


def test_each_read_says_the_position_that_was_given(run: Callable[..., Result], video: Path) -> None:
    """What mobile cameras must say; a receiver, which knows the present alone, places no recording."""
    options = ("--source", str(video), "--dry-run", "--position")
    assert {json.dumps(read["position"]) for read in printed(run(*options, "42.4512, -76.5033"))} == {
        '{"latitude": 42.4512, "longitude": -76.5033}'
    }
    for wrong in ("gpsd://127.0.0.1", "-76.5033,42.4512,1", "142,0", "http://a/b", "here"):
        assert run(*options, wrong).exit_code == 2


def test_a_read_has_the_place_of_its_own_moment_or_none(capsys: pytest.CaptureFixture[str]) -> None:
    """Between two fixes; where there was none for longer than ten seconds nothing is made up."""
    places = Places()
    for second, latitude in ((0, 42.0), (4, 42.0004)):
        places.note(Fix(BEGAN_AT + timedelta(seconds=second), latitude, -76.5))
    placed = Placed(Printer(Progress(), frozenset()), by(places))
    for second in (2, 60):
        placed.put({"seen_at": (BEGAN_AT + timedelta(seconds=second)).isoformat()})
    reads = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [read.get("position") for read in reads] == [{"latitude": 42.0002, "longitude": -76.5}, None]


def test_the_images_show_plate_and_vehicle(
    run: Callable[..., Result], video: Path, server: console.Console
) -> None:
    """The plate's image can be read again; the vehicle's shows more around it."""
    run(*submitting(server), "--source", str(video))
    for read in server.reads:
        plate, vehicle = (
            decode_image(base64.b64decode(read[name])) for name in ("plate_image", "vehicle_image")
        )
        (again,) = BarReader().read(plate)
        assert again.plate == read["plate"]
        assert vehicle.shape[1] > 2 * plate.shape[1]


def test_only_plates_in_the_region_are_read(run: Callable[..., Result], video: Path) -> None:
    """The other lane is none of this camera's business."""
    result = run("--source", str(video), "--region", "0,0;0.5,0;0.5,1;0,1", "--dry-run")
    assert [read["plate"] for read in printed(result)] == [plate_of(5)]
    refused = run("--source", str(video), "--region", "0,0;1,1", "--dry-run")
    assert refused.exit_code == 2
    assert "give at least three corners" in refused.stderr


def test_a_video_that_is_cut_off_is_read_and_reported(
    run: Callable[..., Result], video: Path, tmp_path: Path
) -> None:
    """What there is, is read; the exit status says that not all was there."""
    cut = tmp_path / "cut.avi"
    cut.write_bytes(video.read_bytes()[: video.stat().st_size * 6 // 10])
    result = run("--source", str(cut), "--dry-run")
    assert result.exit_code == 1
    assert len(printed(result)) == 2
    assert f"{cut}: ends after" in result.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--source", "x.mp4"), "Missing option --camera; --dry-run goes without."),
        (("--source", "x.mp4", "--camera", "gate"), "Missing option --credential"),
        (("--source", "missing.mp4", "--dry-run"), "missing.mp4: no such file"),
        (("--source", "ftp://u:s3cret@host/x", "--dry-run"), "ftp: not a kind of address we open"),
        (("--source", "x.mp4", "--dry-run", "--started-at", "2026-11-20"), "has no zone"),
    ],
)
def test_what_is_given_wrongly_is_told(
    run: Callable[..., Result], options: tuple[str, ...], message: str
) -> None:
    """Each message says what to do, and none repeats a password."""
    result = run(*options, PLATEWARDEN_CREDENTIAL="", PLATEWARDEN_SOURCE="")
    assert result.exit_code != 0
    assert message in result.stderr
    assert "s3cret" not in result.output


def test_recognition_that_fails_is_an_error(
    run: Callable[..., Result], reader: BarReader, video: Path
) -> None:
    """Never no reads for want of a model."""

    def fail(_frame: object) -> None:
        raise ModelError("the detector is missing")

    reader.find = fail  # type: ignore[method-assign, assignment]
    result = run("--source", str(video), "--dry-run")
    assert result.exit_code == 1
    assert "recognition failed: the detector is missing" in result.stderr


def interrupting(when: Callable[[int], object]) -> Callable[[int], None]:
    """What presses Ctrl-C once, *when* so many plates were found: in the middle of the watching, at no time of day.

    After a minute it does in any case: the test then fails by what it finds, and does not hang.
    """
    until, pressed = time.monotonic() + 60, list[int]()

    def after(plates: int) -> None:
        if not pressed and (when(plates) or time.monotonic() > until):
            pressed.append(plates)
            signal.raise_signal(signal.SIGINT)

    return after


def test_a_live_camera_is_watched_until_ctrl_c(
    run: Callable[..., Result], reader: BarReader, server: console.Console
) -> None:
    """Reads go out as they come; the vehicle in sight at Ctrl-C is read and submitted too."""
    sent: list[int] = []

    def is_next_in_sight(plates: int) -> bool:
        sent.extend([plates] if server.batches and not sent else [])
        return bool(sent) and plates > sent[0]

    reader.after = interrupting(is_next_in_sight)
    passing = (
        Passing(5, driving(begin_s=0.3, end_s=1.5, speed=220)),
        Passing(6, standing(begin_s=2.0, end_s=99, x=200)),
    )
    with camera.running(passing) as live:
        result = run(*submitting(server), PLATEWARDEN_SOURCE=live.address)
    assert (result.exit_code, result.stdout) == (0, "2 stored\n")
    assert [read["plate"] for read in server.reads] == [plate_of(5), plate_of(6)]
    assert len(server.batches) == 2
    assert "s3cret" not in result.output
    assert "t0ken" not in result.output


@pytest.mark.clause("CAP-4")
def test_trying_a_live_camera_shows_no_plate(run: Callable[..., Result], reader: BarReader) -> None:
    """A dry run of a recording prints plates; of a live camera it says that something was read, and how surely."""
    reader.after = interrupting(lambda plates: plates > 5)
    with camera.running((Passing(5, driving(begin_s=0.3, end_s=1.5, speed=220)),)) as live:
        result = run("--source", live.address, "--dry-run")
    (read,) = printed(result)
    assert read["confidence"] > 0.9
    assert plate_of(5) not in result.output


def test_a_stream_that_stands_still_is_shown(
    run: Callable[..., Result], reader: BarReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not only counted: the error output says so within seconds, and the last line how often it was."""
    module = sys.modules[capture.callback.__module__]
    monkeypatch.setattr(module, "open_video", partial(open_video, stalled_after_s=1.0))
    say, told = Progress.say, []

    def end_then(self: Progress, message: str) -> None:
        say(self, message)
        told.append(message)
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(Progress, "say", end_then)
    with camera.running() as live:
        reader.after = lambda _plates: live.stalls.set()
        result = run("--source", live.address, "--dry-run")
    assert result.exit_code == 0
    assert re.search(r"no frame for [1-9] s", told[0])
    assert told[0] in result.stderr
    assert "1 standstills, NO FRAME for" in result.stderr


def test_pictures_are_read_as_before(
    run: Callable[..., Result], server: console.Console, tmp_path: Path
) -> None:
    """A folder of pictures, one of them damaged: the others are submitted, the exit status is 1."""
    for number in (5, 77):
        cv2.imwrite(
            str(tmp_path / f"{number}.png"), paint([Passing(number, standing(begin_s=0, end_s=1))], 0)
        )
    (tmp_path / "damaged.jpg").write_bytes(b"\xff\xd8\xff")
    result = run(*submitting(server), "--source", str(tmp_path))
    assert (result.exit_code, result.stdout) == (1, "2 stored\n")
    assert "damaged.jpg: " in result.stderr
    assert {read["plate"] for read in server.reads} == BOTH
    refused = run("--source", str(tmp_path), "--dry-run", "--region", "0,0;1,0;1,1")
    assert "--region is for video; these are pictures" in refused.stderr


def test_a_picture_is_told_from_a_video(video: Path, tmp_path: Path) -> None:
    """By the name, and where that says nothing by what is in the file."""
    picture = tmp_path / "from-camera"
    picture.write_bytes(cv2.imencode(".jpg", paint([], 0))[1].tobytes())
    stream = tmp_path / "clip.mjpeg"
    stream.write_bytes(picture.read_bytes() * 20)
    assert holds_pictures(str(tmp_path))
    assert holds_pictures(str(picture))
    assert not holds_pictures(str(stream))
    assert not holds_pictures(str(video))
    assert not holds_pictures("rtsp://camera/1")
    assert not holds_pictures(str(tmp_path / "missing.jpg"))
