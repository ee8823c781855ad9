"""The console's scripts, in a real browser under the content security policy of the product."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looks import assert_accessible, look_at, wait_until
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser


@pytest.fixture
def stage(settings: Any) -> Iterator[Stage]:
    """A stage of the test's own."""
    settings.ROOT_URLCONF = "tests.site.addresses"
    with Stage() as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield served
        served.cut()
        served.shutdown()


@pytest.fixture
def page(browser: Browser, stage: Stage) -> Iterator[Page]:
    """The list of alerts, live; whatever the browser complains about fails the test."""
    complaints: list[str] = []
    with browser.new_context(viewport={"width": 1440, "height": 900}) as window:
        opened = window.new_page()
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on("console", lambda said: complaints.extend([said.text] * (said.type == "error")))
        opened.goto(f"{stage.address}/alerts/")
        expect(opened.locator("[data-live-state]")).to_have_attribute("data-state", "on")
        yield opened
    assert not [told for told in complaints if "503" not in told]


def arm(page: Page) -> None:
    """Arm the sound, as at the start of a shift."""
    page.click("[data-arm-sound]")
    expect(page.locator("[data-sound-strip]")).to_be_hidden()


@pytest.mark.clause("HIT-1")
def test_new_alert_is_seen_heard_and_said(page: Page, stage: Stage) -> None:
    """A new alert appears on top of the list, is counted, sounds, and is told to screen readers."""
    arm(page)
    stage.tell("alert", 13, "high")
    expect(page.locator("[data-alert]").first).to_have_attribute("data-number", "13")
    expect(page).to_have_title("(3) Alerts · Platewarden")
    expect(page.locator("html")).to_have_attribute("data-sounded", "high 13")
    expect(page.locator("[data-announcer]")).to_have_text("High-priority alert 13, unverified.")


def test_replayed_alert_is_told_once(page: Page, stage: Stage) -> None:
    """An alert that arrives a second time changes nothing."""
    stage.tell("alert", 13)
    stage.tell("alert", 13)
    stage.tell("alert", 14)
    expect(page.locator("[data-alert]")).to_have_count(4)
    expect(page).to_have_title("(4) Alerts · Platewarden")


@pytest.mark.clause("HIT-3")
def test_the_count_falls_when_an_alert_ends(page: Page, stage: Stage) -> None:
    """On every page that is open, by itself: the bar never says that more waits for somebody than does."""
    page.goto(f"{stage.address}/cameras/")
    expect(page.locator("[data-alert-count]")).to_have_text("2 open")
    expect(page.locator("[data-live-state]")).to_have_attribute("data-state", "on")
    stage.open_alerts = 1
    stage.tell("alert-changed", 13)
    expect(page.locator("[data-alert-count]")).to_have_text("1 open")
    expect(page).to_have_title("(1) Cameras · Platewarden")
    stage.open_alerts = 0
    stage.tell("alert-changed", 14)
    expect(page.locator("[data-alert-count]")).to_be_hidden()
    expect(page).to_have_title("Cameras · Platewarden")


def test_a_list_left_open_does_not_grow_for_ever(page: Page, stage: Stage) -> None:
    """The newest two hundred lines stay, and the page says that there are more."""
    for number in range(13, 215):
        stage.tell("alert", number)
    expect(page.locator("[data-alert]").first).to_have_attribute("data-number", "214")
    expect(page.locator("[data-alert]")).to_have_count(200)
    expect(page.locator("[data-alert]").last).to_have_attribute("data-number", "15")
    expect(page.locator("[data-alerts-older]")).to_be_visible()


def test_other_pages_tell_of_an_alert_without_its_plate(page: Page, stage: Stage) -> None:
    """Elsewhere in the console a notice says that there is an alert, and leads to it."""
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page).to_have_title("(2) Cameras · Platewarden")
    expect(page.locator("[data-live-state]")).to_have_attribute("data-state", "on")
    stage.tell("alert", 13)
    expect(page.locator(".arrival p")).to_have_text("Alert 13, unverified.")
    expect(page.locator(".arrival a")).to_have_attribute("href", "/alerts/13/")


@pytest.mark.clause("HIT-1")
def test_a_muted_alert_is_seen_and_not_heard(page: Page, stage: Stage) -> None:
    """The server says with each alert how loudly it sounds here; what is muted appears all the same."""
    arm(page)
    stage.tell("alert", 13, "normal", sound="")
    expect(page.locator("[data-alert]")).to_have_count(3)
    expect(page.locator("html")).not_to_have_attribute("data-sounded", "normal 13")
    stage.tell("alert", 14, "high")
    expect(page.locator("html")).to_have_attribute("data-sounded", "high 14")


def test_the_sound_is_muted_on_the_page_about_duty(page: Page) -> None:
    """No click in the bar silences anything by itself: quiet has an end, and is recorded."""
    arm(page)
    page.click("[data-sound-state]")
    page.wait_for_url("**/duty/")


def test_each_priority_has_a_sound_and_words_of_its_own(page: Page, stage: Stage) -> None:
    """Low, normal and high are told apart by ear, by colour and by a screen reader."""
    arm(page)
    for number, (priority, words) in enumerate(
        (("low", "Low-priority alert"), ("normal", "Alert"), ("high", "High-priority alert")), start=13
    ):
        stage.tell("alert", number, priority)
        expect(page.locator("html")).to_have_attribute("data-sounded", f"{priority} {number}")
        expect(page.locator("[data-announcer]")).to_have_text(f"{words} {number}, unverified.")


def test_unarmed_sound_is_a_loud_warning(page: Page) -> None:
    """Until the sound is armed, a strip says that alerts will not be heard."""
    expect(page.locator("[data-sound-strip]")).to_contain_text("you will not hear alerts")


def test_lost_connection_is_said_after_five_seconds(browser: Browser, stage: Stage) -> None:
    """A live connection that stays down is told in words, and no earlier than it has to be."""
    with browser.new_context() as window:
        page = window.new_page()
        page.clock.install()
        page.goto(f"{stage.address}/alerts/")
        expect(page.locator("[data-live-state]")).to_have_text("Live")
        stage.cut()
        expect(page.locator("[data-live-state]")).to_have_text("Connecting")
        expect(page.locator("[data-offline-strip]")).to_be_hidden()
        page.clock.fast_forward(6000)
        expect(page.locator("[data-offline-strip]")).to_contain_text("new alerts neither appear nor sound")


@pytest.mark.clause("HIT-1")
def test_a_connection_that_comes_back_asks_for_what_was_missed(browser: Browser, stage: Stage) -> None:
    """From the position of the last event, changes included; and the gap is said, because nobody could hear in it."""
    with browser.new_context() as window:
        page = window.new_page()
        page.goto(f"{stage.address}/alerts/")
        expect(page.locator("[data-live-state]")).to_have_text("Live")
        stage.tell("alert-changed", 17)
        stage.tell("alert", 18)
        expect(page.locator("[data-alert]")).to_have_count(3)
        stage.cut()
        expect(page.locator("[data-offline-strip]")).to_contain_text("lost since", timeout=30_000)
        assert_accessible(page)
        stage.mend()
        expect(page.locator("[data-offline-strip]")).to_be_hidden(timeout=30_000)
        assert (stage.asked_after[0], stage.asked_after[-1]) == (12, 18)
        expect(page.locator(".arrival").first).to_contain_text("Nothing could be told from")


@pytest.mark.clause("HIT-1")
def test_a_machine_that_wakes_up_asks_at_once(browser: Browser, stage: Stage) -> None:
    """A browser that slept does not wait for its dead connection to be noticed."""
    with browser.new_context() as window:
        page = window.new_page()
        page.clock.install()
        page.add_init_script("delete window.SharedWorker")
        page.goto(f"{stage.address}/alerts/")
        expect(page.locator("[data-live-state]")).to_have_text("Live")
        asked = len(stage.asked_after)
        page.clock.fast_forward("20:00")
        page.clock.run_for(1500)
        for _ in range(600):  # it says "Live" until it has found out
            if len(stage.asked_after) > asked:
                break
            page.wait_for_timeout(50)
        assert len(stage.asked_after) > asked
        expect(page.locator("[data-live-state]")).to_have_text("Live")


def test_a_notification_says_a_number_and_no_plate(browser: Browser, stage: Stage) -> None:
    """For somebody who looks at another window; it is shown by one window only, and leads to the alert."""
    with browser.new_context(permissions=["notifications"]) as window:
        page = window.new_page()
        page.add_init_script(NOTED)
        page.goto(f"{stage.address}/alerts/")
        expect(page.locator("[data-live-state]")).to_have_text("Live")
        stage.tell("alert", 13, "high")
        wait_until(page, "window.noted.length === 1")
        assert page.evaluate("window.noted[0]") == {
            "title": "High-priority alert 13",
            "body": "Unverified. Open it in the console.",
            "tag": "platewarden-13",
        }


NOTED = """
window.noted = [];
window.Notification = class extends EventTarget {
  static permission = "granted";
  constructor(title, options) { super(); window.noted.push({ title, ...options }); }
  close() {}
};
Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
"""


def test_console_that_nobody_is_at_covers_its_page(browser: Browser, stage: Stage) -> None:
    """After the idle time the page empties itself and goes to the lock page."""
    with browser.new_context() as window:
        page = window.new_page()
        page.clock.install()
        page.goto(f"{stage.address}/alerts/")
        page.clock.fast_forward("30:10")
        expect(page.locator("main")).to_be_empty()


def test_list_is_worked_by_keyboard(page: Page) -> None:
    """J and k move through a list, / goes to the filter, ? shows the sheet."""
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "11"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") == "12"
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_be_visible()
    assert_accessible(page)


def test_single_keys_can_be_switched_off(page: Page) -> None:
    """Whoever unticks single-key shortcuts types letters without effect, from then on."""
    page.keyboard.press("?")
    page.click("[data-shortcuts-on]")
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_be_hidden()


def test_theme_is_remembered(page: Page) -> None:
    """The choice of day or night outlives the page."""
    page.click("[data-theme-switch]")
    page.click("[data-theme-switch]")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_confirmation_is_asked_before_the_deed(page: Page) -> None:
    """A button that asks first does nothing when one thinks better of it."""
    page.click("text=Withdraw")
    page.click("dialog[open] >> text=Cancel")
    assert page.url.endswith("/alerts/")


def test_frame_is_accessible_by_day_and_night(page: Page, stage: Stage) -> None:
    """In both windows and both themes axe finds nothing grave and nothing is cut off."""
    stage.tell("alert", 13, "high")
    expect(page.locator("[data-alert]")).to_have_count(3)
    look_at(page, "stage")
