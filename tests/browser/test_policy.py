"""The page on the policy as a Sheriff and an auditor see it."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from platewarden.compliance.watching import watch
from platewarden.site.clock import utc_now
from tests.browser.conftest import signed_in
from tests.browser.looks import look_at
from tests.browser.scenes import passes, wanted
from tests.cast import Cast
from tests.live import LiveServer
from tests.sightings import a_sighting, store

pytestmark = pytest.mark.browser


def test_the_front_door_says_what_holds_and_what_does_not(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """The verdict, what needs somebody, a clause unfolded by its link, the list narrowed down, the print fetched."""
    wanted(live_cast)
    passes(live_cast)
    store([a_sighting(live_cast.camera, "KAB4821", utc_now() - timedelta(days=31))])
    watch(agency_id=live_cast.agency.pk, now=utc_now() - timedelta(hours=3))
    tom = signed_in(browser, live, "tom")
    tom.goto(f"{live.url}/policy/")
    look_at(tom, "policy")
    tom.get_by_role("link", name="RET-1").first.click()
    assert tom.locator("details#RET-1[open]").count() == 1
    look_at(tom, "policy-clause")
    tom.get_by_role("link", name="Broken").click()
    assert tom.locator("details.clause-card").count() == tom.locator("details.clause-danger").count() > 0
    with tom.expect_download() as download:
        tom.get_by_role("button", name="Print (PDF)").click()
    assert download.value.suggested_filename.endswith(".pdf")
