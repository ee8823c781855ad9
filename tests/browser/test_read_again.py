"""A pass that was read again, as people at the console and people who search see it."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from platewarden.alerts.models import Alert
from platewarden.site.clock import utc_now
from tests.browser.conftest import signed_in
from tests.browser.looks import look_at
from tests.browser.scenes import passes, wanted
from tests.cast import Cast
from tests.live import LiveServer

pytestmark = pytest.mark.browser


@pytest.mark.clause("HIT-2")
def test_the_alert_on_the_earlier_text_warns(browser: Browser, live: LiveServer, live_cast: Cast) -> None:
    """The warning stands above the images, and the list marks it; both in both windows, by day and by night."""
    wanted(live_cast)
    seen = utc_now() - timedelta(minutes=20)
    alert = passes(live_cast, pass_id="p-1", revision=1, seen_at=seen)
    passes(live_cast, capture_id="page-2", plate="KRT 4021", pass_id="p-1", revision=2, seen_at=seen)
    assert Alert.objects.get(pk=alert.pk).superseded_at
    page = signed_in(browser, live, "alice")
    page.goto(f"{live.url}/alerts/")
    expect(page.get_by_text("Read again")).to_be_visible()
    look_at(page, "alerts-read-again")
    page.goto(f"{live.url}/alerts/{alert.pk}/")
    expect(
        page.get_by_role("heading", name="The camera has read this plate again, and otherwise")
    ).to_be_visible()
    look_at(page, "alert-read-again")
    page.context.close()
