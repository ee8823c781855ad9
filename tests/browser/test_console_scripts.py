"""The console's scripts, in a real browser under the content security policy of the product."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looks import assert_accessible, look_at
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


def test_other_pages_tell_of_an_alert_without_its_plate(page: Page, stage: Stage) -> None:
    """Elsewhere in the console a notice says that there is an alert, and leads to it."""
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page).to_have_title("(2) Cameras · Platewarden")
    expect(page.locator("[data-live-state]")).to_have_attribute("data-state", "on")
    stage.tell("alert", 13)
    expect(page.locator(".arrival p")).to_have_text("New alert 13, unverified.")
    expect(page.locator(".arrival a")).to_have_attribute("href", "/alerts/13/")


@pytest.mark.clause("HIT-1")
def test_muting_never_reaches_high_priority(page: Page, stage: Stage) -> None:
    """Whoever mutes the sound mutes alerts of normal priority alone."""
    arm(page)
    page.click("[data-sound-state]")
    expect(page.locator("[data-sound-state]")).to_have_text("High only")
    stage.tell("alert", 13, "normal")
    expect(page.locator("[data-alert]")).to_have_count(3)
    expect(page.locator("html")).not_to_have_attribute("data-sounded", "normal 13")
    stage.tell("alert", 14, "high")
    expect(page.locator("html")).to_have_attribute("data-sounded", "high 14")


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
