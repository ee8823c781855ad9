"""The audit of all searches as an auditor writes it and the Undersheriff receives it."""

import pytest
from playwright.sync_api import Browser

from platewarden.demo.year import load_year
from platewarden.halfyears.models import AuditReport
from platewarden.site.clock import utc_now
from tests.browser.conftest import signed_in
from tests.browser.looks import look_at
from tests.cast import PASSWORD, Cast
from tests.live import LiveServer

pytestmark = pytest.mark.browser


@pytest.mark.clause("AUD-2")
def test_an_auditor_signs_a_report_and_the_undersheriff_receives_it(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """A correction of the invented half-year's report: drawn up, concluded, signed; then read and acknowledged."""
    live_cast.agency.is_demo = True
    live_cast.agency.save()
    first = load_year(auditor=live_cast.actor("tom"), now=utc_now()).report
    tom = signed_in(browser, live, "tom")
    tom.get_by_role("link", name="Audit reports").click()
    look_at(tom, "audit-reports")
    tom.get_by_text("Correct it by a new report").click()
    tom.get_by_label("What is to be corrected").fill("The conclusion named too few of the people.")
    tom.get_by_role("button", name="Draw up a correction").click()
    tom.get_by_text("is drawn up. Look at what is open").wait_for()
    look_at(tom, "audit-report-draft")
    tom.get_by_role("textbox", name="Conclusion").fill(
        "One person's searches are put before the Undersheriff, as before."
    )
    tom.get_by_role("button", name="I have looked, and conclude").click()
    tom.get_by_label("Your password").fill(PASSWORD)
    tom.get_by_role("button", name="Sign and deliver").click()
    tom.get_by_text("Signed and delivered").wait_for()
    look_at(tom, "audit-report-signed")
    report = AuditReport.objects.get(corrects=first)
    una = signed_in(browser, live, "una")
    una.goto(f"{live.url}/inbox/")
    una.get_by_role("link", name="Open the report").first.click()
    una.goto(f"{live.url}/audit-reports/{report.pk}/")
    una.get_by_role("link", name="S1").first.click()
    assert una.url.endswith("#row-S1")
    with una.expect_download() as download:
        una.get_by_role("link", name="The signed report (PDF)").click()
    assert download.value.suggested_filename == f"platewarden-{report.number}.pdf"
    una.get_by_role("textbox", name="Note").fill("I look into row S1 myself.")
    una.get_by_role("button", name="I have received this report").click()
    una.get_by_text("Recorded: the report has reached you").wait_for()
    look_at(una, "audit-report-received")
