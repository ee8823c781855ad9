"""What follows from false hits, as those who see to it see it; and the report, as somebody takes it away."""

import io
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from platewarden.corrections.complaints import Told, record_complaint
from platewarden.corrections.models import Suppression
from platewarden.corrections.noticing import record_sent, write_letter
from platewarden.policy.corrections import Channel, Concern
from platewarden.policy.hits import ActionTaken, Finding
from platewarden.site.clock import utc_now
from tests.browser.conftest import signed_in
from tests.browser.looks import look_at
from tests.browser.scenes import passes, wanted
from tests.cast import Cast
from tests.corrections.scenes import ends
from tests.live import LiveServer
from tests.reports.scenes import MATCHED, text_of

pytestmark = pytest.mark.browser


@pytest.fixture
def suppression(live_cast: Cast) -> Suppression:
    """An entry that Alice found wrong, with a letter on its way and a resident who complained."""
    now = utc_now()
    wanted(live_cast)
    ends(passes(live_cast), live_cast, now)
    found = Suppression.objects.get()
    letter = write_letter(
        suppression=found,
        addressed_to="State police, records",
        is_text=False,
        actor=live_cast.actor("sue"),
        now=now,
    )
    record_sent(notice=letter.notice, channel=Channel.EMAIL, actor=live_cast.actor("sue"), now=now)
    told = Told(
        "Rosa Marchetti", "607 555 0143", "KRT 4821", "NY", "Stopped again;\nthey say 0 was written for O."
    )
    record_complaint(
        told=told,
        concern=Concern.STOPPED_AGAIN,
        channel=Channel.TELEPHONE,
        received_at=now,
        actor=live_cast.actor("ada"),
        now=now,
    )
    return found


@pytest.mark.clause("HIT-3")
@pytest.mark.parametrize("username", ["sue", "ada"])
def test_the_pages_on_false_hits_are_fit_to_be_looked_at(
    browser: Browser, live: LiveServer, suppression: Suppression, username: str
) -> None:
    """Rates, suppressed entries, complaints, intake: nothing grave for axe, nothing cut off."""
    page = signed_in(browser, live, username)
    complaint = suppression.complaints.get()
    pages = {
        "false-hits": "",
        "suppressions": "suppressions/",
        f"suppression-{username}": f"suppressions/{suppression.pk}/",
        "complaints": "complaints/",
        f"complaint-{username}": f"complaints/{complaint.pk}/",
        **({"record-complaint": "complaints/new/"} if username == "ada" else {}),
    }
    for name, address in pages.items():
        answer = page.goto(f"{live.url}/false-hits/{address}")
        assert answer is not None
        assert answer.status == 200, name
        look_at(page, name)
    assert ("Rosa" in page.content()) is False
    page.context.close()


@pytest.mark.clause("HIT-3")
def test_a_supervisor_traces_a_complaint(
    browser: Browser, live: LiveServer, suppression: Suppression
) -> None:
    """The entries behind it are shown once she asks, and not who complained."""
    page = signed_in(browser, live, "sue")
    page.goto(f"{live.url}/false-hits/complaints/{suppression.complaints.get().pk}/")
    page.get_by_role("button", name="Look for the entries").click()
    expect(page.get_by_text("Taken overnight")).to_be_visible()
    assert "Rosa" not in page.content()
    look_at(page, "complaint-traced")
    page.context.close()


@pytest.mark.clause("RPT-1")
def test_a_report_is_taken_away_as_a_pdf(
    browser: Browser, live: LiveServer, live_cast: Cast, tmp_path: Path
) -> None:
    """By the button on the alert's page; afterwards the page leads to the one that the case keeps."""
    wanted(live_cast)
    alert = passes(live_cast)
    ends(
        alert,
        live_cast,
        utc_now(),
        finding=Finding.CORRECT_READ,
        action=ActionTaken.RECOVERY,
        verification=MATCHED,
    )
    page = signed_in(browser, live, "alice")
    page.goto(f"{live.url}/alerts/{alert.pk}/")
    look_at(page, "alert-ended")
    page.set_viewport_size({"width": 1440, "height": 900})
    pdf = downloaded(page, "Make the report (PDF)", tmp_path)
    assert "KRT 4821" in text_of(pdf)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 2
    page.reload()
    kept = page.get_by_role("link", name="Entry")
    expect(kept).to_be_visible()
    with page.expect_download() as waiting:
        kept.click()
    waiting.value.save_as(tmp_path / "kept.pdf")
    assert (tmp_path / "kept.pdf").read_bytes() == pdf
    page.context.close()


def downloaded(page: Page, button: str, folder: Path) -> bytes:
    """Press *button* and return the file that comes."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button).click()
    assert "4821" not in waiting.value.suggested_filename
    waiting.value.save_as(folder / "report.pdf")
    return (folder / "report.pdf").read_bytes()
