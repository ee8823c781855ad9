"""The terminal in a patrol vehicle, at 1024x600: by keyboard, at night, with a connection that comes and goes."""

import uuid
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from platewarden.alerts.models import Alert
from platewarden.car.models import Press
from platewarden.ingest.actions import ingest
from platewarden.ingest.schemas import SubmittedRead
from platewarden.ledger.models import LedgerLeaf
from platewarden.site.clock import utc_now
from tests.alerts.scenes import another, list_entry
from tests.browser.conftest import signed_in
from tests.browser.looks import THEMES, assert_accessible, screenshot, wait_until
from tests.browser.test_pages import rendered
from tests.cast import Cast
from tests.live import LiveServer
from tests.telling import spoken

pytestmark = pytest.mark.browser

FITS = """[document.body, document.querySelector(".car-facts")].every(
  (part) => part.scrollHeight <= part.clientHeight + 1)"""
TERMINAL = {"width": 1024, "height": 600}


def terminal(browser: Browser, live: LiveServer) -> Page:
    """Alice's terminal, with its sound armed."""
    page = signed_in(browser, live, "alice")
    page.set_viewport_size(TERMINAL)  # type: ignore[arg-type]
    page.goto(f"{live.url}/car/")
    page.get_by_role("button", name="Arm sound").click()
    expect(page.locator("[data-live-state]")).to_have_attribute("data-state", "on")
    return page


def raise_alert(cast: Cast) -> Alert:
    """Let the wanted vehicle pass, seen in a rendered scene."""
    list_entry(
        cast,
        utc_now(),
        plate="KRT 4821",
        priority="high",
        instructions="Ask for a second car.",
        cautions="Stop alone: armed.",
    )
    facts: dict[str, Any] = rendered() | {"capture_id": uuid.uuid4().hex, "seen_at": utc_now().isoformat()}
    read = SubmittedRead.model_validate(facts)
    ingest(reads=[read], camera=cast.camera, actor=cast.camera_actor, now=utc_now())
    return Alert.objects.get()


def kinds() -> list[str]:
    """The kinds of all ledger entries, oldest first."""
    return list(LedgerLeaf.objects.order_by("seq").values_list("kind", flat=True))


@pytest.mark.clause("HIT-1", "HIT-2")
def test_an_alert_comes_by_itself_and_two_keys_verify_it(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """It fills the screen and sounds; nothing has to be scrolled; day and night are fit to be looked at."""
    page = terminal(browser, live)
    expect(page.get_by_role("heading", name="No alert")).to_be_visible()
    raise_alert(live_cast)
    expect(page.get_by_text("UNVERIFIED")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Do not: Stop alone: armed.")).to_be_visible()
    wait_until(page, "document.documentElement.dataset.sounded !== undefined")
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.wait_for_timeout(100)
        assert_accessible(page)
        screenshot(page, f"car-{theme}")
    assert page.evaluate(
        "[document.body, document.querySelector('.car-facts')].every(p => p.scrollHeight <= p.clientHeight + 1)"
    )
    for box in (button.bounding_box() for button in page.locator(".car-button").all()):
        assert box is not None
        assert min(box["width"], box["height"]) >= 64
        assert box["y"] + box["height"] <= TERMINAL["height"]
    page.wait_for_timeout(300)
    page.keyboard.press("1")
    expect(page.get_by_text("What does dispatch say")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Do characters and state")).to_be_visible()
    page.wait_for_timeout(300)
    page.keyboard.press("1")
    expect(page.get_by_text("What does dispatch say")).to_be_visible()
    page.wait_for_timeout(300)
    page.keyboard.press("1")
    expect(page.get_by_text("Verified. How did it end?")).to_be_visible()
    expect(page.locator(".car-unverified")).to_have_count(0)
    assert_accessible(page)
    screenshot(page, "car-verified")
    page.locator(".car-button").nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="No alert")).to_be_visible()
    assert kinds().count("alert.verified") == kinds().count("alert.disposed") == 1


def test_a_press_outlives_a_lost_connection_and_happens_once(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """The terminal says that it is not recorded, sends it again by itself, and keeps no plate meanwhile."""
    page = terminal(browser, live)
    raise_alert(live_cast)
    expect(page.get_by_text("UNVERIFIED")).to_be_visible(timeout=30_000)
    live.stop()
    page.wait_for_timeout(300)
    page.keyboard.press("2")
    expect(page.locator("[data-unsent-strip]")).to_contain_text("Not recorded yet", timeout=30_000)
    expect(page.locator("[data-offline-strip]")).to_contain_text("lost since", timeout=30_000)
    assert_accessible(page)
    screenshot(page, "car-lost")
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "4821" not in spoken(kept)
    live.start()
    expect(page.get_by_text("What does not match?")).to_be_visible(timeout=30_000)
    expect(page.locator("[data-unsent-strip]")).to_be_hidden()
    expect(page.locator("[data-offline-strip]")).to_be_hidden(timeout=30_000)
    assert Press.objects.count() == kinds().count("alert.acknowledged") == 1


def test_an_alert_is_never_exchanged_under_a_finger(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """Another one is counted and sounds; it is shown when somebody asks for it."""
    page = terminal(browser, live)
    raise_alert(live_cast)
    expect(page.get_by_text("UNVERIFIED")).to_be_visible(timeout=30_000)
    number = page.locator("[data-alert]").get_attribute("data-number")
    other = another(live_cast, utc_now(), entry={"priority": "high"})
    expect(page.locator("[data-others]")).to_have_text("1 more, one of high priority")
    expect(page.locator("[data-alert]")).to_have_attribute("data-number", str(number))
    page.wait_for_timeout(300)  # a key pressed the moment the screen changes is not taken
    page.keyboard.press("3")
    expect(page.locator("[data-alert]")).to_have_attribute("data-number", str(other.number))
