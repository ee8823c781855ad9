"""Two officers and a supervisor at once, each at a console of their own."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from platewarden.accounts.actors import system_actor
from platewarden.alerts.escalating import escalate_due
from platewarden.site.clock import utc_now
from tests.alerts.scenes import another
from tests.browser.conftest import signed_in
from tests.browser.looks import assert_accessible, screenshot
from tests.cast import Cast
from tests.live import LiveServer

pytestmark = pytest.mark.browser


@pytest.mark.clause("HIT-1", "HIT-3")
def test_who_takes_an_alert_is_seen_by_name_and_what_nobody_takes_reaches_the_supervisor(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """The colleague's list says who has it, by itself; a clock moved on tells the supervisor of the other one."""
    alice, dee = signed_in(browser, live, "alice"), signed_in(browser, live, "dee")
    sue = signed_in(browser, live, "sue")
    sue.goto(f"{live.url}/hotlists/")
    sue.get_by_role("button", name="Arm sound").click()
    for console in (alice, dee, sue):
        expect(console.locator("[data-live-state]")).to_have_attribute("data-state", "on")
    taken, left = another(live_cast, utc_now()), another(live_cast, utc_now())
    for console in (alice, dee):
        expect(console.locator("tr[data-alert]")).to_have_count(2, timeout=30_000)

    alice.goto(f"{live.url}/alerts/{taken.pk}/")
    alice.get_by_role("button", name="I take it").click()
    row = dee.locator(f'tr[data-number="{taken.number}"]')
    expect(row).to_contain_text("Alice Example has it", timeout=30_000)
    expect(dee.locator(f'tr[data-number="{left.number}"]')).not_to_contain_text("has it")
    assert_accessible(dee)
    screenshot(dee, "together-colleague")

    assert sue.locator("[data-notice-count]").is_hidden()
    assert escalate_due(actor=system_actor("escalation timer"), now=utc_now() + timedelta(minutes=11)) == 1
    expect(sue.locator("[data-notice-count]")).to_have_text("1 unread", timeout=30_000)
    expect(sue.locator(".arrival").first).to_contain_text("new notice in your inbox")
    sue.get_by_role("link", name="Inbox").click()
    expect(sue.get_by_text(f"Alert {left.number} (Stolen vehicle, normal priority)")).to_be_visible()
    screenshot(sue, "together-supervisor")
    sue.get_by_role("link", name="Open the alert").click()
    sue.get_by_role("button", name="I take it").click()
    expect(dee.locator(f'tr[data-number="{left.number}"]')).to_contain_text(
        "Sue Example has it", timeout=30_000
    )
    sue.goto(f"{live.url}/inbox/")
    expect(sue.get_by_text("Nothing waits for you")).to_be_visible()


@pytest.mark.clause("HIT-1")
def test_nothing_is_lost_while_the_server_is_away(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """What was raised and what changed while the connection was down is there when it is back; the gap is said."""
    from platewarden.alerts.actions import acknowledge

    console = signed_in(browser, live, "dee")
    known = another(live_cast, utc_now())
    expect(console.locator("tr[data-alert]")).to_have_count(1, timeout=30_000)
    live.stop()
    expect(console.locator("[data-offline-strip]")).to_contain_text("Connection lost since", timeout=30_000)
    screenshot(console, "together-lost")
    missed = [another(live_cast, utc_now()).number for _ in range(3)]
    acknowledge(alert=known, actor=live_cast.actor("alice"), now=utc_now())
    live.start()
    expect(console.locator("tr[data-alert]")).to_have_count(4, timeout=30_000)
    shown = [row.get_attribute("data-number") for row in console.locator("tr[data-alert]").all()]
    assert shown == [str(number) for number in [*reversed(missed), known.number]]
    expect(console.locator(f'tr[data-number="{known.number}"]')).to_contain_text("Alice Example has it")
    expect(console.locator(".arrival").first).to_contain_text("Nothing could be told from")
