"""Lists are loaded by schedule from the command line, and the ledger names the command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from platewarden.commands import hotlist as command
from platewarden.hotlists.models import Hotlist, Snapshot
from platewarden.ledger.models import LedgerLeaf
from tests.cast import Cast
from tests.hotlists.lists import csv_of

pytestmark = pytest.mark.django_db
EFFECTIVE = "2026-11-20T09:00:00-05:00"


@pytest.fixture(autouse=True)
def attached(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django is set up and connected already."""

    @contextmanager
    def nothing_to_do() -> Iterator[None]:
        yield

    monkeypatch.setattr(command, "with_django", nothing_to_do)


def run(file: Path, *lines: str, extra: tuple[str, ...] = ()) -> Result:
    """Load *lines* into the state's list."""
    file.write_bytes(csv_of(*lines))
    arguments = ["load", str(file), "--list", "State", "--effective", EFFECTIVE, *extra]
    return CliRunner().invoke(command.hotlist, arguments)


@pytest.mark.clause("HOT-1")
def test_a_list_is_set_up_and_loaded(cast: Cast, tmp_path: Path) -> None:
    """The answer counts what is in use and what was left out."""
    done = run(
        tmp_path / "l.csv", "KAB4821,NY,P,", "AAA1111,NY,N,", extra=("--create", "--source", "State police")
    )
    assert done.exit_code == 0, done.output
    assert "State: 1 entries in use, 1 lines left out." in done.output
    assert "1 x USE-5 N" in done.output
    assert Snapshot.objects.get().loaded_by == "hotlist command"
    listed = CliRunner().invoke(command.hotlist, ["lists"]).output
    assert "State: 1 entries in force, in effect since" in listed


def test_a_list_that_is_not_there_is_not_made_by_accident(cast: Cast, tmp_path: Path) -> None:
    """A slip in the name must not start a second list; a new one needs its source."""
    assert "There is no list named" in run(tmp_path / "l.csv", "KAB4821,NY,P,").output
    assert run(tmp_path / "l.csv", "KAB4821,NY,P,", extra=("--create",)).exit_code == 1
    assert not Hotlist.objects.exists()


def test_a_bad_file_is_answered_by_line_with_status_1(cast: Cast, tmp_path: Path) -> None:
    """Nothing is loaded, and the ledger knows of the attempt."""
    failed = run(tmp_path / "l.csv", "--,NY,P,", extra=("--create", "--source", "x"))
    assert failed.exit_code == 1
    assert "line 2, plate:" in failed.output
    assert LedgerLeaf.objects.order_by("-seq")[0].kind == "hotlist.refused"


@pytest.mark.clause("HOT-1")
def test_an_older_file_is_refused_with_its_clause(cast: Cast, tmp_path: Path) -> None:
    """And the refusal is on record."""
    run(tmp_path / "l.csv", "KAB4821,NY,P,", extra=("--create", "--source", "x"))
    failed = run(tmp_path / "l.csv", "HXB7730,NY,P,", extra=("--effective", "2026-11-19T09:00:00Z"))
    assert failed.exit_code == 1
    assert "HOT-1: The list is older than the one in use." in failed.output
    assert LedgerLeaf.objects.order_by("-seq")[0].kind == "request.refused"


@pytest.mark.parametrize("moment", ["soon", "2026-11-20T09:00:00"])
def test_a_time_without_a_zone_is_no_time(cast: Cast, tmp_path: Path, moment: str) -> None:
    """It is asked for again, not guessed."""
    assert run(tmp_path / "l.csv", "KAB4821,NY,P,", extra=("--effective", moment)).exit_code == 2


def test_a_preview_says_what_would_happen_and_loads_nothing(cast: Cast, tmp_path: Path) -> None:
    """Layout, counts, what is left out and why, and the change against the list in use."""
    run(tmp_path / "l.csv", "KAB4821,NY,P,", extra=("--create", "--source", "x"))
    seen = run(
        tmp_path / "l.csv", "KAB4821,NY,P,found", "AAA1111,NY,suspended_registration,", extra=("--preview",)
    )
    assert seen.exit_code == 0, seen.output
    assert "Plain CSV" in seen.output
    assert "switched off: Suspended or revoked registration" in seen.output
    assert "0 added, 0 removed, 1 changed" in seen.output
    assert Snapshot.objects.count() == 1
    assert run(tmp_path / "l.csv", "--,NY,P,", extra=("--preview",)).exit_code == 1


@pytest.mark.parametrize(("option", "value"), [("--format", "xml"), ("--category", "immigration")])
def test_an_unknown_layout_or_category_is_answered_with_those_there_are(
    cast: Cast, tmp_path: Path, option: str, value: str
) -> None:
    """Nothing is set up or loaded."""
    failed = run(tmp_path / "l.csv", "KAB4821,NY,P,", extra=("--create", "--source", "x", option, value))
    assert failed.exit_code == 2
    assert "is none of" in failed.output
    assert Snapshot.objects.count() == 0


@pytest.mark.clause("HOT-1")
def test_a_list_that_collapses_is_not_loaded_by_schedule(cast: Cast, tmp_path: Path) -> None:
    """A file cut off on its way does not silence most of a list; a person who knows better says --shrink."""
    lines = [f"KAB48{n:02d},NY,P," for n in range(10)]
    run(tmp_path / "l.csv", *lines, extra=("--create", "--source", "x"))
    refused = run(tmp_path / "l.csv", *lines[:4])
    assert refused.exit_code == 1
    assert "shrink from 10 to 4 entries" in refused.output
    assert Snapshot.objects.get(is_current=True).accepted == 10
    assert run(tmp_path / "l.csv", *lines[:5]).exit_code == 0
    assert run(tmp_path / "l.csv", *lines[:1], extra=("--shrink",)).exit_code == 0
