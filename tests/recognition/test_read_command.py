import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from platewarden.commands import read as command
from platewarden.recognition.images import decode_image
from platewarden.recognition.models import ModelError
from platewarden.recognition.types import Alternate, Frame, PlateRead

READ = PlateRead(
    "ABC1234",
    "ABC-1234",
    0.91,
    (0.99,) * 7,
    (Alternate("ABC1Z34", 0.02),),
    "NV",
    0.8,
    (10.2, 20.7, 80.0, 40.0),
)

Run = Callable[..., Result]


class Recogniser:
    """Sees the same plate in every picture that is not black."""

    def read(self, frame: Frame) -> list[PlateRead]:
        """Return the plate, or nothing in the dark."""
        return [READ] if frame.any() else []


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command with a recogniser that needs no model."""
    monkeypatch.setattr(command, "load_recogniser", lambda **_: Recogniser())
    return lambda *arguments: CliRunner().invoke(command.read, [str(argument) for argument in arguments])


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A grey photograph, 200 x 100."""
    path = tmp_path / "gate.png"
    cv2.imwrite(str(path), np.full((100, 200, 3), 128, np.uint8))
    return path


def test_json_is_one_object_a_photo_on_a_line(run: Run, photo: Path) -> None:
    """The fields and their order are those of the reference."""
    result = run("--json", photo, photo)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert (result.exit_code, len(lines)) == (0, 2)
    assert list(lines[0]) == ["file", "width", "height", "ms", "not_described", "reads"]
    assert (lines[0]["file"], lines[0]["width"], lines[0]["height"]) == (str(photo), 200, 100)
    assert lines[0]["reads"] == [
        {
            "plate": "ABC1234",
            "plate_as_read": "ABC-1234",
            "confidence": 0.91,
            "char_confidences": [0.99] * 7,
            "alternates": [{"plate": "ABC1Z34", "confidence": 0.02}],
            "state": "NV",
            "state_confidence": 0.8,
            "design": "",
            "box_xyxy": [10, 21, 80, 40],
            "vehicle": {"type": "unknown", "make": "unknown", "model": "unknown", "colour": "unknown"},
            "described": True,
        }
    ]


def test_plates_whose_state_was_not_looked_at_are_counted(
    run: Run, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a picture full of plates the foremost are described; how many were not is said, as text and as JSON."""
    many = [READ, *[replace(READ, is_described=False)] * 3]
    monkeypatch.setattr(Recogniser, "read", lambda *_: many)
    assert "3 of 4 plates: state and vehicle not looked at" in run(photo).stdout
    assert json.loads(run("--json", photo).stdout)["not_described"] == 3


def test_a_bad_photo_is_named_with_its_cause_and_the_rest_go_on(
    run: Run, photo: Path, tmp_path: Path
) -> None:
    """Errors go to the error output; the good photo is read; the exit status is 1."""
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff")
    result = run("--json", broken, tmp_path / "missing.jpg", photo)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["file"] == str(photo)
    assert f"error: {broken}: not a picture" in result.stderr
    assert "missing.jpg: No such file or directory" in result.stderr


def test_a_table_says_so_where_there_is_no_plate(run: Run, photo: Path, tmp_path: Path) -> None:
    """People get the plate, its confidence, the state and the alternates; or the words "no plate"."""
    black = tmp_path / "black.png"
    cv2.imwrite(str(black), np.zeros((50, 50, 3), np.uint8))
    result = run(photo, black)
    assert "ABC1234    0.91  NV 0.80  or: ABC1Z34" in result.stdout
    assert "no plate" in result.stdout


def test_a_folder_stands_for_the_photographs_in_it(run: Run, photo: Path) -> None:
    """Other files in the folder are left alone."""
    (photo.parent / "notes.txt").write_text("not a photograph")
    result = run("--json", photo.parent)
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 1)


def test_a_folder_without_photographs_is_an_error(run: Run, tmp_path: Path) -> None:
    """Silence would look like an empty street."""
    result = run(tmp_path)
    assert result.exit_code == 1
    assert "a folder without photographs" in result.stderr


def test_annotated_pictures_are_written_beside_one_another(run: Run, photo: Path, tmp_path: Path) -> None:
    """Each photo gets a picture of its own, even when two have the same name."""
    out = tmp_path / "out"
    assert run("--annotate", out, photo, photo).exit_code == 0
    assert [path.name for path in sorted(out.iterdir())] == ["0001-gate.jpg", "0002-gate.jpg"]
    assert decode_image((out / "0001-gate.jpg").read_bytes()).shape == (100, 200, 3)


def test_a_folder_that_cannot_be_written_is_an_error(run: Run, photo: Path) -> None:
    """The message names the file that could not be written."""
    result = run("--annotate", photo / "out", photo)
    assert result.exit_code == 1
    assert "cannot write" in result.stderr


def test_a_broken_model_stops_the_command(monkeypatch: pytest.MonkeyPatch, photo: Path) -> None:
    """Without recognition there is no answer, not an empty one."""

    def broken(**_: object) -> Recogniser:
        raise ModelError("the model is missing")

    monkeypatch.setattr(command, "load_recogniser", broken)
    result = CliRunner().invoke(command.read, [str(photo)])
    assert result.exit_code == 1
    assert "recognition failed: the model is missing" in result.stderr
    assert result.stdout == ""


def test_no_photo_is_a_usage_error(run: Run) -> None:
    """At least one PHOTO must be named."""
    assert run().exit_code == 2
