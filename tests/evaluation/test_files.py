import csv
import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from platewarden.evaluation.charts import confusion_matrix, coverage_chart, reliability_chart
from platewarden.evaluation.drawing import RED, Canvas
from platewarden.evaluation.files import write_report
from platewarden.evaluation.outcomes import Unreadable
from platewarden.evaluation.report import RESULT_COLUMNS, headline, tables
from platewarden.evaluation.sheets import A_PAGE, contact_sheets, failures_of
from platewarden.evaluation.summary import Summary, summarise
from tests.evaluation.photos import mistaken, read


@pytest.fixture
def summary() -> Summary:
    """Three plates, one of them right, one misread and one missed; a false plate; a photograph unread."""
    return summarise(
        [
            read("ABC123", "ABC123", 0.97, states=("NY", "NY")),
            read("ABC120", "ABC12O", 0.6, states=("NY", "NJ")),
            read("XYZ789", "", light="night"),
            mistaken("TAXI11", 0.8),
            Unreadable("broken.jpg", "broken.jpg: truncated"),
        ]
    )


def test_everything_is_written_into_one_folder(summary: Summary, tmp_path: Path) -> None:
    """Text, rows, three charts and the failures; the report shows every picture it names."""
    files = write_report(summary, tmp_path / "new" / "out", title="county.csv")
    names = [file.name for file in files]
    assert names == [
        "report.md",
        "results.csv",
        "coverage.png",
        "reliability.png",
        "confusion.png",
        "failures.png",
    ]
    text = files[0].read_text(encoding="utf-8")
    assert re.findall(r"\]\((.*?)\)", text) == names[2:]
    assert "broken.jpg: truncated" in text
    for file in files[2:]:
        assert cv2.imread(str(file)) is not None


def test_the_state_is_counted_by_width(summary: Summary) -> None:
    """How often a state is given and right stands beside how wide the plates are, and below for all of them."""
    section = tables(summary).split("## State of registration by width")[1].split("##")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in section.splitlines() if "|" in line]
    assert rows[0] == ["width", "plates read, state known", "state given", "right when given"]
    assert [row[0] for row in rows[2:]] == ["100-139", "all"]
    assert [cell.split()[0] for cell in rows[-1]] == ["all", "2", "1.000", "0.500"]


def test_without_known_states_nothing_is_said_of_them() -> None:
    """Labels without states make no table of states."""
    assert "State of registration by width" not in tables(summarise([read("ABC123", "ABC123")]))


def test_a_second_run_leaves_no_failures_of_the_first(tmp_path: Path) -> None:
    """Old pages would be taken for new ones."""
    many = summarise([read("ABC123", "ABC128")] * (A_PAGE + 1))
    assert [file.name for file in write_report(many, tmp_path, title="x")][-2:] == [
        "failures.png",
        "failures-2.png",
    ]
    good = summarise([read("ABC123", "ABC123")])
    assert not [file for file in write_report(good, tmp_path, title="x") if "failures" in file.name]
    assert not list(tmp_path.glob("failures*"))


def test_results_have_a_row_a_plate_and_false_plates_without_truth(summary: Summary, tmp_path: Path) -> None:
    """Each row says what is there, what was read, how surely, whether it is right and where."""
    write_report(summary, tmp_path, title="x")
    with (tmp_path / "results.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == RESULT_COLUMNS
    assert rows[0] == {
        "file": "gate.jpg",
        "truth": "ABC123",
        "read": "ABC123",
        "confidence": "0.9700",
        "ok": "yes",
        "iou": "1.000",
        "width_px": "100",
        "light": "day",
        "state": "NY",
        "state_read": "NY",
        "design_read": "",
    }
    assert [(row["truth"], row["read"], row["confidence"], row["ok"]) for row in rows[1:]] == [
        ("ABC120", "ABC12O", "0.6000", "no"),
        ("XYZ789", "", "", "no"),
        ("", "TAXI11", "0.8000", "no"),
    ]


def test_the_tables_hold_the_figures_with_their_intervals(summary: Summary) -> None:
    """Figures, parts, coverage, reliability and confusions; the head says on how much."""
    text = tables(summary)
    assert "exact " in text
    assert "0.333 [0.061-0.792] | 1 of 3" in text
    assert "false plates a photograph, confidence 0.5 or more" in text
    for title in ("By width", "By light", "Accepted without a second look", "Confidence (", "confused"):
        assert title in text
    assert re.search(r"\| 0 +\| O +\| 1 +\|", text)
    assert headline(summary).startswith("4 photographs, 1 that could not be read, 3 plates; 20 ms")


def test_the_json_object_holds_the_same_figures(summary: Summary) -> None:
    """It can be written as JSON, and names what it counted."""
    found = json.loads(json.dumps(summary.as_json()))
    assert (found["photos"], found["plates"]) == (4, 3)
    assert found["unreadable"] == [{"file": "broken.jpg", "cause": "broken.jpg: truncated"}]
    assert found["all"]["exact"] == {"share": 0.3333, "low": 0.0615, "high": 0.7923, "part": 1, "whole": 3}
    assert found["false_plates_per_photo"]["part"] == 1
    assert [entry["precision"] for entry in found["coverage"]] == [0.95, 0.98, 0.99]
    assert found["coverage"][0]["coverage"]["part"] == 1
    assert set(found["by_light"]) == {"day", "night"}
    assert found["calibration"]["bins"][0]["right"]["whole"] == 3


def test_the_most_confident_failure_comes_first(summary: Summary) -> None:
    """Nobody looks twice at a read that is sure; missed plates come last."""
    assert [(failure.truth, failure.read) for failure in failures_of(summary)] == [
        ("", "TAXI11"),
        ("ABC120", "ABC12O"),
        ("XYZ789", ""),
    ]


def test_failures_fill_pages(summary: Summary) -> None:
    """A page holds no more than can be looked at."""
    failures = failures_of(summary) * 20
    assert len(contact_sheets(failures)) == -(-len(failures) // A_PAGE)
    assert contact_sheets([]) == []


def test_wrong_characters_are_red_and_right_ones_are_not() -> None:
    """What differs is seen at a glance."""
    wrong, right = (
        contact_sheets(failures_of(summarise([outcome])))[0].pixels
        for outcome in (read("ABC123", "ABC128"), read("ABC123", ""))
    )
    assert (wrong == RED).all(axis=2).any()
    assert not (right == RED).all(axis=2).any()


def test_charts_can_be_drawn_of_nothing() -> None:
    """Photographs without plates give empty charts, no error."""
    nothing = summarise([])
    for canvas in (
        coverage_chart(nothing.curve, nothing.coverages),
        reliability_chart(nothing.reliability),
        confusion_matrix(nothing.confusions),
    ):
        assert canvas.pixels.std() > 0
    assert tables(nothing).startswith("## All plates")


def test_text_that_leaves_the_sheet_is_cut_off() -> None:
    """Long names spoil no page."""
    canvas = Canvas(40, 20)
    canvas.text((-30, 5), "W" * 30, size=14)
    canvas.text((39, 19), "W" * 30, size=14)
    canvas.text((200, 200), "W")
    assert canvas.pixels.shape == (20, 40, 3)
    assert np.ptp(canvas.pixels) > 0
