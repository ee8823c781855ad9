"""The pages on records requests, and that they are all a records officer gets."""

from typing import Any

import pytest

from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.actor import Role
from platewarden.policy.rights import PLATE_DATA, RIGHTS
from platewarden.records.models import RecordsRequest
from tests.cast import Cast
from tests.conftest import NOW
from tests.records.test_actions import registered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages' clock stands at the moment at which tests play: what is due passes with the days."""
    monkeypatch.setattr("platewarden.records.views.utc_now", lambda: NOW)


SAID = {"kind": "foil", "received_on": "2026-11-19", "requester": "Rosa", "what": "How often do you search?"}


@pytest.mark.clause("SHR-3")
def test_a_records_officer_holds_no_right_to_plates() -> None:
    """Neither reads, nor alerts, nor lists, nor the ledger."""
    assert not any(Role.RECORDS_OFFICER in RIGHTS[right] for right in PLATE_DATA)


@pytest.mark.clause("SHR-3")
def test_the_records_officer_begins_at_the_requests(cast: Cast, sign_in: Any) -> None:
    """And finds in the navigation what is theirs."""
    registered(cast)
    browser = sign_in(cast.rex)
    assert browser.get("/")["Location"] == "/records-requests/"
    page = browser.get("/records-requests/").content.decode()
    assert "To be acknowledged" in page
    assert "Nobody has compared these clocks with their source yet" in page
    for address in ("/alerts/", "/queries/", "/cases/", "/hotlists/", "/ledger/", "/false-hits/"):
        assert browser.get(address).status_code == 403, address


@pytest.mark.clause("SHR-3")
def test_a_form_without_its_parts_names_them_all(cast: Cast, sign_in: Any) -> None:
    """On the page, each at its field, and the refusal is on the ledger."""
    browser = sign_in(cast.ada)
    answer = browser.post(
        "/records-requests/new/", {"kind": "", "received_on": "", "requester": "", "what": ""}
    )
    said = answer.content.decode()
    assert answer.status_code == 422
    assert LedgerLeaf.objects.filter(kind="request.refused").count() == 1
    for words in ("what kind of request", "the day on which it came in", "who asks", "what is asked for"):
        assert words in said
    assert not RecordsRequest.objects.exists()


@pytest.mark.clause("SHR-3")
def test_a_request_is_registered_and_answered_by_page(cast: Cast, sign_in: Any) -> None:
    """Registered by the administrator, acknowledged, extended and answered by the records officer."""
    page = sign_in(cast.ada).post("/records-requests/new/", SAID)["Location"]
    assert sign_in(cast.ada).post(f"{page}acknowledge/").status_code == 403
    browser = sign_in(cast.rex)
    assert "How often do you search?" in browser.get(page).content.decode()
    browser.post(f"{page}acknowledge/")
    assert browser.post(f"{page}extend/", {"extended_to": "2020-01-01", "reason": "x"}).status_code == 403
    assert browser.post(f"{page}answer/", {"outcome": "denied", "reason": ""}).status_code == 403
    assert browser.post(f"{page}answer/", {"outcome": "granted", "reason": ""}).status_code == 302
    assert RecordsRequest.objects.get().outcome == "granted"
    assert "Granted" in browser.get(page).content.decode()


@pytest.mark.clause("SHR-3")
def test_the_sheriff_sees_the_register_and_not_what_was_written(cast: Cast, sign_in: Any) -> None:
    """What is overdue is theirs to know; who asked is not."""
    request = registered(cast)
    page = sign_in(cast.sol).get(f"/records-requests/{request.pk}/").content.decode()
    assert "Rosa" not in page
    assert "Acknowledge or answer by" in page
