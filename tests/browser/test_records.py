"""The register of records requests, as the records officer sees it."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from platewarden.site.clock import utc_now
from tests.browser.conftest import signed_in
from tests.browser.looks import look_at
from tests.cast import Cast
from tests.live import LiveServer
from tests.records.test_actions import registered

pytestmark = pytest.mark.browser


@pytest.mark.clause("SHR-3")
def test_a_records_officer_takes_a_request_to_its_end(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """Register, miss a field, acknowledge, answer; every page fit to be looked at, and no plate anywhere."""
    now = utc_now()
    registered(live_cast, now, received_on=now.date() - timedelta(days=30))
    page = signed_in(browser, live, "rex")
    expect(page.get_by_role("heading", level=1)).to_have_text("Records requests")
    look_at(page, "records-list")
    page.get_by_role("link", name="Register a request").click()
    page.get_by_label("Kind of request").select_option("subpoena")
    page.get_by_role("button", name="Register it").click()
    expect(page.get_by_role("alert")).to_contain_text("the day by which its own paper wants the answer")
    look_at(page, "records-register")
    page.goto(f"{live.url}/records-requests/")
    page.get_by_role("row").nth(1).get_by_role("link").click()
    look_at(page, "records-request")
    page.get_by_role("button", name="Record the acknowledgement").click()
    page.get_by_label("Outcome").select_option("no_records")
    page.get_by_role("button", name="Record the answer").click()
    expect(page.get_by_text("The answer is recorded.")).to_be_visible()
    look_at(page, "records-answered")
    page.context.close()
