"""The pages of the audit reports, as the auditor and the Undersheriff use them (AUD-2)."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from platewarden.halfyears.models import AuditReport
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerLeaf
from tests.cast import PASSWORD, Cast
from tests.halfyears.scenes import CONCLUSION, LATER, PERIOD, built, checked, signed


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are looked at after the half-year."""

    def then() -> datetime:
        return LATER

    monkeypatch.setattr("platewarden.halfyears.views.utc_now", then)


def at(name: str, report: AuditReport) -> str:
    """The address of something about *report*."""
    return reverse(f"halfyears:{name}", args=[report.pk])


@pytest.mark.clause("AUD-2")
def test_the_auditor_draws_up_concludes_and_signs_with_the_password(audited: Cast, client: Client) -> None:
    """Without the password nothing is signed."""
    client.force_login(audited.tom)
    page = client.get(reverse("halfyears:list")).content.decode()
    assert PERIOD.name in page
    answer = client.post(reverse("halfyears:build"), {"period": PERIOD.name})
    report = AuditReport.objects.get()
    assert answer.headers["Location"] == at("report", report)
    assert client.post(at("check", report), {"conclusion": CONCLUSION}).status_code == 302
    assert client.post(at("sign", report), {"password": "not-mine-at-all"}).status_code == 422
    assert not AuditReport.objects.get().is_signed
    assert client.post(at("sign", report), {"password": PASSWORD}).status_code == 302
    assert AuditReport.objects.get().signed_by_id == audited.tom.pk


@pytest.mark.clause("AUD-2")
def test_the_page_has_the_same_figures_as_the_paper(audited: Cast, client: Client) -> None:
    """Summary, rows that it leads to, counts; and no plate."""
    report = signed(audited)
    client.force_login(audited.una)
    page = client.get(at("report", report)).content.decode()
    assert "All 75 of 75 searches on the ledger were audited." in page
    assert 'href="#row-S1"' in page
    assert 'id="row-S1"' in page
    assert "One vehicle was searched 20 times on 20 days" in page
    assert "EXX1001" not in page


@pytest.mark.clause("AUD-2")
def test_the_undersheriff_takes_the_file_and_acknowledges(audited: Cast, client: Client) -> None:
    """From their page."""
    report = signed(audited)
    client.force_login(audited.una)
    answer = client.get(at("file", report))
    assert answer.content == bytes(report.pdf or b"")
    assert client.post(at("acknowledge", report), {"note": "Seen."}).status_code == 302
    assert AuditReport.objects.get().received_note == "Seen."


@pytest.mark.clause("AUD-2")
def test_a_draft_is_for_whoever_writes_it(audited: Cast, client: Client) -> None:
    """The Undersheriff and the Sheriff see what is signed."""
    report = checked(audited)
    for name in ("una", "sol"):
        client.force_login(audited.people[name])
        assert report.number not in client.get(reverse("halfyears:list")).content.decode()
        assert client.get(at("report", report)).status_code == 403
        assert client.get(at("file", report)).status_code == 403


@pytest.mark.clause("AUD-2")
@pytest.mark.parametrize("name", ["ada", "sue", "ivan", "alice", "rex", "pam"])
def test_others_see_no_report(audited: Cast, client: Client, name: str) -> None:
    """Neither those whom it may be about nor those who look after accounts."""
    report = signed(audited)
    client.force_login(audited.people[name])
    assert client.get(reverse("halfyears:list")).status_code == 403
    assert client.get(at("report", report)).status_code == 403
    assert client.get(at("file", report)).status_code == 403


@pytest.mark.clause("AUD-2")
def test_a_missing_search_is_said_loudly_and_nothing_is_drawn_up(
    audited: Cast, client: Client, owner_connection: Any
) -> None:
    """Both numbers stand on the page."""
    entry = LedgerLeaf.objects.filter(kind=Kind.QUERY_ASKED).values_list("seq", flat=True).first()
    owner_connection.execute("alter table ledger_body disable trigger all")
    owner_connection.execute("delete from ledger_body where seq = %s", [entry])
    client.force_login(audited.tom)
    answer = client.post(reverse("halfyears:build"), {"period": PERIOD.name})
    assert answer.status_code == 409
    assert "74 searches of 2027-01 to 2027-06 could be read, and the ledger has 75" in answer.content.decode()
    assert not AuditReport.objects.exists()


@pytest.mark.clause("AUD-2")
def test_a_correction_without_a_reason_is_refused_with_what_would_satisfy(
    audited: Cast, client: Client
) -> None:
    """And recorded."""
    signed(audited)
    client.force_login(audited.tom)
    answer = client.post(reverse("halfyears:build"), {"period": PERIOD.name})
    assert answer.status_code == 403
    assert "Say what is to be corrected" in answer.content.decode()
    assert client.post(reverse("halfyears:build"), {"period": "2031-01 to 2031-06"}).status_code == 404


@pytest.mark.clause("AUD-2")
def test_an_empty_conclusion_is_sent_back(audited: Cast, client: Client) -> None:
    """A form with what is missing."""
    report = built(audited)
    client.force_login(audited.tom)
    assert client.post(at("check", report), {"conclusion": ""}).status_code == 422
    assert client.post(at("check", report), {"conclusion": "Fine."}).status_code == 403
