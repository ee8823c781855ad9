"""`platewarden import`: files in a folder, once each, and never a file outside it."""

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from platewarden.cli import main
from tests.adapters.deliveries import PLATE, VEHICLE, filled

SENT: list[dict[str, Any]] = []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file and its pictures; what is submitted is kept in `SENT`."""
    SENT.clear()
    known: set[str] = set()

    def answer(request: httpx.Request) -> httpx.Response:
        reads = json.loads(request.content)["reads"]
        SENT.extend(reads)
        results = [
            {
                "capture_id": read["capture_id"],
                "code": 200 if read["capture_id"] in known else 201,
                "problem": None,
            }
            for read in reads
        ]
        known.update(read["capture_id"] for read in reads)
        return httpx.Response(201, json={"results": results})

    plain = httpx.Client
    monkeypatch.setattr(
        "platewarden.edge.upload.httpx.Client",
        lambda **told: plain(base_url=told["base_url"], transport=httpx.MockTransport(answer)),
    )
    (tmp_path / "plate.jpg").write_bytes(PLATE)
    (tmp_path / "vehicle.jpg").write_bytes(VEHICLE)
    return tmp_path


def run(folder: Path, *options: str) -> Result:
    """Import *folder*."""
    fixed = ["--camera", "route-13", "--credential", "route-13.x", "--zone", "America/New_York"]
    return CliRunner().invoke(main, ["import", str(folder), *fixed, *options])


def test_reads_of_a_file_are_submitted_and_what_was_dropped_is_told_by_name(folder: Path) -> None:
    """Each row stands alone: the one whose picture is missing is told by its number."""
    (folder / "today.csv").write_bytes(filled("own.csv"))
    result = run(folder)
    assert [read["plate"] for read in SENT] == ["ZQX4821"]
    assert SENT[0]["seen_at"] == "2026-11-20T15:29:00+00:00"
    assert "1 stored; dropped: driver 1" in result.output
    assert "today.csv, row 4: picture" in result.output
    assert "ZQX" not in result.output
    assert result.exit_code == 1


def test_the_same_file_again_is_a_repeat(folder: Path) -> None:
    """Its reads have the same ids."""
    (folder / "stream.csv").write_bytes(filled("stream.csv"))
    assert "1 stored" in run(folder).output
    assert "1 repeated" in run(folder).output


@pytest.mark.parametrize("name", ["../secret.jpg", "/etc/hostname", "link.jpg", "x" * 300, "a\0b"])
def test_no_row_can_name_a_file_outside_the_folder(folder: Path, name: str) -> None:
    """Neither by climbing, nor by a link."""
    outside = folder / "inside"
    outside.mkdir()
    (folder / "secret.jpg").write_bytes(PLATE)
    (outside / "link.jpg").symlink_to(folder / "secret.jpg")
    (outside / "a.csv").write_text(f"seen_at,plate,vehicle_image\n2026-11-20T10:29:00,ABC1234,{name}\n")
    result = run(outside)
    assert not SENT
    assert result.exit_code == 1


def test_a_folder_that_is_watched_takes_what_comes_later(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looked at again until somebody ends it; what has not changed is not sent again."""
    names = iter(["later.csv", "later.csv.part"])

    def pause(seconds: float) -> None:
        assert seconds == 10
        try:
            (folder / next(names)).write_bytes(filled("stream.csv"))
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr(time, "sleep", pause)
    run(folder, "--watch", "10")
    assert len(SENT) == 1
