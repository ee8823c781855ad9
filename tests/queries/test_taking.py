"""Answers taken away: recorded before they are made, marked, safe in a spreadsheet, and answered for."""

import csv
import hashlib
import io
import json
from datetime import timedelta
from typing import Any

import pytest

from platewarden.accounts.actors import system_actor
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.notices.doors import inbox_of
from platewarden.policy.decision import PolicyRefusal
from platewarden.queries import taking
from platewarden.queries.models import Query, TakenFile
from platewarden.reads.models import Read
from tests.cast import Cast
from tests.conftest import NOW
from tests.sightings import a_sighting, store

pytestmark = pytest.mark.django_db


@pytest.fixture
def query(ask: Any, cast: Cast) -> Query:
    """Ivan's query, which finds two reads of the last days."""
    for hours in (2, 50):
        read = a_sighting(cast.camera, "KAB4821", NOW - timedelta(hours=hours))
        read.vehicle_make = "=HYPERLINK(1)"
        store([read])
    found: Query = ask()
    return found


def take(query: Query, cast: Cast, form: str) -> taking.Taken:
    """Let Ivan take the answer of *query* away."""
    return taking.export(query, form=form, actor=cast.actor("ivan"), now=NOW)


@pytest.mark.clause("QRY-2")
@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_file_is_an_entry_of_its_own(query: Query, cast: Cast, form: str) -> None:
    """With the ids of its reads, the digest of their table and never a plate."""
    taken = take(query, cast, form)
    leaf = LedgerLeaf.objects.get(seq=taken.file.entry)
    details = LedgerBody.objects.get(pk=leaf.seq).content["details"]
    assert leaf.kind == "query.exported"
    assert sorted(details["reads"]) == sorted(str(one) for one in Read.objects.values_list("id", flat=True))
    assert (details["form"], details["sha256"], details["case"]) == (form, taken.file.digest, "2026-004512")
    assert "KAB4821" not in json.dumps(details)
    assert "KAB4821" not in taken.name


def test_a_file_of_comma_separated_values_runs_nothing_and_says_whose_it_is(query: Query, cast: Cast) -> None:
    """The table comes first and matches its digest; the lines of the receipt follow it."""
    taken = take(query, cast, "csv")
    text = taken.content.decode()
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == list(taking.COLUMNS)
    assert rows[1][rows[0].index("vehicle_make")] == "'=HYPERLINK(1)"
    receipt = dict(row for row in rows[3:] if len(row) == 2)
    assert (receipt["Taken by"], receipt["Case"]) == ("ivan", "2026-004512")
    assert receipt["This copy on the ledger"] == str(taken.file.entry)
    table = text[: text.index('\r\n"",""\r\n') + 2]
    assert hashlib.sha256(table.encode()).hexdigest() == taken.file.digest


def test_a_file_of_objects_carries_its_receipt(query: Query, cast: Cast) -> None:
    """The receipt stands beside the reads; their digest can be computed from the file."""
    told = json.loads(take(query, cast, "json").content)
    assert [read["plate"] for read in told["reads"]] == ["KAB4821", "KAB4821"]
    digest = hashlib.sha256(json.dumps(told["reads"], indent=1).encode()).hexdigest()
    assert told["receipt"]["SHA-256 of the table of reads"] == digest


@pytest.mark.clause("QRY-2")
def test_paper_is_an_entry_of_its_own_with_a_receipt(query: Query, cast: Cast) -> None:
    """What is laid out for paper is recorded, and says until when it may lie about."""
    printed = taking.print_out(query, actor=cast.actor("ivan"), now=NOW)
    assert LedgerLeaf.objects.get(seq=printed.entry).kind == "query.printed"
    assert (len(printed.reads), printed.receipt["Taken by"]) == (2, "ivan")
    assert printed.destroy_by is not None
    assert printed.destroy_by.isoformat() == "2026-12-18T00:00:00+00:00"


@pytest.mark.clause("RET-1")
def test_a_file_that_is_not_settled_is_asked_about(query: Query, cast: Cast) -> None:
    """Its taker is told a day before its oldest read passes its limit, supervisors at the limit, each once."""
    file, timer = take(query, cast, "csv").file, system_actor("query timer")
    assert file.destroy_by.isoformat() == "2026-12-18T00:00:00+00:00"
    for moment, told in (
        (file.destroy_by - timedelta(days=1, seconds=1), (0, 0)),
        (file.destroy_by - timedelta(days=1), (1, 0)),
        (file.destroy_by, (1, 1)),
        (file.destroy_by + timedelta(hours=1), (1, 1)),
    ):
        taking.remind_of_files(actor=timer, now=moment)
        inboxes = (
            inbox_of(cast.actor(name)).filter(kind="query.export_unsettled") for name in ("ivan", "sue")
        )
        assert tuple(inbox.count() for inbox in inboxes) == told


@pytest.mark.clause("RET-2")
def test_a_file_is_settled_by_its_case_or_its_end(query: Query, cast: Cast) -> None:
    """Both are on record; into a case it goes under a case number alone."""
    kept, gone = take(query, cast, "csv").file, take(query, cast, "json").file
    ivan = cast.actor("ivan")
    taking.settle_file(file=gone, settlement=TakenFile.DESTROYED, actor=ivan, now=NOW)
    kept.case_number = ""
    with pytest.raises(PolicyRefusal, match="RET-2"):
        taking.settle_file(file=kept, settlement=TakenFile.IN_CASE, actor=ivan, now=NOW)
    kept.case_number = "2026-004512"
    taking.settle_file(file=kept, settlement=TakenFile.IN_CASE, actor=ivan, now=NOW)
    with pytest.raises(ValueError, match="in its case, or destroyed"):
        taking.settle_file(file=kept, settlement="lost", actor=ivan, now=NOW)
    assert LedgerLeaf.objects.filter(kind="query.export_settled").count() == 2


@pytest.mark.clause("QRY-2")
def test_nobody_takes_what_is_not_open_to_them(query: Query, cast: Cast) -> None:
    """Neither somebody else nor the asker once it has expired; nothing is left behind."""
    for name, now in (("sue", NOW), ("ivan", query.expires_at)):
        with pytest.raises(PolicyRefusal, match="QRY-2"):
            taking.export(query, form="csv", actor=cast.actor(name), now=now)
        with pytest.raises(PolicyRefusal, match="QRY-2"):
            taking.print_out(query, actor=cast.actor(name), now=now)
    assert not TakenFile.objects.exists()


def test_an_empty_answer_is_nobodys_data(ask: Any, cast: Cast) -> None:
    """It can be taken like any other, and nobody has to answer for it."""
    taken = take(ask(), cast, "csv")
    assert (taken.file.reads, taken.file.settled_at) == (0, NOW)
