"""A device's signature goes with its read into the case, and out with the copy, where a stranger can check it."""

import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from platewarden.accounts.actors import system_actor
from platewarden.alerts.models import Alert
from platewarden.bags.checking import Verdict, check_bag
from platewarden.bags.signatures import problem_of
from platewarden.cases import holds
from platewarden.cases.actions import preserve_by_hand
from platewarden.cases.exporting import actions
from platewarden.cases.models import Case
from platewarden.ledger.keys import ensure_log_key, verifiers
from platewarden.reads.models import Read
from tests.alerts.scenes import list_entry
from tests.cases.scenes import NUMBER, asked
from tests.cast import Cast
from tests.conftest import NOW
from tests.devices.boxes import Box, enrolled

pytestmark = pytest.mark.usefixtures("fresh_database")

PLATE = "KAB4821"
EARLIER = (NOW - timedelta(hours=2)).isoformat()


@pytest.fixture
def box(cast: Cast, store_home: Path, tmp_path: Path) -> Box:
    """A box that has submitted a recorded read of a plate that a list wants."""
    ensure_log_key(store_home / "keys", "test.platewarden.invalid/ledger")
    list_entry(cast, NOW)
    made = enrolled(cast, tmp_path)
    made.keep(is_live=False, seen_at=EARLIER, pass_id="p-1", revision=2)
    assert made.deliver() == 1
    return made


def taken_into_a_case(cast: Cast) -> Case:
    """Let the hit and its read both be kept."""
    alert = Alert.objects.get()
    from platewarden.alerts.models import Hit

    hit = Hit.objects.get(alert_id=alert.pk)
    preserve_by_hand(alert=alert, hit=hit, case_number=NUMBER, actor=cast.actor("ivan"), now=NOW)
    query = asked(cast, NOW, plate=PLATE)
    holds.take_read(
        query=query, read=Read.objects.get(), case_number=NUMBER, actor=cast.actor("ivan"), now=NOW
    )
    return Case.objects.get(number=NUMBER)


def copied(case: Case, cast: Cast, folder: Path) -> Path:
    """The copy of *case*, as somebody fetched it."""
    export = actions.ask_export(case=case, reason="For the defence", actor=cast.actor("ivan"), now=NOW)
    actions.make_export(export.pk, actor=system_actor("tests"), now=NOW)
    export.refresh_from_db()
    path = folder / f"{export.name}.zip"
    path.write_bytes(b"".join(actions.release_export(export=export, actor=cast.actor("ivan"), now=NOW)))
    return path


def verdict_of(path: Path) -> Verdict:
    """What the stand-alone check says."""
    return check_bag(path, trusted=verifiers())


@pytest.mark.clause("RET-2")
def test_hit_and_read_of_a_device_prove_in_the_copy_that_it_signed_them(
    box: Box, cast: Cast, tmp_path: Path
) -> None:
    """The key is on a proved entry of the ledger, and each record says how far the device's clock was off."""
    path = copied(taken_into_a_case(cast), cast, tmp_path)
    verdict = verdict_of(path)
    assert (verdict.problems, verdict.signed_reads) == ([], 2)
    archive = zipfile.ZipFile(path)
    name = next(name for name in archive.namelist() if name.endswith("data/case.json"))
    records = json.loads(archive.read(name))["records"]
    assert {record["signed_by"] for record in records} == {"box-1"}
    assert {record["clock_offset_seconds"] for record in records} == {0.0}


@pytest.mark.clause("RET-2")
def test_a_read_altered_in_the_database_is_found_out_in_the_copy(
    box: Box, cast: Cast, tmp_path: Path, owner_connection: psycopg.Connection[Any]
) -> None:
    """Whoever owns the database can change a plate; the device's signature tells."""
    owner_connection.execute("UPDATE reads SET plate_as_read = 'KAB 4822'")
    verdict = verdict_of(copied(taken_into_a_case(cast), cast, tmp_path))
    assert len(verdict.problems) == 1
    assert "signature" in verdict.problems[0]


@pytest.mark.parametrize(
    "change",
    [
        {"plate_as_read": "KAB 4822"},
        {"seen_at_utc": NOW.isoformat()},
        {"confidence": 0.5},
        {"state": "NJ"},
        {"vehicle_colour": "blue"},
        {"latitude": None, "plate_image": "images/other.jpg"},
    ],
)
def test_every_member_of_a_record_is_covered(
    change: dict[str, Any], box: Box, cast: Cast, tmp_path: Path
) -> None:
    """What a record says beyond what was signed is found, whichever member it is."""
    archive = zipfile.ZipFile(copied(taken_into_a_case(cast), cast, tmp_path))
    base = next(name for name in archive.namelist() if name.endswith("data/case.json")).removesuffix(
        "case.json"
    )
    record = json.loads(archive.read(f"{base}case.json"))["records"][0]
    note = archive.read(base + record["device_signature"]).decode()
    keys = frozenset({record["signature"]["key"]})
    assert problem_of(record, note, record["sha256"], keys) == ""
    assert problem_of(record | change, note, record["sha256"] | {"images/other.jpg": "0" * 64}, keys)
    assert "no entry" in problem_of(record, note, record["sha256"], frozenset())
