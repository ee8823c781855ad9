"""The copy of a case: everything in it, provable by a stranger, and gone when nobody fetches it."""

import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from platewarden.accounts.actors import system_actor
from platewarden.bags.checking import check_bag
from platewarden.cases import holds
from platewarden.cases.exporting import actions
from platewarden.cases.exporting.contents import write_bag
from platewarden.cases.models import Case, CaseExport, CaseRead
from platewarden.commands.case import case as command
from platewarden.ledger.checkpoint import SignerKey
from platewarden.ledger.keys import ensure_log_key, verifiers
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.notices.models import Notice
from platewarden.policy.decision import PolicyRefusal
from platewarden.reads.models import Read
from platewarden.recognition.images import decode_image
from tests.attacks.test_cases import clock  # noqa: F401 - a fixture
from tests.cases.scenes import NUMBER, PLATE, asked, placed, sightings
from tests.cast import PASSWORD, Cast
from tests.conftest import NOW
from tests.reports.scenes import a_stop, reported, text_of
from tests.sightings import picture

pytestmark = pytest.mark.usefixtures("fresh_database")

WHY = "For the defence of R. Doe, by order of 18 November"


@pytest.fixture
def full(cast: Cast, store_home: Path) -> Case:
    """A case with a hit and its report, a read taken into the file, and two that are held."""
    ensure_log_key(store_home / "keys", "test.platewarden.invalid/ledger")
    reported(a_stop(cast, NOW), cast, NOW)
    sightings(cast, NOW)
    query, ivan = asked(cast, NOW), cast.actor("ivan")
    first = Read.objects.filter(plate=PLATE).order_by("seen_at")[0]
    holds.take_read(query=query, read=first, case_number=NUMBER, actor=ivan, now=NOW)
    placed(cast, NOW, query=query)
    return Case.objects.get(number=NUMBER)


def made(case: Case, cast: Cast, now: datetime = NOW, *, by: str = "ivan") -> CaseExport:
    """Let somebody ask for a copy, and the worker make it."""
    export = actions.ask_export(case=case, reason=WHY, actor=cast.actor(by), now=now)
    actions.make_export(export.pk, actor=system_actor("tests"), now=now)
    export.refresh_from_db()
    return export


def fetched(export: CaseExport, cast: Cast, folder: Path) -> Path:
    """Let Ivan fetch it into *folder*."""
    path = folder / f"{export.name}.zip"
    path.write_bytes(b"".join(actions.release_export(export=export, actor=cast.actor("ivan"), now=NOW)))
    return path


def rows_of(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV."""
    return list(csv.DictReader(io.StringIO(content.decode())))


@pytest.mark.clause("RET-2")
def test_a_copy_holds_everything_and_proves_it(full: Case, cast: Cast, tmp_path: Path) -> None:
    """Originals to the byte, data twice, reports, searches, holds, receipts of every entry; sound for a stranger."""
    export = made(full, cast)
    bag = fetched(export, cast, tmp_path)
    verdict = check_bag(bag, trusted=verifiers())
    assert verdict.problems == []
    assert verdict.info["External-Identifier"] == NUMBER
    archive = zipfile.ZipFile(bag)
    data = {
        name.partition("/data/")[2]: archive.read(name) for name in archive.namelist() if "/data/" in name
    }
    records = {row["record"]: row for row in rows_of(data["records.csv"])}
    assert sorted(row["kind"] for row in records.values()) == ["hit", "read", "read", "read"]
    assert {data[row["vehicle_image"]] for row in records.values()} == {picture("navy")}
    assert {data[row["plate_image"]] for row in records.values()} == {picture()}
    assert sorted(row["kept_as"].split()[0] for row in records.values()) == ["case", "case", "hold", "hold"]
    facts = json.loads(data["case.json"])
    assert {row["record"] for row in facts["records"]} == set(records)
    assert [row["plate_asked_for"] for row in rows_of(data["searches.csv"])] == [PLATE]
    assert rows_of(data["holds.csv"])[0]["authority"] == "Order of a court"
    said = text_of(data["report.pdf"])
    assert all(words in said for words in (NUMBER, PLATE, "KAB 4821", "County Court, order 114"))
    assert any(name.startswith("reports/report-entry-") for name in data)
    entries = {int(row["entry"]) for row in rows_of(data["ledger.csv"])}
    assert export.entry in entries
    assert verdict.receipts == len(entries) >= 8


@pytest.mark.clause("RET-2")
def test_a_lawyer_checks_it_as_the_readme_says(full: Case, cast: Cast, tmp_path: Path) -> None:
    """Without Platewarden: sha256sum, the few lines printed there, and the verifier that comes with it."""
    bag = fetched(made(full, cast), cast, tmp_path)
    zipfile.ZipFile(bag).extractall(tmp_path)
    folder, key = bag.with_suffix(""), verifiers()[0].encode()
    readme = (folder / "data" / "README.txt").read_text()
    for words in (NUMBER, WHY, key, "Cayuta County Sheriff"):
        assert words in readme
    script = readme.split("----- begin check_signature.py -----\n")[1].split("----- end")[0]
    (tmp_path / "check.py").write_text(script)
    for algorithm in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        subprocess.run(["sha256sum", "--check", "--quiet", algorithm], cwd=folder, check=True)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False
        )

    assert run(str(tmp_path / "check.py"), key).stdout == f"signed: bag {folder.name}\n"
    stranger = SignerKey.generate(verifiers()[0].name).verifier.encode()
    assert run(str(tmp_path / "check.py"), stranger).returncode != 0
    receipts = sorted(str(path) for path in (folder / "data" / "ledger").glob("*.tlog-proof"))
    proved = run("data/ledger/verify_ledger.py", *receipts, "--key", "data/ledger/ledger.pub")
    assert proved.returncode == 0, proved.stdout + proved.stderr


@pytest.mark.clause("RET-2")
def test_another_installation_verifies_it_by_the_public_key_alone(
    full: Case, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command needs neither home nor database; with another key, or a changed copy, its status is 1."""
    bag = fetched(made(full, cast), cast, tmp_path)
    key = verifiers()[0].encode()
    monkeypatch.setenv("PLATEWARDEN_HOME", str(tmp_path / "nowhere"))
    sound = CliRunner().invoke(command, ["verify", str(bag), "--key", key])
    assert sound.exit_code == 0, sound.output
    assert f"Case {NUMBER} of Cayuta County Sheriff" in sound.output
    stranger = SignerKey.generate("other/ledger").verifier.encode()
    assert CliRunner().invoke(command, ["verify", str(bag), "--key", stranger]).exit_code == 1
    content = bytearray(bag.read_bytes())
    content[len(content) // 2] ^= 1
    bag.write_bytes(content)
    told = CliRunner().invoke(command, ["verify", str(bag), "--key", key, "--json"])
    assert told.exit_code == 1
    assert json.loads(told.output)["sound"] is False


@pytest.mark.clause("RET-2")
def test_what_people_typed_runs_in_no_spreadsheet(full: Case, cast: Cast, tmp_path: Path) -> None:
    """A reason that begins like a formula is text in every CSV."""
    formula = '=HYPERLINK("http://example.invalid";"the car at the burglary")'
    asked(cast, NOW, by="sue", reason=formula)
    bag = fetched(made(full, cast), cast, tmp_path)
    archive = zipfile.ZipFile(bag)
    for name in archive.namelist():
        if name.endswith(".csv"):
            cells = [cell for row in csv.reader(io.StringIO(archive.read(name).decode())) for cell in row]
            assert not any(cell.startswith(("=", "+", "@", "\t")) for cell in cells), name
    searches = next(archive.read(name) for name in archive.namelist() if name.endswith("searches.csv"))
    assert f"'{formula}" in {row["reason"] for row in rows_of(searches)}


@pytest.mark.clause("RET-1", "RET-2")
def test_a_copy_that_nobody_fetches_expires(full: Case, cast: Cast, store_home: Path) -> None:
    """To the second; until then it lies sealed, part by part, and in no file in the clear."""
    before = {path for path in (store_home / "images").rglob("*") if path.is_file()}
    export = made(full, cast)
    added = {path for path in (store_home / "images").rglob("*") if path.is_file()} - before
    assert added
    assert not any(b"README" in path.read_bytes() for path in added)
    assert export.expires_at == NOW + timedelta(hours=72)
    actor, end = system_actor("tests"), export.expires_at
    assert actions.end_exports(actor=actor, now=end - timedelta(seconds=1)) == 0
    assert actions.end_exports(actor=actor, now=end) == 1
    assert not any(path.exists() for path in added)
    export.refresh_from_db()
    with pytest.raises(PolicyRefusal) as refused:
        actions.release_export(export=export, actor=cast.actor("ivan"), now=end)
    assert refused.value.decision.clause == "RET-1"
    assert export.digest
    assert LedgerLeaf.objects.filter(kind="export.expired").count() == 1


@pytest.mark.clause("RET-1", "RET-2")
def test_a_copy_goes_with_the_hold_whose_reads_it_holds(full: Case, cast: Cast, store_home: Path) -> None:
    """A read that goes when its hold ends is not kept by a copy that still waits to be fetched."""
    before = {path for path in (store_home / "images").rglob("*") if path.is_file()}
    export = made(full, cast)
    added = {path for path in (store_home / "images").rglob("*") if path.is_file()} - before
    holds.lift_hold(hold=full.holds.get(), reason="The order was set aside", actor=cast.actor("ada"), now=NOW)
    export.refresh_from_db()
    assert (export.gone_at, export.parts) == (NOW, [])
    assert added
    assert not any(path.exists() for path in added)
    body = LedgerBody.objects.get(leaf__kind="export.expired")
    assert body.content["details"]["reason"] == "a hold of the case has ended"


@pytest.mark.clause("RET-1", "RET-2")
def test_a_copy_that_is_being_made_when_a_hold_ends_is_not_kept(
    full: Case, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may hold what has gone meanwhile: it fails, on record, and is to be asked for again."""
    export = actions.ask_export(case=full, reason=WHY, actor=cast.actor("ivan"), now=NOW)

    def written_as_the_hold_ends(*args: Any, **kwargs: Any) -> Any:
        written = write_bag(*args, **kwargs)
        holds.lift_hold(
            hold=full.holds.get(), reason="The order was set aside", actor=cast.actor("ada"), now=NOW
        )
        return written

    monkeypatch.setattr("platewarden.cases.exporting.actions.write_bag", written_as_the_hold_ends)
    with pytest.raises(actions.OutdatedCopyError):
        actions.make_export(export.pk, actor=system_actor("tests"), now=NOW)
    export.refresh_from_db()
    assert (export.ready_at, export.failed_at, export.parts) == (None, NOW, [])


@pytest.mark.clause("RET-2", "QRY-2")
def test_a_copy_is_asked_for_made_and_fetched_on_record(full: Case, cast: Cast, tmp_path: Path) -> None:
    """By whom and why before anything is opened; its digest; each time it is handed over."""
    export = made(full, cast)
    bag = fetched(export, cast, tmp_path)
    details = {
        kind: LedgerBody.objects.get(leaf__kind=f"export.{kind}").content["details"]
        for kind in ("asked", "prepared", "released")
    }
    assert details["asked"]["reason"] == WHY
    assert details["prepared"]["sha256"] == hashlib.sha256(bag.read_bytes()).hexdigest() == export.digest
    with pytest.raises(PolicyRefusal):
        actions.release_export(export=export, actor=cast.actor("sue"), now=NOW)
    notice = Notice.objects.get(kind="export.ready")
    assert (notice.to_user, notice.handled_at) == (cast.ivan, NOW)


def test_a_copy_that_cannot_be_made_leaves_nothing(full: Case, cast: Cast, store_home: Path) -> None:
    """A record that cannot be opened: no copy with a gap, no parts, and the failure on the ledger."""
    CaseRead.objects.filter(taken_at=None).update(facts="0:0:1")
    before = {path for path in (store_home / "images").rglob("*") if path.is_file()}
    export = actions.ask_export(case=full, reason=WHY, actor=cast.actor("ivan"), now=NOW)
    with pytest.raises(Exception, match="missing or damaged"):
        actions.make_export(export.pk, actor=system_actor("tests"), now=NOW)
    export.refresh_from_db()
    assert (export.failed_at, export.parts) == (NOW, [])
    assert {path for path in (store_home / "images").rglob("*") if path.is_file()} == before
    assert LedgerLeaf.objects.filter(kind="export.failed").count() == 1


def test_a_copy_whose_worker_died_is_given_up(full: Case, cast: Cast) -> None:
    """Ten minutes without a sign of life."""
    export = actions.ask_export(case=full, reason=WHY, actor=cast.actor("ivan"), now=NOW)
    actions.end_exports(actor=system_actor("tests"), now=NOW + timedelta(minutes=9))
    export.refresh_from_db()
    assert export.is_running
    actions.end_exports(actor=system_actor("tests"), now=NOW + timedelta(minutes=11))
    export.refresh_from_db()
    assert export.failed_at is not None


@pytest.mark.clause("CAP-3", "RET-2")
def test_a_masked_copy_shows_the_vehicle_and_nothing_around_it(
    cast: Cast, tmp_path: Path, store_home: Path
) -> None:
    """Around the plate that our detector finds; grey elsewhere; the original stays beside it."""
    from tests.browser.test_cases import pictured

    ensure_log_key(store_home / "keys", "test.platewarden.invalid/ledger")
    pictured(cast, 1, now=NOW)
    placed(cast, NOW, query=asked(cast, NOW, plate="KRT4821"))
    bag = fetched(made(Case.objects.get(), cast), cast, tmp_path)
    archive = zipfile.ZipFile(bag)
    (row,) = rows_of(next(archive.read(name) for name in archive.namelist() if name.endswith("records.csv")))
    paths = (f"{bag.stem}/data/{row[kind]}" for kind in ("vehicle_image", "masked_vehicle_image"))
    original, masked = (decode_image(archive.read(path)) for path in paths)
    assert row["masking"] == "outside the vehicle, by geometry"
    assert original.shape == masked.shape
    grey = np.abs(masked.astype(int) - 128).max(axis=2) < 12
    assert grey[0, 0]
    assert 0.1 < grey.mean() < 0.9
    height, width = grey.shape
    assert not grey[height // 2 : height // 2 + 40, width // 2 - 20 : width // 2 + 20].all()


def test_where_no_plate_is_found_all_is_masked(full: Case, cast: Cast, tmp_path: Path) -> None:
    """Rather too much than too little; the record says so."""
    bag = fetched(made(full, cast), cast, tmp_path)
    archive = zipfile.ZipFile(bag)
    rows = rows_of(next(archive.read(name) for name in archive.namelist() if name.endswith("records.csv")))
    assert {row["masking"] for row in rows} == {"whole image: no plate was found in it"}


@pytest.mark.clause("RET-2")
def test_the_pages_lead_from_a_reason_to_a_download(full: Case, cast: Cast, sign_in: Any) -> None:
    """Without a reason it is refused; a supervisor sees it and cannot fetch it; an officer finds none."""
    browser = sign_in(cast.ivan)
    assert browser.post(f"/cases/{full.pk}/export/", {"export-reason": "x"}).status_code == 403
    page = browser.post(f"/cases/{full.pk}/export/", {"export-reason": WHY})["Location"]
    assert "0 of 4 records" in browser.get(page).content.decode()
    export = CaseExport.objects.get()
    assert browser.get(f"{page}progress/").status_code == 200
    actions.make_export(export.pk, actor=system_actor("tests"), now=NOW)
    assert browser.get(f"{page}progress/")["HX-Refresh"] == "true"
    assert "Fetch it" in browser.get(page).content.decode()
    response = browser.post(f"{page}fetch/")
    content = b"".join(_streamed(response))
    assert (len(content), response["Content-Type"]) == (int(response["Content-Length"]), "application/zip")
    supervisor = sign_in(cast.sue)
    assert "Whoever asked" in supervisor.get(page).content.decode()
    assert supervisor.post(f"{page}fetch/").status_code == 403
    assert sign_in(cast.dee).get(page).status_code == 403
    assert sign_in(cast.ada).get(page).status_code == 404


def _streamed(response: Any) -> Iterator[bytes]:
    yield from response.streaming_content


@pytest.mark.clause("RET-2")
def test_the_command_writes_a_copy_for_whoever_names_themselves(
    full: Case, cast: Cast, tmp_path: Path
) -> None:
    """With their password and a reason; a wrong one, a case that is not theirs or a file that exists gives none."""
    from platewarden.cases.exporting.by_command import ExportError, export_to

    dest = tmp_path / "copy.zip"
    said = {"number": NUMBER, "username": "ivan", "password": PASSWORD, "reason": WHY}
    for change in ({"password": "wrong"}, {"number": "2026-000001"}, {"username": "ada"}, {"reason": "x"}):
        with pytest.raises(ExportError):
            export_to(dest, **(said | change))
        assert not dest.exists()
    assert LedgerLeaf.objects.filter(kind="sign_in.failed").count() == 1
    done = export_to(dest, **said)
    assert check_bag(dest, trusted=verifiers()).problems == []
    assert done.size == dest.stat().st_size
    with pytest.raises(ExportError, match="exists already"):
        export_to(dest, **said)
