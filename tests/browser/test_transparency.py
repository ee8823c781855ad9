"""The public portal as a resident sees it, and the page on which its figures are published."""

from datetime import date

import pytest
from playwright.sync_api import Browser

from platewarden.ledger.actions import sign_checkpoint
from platewarden.site.clock import utc_now
from tests.browser.conftest import signed_in
from tests.browser.looks import look_at
from tests.cast import Cast
from tests.live import LiveServer
from tests.transparency.scenes import measured, published

pytestmark = pytest.mark.browser


@pytest.mark.clause("TPR-1")
def test_a_resident_reads_the_portal_in_both_languages(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """From the sign-in page, without signing in; charts, tables, the policy, in Spanish too; without any cookie."""
    sign_checkpoint(actor=live_cast.actor("ada"), now=utc_now())
    for place in range(9):
        hits = (96 + 7 * place, 80 + 7 * place, 71 + 6 * place, 6 + place % 4 if place != 3 else 2)
        published(live_cast, date(2026, place + 1, 1), reads=31_000 + 1_700 * place, hits=hits)
    published(live_cast, date(2026, 10, 1), searches={"planned_crime": 2})
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    page = context.new_page()
    page.goto(f"{live.url}/sign-in/")
    page.get_by_role("link", name="What the public sees").click()
    context.clear_cookies()
    assert page.get_by_role("img").count() == 5
    for summary in page.locator("summary").all()[:6]:
        summary.click()
    look_at(page, "portal")
    page.get_by_role("link", name="Español").click()
    page.wait_for_url("**/transparency/es/")
    look_at(page, "portal-es")
    assert not context.cookies()


@pytest.mark.clause("TPR-1")
def test_figures_are_looked_at_and_published_by_two(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """The administrator sees what is withheld and says so; a supervisor publishes."""
    measured(live_cast, date(2026, 10, 1), searches={"planned_crime": 2})
    ada = signed_in(browser, live, "ada")
    ada.goto(f"{live.url}/policy/")
    ada.get_by_role("link", name="Figures for the public").click()
    look_at(ada, "portal-figures")
    ada.get_by_role("button", name="I have looked at them").click()
    sue = signed_in(browser, live, "sue")
    sue.goto(f"{live.url}/transparency/figures/")
    sue.get_by_role("button", name="Publish").click()
    sue.get_by_text("Published and recorded").wait_for()
    look_at(sue, "portal-figures-published")
