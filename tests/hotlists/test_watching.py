"""A file put into a list's folder is loaded once it is whole, and ends in `done` or `refused` with a report."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from platewarden.hotlists import watching
from platewarden.hotlists.models import Entry, Snapshot
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.notices.models import Notice
from tests.cast import Cast
from tests.conftest import NOW
from tests.hotlists.lists import a_list, csv_of, load

pytestmark = pytest.mark.django_db
WRITTEN = (NOW - timedelta(minutes=5)).timestamp()


@pytest.fixture
def place(cast: Cast, tmp_path: Path) -> Path:
    """The folder of Sue's list."""
    a_list(cast, "State")
    folder = tmp_path / "watched" / "State"
    folder.mkdir(parents=True)
    return folder


def put(place: Path, name: str = "list.csv", *lines: str, at: float = WRITTEN) -> Path:
    """Put a file there, written at *at*."""
    file = place / name
    file.write_bytes(csv_of(*(lines or ("KAB4821,NY,P,",))))
    os.utime(file, (at, at))
    return file


def looked(place: Path, times: int = 2, **changes: Any) -> None:
    """Look *times* times."""
    seen: watching.Seen = {}
    for _ in range(times):
        seen = watching.look(place.parent, seen, now=changes.get("now", NOW))


def names(place: Path) -> list[str]:
    """What lies there, as it is called once the time is taken away."""
    return sorted(file.name.partition("-")[2] or file.name for file in place.iterdir())


@pytest.mark.clause("HOT-1")
def test_a_whole_file_is_loaded_and_laid_down_with_its_report(place: Path) -> None:
    """It takes effect at its own time; the ledger names the folder."""
    put(place)
    looked(place)
    snapshot = Snapshot.objects.get()
    assert (snapshot.is_current, snapshot.loaded_by, snapshot.file_name) == (
        True,
        "hotlist folder",
        "list.csv",
    )
    assert snapshot.effective_at == NOW - timedelta(minutes=5)
    assert names(place) == ["done"]
    assert names(place / "done") == ["list.csv", "list.csv.report.txt"]
    (report,) = (place / "done").glob("*.report.txt")
    assert "State: 1 entries in use" in report.read_text()
    assert "KAB4821" not in report.read_text()


def test_a_file_that_still_grows_is_left_alone(place: Path) -> None:
    """It is taken once two looks have found it the same."""
    file = put(place)
    seen = watching.look(place.parent, {}, now=NOW)
    put(place, "list.csv", "KAB4821,NY,P,", "HXB7730,NY,P,")
    seen = watching.look(place.parent, seen, now=NOW)
    assert Snapshot.objects.count() == 0
    watching.look(place.parent, seen, now=NOW)
    assert Snapshot.objects.get().accepted == 2
    assert not file.exists()


@pytest.mark.parametrize("name", ["list.csv.part", "list.FILEPART", ".list.csv", "list.tmp"])
def test_a_name_that_says_unfinished_is_left_alone(place: Path, name: str) -> None:
    """However long it lies there."""
    put(place, name)
    looked(place, 4)
    assert names(place) == [name]


def test_neither_links_nor_folders_are_followed(place: Path, tmp_path: Path) -> None:
    """A link could name any file of the machine."""
    outside = put(tmp_path, "outside.csv")
    (place / "list.csv").symlink_to(outside)
    (place / "folder").mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    put(elsewhere)
    looked(place, 3)
    assert Snapshot.objects.count() == 0
    place.rename(place.with_name("was"))
    place.symlink_to(elsewhere)
    looked(place, 3)
    assert Snapshot.objects.count() == 0


@pytest.mark.parametrize("name", ["../State", "a/b", "..", ".hidden"])
def test_a_lists_name_is_no_way_out_of_the_folder(cast: Cast, tmp_path: Path, name: str) -> None:
    """A list with such a name is not watched."""
    a_list(cast, name)
    root = tmp_path / "watched"
    (root / name).mkdir(parents=True, exist_ok=True)
    put(root / name)
    seen = watching.look(root, {}, now=NOW)
    watching.look(root, seen, now=NOW)
    assert Snapshot.objects.count() == 0


@pytest.mark.clause("HOT-1")
@pytest.mark.parametrize(
    ("lines", "hours", "says"),
    [
        (("--,NY,P,",), 0, "line 2, plate: no letter A-Z or digit"),
        (("KAB4821,NY,P,",), 48, "HOT-1: The list is older than the one in use."),
        (("KAB4821,NY,P,",), 0, "HOT-1: The list would shrink from 5 to 1 entries"),
    ],
)
def test_a_refused_file_is_laid_down_with_the_reason_and_people_are_told(
    cast: Cast, place: Path, lines: tuple[str, ...], hours: int, says: str
) -> None:
    """The list in use stays; supervisors and administrators have a notice; the ledger has the refusal."""
    from platewarden.hotlists.models import Hotlist

    load(cast, Hotlist.objects.get(), *(f"HXB773{n},NY,P," for n in range(5)))
    put(place, "list.csv", *lines, at=WRITTEN - hours * 3600)
    looked(place)
    assert Entry.objects.count() == 5
    assert names(place / "refused") == ["list.csv", "list.csv.report.txt"]
    (report,) = (place / "refused").glob("*.report.txt")
    assert says in report.read_text()
    assert set(Notice.objects.values_list("kind", "to_role")) == {
        ("hotlist.refused", "supervisor"),
        ("hotlist.refused", "administrator"),
    }
    assert {"hotlist.refused", "request.refused"} & set(LedgerLeaf.objects.values_list("kind", flat=True))
    load(cast, Hotlist.objects.get(), "HXB7730,NY,P,", at=NOW + timedelta(hours=1))
    assert not Notice.objects.filter(handled_at=None).exists()


def test_what_a_dead_process_had_taken_is_refused_at_the_next_look(place: Path) -> None:
    """It is not tried again by itself: whatever killed the process could kill the next one."""
    put(place, ".loading-list.csv")
    looked(place, 1)
    assert names(place / "refused") == ["list.csv", "list.csv.report.txt"]
    assert Snapshot.objects.count() == 0


def test_only_the_file_of_the_list_in_use_is_kept(place: Path) -> None:
    """Superseded plates lie nowhere, and refused ones for a week; what was done stays on record."""
    put(place)
    looked(place)
    put(place, "next.csv", at=WRITTEN + 60)
    looked(place, now=NOW + timedelta(minutes=1))
    assert names(place / "done") == ["list.csv.report.txt", "next.csv", "next.csv.report.txt"]
    put(place, "bad.csv", "--,NY,P,", at=WRITTEN + 90)
    looked(place, now=NOW + timedelta(minutes=2))
    looked(place, now=NOW + timedelta(days=3650))
    assert names(place / "refused") == ["bad.csv.report.txt"]


def test_one_look_at_a_time(place: Path) -> None:
    """A look that finds another at work does nothing."""
    put(place)
    seen = watching.look(place.parent, {}, now=NOW)
    with watching._alone(place.parent):
        assert watching.look(place.parent, seen, now=NOW) is seen
    assert Snapshot.objects.count() == 0


def test_an_error_is_told_by_its_kind_alone(
    place: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What the database quotes of a file goes neither into the log nor into the report."""

    def choke(**_: Any) -> None:
        raise RuntimeError("COPY, line 1: KAB4821")

    monkeypatch.setattr(watching, "load_snapshot", choke)
    put(place)
    looked(place)
    (report,) = (place / "refused").glob("*.report.txt")
    told = report.read_text() + caplog.text + " ".join(LedgerBody.objects.values_list("body", flat=True))
    assert "RuntimeError" in told
    assert "KAB4821" not in told


def test_a_folder_that_is_not_there_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A drive that is not mounted stops nothing else."""
    assert watching.look(tmp_path / "gone", {}, now=NOW) == {}
    assert "is not there" in caplog.text
