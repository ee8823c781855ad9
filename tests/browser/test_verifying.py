"""Verifying an alert as somebody at the console does it: by eye, by keyboard, and blind where that is asked for."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from platewarden.alerts.models import Alert
from platewarden.ledger.models import LedgerBody
from platewarden.site.clock import utc_now
from tests.alerts.scenes import adopted
from tests.browser.conftest import signed_in
from tests.browser.looks import assert_accessible, look_at
from tests.browser.scenes import passes, wanted
from tests.cast import Cast
from tests.live import LiveServer

pytestmark = pytest.mark.browser


class Keyboard:
    """A keyboard that counts its strokes."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.strokes = 0

    def press(self, *keys: str) -> None:
        """Strike *keys*, one after the other."""
        for key in keys:
            self._page.keyboard.press(key)
            self.strokes += 1


@pytest.fixture
def console(browser: Browser, live: LiveServer) -> Iterator[Page]:
    """Alice's console; whatever the browser complains about fails the test."""
    complaints: list[str] = []
    page = signed_in(browser, live, "alice")
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.extend([said.text] * (said.type == "error")))
    yield page
    assert not [told for told in complaints if "422" not in told and "403" not in told]
    page.context.close()


def open_alert(page: Page, live: LiveServer, alert: Alert) -> None:
    """Go to the alert's page."""
    page.goto(f"{live.url}/alerts/{alert.pk}/")


@pytest.mark.clause("HIT-2")
def test_somebody_trained_verifies_with_two_keys(console: Page, live: LiveServer, live_cast: Cast) -> None:
    """Once image and entry have been compared: m, Enter, and it is recorded, well within five seconds."""
    wanted(live_cast)
    alert = passes(live_cast)
    open_alert(console, live, alert)
    expect(console.get_by_text("Unverified").first).to_be_visible()
    keyboard, began = Keyboard(console), time.monotonic()
    keyboard.press("m", "Enter")
    expect(console.get_by_text("Verification recorded as ledger entry")).to_be_visible()
    assert keyboard.strokes == 2
    assert time.monotonic() - began < 5
    alert.refresh_from_db()
    assert (alert.characters, alert.state, alert.status_check) == ("match", "match", "confirmed")


@pytest.mark.clause("HIT-2")
def test_the_whole_alert_is_worked_by_keyboard_alone(
    console: Page, live: LiveServer, live_cast: Cast
) -> None:
    """Taken, looked at closely, verified as unlike the entry, and ended, without a mouse."""
    wanted(live_cast)
    alert = passes(live_cast)
    open_alert(console, live, alert)
    keyboard = Keyboard(console)
    keyboard.press("a", "Enter")
    expect(console.get_by_text("Alice Example has it.")).to_be_visible()
    keyboard.press("2", "1", "1", "Enter")
    expect(console.get_by_text("No match: characters different").first).to_be_visible()
    keyboard.press("2", "5", "Enter")
    expect(console.get_by_text(f"Disposition of alert {alert.number} recorded")).to_be_visible()
    alert.refresh_from_db()
    assert (alert.acknowledged_by, alert.finding, alert.action_taken) == (
        live_cast.alice,
        "wrong_characters",
        "no_action",
    )
    assert keyboard.strokes == 9


@pytest.mark.clause("HIT-2")
def test_an_enhanced_image_says_so_and_the_original_is_one_key_away(
    console: Page, live: LiveServer, live_cast: Cast
) -> None:
    """Zoom and filters change only what is shown; the caption says it until the original is back."""
    wanted(live_cast)
    open_alert(console, live, passes(live_cast))
    image = console.locator("[data-viewer='Plate image'] img")
    original = image.get_attribute("src")
    as_taken = image.screenshot()
    plain, enhanced = (
        console.locator(f"[data-viewer='Plate image'] {part}")
        for part in ("[data-viewer-caption]", "[data-viewer-enhanced]")
    )
    keyboard = Keyboard(console)
    keyboard.press("b", "c", "s", "i")
    expect(enhanced).to_be_visible()
    expect(plain).to_be_hidden()
    assert "brightness" in str(image.evaluate("(shown) => getComputedStyle(shown).filter"))
    assert image.screenshot() != as_taken
    assert_accessible(console)
    look_at(console, "enhanced")
    console.set_viewport_size({"width": 1440, "height": 900})
    keyboard.press("o")
    expect(plain).to_have_text("Plate image, as taken")
    expect(enhanced).to_be_hidden()
    assert image.evaluate("(shown) => getComputedStyle(shown).filter") == "none"
    assert image.get_attribute("src") == original
    width = image.bounding_box()["width"]  # type: ignore[index]  # it is on the page
    keyboard.press("+", "+")
    assert image.bounding_box()["width"] == pytest.approx(2 * width, rel=0.02)  # type: ignore[index]
    keyboard.press("0")
    assert image.bounding_box()["width"] == pytest.approx(width, rel=0.02)  # type: ignore[index]


@pytest.mark.clause("HIT-2")
def test_a_blind_look_shows_its_mismatch_at_once(console: Page, live: LiveServer, live_cast: Cast) -> None:
    """Nothing of the entry before the typing; after it, character by character what differs."""
    wanted(live_cast, plate="KRT4B21")
    adopted(live_cast, utc_now(), "hits.alerting_grades", value=["exact_state_agrees", "confusable"])
    adopted(live_cast, utc_now(), "hits.blind_first_look", value=True)
    alert = passes(live_cast)
    console.goto(f"{live.url}/alerts/")
    expect(console.get_by_text("covered until your first look")).to_be_visible()
    look_at(console, "covered-list")
    console.set_viewport_size({"width": 1440, "height": 900})
    open_alert(console, live, alert)
    for hidden in ("KRT4821", "KRT 4821", "KRT4B21", "State extract", "Taken overnight", "look alike"):
        assert hidden not in console.content()
    look_at(console, "covered")
    console.set_viewport_size({"width": 1440, "height": 900})
    expect(console.get_by_label("Characters on the plate")).to_be_focused()
    console.keyboard.type("krt 4821")
    console.keyboard.press("+")
    expect(console.locator("[data-viewer='Plate image'] [data-viewer-frame]")).to_have_class(
        "viewer-frame is-enlarged"
    )
    expect(console.get_by_label("Characters on the plate")).to_have_value("krt 4821")
    console.keyboard.press("Tab")
    console.keyboard.type("ny")
    console.keyboard.press("Enter")
    expect(console.get_by_text("What you typed is not what the entry says")).to_be_visible()
    differing = console.locator(".first-look-differs td.lookalike")
    assert [cell.inner_text() for cell in differing.all()][:2] == ["8", "B"]
    look_at(console, "first-look-differs")
    body = LedgerBody.objects.get(leaf__kind="alert.first_look").content
    assert (body["details"]["characters"], body["details"]["state"]) == ("differ", "match")


@pytest.mark.clause("HIT-2")
def test_a_blind_look_that_agrees_is_verified_with_two_more_keys(
    console: Page, live: LiveServer, live_cast: Cast
) -> None:
    """Type, Tab, type, Enter; then m, Enter."""
    wanted(live_cast)
    adopted(live_cast, utc_now(), "hits.blind_first_look", value=True)
    alert = passes(live_cast)
    open_alert(console, live, alert)
    console.keyboard.type("KRT4821")
    console.keyboard.press("Tab")
    console.keyboard.type("NY")
    console.keyboard.press("Enter")
    expect(console.get_by_text("As the entry", exact=True)).to_be_visible()
    expect(console.get_by_text("Unverified").first).to_be_visible()
    look_at(console, "first-look-agrees")
    console.set_viewport_size({"width": 1440, "height": 900})
    console.keyboard.press("m")
    console.keyboard.press("Enter")
    expect(console.get_by_text("Verification recorded as ledger entry")).to_be_visible()
    alert.refresh_from_db()
    assert alert.characters == "match"
