import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from platewarden.commands import evaluate as command
from platewarden.recognition.models import ModelError
from platewarden.recognition.types import Frame, PlateRead
from tests.evaluation.photos import BOX

Run = Callable[..., Result]


class Recogniser:
    """Reads the same plate in every picture."""

    def read(self, frame: Frame) -> list[PlateRead]:
        """Return the plate."""
        assert frame.shape == (300, 400, 3)
        return [PlateRead("ABC123", "ABC-123", 0.9, (0.98,) * 6, (), "NY", 0.9, BOX)]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run the command in an empty folder, with a recogniser that needs no model."""
    monkeypatch.setattr(command, "load_recogniser", lambda **_: Recogniser())
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(
        command.evaluate, [str(argument) for argument in arguments], catch_exceptions=False
    )


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Two photographs in a folder of the labels' name: one read right, one wrong."""
    (tmp_path / "county").mkdir()
    for name in ("a.png", "b.png"):
        cv2.imwrite(str(tmp_path / "county" / name), np.full((300, 400, 3), 128, np.uint8))
    path = tmp_path / "county.csv"
    path.write_text("file,x1,y1,x2,y2,text\na.png,100,100,200,150,ABC123\nb.png,100,100,200,150,ABC128\n")
    return path


def test_tables_are_printed_and_the_report_is_where_it_says(run: Run, labels: Path) -> None:
    """Without options the report goes to var/evaluation under the name of the labels."""
    result = run(labels)
    assert result.exit_code == 0
    assert "2 photographs, 2 plates" in result.stdout
    assert "0.500 [0.095-0.905] | 1 of 2" in result.stdout
    files = [Path(line.strip()) for line in result.stdout.partition("Written:\n")[2].splitlines()]
    assert [file.parent for file in files] == [Path("var/evaluation/county")] * len(files)
    assert all(file.stat().st_size > 0 for file in files)
    assert "measured on county.csv" in files[0].read_text()


def test_json_is_one_object_that_names_the_files(run: Run, labels: Path, tmp_path: Path) -> None:
    """For programs: the figures, and where the report is."""
    result = run(labels, "--json", "--out", tmp_path / "out", "--limit", "1")
    found = json.loads(result.stdout)
    assert (found["photos"], found["all"]["exact"]["share"]) == (1, 1.0)
    assert str(tmp_path / "out" / "report.md") in found["files"]


def test_a_photograph_that_cannot_be_read_is_named_and_the_rest_go_on(run: Run, labels: Path) -> None:
    """The status says that something is missing from the figures."""
    (labels.with_suffix("") / "a.png").write_bytes(b"\x89PNG")
    result = run(labels)
    assert result.exit_code == 1
    assert "error: a.png: not a picture" in result.stderr
    assert "1 photographs, 1 that could not be read, 1 plates" in result.stdout


def test_no_readable_photograph_is_an_error(run: Run, labels: Path, tmp_path: Path) -> None:
    """Figures of nothing would look like figures; nothing is written."""
    (tmp_path / "empty").mkdir()
    result = run(labels, "--photos", tmp_path / "empty")
    assert result.exit_code == 1
    assert "--photos says where they are" in result.stderr
    assert not (tmp_path / "var").exists()


def test_bad_labels_are_named_by_line_and_field(run: Run, labels: Path) -> None:
    """Nothing is measured on labels that are not understood."""
    labels.write_text("file,x1,y1,x2,y2,text\na.png,100,100,20,150,ABC123\n")
    result = run(labels)
    assert result.exit_code == 1
    assert result.stderr == "Error: county.csv, line 2, field x2: must be greater than x1\n"


def test_a_folder_that_cannot_be_written_is_an_error(run: Run, labels: Path) -> None:
    """The message names it."""
    result = run(labels, "--out", labels / "out")
    assert result.exit_code == 1
    assert "cannot write the report to" in result.stderr


def test_a_broken_model_stops_the_command(monkeypatch: pytest.MonkeyPatch, run: Run, labels: Path) -> None:
    """Without recognition there are no figures, not poor ones."""

    def broken(**_: object) -> Recogniser:
        raise ModelError("the model is missing")

    monkeypatch.setattr(command, "load_recogniser", broken)
    result = run(labels)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "recognition failed: the model is missing" in result.stderr
