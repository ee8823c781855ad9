"""The register of duties as its owner and the Undersheriff see it."""

import pytest
from playwright.sync_api import Browser

from platewarden.accounts.models import RoleGrant
from platewarden.policy.actor import Role
from platewarden.site.clock import utc_now
from tests.browser.conftest import signed_in
from tests.browser.looks import look_at
from tests.cast import Cast
from tests.live import LiveServer

pytestmark = pytest.mark.browser


@pytest.mark.clause("ADM-4")
def test_an_administrator_finds_her_duties_and_puts_them_into_her_calendar(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """From the menu under her name; the address is shown once and opens without a sign-in."""
    ada = signed_in(browser, live, "ada")
    ada.goto(f"{live.url}/cameras/")
    ada.locator("details.person summary").click()
    ada.get_by_role("link", name="Your duties").click()
    ada.get_by_role("button", name="Make an address").click()
    url = ada.locator("[data-calendar]").inner_text()
    look_at(ada, "duties-mine")
    stranger = browser.new_context()
    answer = stranger.request.get(url)
    assert answer.status == 200
    assert "BEGIN:VEVENT" in answer.text()
    ada.goto(f"{live.url}/duties/done/")
    look_at(ada, "duties-done")


@pytest.mark.clause("ADM-1")
def test_the_undersheriff_sees_what_everybody_owes(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """With what nobody can do on top."""
    RoleGrant.objects.filter(role=Role.AUDITOR).update(withdrawn_at=utc_now(), withdrawn_by="tests")
    una = signed_in(browser, live, "una")
    una.goto(f"{live.url}/duties/")
    una.get_by_role("link", name="Everybody's duties").click()
    una.get_by_text("Nobody can do it").first.wait_for()
    look_at(una, "duties-all")
