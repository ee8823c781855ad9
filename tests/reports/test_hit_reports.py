"""The report of a hit: everything RPT-1 asks for, for the case file and for the defence."""

import base64
import hashlib
import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from platewarden.accounts.actors import system_actor
from platewarden.alerts import actions as alerts
from platewarden.cases.actions import open_report
from platewarden.cases.models import CaseReport
from platewarden.ledger import keys
from platewarden.ledger.checkpoint import Receipt
from platewarden.ledger.keys import ensure_log_key
from platewarden.ledger.leaf import body_digest, digest_in
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.reports import Element
from platewarden.policy.verification import FirstLook
from platewarden.reports.actions import NothingToReportError
from platewarden.reports.typesetting import LayoutError
from platewarden.retention.actions import purge_due
from tests.alerts.scenes import entries, picture
from tests.alerts.test_actions import the_hit
from tests.cast import Cast
from tests.reports.scenes import a_stop, an_alert, attached, reported, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def log_key(store_home: Path) -> None:
    """The ledger can be signed."""
    ensure_log_key(store_home / "keys", "test.platewarden.invalid/ledger")


@pytest.mark.clause("RPT-1")
def test_a_report_states_every_element(cast: Cast, now: datetime) -> None:
    """Each element of the clause is a heading, and what it is about stands below it."""
    alert = a_stop(cast, now, reason="Taken from a driveway", instructions="Keep your distance")
    text = text_of(reported(alert, cast, now).pdf)
    for element in Element:
        assert element.value in text
    for fact in (
        f"Report of hit No. {alert.number}",
        "Case number 2026-004512",
        "KAB 4821",
        "B 62 %",
        "Route 13 north (fixed)",
        "Route 13 at Mill Street, 42.45000, -76.50000",
        "2026-11-20 10:29:00 EST",
        "State extract (State)",
        "Taken from a driveway",
        "Keep your distance",
        "same characters, same state",
        "Verified: characters match, state match; status confirmed",
        "ended it: correct read, stop, case 2026-004512",
        "Radio: still wanted",
        "Identify vehicles on the hotlist during patrol (USE-3; V.C-use, item 4)",
        "Alice Example (alice)",
        "Template reconstructed: Attachment A of the policy is missing",
    ):
        assert fact in text, fact
    for digest in (hashlib.sha256(picture()).hexdigest(), "00" * 32):
        assert digest in text.replace(" ", "")


@pytest.mark.clause("RPT-1")
def test_a_report_is_a_tagged_and_archivable_document_of_two_pages(cast: Cast, now: datetime) -> None:
    """PDF/UA-1 and PDF/A-3a say so in its metadata; it has a title, a language, tags, and a text for each image."""
    pdf = PdfReader(io.BytesIO(reported(a_stop(cast, now), cast, now).pdf))
    catalogue: Any = pdf.trailer["/Root"]
    assert len(pdf.pages) == 2
    assert str(pdf.metadata and pdf.metadata.title).startswith("Report of hit No.")
    assert str(catalogue["/Lang"]).startswith("en")
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    metadata = catalogue["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert _alternatives(catalogue["/StructTreeRoot"]) == [
        "Plate image, as the camera took it",
        "Vehicle image, as the camera took it",
    ]


def _alternatives(element: Any) -> list[str]:
    element = element.get_object()
    if not hasattr(element, "get"):
        return []
    found = [str(element["/Alt"])] if "/Alt" in element else []
    children = element.get("/K", [])
    children = children.get_object() if hasattr(children, "get_object") else children
    for child in children if isinstance(children, list) else [children]:
        if hasattr(child, "get_object"):
            found += _alternatives(child)
    return found


@pytest.mark.clause("RPT-1")
def test_long_texts_stay_on_two_pages(cast: Cast, now: datetime) -> None:
    """Reason, instructions and notes as long as they may be, and an alert with a long history."""
    words = ("Two of the three plates on this register were taken from a parked van. " * 8)[:500]
    alert = an_alert(cast, now, reason=words, instructions=words)
    for name in ("alice", "dee", "ivan", "sue", "max"):
        hit = the_hit(alert)
        assert hit
        alerts.open_alert(alert=alert, hit=hit, actor=cast.actor(name), now=now)
        alerts.acknowledge(alert=alert, actor=cast.actor(name), now=now)
    report = reported(alert, cast, now, by="ivan", case="2026-004512")
    assert len(PdfReader(io.BytesIO(report.pdf)).pages) == 2
    assert "further events are in the attached" in text_of(report.pdf)


@pytest.mark.clause("RPT-1", "HIT-2")
def test_an_unverified_hit_is_called_nothing_else(cast: Cast, now: datetime) -> None:
    """The report says UNVERIFIED, and nowhere that anything was verified or confirmed."""
    report = reported(an_alert(cast, now), cast, now, by="ivan", case="2026-004512")
    text = text_of(report.pdf)
    assert "UNVERIFIED. Nobody has recorded a comparison" in text
    claims = text.replace("UNVERIFIED", "").replace("Who verified what, and when", "")
    claims = claims.replace("not recorded: the hit is unverified", "")
    assert "verified" not in claims.lower()
    assert "confirmed" not in claims.lower()
    assert report.kept is None


@pytest.mark.clause("RPT-1", "HIT-2")
def test_a_blind_look_is_reported_as_it_was_typed(cast: Cast, now: datetime) -> None:
    """Who typed what and when, and how it came out, beside the entry."""
    alert = an_alert(cast, now)
    hit = the_hit(alert)
    assert hit
    alerts.open_alert(alert=alert, hit=hit, actor=cast.actor("alice"), now=now)
    look = FirstLook("KA84821", "")
    alerts.take_first_look(alert=alert, look=look, actor=cast.actor("alice"), now=now)
    text = text_of(reported(alert, cast, now, by="ivan", case="2026-004512").pdf)
    assert "alice, 2026-11-20 10:30:00 EST: KA84821, state not readable" in text
    assert "Characters differ, state unreadable" in text


@pytest.mark.clause("RPT-1")
def test_images_and_receipts_are_attached_and_hold(cast: Cast, now: datetime) -> None:
    """The originals, the facts as data, and for every entry a receipt that the public key alone checks."""
    report = reported(a_stop(cast, now), cast, now)
    files = attached(report.pdf)
    assert (files["plate-image.jpeg"], files["vehicle-image.jpeg"]) == (picture(), picture("navy"))
    assert json.loads(files["report-facts.json"])["read"]["plate"] == "KAB4821"
    proved = [name for name in files if name.endswith(".tlog-proof")]
    told = json.loads(files["ledger-entries.json"])
    assert len(proved) == len(told) >= 5
    assert {entry["kind"] for entry in told} >= {
        "alert.raised",
        "alert.verified",
        "alert.disposed",
        "report.made",
    }
    for entry in told:
        receipt = Receipt.parse(files[f"entry-{entry['seq']}.tlog-proof"].decode())
        receipt.check(keys.verifiers())
        leaf = base64.b64decode(entry["leaf"])
        assert receipt.leaf == leaf
        assert body_digest(bytes.fromhex(entry["salt"]), entry["body"]) == digest_in(leaf)
    text = text_of(report.pdf)
    assert keys.verifiers()[0].encode() in text.replace(" ", "")
    assert f"leaf {report.entry.seq} of" in text


@pytest.mark.clause("RPT-1", "RET-2")
def test_a_case_that_has_the_hit_keeps_the_report(cast: Cast, now: datetime) -> None:
    """Sealed under the case's key, with its digest on the ledger; fetching it is a look of its own."""
    report = reported(a_stop(cast, now), cast, now)
    assert report.kept
    assert report.kept.case.number == "2026-004512"
    kept = entries("report.kept")[0]["details"]
    assert kept["sha256"] == hashlib.sha256(report.pdf).hexdigest()
    assert open_report(report=report.kept, actor=cast.actor("sue")) == report.pdf
    assert entries("report.opened")[0]["actor"]["name"] == "sue"


@pytest.mark.clause("RPT-1", "RET-2")
def test_after_its_day_the_case_still_has_it_reported(cast: Cast, now: datetime) -> None:
    """Everything comes from the case's copy, who verified and who ended it included."""
    alert = a_stop(cast, now)
    later = now + timedelta(days=31)
    purge_due(actor=system_actor("tests"), now=later)
    alert.refresh_from_db()
    report = reported(alert, cast, later, by="sue")
    text = text_of(report.pdf)
    for fact in ("KAB 4821", "Route 13 at Mill Street", "alice, 2026-11-20 10:30:00 EST", "2026-004512"):
        assert fact in text, fact
    assert attached(report.pdf)["plate-image.jpeg"] == picture()
    assert CaseReport.objects.count() == 1


@pytest.mark.clause("RPT-1", "RET-1")
def test_nothing_is_reported_of_a_day_that_is_over(cast: Cast, now: datetime) -> None:
    """Where no case has the hit, it is gone at midnight, whether or not the purge has run."""
    alert = an_alert(cast, now)
    with pytest.raises(NothingToReportError):
        reported(alert, cast, now + timedelta(days=31), by="sue", case="2026-004512")
    assert not entries("report.made")


@pytest.mark.clause("RPT-1")
@pytest.mark.parametrize("case", ["", "soon"])
def test_a_report_belongs_to_a_case(cast: Cast, now: datetime, case: str) -> None:
    """Without a number, or with one that is none, there is no report."""
    with pytest.raises(PolicyRefusal, match="number") as refused:
        reported(an_alert(cast, now), cast, now, by="ivan", case=case)
    assert (refused.value.decision.clause, refused.value.decision.field) == ("RPT-1", "case_number")


@pytest.mark.clause("RPT-1")
def test_the_case_on_the_hit_counts_and_no_other(cast: Cast, now: datetime) -> None:
    """Who has a report made cannot file it under another number."""
    report = reported(a_stop(cast, now), cast, now, case="2026-999999")
    assert "2026-999999" not in text_of(report.pdf)
    assert entries("report.made")[0]["details"]["case"] == "2026-004512"


@pytest.mark.clause("RPT-1")
def test_the_agencys_own_layout_takes_the_place_of_ours(
    cast: Cast, now: datetime, tmp_path: Path, settings: Any
) -> None:
    """It is given the same facts, and the report no longer says that it is reconstructed."""
    own = tmp_path / "own.typ"
    own.write_text(
        "#let facts = json(bytes(sys.inputs.facts))\n#set document(title: [Attachment A])\n"
        "= Attachment A\n#facts.read.plate_as_read for #facts.report.case_number #facts.report.reconstructed"
    )
    settings.PLATEWARDEN_REPORT_LAYOUT = str(own)
    alert = a_stop(cast, now)
    assert "KAB 4821 for 2026-004512 false" in text_of(reported(alert, cast, now).pdf)
    own.write_text("#let facts = json(bytes(sys.inputs.facts))\n#facts.nothing.of.the.kind")
    with pytest.raises(LayoutError, match=r"own\.typ cannot be set"):
        reported(alert, cast, now)


@pytest.mark.clause("RPT-1")
def test_a_ledger_that_cannot_be_signed_is_said(cast: Cast, now: datetime, store_home: Path) -> None:
    """The report is made, and says that no checkpoint covers its entries yet."""
    (store_home / "keys" / "ledger.key").unlink()
    assert "No signed checkpoint covers these entries yet" in text_of(
        reported(a_stop(cast, now), cast, now).pdf
    )


@pytest.mark.clause("RPT-1")
def test_an_image_that_is_gone_is_said(cast: Cast, now: datetime) -> None:
    """Its place says so, and nothing is attached for it."""
    from platewarden.images.keystore import KeyName
    from platewarden.images.store import image_store
    from platewarden.reads.days import day_of

    alert = an_alert(cast, now)
    image_store().keystore.destroy(KeyName.of_day(cast.agency.pk, day_of(now)))
    report = reported(alert, cast, now, by="ivan", case="2026-004512")
    assert "The plate image cannot be shown" in text_of(report.pdf)
    assert not [name for name in attached(report.pdf) if name.startswith("plate")]


def test_the_same_facts_give_the_same_bytes(cast: Cast, now: datetime) -> None:
    """A report can be compared with another byte by byte."""
    from platewarden.reports.typesetting import LAYOUTS, set_pdf

    alert = a_stop(cast, now)
    facts = json.loads(attached(reported(alert, cast, now).pdf)["report-facts.json"])
    blank: dict[str, Any] = {"bytes": None, "shown": None, "sha256": "", "file": "", "mime": ""}
    blank |= {"is_converted": False, "is_shown": False}
    facts |= {"images": {"plate": blank, "vehicle": blank}, "attachments": []}
    first, second = (set_pdf(LAYOUTS / "hit.typ", facts, now=now) for _ in range(2))
    assert first == second
